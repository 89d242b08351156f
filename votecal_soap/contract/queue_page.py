"""Read a GetMessageQueueResponse into values, for a consumer that drains thousands of messages.

A general SOAP client builds an object an element; this reads the few that matter straight from the tree.
An element that is not known here is passed over, so that a newer state does not stop an older county.
"""

from typing import Final, NamedTuple

from lxml import etree

from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.parser import hardened_parser
from votecal_soap.contract.received_matches import ReceivedDetail, read_detail
from votecal_soap.errors import ErrorCode, InvalidRequest

_Q: Final = f"{{{EMS_INTEGRATION}}}"
_ANSWER: Final = f"{_Q}GetMessageQueueResponse"


class ReceivedMessage(NamedTuple):
    """A message as a county receives it; header first, then the detail that its type has (EWS-03)."""

    message_id: int
    message_type: str
    enqueued_at: str
    state_voter_id: int | None = None
    voter_sequence: int | None = None
    ems_voter_id: str | None = None
    record_version: int | None = None
    job_id: int | None = None
    record_sequence: int | None = None
    batch_record_result: "ReceivedRecordResult | None" = None
    idv_result: "ReceivedIdvResult | None" = None
    detail: ReceivedDetail | None = None
    """Of a message about a match, a move or a DMV record."""


class ReceivedFieldError(NamedTuple):
    """One broken rule, for the clerk."""

    code: str
    ref: str | None
    severity: str
    text: str


class ReceivedRecordResult(NamedTuple):
    """What became of one record of a batch; enumerations stay text, their lists are open."""

    outcome: str
    reason: str | None
    further_reasons: tuple[str, ...]
    record_version: int | None
    errors: tuple[ReceivedFieldError, ...]


class ReceivedIdvResult(NamedTuple):
    """DMV's answer (IDV-01)."""

    kind: str
    status: str
    verified_on: str | None


class QueuePage(NamedTuple):
    """One answer of Get Message Queue."""

    messages: tuple[ReceivedMessage, ...]
    remaining: int


def read_queue_page(envelope: bytes) -> QueuePage:
    """Read a whole SOAP answer; one that is not a queue page raises InvalidRequest."""
    try:
        answer = next(etree.fromstring(envelope, hardened_parser()).iter(_ANSWER))
        return QueuePage(tuple([_message(element) for element in answer[0]]), int(answer[1].text or ""))
    except (etree.XMLSyntaxError, StopIteration, IndexError, KeyError, ValueError) as error:
        raise InvalidRequest(ErrorCode.ENVELOPE_WRONG, "The state's answer is not a page of its message queue.") from error


def _texts(element: etree._Element) -> dict[str, str]:
    return {child.tag[len(_Q) :]: child.text or "" for child in element}


def _number(texts: dict[str, str], name: str) -> int | None:
    return int(texts[name]) if name in texts else None


def _message(element: etree._Element) -> ReceivedMessage:
    header = _texts(element[0])
    result = element.find(f"{_Q}BatchRecordResult")
    idv = element.find(f"{_Q}IdvResult")
    return ReceivedMessage(
        int(header["MessageId"]),
        header["MessageType"],
        header["EnqueuedAt"],
        _number(header, "StateVoterId"),
        _number(header, "VoterSequence"),
        header.get("EmsVoterId"),
        _number(header, "RecordVersion"),
        _number(header, "JobId"),
        _number(header, "RecordSequence"),
        None if result is None else _record_result(result),
        None if idv is None else _idv_result(idv),
        read_detail(header["MessageType"], element),
    )


def _record_result(element: etree._Element) -> ReceivedRecordResult:
    texts = _texts(element)
    further = [reason.text or "" for reason in element.iterfind(f"{_Q}FurtherReasons/{_Q}FailureReason")] if "FurtherReasons" in texts else ()
    errors = [_field_error(_texts(error)) for error in element.iterfind(f"{_Q}FieldErrors/{_Q}FieldError")] if "FieldErrors" in texts else ()
    return ReceivedRecordResult(texts["Outcome"], texts.get("FailureReason"), tuple(further), _number(texts, "RecordVersion"), tuple(errors))


def _field_error(texts: dict[str, str]) -> ReceivedFieldError:
    return ReceivedFieldError(texts["Code"], texts.get("Ref"), texts["Severity"], texts["Text"])


def _idv_result(element: etree._Element) -> ReceivedIdvResult:
    texts = _texts(element)
    return ReceivedIdvResult(texts["IdentificationKind"], texts["VerificationStatus"], texts.get("VerifiedOn"))
