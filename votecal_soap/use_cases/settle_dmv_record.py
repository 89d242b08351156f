"""What each verdict on a DMV record leads to (COA-07 to COA-14, COA-20, COA-21, COA-30, COA-38): cases, activities, messages, letters."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from votecal_soap.domain.county_of_address import Placement
from votecal_soap.domain.dmv_decision import DmvDecision, Verdict
from votecal_soap.domain.dmv_files import DmvOutcome
from votecal_soap.domain.dmv_records import DmvRecordKind
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, Disposition, MailingKind, PotentialReason, WorkItemStatus
from votecal_soap.domain.matching import Match
from votecal_soap.use_cases.apply_dmv_match import ACTIVITY, MatchToApply, apply_match
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.match_messages import CaseSight, DmvSubject, case_type_of, match_basis, tell_of_case, tell_of_unmatched
from votecal_soap.use_cases.matching_circumstances import MatchingCircumstances
from votecal_soap.use_cases.ports import NewMatchCase

POTENTIAL_ACTIVITY: Final = {kind: f"Potential {activity}" for kind, activity in ACTIVITY.items()}
"""S6.4."""

FIRST_VERSION: Final = 1


@dataclass(kw_only=True)
class Desk:
    """Where records are settled: what is gathered for the turn's bulks. `numbers` are fresh ids of cases and transfers."""

    effects: MatchEffects
    circumstances: MatchingCircumstances
    weights_version: str
    numbers: Iterator[int]
    cases: list[NewMatchCase] = field(default_factory=list)
    potential_voters: list[int] = field(default_factory=list)


class Settled(NamedTuple):
    """Where the work item stands, and how the record is counted."""

    status: WorkItemStatus
    disposition: Disposition
    outcome: DmvOutcome


def settle(desk: Desk, subject: DmvSubject, placement: Placement, decision: DmvDecision) -> Settled:
    """Gather what follows from a decision."""
    match decision.verdict:
        case Verdict.AUTOMATIC:
            return _apply(desk, subject, decision.matches[0][0])
        case Verdict.ALREADY_CURRENT:
            return _note_current(desk, subject, decision.matches[0][0])
        case Verdict.POTENTIAL:
            for found, reason in decision.matches:
                _open_case(desk, subject, found, reason)
            return Settled(WorkItemStatus.OPEN, Disposition.POTENTIAL_MATCH, DmvOutcome.POTENTIAL_MATCH)
        case Verdict.NO_MATCH:
            return _leave_unmatched(desk, subject, placement)


def _apply(desk: Desk, subject: DmvSubject, found: Match) -> Settled:
    """COA-07 to COA-12."""
    case = _case(desk, subject, found, CaseState.ACCEPTED)
    given = MatchToApply(case=case, subject=subject, version=FIRST_VERSION, transfer_id=next(desk.numbers))
    state, before, after = apply_match(desk.effects, desk.circumstances, given)
    desk.cases.append(case._replace(state=state, before_version=before, applied_version=after))
    outcome = DmvOutcome.PROVISIONAL_MATCH if state is CaseState.PROVISIONAL else DmvOutcome.AUTOMATIC_MATCH
    return Settled(WorkItemStatus.CLOSED, Disposition.AUTOMATIC_MATCH, outcome)


def _note_current(desk: Desk, subject: DmvSubject, found: Match) -> Settled:
    """COA-14: nothing changes, and nobody is told."""
    case = _case(desk, subject, found, CaseState.ACCEPTED)
    desk.cases.append(case)
    basis = match_basis(subject.record, found.confidence, found.criteria, "the record says this already")
    desk.effects.note(found.state_voter_id, ACTIVITY[subject.record.kind], basis)
    return Settled(WorkItemStatus.CLOSED, Disposition.ALREADY_CURRENT, DmvOutcome.ALREADY_CURRENT)


def _open_case(desk: Desk, subject: DmvSubject, found: Match, reason: PotentialReason | None) -> None:
    """COA-30, COA-32: the voter's county decides."""
    case = _case(desk, subject, found, CaseState.OPEN, reason)
    desk.cases.append(case)
    basis = match_basis(subject.record, found.confidence, found.criteria)
    desk.effects.note(found.state_voter_id, POTENTIAL_ACTIVITY[subject.record.kind], basis)
    sight = CaseSight(case, CaseState.OPEN, FIRST_VERSION)
    tell_of_case(desk.effects, MessageType.POTENTIAL_MATCH, sight, subject, county_code=case.county_code)


def _leave_unmatched(desk: Desk, subject: DmvSubject, placement: Placement) -> Settled:
    """COA-20, COA-21, COA-38: the county of the new address looks into it; without one it is the SOS's own work item."""
    item = subject.work_item_id
    tell_of_unmatched(desk.effects, subject)
    if subject.county_code is not None and subject.record.kind is DmvRecordKind.NEW_REGISTRATION:
        # The county registers this person: no later mailing asks for what was just done.
        return Settled(WorkItemStatus.CLOSED, Disposition.REGISTRATION_PENDING, DmvOutcome.REGISTRATION_PENDING)
    desk.potential_voters.append(item)
    outcome = DmvOutcome.NO_MATCH if subject.county_code is not None else DmvOutcome.NO_MATCH_WITHOUT_COUNTY
    if placement.out_of_state:
        desk.effects.mail(MailingKind.OUT_OF_STATE, None, work_item_id=item)
        outcome = DmvOutcome.NO_MATCH_OUT_OF_STATE
    return Settled(WorkItemStatus.CLOSED, Disposition.NO_MATCH, outcome)


def _case(desk: Desk, subject: DmvSubject, found: Match, state: CaseState, reason: PotentialReason | None = None) -> NewMatchCase:
    is_open = state is CaseState.OPEN
    return NewMatchCase(
        case_id=next(desk.numbers),
        case_type=case_type_of(subject.record),
        work_item_id=subject.work_item_id,
        state_voter_id=found.state_voter_id,
        county_code=desk.effects.voters[found.state_voter_id].county_code,
        state=state,
        confidence=found.confidence,
        criteria=found.criteria,
        cap=found.cap,
        potential_reason=reason,
        same_drivers_license=found.same_drivers_license,
        weights_version=desk.weights_version,
        due_on=desk.circumstances.due_on if is_open else None,
        decided_by=None if is_open else desk.effects.actor,
        basis=None if is_open else match_basis(subject.record, found.confidence, found.criteria),
        before_version=None,
        applied_version=None,
        automatic=not is_open,
    )
