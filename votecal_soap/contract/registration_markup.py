"""Reads a Registration from its tree, whether it stands in a message or in the batch file (`xsd/registration-types.xsd`)."""

from datetime import date
from typing import Final

from lxml import etree

from votecal_soap.contract.batch_elements import GROUP_PARTS, SINGLE
from votecal_soap.contract.voter_markup import CONFIDENTIALITIES
from votecal_soap.domain.voters import Confidential, Confidentiality

_KINDS: Final = {name: Confidentiality(kind) for kind, name in CONFIDENTIALITIES.items()}


class RegistrationReader:
    """The elements of a Registration in one namespace, and the voter's fields that they carry."""

    def __init__(self, namespace: str) -> None:
        """Qualify the names once."""
        q = f"{{{namespace}}}"
        self._single = {q + element: field for element, field in SINGLE.items()}
        self._groups = {q + group: {q + element: field for element, field in parts.items()} for group, parts in GROUP_PARTS.items()}
        self._kind, self._since = f".//{q}Confidentiality", f".//{q}ConfidentialSince"

    def given(self, registration: etree._Element) -> dict[str, str | None]:
        """The texts by field; a group that is present gives all of its fields, for it replaces all of them."""
        given: dict[str, str | None] = {}
        for item in registration:
            field = self._single.get(item.tag)
            if field is not None:
                given[field] = item.text
            elif item.tag in self._groups:
                parts = self._groups[item.tag]
                given.update(dict.fromkeys(parts.values()))
                given.update((parts[part.tag], part.text) for part in item)
        return given

    def confidential(self, registration: etree._Element) -> Confidential | None:
        """EWS-14: why the voter is confidential, and since when; in a message both stand in an element of their own."""
        kind, since = registration.findtext(self._kind), registration.findtext(self._since)
        return None if kind is None or since is None else Confidential(_KINDS[kind], date.fromisoformat(since.strip()))
