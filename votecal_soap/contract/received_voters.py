"""Read what the state answers about one voter's record into values (EWS-09, EWS-10, EWS-12).

Enumerations stay text and an element that is not known here is passed over, so that a newer state does not stop an older county.
"""

import base64
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from lxml import etree

from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.received_cases import read_answer
from votecal_soap.contract.received_matches import ReceivedVoter, read_voter
from votecal_soap.contract.received_registrations import nested

_Q: Final = f"{{{EMS_INTEGRATION}}}"
_OF_EVERY_ENTRY: Final = tuple(_Q + name for name in ("VoterEntryId", "MergedByMatchCaseId"))


class ReceivedEntry(NamedTuple):
    """One thing that hangs on a record: the name of its kind, and its elements as nested texts."""

    entry_id: str
    kind: str
    data: Mapping[str, Any]


class ReceivedRecord(NamedTuple):
    """A voter's record; of another county's voter without entries."""

    voter: ReceivedVoter
    own: bool
    current_version: int
    merged_id: int | None
    pending_until: str | None
    entries: tuple[ReceivedEntry, ...]
    more: bool


class ReceivedChange(NamedTuple):
    """What became of an update, a transfer or a declined registration; the record as it stands, when it is this county's."""

    outcome: str
    reason: str | None
    state_voter_id: int | None
    record_version: int | None
    status: str | None
    drivers_license_status: str | None
    ssn4_status: str | None
    error_codes: tuple[str, ...]
    transfer_id: int | None = None
    losing_county: str | None = None
    pending_until: str | None = None


class ReceivedImageProgress(NamedTuple):
    """How far an image has come; the id names it once it is complete."""

    next_offset: int
    entry_id: str | None


class ReceivedImagePart(NamedTuple):
    """Some bytes of an image, and where the next begin."""

    media_type: str
    byte_count: int
    sha256: str
    content: bytes
    next_offset: int | None


def read_record(envelope: bytes) -> ReceivedRecord:
    """GetVoterResponse; anything else raises InvalidRequest, as in all of these."""
    return read_answer(envelope, "VoterRecord", _record)


def read_update(envelope: bytes) -> ReceivedChange:
    """UpdateVoterResponse."""
    return read_answer(envelope, "VoterUpdateResult", lambda result: _change(result, "Outcome"))


def read_transfer(envelope: bytes) -> ReceivedChange:
    """TransferVoterResponse."""
    return read_answer(envelope, "VoterTransferResult", lambda result: _change(result, "TransferOutcome"))


def read_declined(envelope: bytes) -> ReceivedChange:
    """EnterDeclinedVoterResponse."""
    return read_answer(envelope, "DeclinedVoterResult", lambda result: _change(result, "DeclinedOutcome"))


def read_printed_cards(envelope: bytes) -> dict[int, str]:
    """ConfirmVncPrintedResponse: UID to outcome."""
    return read_answer(envelope, "PrintedCardResults", lambda results: {_required(item, "StateVoterId"): _text(item, "PrintedCardOutcome") for item in results})


def read_image_progress(envelope: bytes) -> ReceivedImageProgress:
    """AttachImageResponse."""
    return read_answer(envelope, "ImageResult", lambda result: ReceivedImageProgress(_required(result, "NextOffset"), result.findtext(f"{_Q}VoterEntryId")))


def read_image_part(envelope: bytes) -> ReceivedImagePart:
    """GetImageResponse."""
    return read_answer(envelope, "ImagePart", _image_part)


def _record(element: etree._Element) -> ReceivedRecord:
    voter = element.find(f"{_Q}Voter")
    if voter is None:
        raise KeyError("Voter")
    return ReceivedRecord(
        read_voter(voter),
        _is_true(element, "OwnVoter"),
        _required(element, "CurrentVersion"),
        _number(element, "MergedStateVoterId"),
        element.findtext(f"{_Q}TransferPendingUntil"),
        tuple(map(_entry, element.iterfind(f"{_Q}VoterEntries/{_Q}VoterEntry"))),
        _is_true(element, "MoreVoterEntries"),
    )


def _entry(element: etree._Element) -> ReceivedEntry:
    (content,) = (child for child in element if child.tag not in _OF_EVERY_ENTRY)
    return ReceivedEntry(_text(element, "VoterEntryId"), content.tag[len(_Q) :], nested(content))


def _change(result: etree._Element, outcome: str) -> ReceivedChange:
    return ReceivedChange(
        outcome=_text(result, outcome),
        reason=result.findtext(f"{_Q}FailureReason"),
        state_voter_id=_number(result, "StateVoterId"),
        record_version=_number(result, "RecordVersion"),
        status=result.findtext(f"{_Q}Status"),
        drivers_license_status=result.findtext(f"{_Q}DriversLicenseStatus"),
        ssn4_status=result.findtext(f"{_Q}Ssn4Status"),
        error_codes=tuple(code.text or "" for code in result.iterfind(f"{_Q}FieldErrors/{_Q}FieldError/{_Q}Code")),
        transfer_id=_number(result, "TransferId"),
        losing_county=result.findtext(f"{_Q}LosingCountyCode"),
        pending_until=result.findtext(f"{_Q}PendingUntil"),
    )


def _image_part(element: etree._Element) -> ReceivedImagePart:
    content = base64.b64decode(_text(element, "Content"))
    return ReceivedImagePart(_text(element, "MediaType"), _required(element, "ByteCount"), _text(element, "Sha256"), content, _number(element, "NextOffset"))


def _text(element: etree._Element, name: str) -> str:
    text = element.findtext(f"{_Q}{name}")
    if text is None:
        raise KeyError(name)
    return text


def _required(element: etree._Element, name: str) -> int:
    return int(_text(element, name))


def _number(element: etree._Element, name: str) -> int | None:
    text = element.findtext(f"{_Q}{name}")
    return None if text is None else int(text)


def _is_true(element: etree._Element, name: str) -> bool:
    return (element.findtext(f"{_Q}{name}") or "").strip() in ("true", "1")
