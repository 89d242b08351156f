"""Read what the state answers to a synchronization check into values (2 CCR 19083).

Enumerations stay text where the contract calls them open, and an element that is not known here is passed over.
"""

from typing import Final, NamedTuple

from lxml import etree

from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.received_cases import read_answer
from votecal_soap.domain.synchronisation import DifferenceKind, DigestPage, RecordGroup, UidRange

_Q: Final = f"{{{EMS_INTEGRATION}}}"


class ReceivedDifference(NamedTuple):
    """A record that is not alike at the state; without `record_version` the state has none of this county's."""

    kind: DifferenceKind
    state_voter_id: int
    ems_voter_id: str | None
    record_version: int | None
    status: str | None
    data_kinds: tuple[str, ...]
    update_pending: bool


class ReceivedDifferencePage(NamedTuple):
    """Differences in the order of 2 CCR 19083, and whether others follow."""

    differences: tuple[ReceivedDifference, ...]
    more: bool


def read_digest_page(envelope: bytes) -> DigestPage:
    """GetSynchronizationDigestResponse; anything else raises InvalidRequest."""
    return read_answer(
        envelope, "GetSynchronizationDigestResponse", lambda answer: DigestPage(tuple(map(_group, answer[0])), _is_true(answer, "MoreRecordGroups"))
    )


def read_difference_page(envelope: bytes) -> ReceivedDifferencePage:
    """ListDifferencesResponse; anything else raises InvalidRequest."""
    return read_answer(
        envelope, "ListDifferencesResponse", lambda answer: ReceivedDifferencePage(tuple(map(_difference, answer[0])), _is_true(answer, "MoreDifferences"))
    )


def _group(group: etree._Element) -> RecordGroup:
    uids = UidRange(_number(group, "AfterStateVoterId"), _number(group, "LastStateVoterId"))
    return RecordGroup(uids, int(_text(group, "RecordCount") or ""), _text(group, "Checksum") or "")


def _difference(item: etree._Element) -> ReceivedDifference:
    return ReceivedDifference(
        kind=DifferenceKind(_text(item, "DifferenceKind") or ""),
        state_voter_id=int(_text(item, "StateVoterId") or ""),
        ems_voter_id=_text(item, "EmsVoterId"),
        record_version=_number(item, "RecordVersion"),
        status=_text(item, "Status"),
        data_kinds=tuple(kind.text or "" for kind in item.iterfind(f"{_Q}DataKinds/{_Q}DataKind")),
        update_pending=_is_true(item, "UpdatePending"),
    )


def _text(element: etree._Element, name: str) -> str | None:
    return element.findtext(f"{_Q}{name}")


def _number(element: etree._Element, name: str) -> int | None:
    text = _text(element, name)
    return None if text is None else int(text)


def _is_true(element: etree._Element, name: str) -> bool:
    return (_text(element, name) or "").strip() in ("true", "1")
