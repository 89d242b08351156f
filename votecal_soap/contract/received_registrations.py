"""Read what the state answers to a registration, and what merges added, into values (EWS-09, DLR-15).

Enumerations stay text and an element that is not known here is passed over, so that a newer state does not stop an older county.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from lxml import etree

from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.received_cases import ReceivedFoundVoter, read_answer, read_found_voter

_Q: Final = f"{{{EMS_INTEGRATION}}}"
_IDS: Final = tuple(_Q + name for name in ("MergedItemId", "MatchCaseId", "OlderStateVoterId"))


class ReceivedRegistration(NamedTuple):
    """What became of a registration; the record's id and version when it is, or was, registered."""

    outcome: str
    reason: str | None
    state_voter_id: int | None
    record_version: int | None
    status: str | None
    drivers_license_status: str | None
    ssn4_status: str | None
    error_codes: tuple[str, ...]
    candidates: tuple[ReceivedFoundVoter, ...]
    case_ids: tuple[int, ...]


class ReceivedMergedItem(NamedTuple):
    """One thing that a merge copied: the name of its kind, and its elements as nested texts."""

    item_id: str
    case_id: int
    older_id: int
    kind: str
    data: Mapping[str, Any]


class ReceivedMergedPage(NamedTuple):
    """Items in the state's order, and whether others follow."""

    items: tuple[ReceivedMergedItem, ...]
    more: bool


def read_registration_result(envelope: bytes) -> ReceivedRegistration:
    """RegisterVoterResponse; anything else raises InvalidRequest."""
    return read_answer(envelope, "RegistrationResult", _registration)


def read_merged_page(envelope: bytes) -> ReceivedMergedPage:
    """PullMergedDataResponse; anything else raises InvalidRequest."""
    return read_answer(envelope, "PullMergedDataResponse", _page)


def _registration(result: etree._Element) -> ReceivedRegistration:
    def text(name: str) -> str | None:
        return result.findtext(f"{_Q}{name}")

    def number(name: str) -> int | None:
        found = text(name)
        return None if found is None else int(found)

    return ReceivedRegistration(
        outcome=text("RegistrationOutcome") or "",
        reason=text("FailureReason"),
        state_voter_id=number("StateVoterId"),
        record_version=number("RecordVersion"),
        status=text("Status"),
        drivers_license_status=text("DriversLicenseStatus"),
        ssn4_status=text("Ssn4Status"),
        error_codes=tuple(code.text or "" for code in result.iterfind(f"{_Q}FieldErrors/{_Q}FieldError/{_Q}Code")),
        candidates=tuple(map(read_found_voter, result.iterfind(f"{_Q}Candidates/{_Q}FoundVoter"))),
        case_ids=tuple(int(case_id.text or "") for case_id in result.iterfind(f"{_Q}MatchCaseIds/{_Q}MatchCaseId")),
    )


def _page(answer: etree._Element) -> ReceivedMergedPage:
    more = (answer.findtext(f"{_Q}MoreMergedItems") or "").strip() in ("true", "1")
    return ReceivedMergedPage(tuple(map(_item, answer.iterfind(f"{_Q}MergedItems/{_Q}MergedItem"))), more)


def _item(item: etree._Element) -> ReceivedMergedItem:
    item_id, case_id, older_id = (item.findtext(name) or "" for name in _IDS)
    (content,) = (child for child in item if child.tag not in _IDS)
    return ReceivedMergedItem(item_id, int(case_id), int(older_id), content.tag[len(_Q) :], nested(content))


def nested(element: etree._Element) -> dict[str, Any]:
    """The elements below as nested texts."""
    return {child.tag[len(_Q) :]: nested(child) if len(child) else child.text or "" for child in element}
