"""Two records are not one voter's: what a county's rejection leads to (DUP-03, DUP-04, DUP-06)."""

from typing import Final

from votecal_soap.domain.duplicate_cases import Rejection, deciding_digest, rejected_by
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, MatchCase
from votecal_soap.use_cases.accept_duplicate import Word
from votecal_soap.use_cases.duplicate_cases import PairInHand
from votecal_soap.use_cases.duplicate_messages import PairSight, pair_basis, tell_counties, tell_of_pair, voters_of
from votecal_soap.use_cases.merge_voters import MergeOrder, undo_merge
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.sos_items_of_case import ask_for_review, notify_administrators

REJECTED: Final = "Duplicate Match Rejected"


def reject_pair(uow: UnitOfWork, hand: PairInHand, word: Word, county_code: str) -> MatchCase:
    """Close the case, or ask the other county, or hand it to SOS; a merge that waited for this county's word is taken back."""
    leads_to = rejected_by(hand.case, county_code, hand.voters)
    case = uow.match_cases.save(hand.case, _rejected(hand, word, county_code, leads_to))
    if hand.case.state is CaseState.PROVISIONAL:
        undo_merge(uow, hand.effects, MergeOrder(case=case, complete=False, basis=word.basis, deciding_county=word.knowing_county))
    for uid in voters_of(case):
        hand.effects.note(uid, REJECTED, pair_basis(case, word.basis, by=f"rejected by county {county_code}"))
    if leads_to.state is CaseState.REJECTED_BY_USER:
        _go_on(uow, hand, case, leads_to, word)
    else:
        tell_counties(hand.effects, MessageType.DUPLICATE_CASE_DECIDED, PairSight(case), besides=word.knowing_county)
    return case


def _rejected(hand: PairInHand, word: Word, county_code: str, leads_to: Rejection) -> MatchCase:
    return hand.case._replace(
        state=leads_to.state,
        asked_county=leads_to.asked_county,
        first_rejected_by=hand.case.first_rejected_by or county_code,
        deciding_digest=deciding_digest(*hand.voters),
        due_on=hand.due_on if leads_to.asked_county else None,
        overdue_announced_at=None,
        decided_at=hand.effects.at,
        decided_by=hand.effects.actor,
        basis=word.basis,
    )


def _go_on(uow: UnitOfWork, hand: PairInHand, case: MatchCase, leads_to: Rejection, word: Word) -> None:
    """Both bear one DL/ID, so that one rejection does not end it."""
    if leads_to.is_first:
        notify_administrators(uow, case, hand.voters, hand.due_on, hand.effects)
    if leads_to.asked_county is None:
        ask_for_review(uow, case, hand.due_on, hand.effects)
        tell_counties(hand.effects, MessageType.DUPLICATE_CASE_DECIDED, PairSight(case), besides=word.knowing_county)
        return
    for uid in voters_of(case):
        if hand.effects.voters[uid].county_code == leads_to.asked_county:
            tell_of_pair(hand.effects, MessageType.POTENTIAL_DUPLICATE, PairSight(case), uid)
        elif word.in_console:
            tell_of_pair(hand.effects, MessageType.DUPLICATE_CASE_DECIDED, PairSight(case), uid)
