"""COA-21: a county says what it found out about a DMV record that matched nobody: nobody, or the voter it is."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_answers import ReportedCoa, ReportUnresolvedCoa
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, Disposition, MailingKind, PotentialReason, WorkItemStatus
from votecal_soap.domain.matching import Match
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotFound
from votecal_soap.search.standardising import voter_person
from votecal_soap.use_cases.county_cases import subject_of
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.match_messages import CaseSight, DmvSubject, case_type_of, tell_of_case
from votecal_soap.use_cases.matching_circumstances import MatchingCircumstances, dmv_rules, matching_circumstances
from votecal_soap.use_cases.merged_voters import current_records
from votecal_soap.use_cases.ports import NewMatchCase, UnitOfWork, WorkItem
from votecal_soap.use_cases.search_for_drivers import driver
from votecal_soap.use_cases.search_service import search_service, weights_in_force

WAITING: Final = frozenset({Disposition.NO_MATCH, Disposition.UNRESOLVED, Disposition.REGISTRATION_PENDING})
NAMED_ACTIVITY: Final = "Potential DMV COA Match"


def report_unresolved_coa(report: ReportUnresolvedCoa, caller: Caller, uow: UnitOfWork, clock: Clock, transfer_pending: timedelta) -> ReportedCoa:
    """Where the work item stands then; the caller of this commits.

    Raises:
        NotFound: WORK_ITEM_NOT_FOUND for another county's, VOTER_NOT_FOUND.
        Conflict: CASE_DECIDED when the record waits for nobody's word any more.
    """
    _waiting_item(uow, report, caller, lock=False)
    report = _resolved(uow, report)
    # Voters before work items, as whoever decides a case and the job lock them.
    voters = [] if report.state_voter_id is None else uow.voters.lock_by_state_id([report.state_voter_id])
    item = _waiting_item(uow, report, caller, lock=True)
    now = clock.now()
    circumstances = matching_circumstances(uow, now, dmv_rules(uow, now), transfer_pending)
    effects = MatchEffects(voters, actor=actor(caller), at=now, day=legal_date(now))
    reported = _non_match(uow, effects, item) if report.state_voter_id is None else _name_voter(uow, effects, item, report, circumstances)
    subject = ("DmvWorkItem", item.work_item_id)
    effects.audit("ReportUnresolvedCoa", subject, caller.county_code, old={"disposition": item.disposition}, new=reported._asdict())
    effects.write(uow)
    return reported


def _waiting_item(uow: UnitOfWork, report: ReportUnresolvedCoa, caller: Caller, *, lock: bool) -> WorkItem:
    item = uow.work_items.get(report.work_item_id, lock=lock)
    if item is None or item.county_code != caller.county_code:
        raise NotFound(ErrorCode.WORK_ITEM_NOT_FOUND, "There is no such DMV record for this county.", ref="WorkItemId")
    if item.disposition not in WAITING:
        raise Conflict(ErrorCode.CASE_DECIDED, f"This DMV record waits for no report: it is {item.disposition}.", ref="WorkItemId")
    return item


def _resolved(uow: UnitOfWork, report: ReportUnresolvedCoa) -> ReportUnresolvedCoa:
    """A UID that was merged names the newer record (DLR-12)."""
    if report.state_voter_id is None:
        return report
    current = current_records(uow, [report.state_voter_id]).get(report.state_voter_id)
    return report if current is None else replace(report, state_voter_id=int(current.state_voter_id))


def _non_match(uow: UnitOfWork, effects: MatchEffects, item: WorkItem) -> ReportedCoa:
    """S6.9: a notice to the person is due."""
    uow.work_items.set_disposition(item.work_item_id, WorkItemStatus.CLOSED, Disposition.NON_MATCH, effects.at)
    effects.mail(MailingKind.NON_MATCH_NOTICE, item.county_code, work_item_id=item.work_item_id)
    return ReportedCoa(item.work_item_id, Disposition.NON_MATCH, None)


def _name_voter(uow: UnitOfWork, effects: MatchEffects, item: WorkItem, report: ReportUnresolvedCoa, circumstances: MatchingCircumstances) -> ReportedCoa:
    """The named voter's county decides; the person is a potential voter no more (COA-20)."""
    uid = report.state_voter_id or 0
    if uid not in effects.voters:
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "There is no voter with this UID.", ref="StateVoterId")
    if uid in uow.match_cases.rejected_pairs(item.work_item_id):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "This voter was rejected for this very record before.", ref="StateVoterId")
    subject = subject_of(item, circumstances)
    settings = circumstances.settings[item.record.kind.matching_function]
    match = search_service(uow).explain(driver(item.record), voter_person(effects.voters[uid]), settings)._replace(state_voter_id=uid)
    case = _named_case(uow, effects, subject, match, report, circumstances)
    uow.match_cases.add([case], effects.at)
    uow.work_items.set_disposition(item.work_item_id, WorkItemStatus.OPEN, Disposition.VOTER_NAMED, effects.at)
    uow.work_items.withdraw_potential_voter(item.work_item_id, effects.at)
    uow.mailings.withdraw(MailingKind.NON_MATCH_NOTICE, work_item_id=item.work_item_id, at=effects.at)
    effects.note(uid, NAMED_ACTIVITY, f"DMV transaction {item.record.transaction_id}, named by county {item.county_code}: {report.basis}")
    sight = CaseSight(case, CaseState.OPEN, 1, report.basis)
    tell_of_case(effects, MessageType.POTENTIAL_MATCH, sight, subject, county_code=case.county_code)
    return ReportedCoa(item.work_item_id, Disposition.VOTER_NAMED, case.case_id)


def _named_case(
    uow: UnitOfWork, effects: MatchEffects, subject: DmvSubject, match: Match, report: ReportUnresolvedCoa, circumstances: MatchingCircumstances
) -> NewMatchCase:
    return NewMatchCase(
        case_id=uow.match_cases.reserve_ids(1),
        case_type=case_type_of(subject.record),
        work_item_id=subject.work_item_id,
        state_voter_id=match.state_voter_id,
        county_code=effects.voters[match.state_voter_id].county_code,
        state=CaseState.OPEN,
        confidence=match.confidence,
        criteria=match.criteria,
        cap=match.cap,
        potential_reason=PotentialReason.NAMED_BY_COUNTY,
        same_drivers_license=match.same_drivers_license,
        weights_version=weights_in_force(uow).version,
        due_on=circumstances.due_on,
        decided_by=None,
        basis=report.basis,
        before_version=None,
        applied_version=None,
        automatic=False,
    )
