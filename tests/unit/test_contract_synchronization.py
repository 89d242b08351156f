"""What `docs/contract-synchronization.md` tells vendors of checksums is what the code makes of a record (2 CCR 19083)."""

import hashlib
import re
from pathlib import Path

import pytest

from votecal_soap.contract.batch_elements import GROUP_PARTS, SINGLE
from votecal_soap.domain.record_checksums import (
    COMPARED_FIELDS,
    FIELDS_OF_KIND,
    ComparedRecord,
    group_checksum,
    kind_checksums,
    record_checksum,
    status_checksum,
)
from votecal_soap.domain.reference_data import ReferenceKind

pytestmark = pytest.mark.requirement("2-CCR-19083")
DOCUMENT = (Path(__file__).parents[2] / "docs" / "contract-synchronization.md").read_text(encoding="utf-8")
VALUES = dict(re.findall(r"^\| ([^|]+?) \| `([0-9a-f]+)` \|$", DOCUMENT, re.MULTILINE))


@pytest.fixture(scope="module")
def example():
    """The bytes of the listing, and the record whose values are differently written but alike."""
    (listing,) = re.findall(r"```text\n(.*?)```", DOCUMENT, re.DOTALL)
    content = listing.replace("\n", "").replace("→", "\t").replace("↵", "\n")
    uid, *lines = content.splitlines()
    values = [cell for line in lines for cell in line.split("\t")]
    written = {"MARÍA": "  Mari\u0301a ", "DE LA CRUZ": "de la  Cruz", "ACTIVE": "Active", "ES": "es"}
    return content, ComparedRecord(int(uid), [written.get(value, value) for value in values])


def element_of(field):
    for group in (SINGLE, *GROUP_PARTS.values()):
        for element, name in group.items():
            if name == field:
                return element
    raise LookupError(field)


def test_the_lines_and_fields_are_told_in_their_order():
    rows = re.findall(r"^\| (\d) \| (\w+) \| ([\w, ]+) \|$", DOCUMENT, re.MULTILINE)
    assert [(int(line), kind, fields.split(", ")) for line, kind, fields in rows] == [
        (place, kind.value, [element_of(name) for name in names]) for place, (kind, names) in enumerate(FIELDS_OF_KIND.items(), start=1)
    ]


def test_the_worked_example_is_what_the_code_computes_and_what_anybody_computes_from_the_listing(example):
    content, record = example
    assert len(record.values) == len(COMPARED_FIELDS)
    assert VALUES["of the record"] == record_checksum(record) == hashlib.sha256(content.encode()).hexdigest()[:16]
    assert VALUES["of the status"] == status_checksum(record) == hashlib.sha256(b"100000101\nACTIVE\n").hexdigest()[:16]
    lines = content.splitlines(keepends=True)[1:]
    assert VALUES["KindChecksums"] == kind_checksums(record.values) == "".join(hashlib.sha256(line.encode()).hexdigest()[:8] for line in lines)


def test_the_checksum_of_the_example_group_is_that_of_the_recorded_answer(example):
    (other,) = re.findall(r"whose record has `([0-9a-f]{16})`", DOCUMENT)
    (group,) = (value for name, value in VALUES.items() if name.startswith("of the group"))
    assert group == group_checksum([(100_000_101, VALUES["of the record"]), (100_000_102, other)])
    assert f"<Checksum>{group}</Checksum>" in DOCUMENT
    assert f"`{group_checksum([])}`" in DOCUMENT


@pytest.mark.requirement("EWS-12")
def test_every_table_of_reference_data_is_told_of():
    told = {name for cell in re.findall(r"^\| (`[A-Z]\w+`(?:, `\w+`)*) \| ", DOCUMENT, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)}
    assert set(ReferenceKind) <= told
