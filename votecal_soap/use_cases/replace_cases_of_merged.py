"""The open cases of a record that was merged: pairs are replaced, and what DMV sent of it goes to the newer record's county (DLR-12, DLR-15)."""

from collections.abc import Iterable
from datetime import date

from votecal_soap.domain.dmv_values import Received
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, CaseType, MatchCase
from votecal_soap.domain.merging import MergeRecord
from votecal_soap.domain.sos_work_items import SosItemOutcome
from votecal_soap.use_cases.duplicate_messages import PairSight, tell_counties
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.match_messages import CaseSight, DmvSubject, tell_of_case
from votecal_soap.use_cases.ports import NewMatchCase, UnitOfWork, WorkItem
from votecal_soap.use_cases.sos_items_of_case import close_items_of_case

_UNDECIDED = frozenset({CaseState.OPEN, CaseState.REJECTED_BY_USER})


def replace_cases_of_merged(uow: UnitOfWork, effects: MatchEffects, record: MergeRecord, related: Iterable[MatchCase], due_on: date) -> None:
    """Replace what waits for a word on the older record; nothing does while its cancellation waits."""
    if record.older is None:
        return
    for case in related:
        if case.state in _UNDECIDED and record.older_id in (case.state_voter_id, case.other_state_voter_id):
            replaced = _replaced(uow, effects, case)
            if case.case_type is CaseType.DUPLICATE_VOTER:
                tell_counties(effects, MessageType.MATCH_CASE_REPLACED, PairSight(replaced))
                close_items_of_case(uow, case.case_id, SosItemOutcome.SUPERSEDED, effects)
            else:
                _pass_on(uow, effects, replaced, record.newer_id, due_on)


def _replaced(uow: UnitOfWork, effects: MatchEffects, case: MatchCase) -> MatchCase:
    after = case._replace(state=CaseState.REPLACED, decided_at=effects.at, decided_by=effects.actor, due_on=None, asked_county=None)
    return uow.match_cases.save(case, after)


def _pass_on(uow: UnitOfWork, effects: MatchEffects, replaced: MatchCase, newer_id: int, due_on: date) -> None:
    """A DMV record of the older record may be the newer one's: its county decides, unless that is a candidate already."""
    item = uow.work_items.get(replaced.work_item_id or 0, lock=True)
    if item is None:
        return
    subject = _subject(item)
    tell_of_case(effects, MessageType.MATCH_CASE_REPLACED, CaseSight(replaced, replaced.state, replaced.version), subject, county_code=replaced.county_code)
    if any(sibling.state_voter_id == newer_id for sibling in uow.match_cases.of_work_items([item.work_item_id])):
        return
    case = _of_newer(replaced, uow.match_cases.reserve_ids(1), newer_id, effects.voters[newer_id].county_code, due_on)
    uow.match_cases.add([case], effects.at)
    tell_of_case(effects, MessageType.POTENTIAL_MATCH, CaseSight(case, CaseState.OPEN, 1), subject, county_code=case.county_code)


def _subject(item: WorkItem) -> DmvSubject:
    # What the rules make of the record matters to a decision, not to what is told.
    return DmvSubject(item.work_item_id, item.record, Received({}, ()), item.county_code, item.signature_id)


def _of_newer(replaced: MatchCase, case_id: int, newer_id: int, county_code: str, due_on: date) -> NewMatchCase:
    return NewMatchCase(
        case_id=case_id,
        case_type=replaced.case_type,
        work_item_id=replaced.work_item_id,
        state_voter_id=newer_id,
        county_code=county_code,
        state=CaseState.OPEN,
        confidence=replaced.confidence,
        criteria=replaced.criteria,
        cap=replaced.cap,
        potential_reason=replaced.potential_reason,
        same_drivers_license=replaced.same_drivers_license,
        weights_version=replaced.weights_version,
        due_on=due_on,
        decided_by=None,
        basis=None,
        before_version=None,
        applied_version=None,
        automatic=False,
    )
