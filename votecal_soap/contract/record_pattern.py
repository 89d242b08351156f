"""The pattern of a valid record's text, made from the file's schema: what it fits, the schema accepts.

The schema fixes the order of the elements, so one pattern with every element optional fits every record that has no
markup, entity, comment or attribute of its own beside the sequence number. Each text is bounded as its type bounds it.
"""

import re
from typing import Final

from lxml import etree

from votecal_soap.contract.batch_elements import GROUP_PARTS, REGISTRATION_ORDER, SINGLE
from votecal_soap.contract.flatten import flattened_schema
from votecal_soap.contract.namespaces import XML_SCHEMA
from votecal_soap.contract.record_files import VOTER_RECORD_UPDATE_BATCH

_XS: Final = {"xs": XML_SCHEMA}
_IDS: Final = ("StateVoterId", "EmsVoterId", "BaseVersion", "EffectiveDate")
_PRECINCT: Final = ("ElectionId", "PrecinctCode", "PrecinctPart")
_NOT_TEXT: Final = r"<&\x00-\x08\x0b-\x1f"
_S: Final = r"[ \t\r\n]"
_DAY: Final = "(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31"
_LEAP_YEAR: Final = "[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00"
_DATE: Final = f"(?!0000)(?:[0-9]{{4}}-(?:{_DAY})|(?:{_LEAP_YEAR})-02-29)"
"""The days that there are: a calendar's own rule, for xs:date has it too."""

_COUNT: Final = "[1-9][0-9]{0,8}"
"""A number from 1 that fits xs:int; the few larger ones are left to the schema's own validator."""


class RecordPattern:
    """A regular expression for records; `fields` names the group or single element and the field that each capture stands for.

    The captures before `fields` are the sequence number and the ids; those after it the voting precinct and its three parts.
    """

    def __init__(self) -> None:
        """Read the file's schema."""
        self._schema = flattened_schema(VOTER_RECORD_UPDATE_BATCH.schema_file)
        self.fields: list[tuple[str, str | None]] = []
        ids = "".join(self._element("Record", name) for name in _IDS)
        registration = _group("Registration", self._registration(), captured=False)
        first, second, third = (self._element("VotingPrecinct", name) for name in _PRECINCT)
        precinct = _group("VotingPrecinct", _required(first) + _required(second) + third)
        begin = rf"""{_S}*+<Record{_S}++sequence{_S}*+={_S}*+["']({_COUNT})["']{_S}*+>{_S}*+(?=<StateVoterId|<EmsVoterId)"""
        self.fits = re.compile(rf"{begin}{ids}(?=<Registration|<VotingPrecinct){registration}{precinct}</Record>").fullmatch

    def _registration(self) -> str:
        pattern = ""
        for name in REGISTRATION_ORDER:
            parts = GROUP_PARTS.get(name)
            if parts is None:
                pattern += self._element("Registration", name)
                self.fields.append((name, SINGLE[name]))
                continue
            group = self._type_of("Registration", name)
            pattern += _group(name, "".join(self._element(group, part, empty_means_absent=True) for part in parts))
            self.fields.append((name, None))
            self.fields.extend((name, field) for field in parts.values())
        return pattern

    def _element(self, parent: str, name: str, *, empty_means_absent: bool = False) -> str:
        text = self._text(self._type_of(parent, name))
        empty = rf"<{name}{_S}*+/>{_S}*+|" if empty_means_absent and re.fullmatch(text, "") else ""
        return rf"(?:{empty}<{name}{_S}*+>({text})</{name}{_S}*+>{_S}*+)?+"

    def _type_of(self, parent: str, name: str) -> str:
        return str(self._one(f".//xs:complexType[@name='{parent}']//xs:element[@name='{name}']").get("type")).removeprefix("tns:")

    def _text(self, kind: str) -> str:
        """The pattern of a type's texts; a kind of restriction that this does not know fits nothing, and is read from the tree."""
        restriction = self._one(f".//xs:simpleType[@name='{kind}']/xs:restriction")
        facets = {etree.QName(facet).localname: str(facet.get("value")) for facet in restriction}
        match restriction.get("base"), facets:
            case "xs:string", {"maxLength": length, **others} if not others:
                return rf"[^{_NOT_TEXT}]{{0,{length}}}+"
            case "xs:string", {"pattern": pattern, **others} if not others:
                return pattern
            case "xs:date", {"pattern": "[0-9]{4}-[0-9]{2}-[0-9]{2}", **others} if not others:
                return _DATE
            case "xs:int", {"minInclusive": "1", **others} if not others:
                return _COUNT
            case _:
                return "(?!)"

    def _one(self, path: str) -> etree._Element:
        found = self._schema.find(path, namespaces=_XS)
        assert found is not None, "our own schema has it"  # noqa: S101 - proven by every test that reads a file
        return found


def _group(name: str, inside: str, *, captured: bool = True) -> str:
    begin = f"(<{name})" if captured else f"<{name}"
    return rf"(?:{begin}{_S}*+>{_S}*+{inside}</{name}{_S}*+>{_S}*+)?+"


def _required(element: str) -> str:
    return element.removesuffix("?+")
