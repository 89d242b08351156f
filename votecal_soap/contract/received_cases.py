"""Read what the state answers about match cases and voters into values (EWS-08, EWS-11).

Enumerations stay text and an element that is not known here is passed over, so that a newer state does not stop an older county.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeVar

from lxml import etree

from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.parser import hardened_parser
from votecal_soap.contract.received_matches import ReceivedCriterion, ReceivedMatch, ReceivedVoter, read_criteria, read_dmv_data, read_match, read_voter
from votecal_soap.errors import ErrorCode, InvalidRequest

_Q: Final = f"{{{EMS_INTEGRATION}}}"
_Value = TypeVar("_Value")


class ReceivedCasePage(NamedTuple):
    """Match cases by rising id, and whether others follow."""

    cases: tuple[ReceivedMatch, ...]
    more: bool


class ReceivedCase(NamedTuple):
    """A match case, and what DMV sent, by element; None when the case has no DMV record, or another county decides it."""

    match: ReceivedMatch
    dmv_record: Mapping[str, object] | None


class ReceivedFoundVoter(NamedTuple):
    """A voter who may be the one looked for, as far as this county may see the record."""

    exact: bool
    confidence: int
    criteria: tuple[ReceivedCriterion, ...]
    cap: str | None
    voter: ReceivedVoter


def read_case_page(envelope: bytes) -> ReceivedCasePage:
    """ListMatchCasesResponse; anything else raises InvalidRequest, as in all of these."""
    return read_answer(
        envelope, "ListMatchCasesResponse", lambda answer: ReceivedCasePage(tuple(map(read_match, answer[0])), _is_true(answer, "MoreMatchCases"))
    )


def read_case(envelope: bytes) -> ReceivedCase:
    """GetMatchCaseResponse."""
    return read_answer(envelope, "GetMatchCaseResponse", _case)


def read_found_voters(envelope: bytes) -> tuple[ReceivedFoundVoter, ...]:
    """SearchVotersResponse, best first."""
    return read_answer(envelope, "SearchVotersResponse", lambda answer: tuple(map(read_found_voter, answer[0])))


def _case(answer: etree._Element) -> ReceivedCase:
    record = answer.find(f"{_Q}DmvRecord")
    return ReceivedCase(read_match(answer[0]), None if record is None else read_dmv_data(record))


def read_found_voter(element: etree._Element) -> ReceivedFoundVoter:
    """A FoundVoter; one that lacks what it must have raises KeyError."""
    voter = element.find(f"{_Q}Voter")
    if voter is None:
        raise KeyError("Voter")
    return ReceivedFoundVoter(
        _is_true(element, "ExactMatch"),
        int(_text(element, "Confidence") or ""),
        read_criteria(element),
        _text(element, "Cap"),
        read_voter(voter),
    )


def _text(element: etree._Element, name: str) -> str | None:
    return element.findtext(f"{_Q}{name}")


def _is_true(element: etree._Element, name: str) -> bool:
    return (_text(element, name) or "").strip() in ("true", "1")


def read_answer(envelope: bytes, name: str, read: Callable[[etree._Element], _Value]) -> _Value:
    """The answer of that name in an envelope; anything else raises InvalidRequest."""
    try:
        return read(next(etree.fromstring(envelope, hardened_parser()).iter(f"{_Q}{name}")))
    except (etree.XMLSyntaxError, StopIteration, IndexError, KeyError, ValueError) as error:
        raise InvalidRequest(ErrorCode.ENVELOPE_WRONG, f"The state's answer is not a {name}.") from error
