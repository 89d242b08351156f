"""A voter moved to another county: the pairs that her record stands in go on with that county (DUP-02, DUP-03, COA-11).

The mover's record is locked, as whoever decides the pair locks it first; the other record is only read, and its county need hear nothing.
"""

from collections.abc import Mapping

from votecal_soap.contract.match_payloads import render_match_notice
from votecal_soap.domain.due_dates import due_on
from votecal_soap.domain.duplicate_cases import awaited, is_with_sos
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, MatchCase
from votecal_soap.domain.voters import Voter
from votecal_soap.use_cases.duplicate_cases import STANDING
from votecal_soap.use_cases.duplicate_messages import PairSight, duplicate_notice, other_of, tell_of_pair, voters_of
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.sos_items_of_case import ask_for_review


def pass_on_pairs(uow: UnitOfWork, effects: MatchEffects) -> None:
    """Ask the new county of every voter whom these effects move, and tell the old one that it has nothing to decide; before the effects are written."""
    if not effects.moved:
        return
    cases = [case for case in uow.match_cases.of_voters(sorted(effects.moved), STANDING) if case.other_state_voter_id is not None]
    others = sorted({uid for case in cases for uid in voters_of(case)} - effects.voters.keys())
    records = effects.voters | {int(voter.state_voter_id): voter for voter in uow.voters.by_state_id(others)} if others else effects.voters
    for case in cases:
        _pass_on(uow, effects, case, records)


def _pass_on(uow: UnitOfWork, effects: MatchEffects, case: MatchCase, records: Mapping[int, Voter]) -> None:
    one, other = (records[uid].county_code for uid in voters_of(case))
    now = case._replace(county_code=one, other_county=None if other == one else other, asked_county=_asked_now(uow, case, records))
    if now == case:
        return
    asked_before = awaited(case.county_code, case.other_county, case.asked_county)
    if is_with_sos(case) or now.asked_county in asked_before:
        uow.match_cases.save(case, now)
        return
    day = due_on(effects.day, uow.matching.holidays())
    saved = uow.match_cases.save(case, now._replace(due_on=None if is_with_sos(now) else day, overdue_announced_at=None))
    if is_with_sos(saved):
        ask_for_review(uow, saved, day, effects)
    _tell(uow, effects, saved, asked_before, records)


def _asked_now(uow: UnitOfWork, case: MatchCase, records: Mapping[int, Voter]) -> str | None:
    """None: both are asked, or SOS, when the county that rejected has both records now."""
    counties = {records[uid].county_code for uid in voters_of(case)}
    if case.asked_county is None or case.asked_county in counties:
        return case.asked_county
    if case.state is CaseState.PROVISIONAL:
        merge = uow.merges.get(case.case_id)
        return case.asked_county if merge is None else records[merge.older_id].county_code
    return next(iter(counties - {case.first_rejected_by}), None)


def _tell(uow: UnitOfWork, effects: MatchEffects, case: MatchCase, asked_before: frozenset[str], records: Mapping[int, Voter]) -> None:
    asked = frozenset[str]() if is_with_sos(case) else awaited(case.county_code, case.other_county, case.asked_county)
    is_provisional = case.state is CaseState.PROVISIONAL
    sight = PairSight(case, uow.merges.get(case.case_id) if is_provisional else None)
    for uid in voters_of(case):
        former = effects.moved.get(uid)
        if former is None:
            continue
        other = records[other_of(case, uid)]
        if effects.voters[uid].county_code in asked - asked_before:
            tell_of_pair(effects, MessageType.MERGE_PROVISIONAL if is_provisional else MessageType.POTENTIAL_DUPLICATE, sight, uid, other=other)
        if former in asked_before - asked:
            _tell_former(effects, sight, uid, other, former)


def _tell_former(effects: MatchEffects, sight: PairSight, state_voter_id: int, other: Voter, former: str) -> None:
    notice = duplicate_notice(sight, effects.voters[state_voter_id], other, reader_county=former, today=effects.day)
    key = f"PAIR:{sight.case.case_id}:{sight.case.version}:{state_voter_id}:{MessageType.MATCH_CASE_REPLACED}:{former}"
    payload = render_match_notice(notice, reader_county=former)
    effects.tell(former, MessageType.MATCH_CASE_REPLACED, payload, dedup_key=key, state_voter_id=state_voter_id)
