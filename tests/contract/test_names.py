"""Every enumeration of the contract has NIST's values beside its own in `docs/contract-names.md` (standard names where there are any)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "contract-names.md").read_text(encoding="utf-8")
XS = "{http://www.w3.org/2001/XMLSchema}"
NIST: dict[str, frozenset[str]] = {
    "AssertionValue": frozenset({"no", "yes", "unknown", "other"}),
    "ContactMethodType": frozenset({"email", "phone", "other"}),
    "IdentifierType": frozenset({"fips", "local-level", "national-level", "ocd-id", "state-level", "other"}),
    "RequestError": frozenset({"identity-lookup-failed", "incomplete", "ineligible", "invalid-form", "other"}),
    "SignatureSource": frozenset({"dmv", "local", "state", "voter", "other"}),
    "SignatureType": frozenset({"dynamic", "electronic", "other"}),
    "SuccessAction": frozenset(
        {"address-updated", "name-updated", "registration-cancelled", "registration-created", "registration-updated", "status-updated", "other"}
    ),
    "VoterRequestType": frozenset({"ballot-request", "lookup", "registration", "other"}),
    "VoterStatus": frozenset({"active", "inactive", "other"}),
}
"""NIST SP 1500-102, version 1.0.3: the enumerations whose values are short enough to be held against the tables."""


def enumerations() -> Iterator[tuple[str, str, str]]:
    """(type, value, file) of everything that the schemas enumerate; a type without a name has that of its element."""
    for path in sorted((ROOT / "xsd").glob("*.xsd")):
        for simple in etree.parse(path).iter(f"{XS}simpleType"):
            name = simple.get("name") or simple.getparent().get("name")
            yield from ((name, enumeration.get("value"), path.name) for enumeration in simple.iter(f"{XS}enumeration"))


def sections() -> dict[str, str]:
    """The text below the heading of each enumeration."""
    parts = re.split(r"^### (\w+)\n", DOCUMENT, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_every_value_of_an_enumeration_has_a_row_and_every_row_a_value():
    rows = {(name, value) for name, text in sections().items() for value in re.findall(r"^\| `([^`]+)` \| [^|]+ \|$", text, re.MULTILINE)}
    assert rows == {(name, value) for name, value, _ in enumerations()}


def test_every_enumeration_says_which_schemas_have_it():
    for name, text in sections().items():
        assert set(re.findall(r"`xsd/([\w.-]+)`", text.partition("\n|")[0])) == {file for kind, _, file in enumerations() if kind == name}


@pytest.mark.parametrize("kind", NIST)
def test_what_is_said_to_be_a_value_of_nists_is_one(kind):
    given = re.findall(rf"\b{kind} ((?:`[a-z-]+`(?:, | or | and )?)+)", DOCUMENT)
    values = {value for cell in given for value in re.findall(r"`([a-z-]+)`", cell)}
    assert values
    assert values <= NIST[kind]
