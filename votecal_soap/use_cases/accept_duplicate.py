"""Two records are one voter's: the decision of a county or of SOS merges them (DUP-03, DLR-07, JOB-04)."""

from typing import NamedTuple

from votecal_soap.domain.match_cases import CaseState, MatchCase
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.domain.sos_work_items import SosItemOutcome
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.duplicate_cases import PairInHand
from votecal_soap.use_cases.matching_circumstances import blackout_holds
from votecal_soap.use_cases.merge_voters import MergeOrder, complete_merge, merge_pair, obstacle, order_by_age
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.replace_cases_of_merged import replace_cases_of_merged
from votecal_soap.use_cases.sos_items_of_case import close_items_of_case


class Word(NamedTuple):
    """A decider's words: the county that says them, None for SOS, and why."""

    county_code: str | None
    basis: str
    cause: str | None = None
    """SOS's (DLR-18)."""
    in_console: bool = False
    """A person decides in the console: the county's EMS has not heard of it yet."""

    @property
    def knowing_county(self) -> str | None:
        """The county whose EMS knows already, for it sent the word itself (EWS-06)."""
        return None if self.in_console else self.county_code


def accept_pair(uow: UnitOfWork, hand: PairInHand, word: Word) -> MatchCase:
    """Merge the pair, or end a provisional merge; before an election a cancellation waits for the older record's county.

    Raises:
        Conflict: MERGE_BLOCKED when something else of one of the records has to be decided before.
    """
    if hand.case.state is CaseState.PROVISIONAL:
        return _complete(uow, hand, word)
    found = obstacle(uow, hand.case.case_id, hand.voters, hand.effects.at)
    if found is not None:
        raise Conflict(ErrorCode.MERGE_BLOCKED, found.text, ref="MatchCaseId")
    _, older = order_by_age(uow, hand.voters)
    withheld = older.county_code != word.county_code and in_blackout(uow, hand)
    case = _accepted(uow, hand, word, older.county_code if withheld else None)
    order = MergeOrder(case=case, complete=not withheld, basis=word.basis, deciding_county=word.knowing_county, withheld_by_blackout=withheld)
    record = merge_pair(uow, hand.effects, order)
    replace_cases_of_merged(uow, hand.effects, record, hand.related, hand.due_on)
    close_items_of_case(uow, case.case_id, SosItemOutcome.ACCEPTED, hand.effects, word.cause)
    return case


def _complete(uow: UnitOfWork, hand: PairInHand, word: Word) -> MatchCase:
    record = uow.merges.get(hand.case.case_id)
    if record is None:
        raise Conflict(ErrorCode.CASE_CHANGED, "The case's merge was taken back.", ref="MatchCaseId")
    case = _accepted(uow, hand, word, None)
    order = MergeOrder(case=case, complete=True, basis=word.basis, deciding_county=word.knowing_county)
    completed = complete_merge(uow, hand.effects, record, order)
    replace_cases_of_merged(uow, hand.effects, completed, hand.related, hand.due_on)
    return case


def _accepted(uow: UnitOfWork, hand: PairInHand, word: Word, asked_county: str | None) -> MatchCase:
    """The case then; one that waits for a county's word on a cancellation has a day."""
    accepted = hand.case._replace(
        state=CaseState.ACCEPTED if asked_county is None else CaseState.PROVISIONAL,
        asked_county=asked_county,
        due_on=None if asked_county is None else hand.due_on,
        overdue_announced_at=None,
        decided_at=hand.effects.at,
        decided_by=hand.effects.actor,
        basis=word.basis,
    )
    return uow.match_cases.save(hand.case, accepted)


def in_blackout(uow: UnitOfWork, hand: PairInHand) -> bool:
    """Whether nothing is cancelled now for either record's county (JOB-04)."""
    counties = [voter.county_code for voter in hand.voters]
    functions = (MatchingFunction.DUPLICATE_VOTER,)
    return any(blackout_holds(blackout, hand.effects.day, counties, functions) for blackout in uow.matching.blackouts())
