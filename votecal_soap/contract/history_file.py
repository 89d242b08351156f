"""The file of `votecal load histories`: a JSON object a line, each a child of a voter by the county's own id (DLR-09).

`kind` is one of the kinds below; the other members are its fields, days as 2026-11-03 and instants with a zone. A line of
the kind FirstTimeFederalVoter has none, and marks the voter as one.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress
from votecal_soap.domain.voter_children import (
    AddressKind,
    ChildContent,
    Contact,
    CustomField,
    Document,
    DocumentKind,
    Participation,
    PastAddress,
    VotingMethod,
)

FIRST_TIME_FEDERAL: Final = "FirstTimeFederalVoter"


class HistoryLine(NamedTuple):
    """What one line says: of which voter, and the child, or None for the mark of a first-time federal voter."""

    ems_voter_id: str
    content: ChildContent | None
    document: bytes | None


def read_history_line(line: str, county_code: str) -> HistoryLine:
    """One line; whatever is wrong with it raises ValueError, whose text repeats no value."""
    try:
        given = json.loads(line)
    except json.JSONDecodeError:
        raise ValueError("This is not JSON.") from None
    if not isinstance(given, dict) or not isinstance(given.get("ems_voter_id"), str):
        raise ValueError("A line is an object with an ems_voter_id.")
    kind, ems_voter_id = given.pop("kind", None), given.pop("ems_voter_id")
    if kind == FIRST_TIME_FEDERAL:
        return HistoryLine(ems_voter_id, None, None)
    if kind not in _READERS:
        raise ValueError(f"The kind is one of {', '.join(_READERS)}, {FIRST_TIME_FEDERAL}.")
    document = _bytes(given) if kind == Document.__name__ else None
    try:
        return HistoryLine(ems_voter_id, _READERS[kind](given, county_code, document), document)
    except (KeyError, TypeError, ValueError):
        raise ValueError(f"A {kind} has other fields, or values of another form.") from None


def write_history_line(line: HistoryLine) -> str:
    """The line that is read as this."""
    if line.content is None:
        return json.dumps({"ems_voter_id": line.ems_voter_id, "kind": FIRST_TIME_FEDERAL})
    fields = {name: value for name, value in _flat(line.content).items() if value is not None and name not in _NOT_WRITTEN}
    if line.document is not None:
        fields = {name: value for name, value in fields.items() if name != "sha256"} | {"content": base64.b64encode(line.document).decode()}
    return json.dumps({"ems_voter_id": line.ems_voter_id, "kind": type(line.content).__name__, **fields}, default=_text, ensure_ascii=False)


_NOT_WRITTEN: Final = frozenset({"county_code", "federal"})
"""The county is the file's, and whether an election has federal offices is told of the election."""


def _flat(content: ChildContent) -> dict[str, Any]:
    if not isinstance(content, PastAddress):
        return content._asdict()
    own = {name: getattr(content, name) for name in ("address_kind", "effective_from", "effective_to")}
    return {**content.residence._asdict(), **content.mailing._asdict(), **own}


def _text(value: date | datetime) -> str:
    return value.isoformat()


def _bytes(given: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(given.pop("content", None) or "", validate=True)
    except (binascii.Error, TypeError):
        raise ValueError("The content of a Document is base64.") from None


def _address(given: Mapping[str, Any], _: str, __: bytes | None) -> PastAddress:
    left = dict(given)
    kind = AddressKind(left.pop("address_kind"))
    days = [_day(left.pop(name, None)) for name in ("effective_from", "effective_to")]
    residence = ResidenceAddress(**{name: left.pop(name) for name in ResidenceAddress._fields if name in left})
    return PastAddress(kind, residence, MailingAddress(**left), *days)


def _participation(given: Mapping[str, Any], county_code: str, _: bytes | None) -> Participation:
    left = dict(given)
    return Participation(**{**left, "voting_method": VotingMethod(left["voting_method"])}, county_code=county_code, federal=False)


def _document(given: Mapping[str, Any], _: str, content: bytes | None) -> Document:
    left = dict(given)
    kind, received_on = DocumentKind(left.pop("document_kind")), date.fromisoformat(left.pop("received_on"))
    return Document(**{"title": None, **left, "document_kind": kind, "received_on": received_on, "sha256": hashlib.sha256(content or b"").hexdigest()})


def _contact(given: Mapping[str, Any], county_code: str, _: bytes | None) -> Contact:
    left = dict(given)
    at = datetime.fromisoformat(left.pop("contacted_at"))
    if at.tzinfo is None:
        raise ValueError("without a zone")
    return Contact(**left, contacted_at=at, county_code=county_code)


def _custom(given: Mapping[str, Any], county_code: str, _: bytes | None) -> CustomField:
    return CustomField(**given, county_code=county_code)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any], str, bytes | None], ChildContent]]] = {
    PastAddress.__name__: _address,
    Participation.__name__: _participation,
    Document.__name__: _document,
    Contact.__name__: _contact,
    CustomField.__name__: _custom,
}
