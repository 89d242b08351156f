"""UC03.42.01 The list of one type of work item: sorted, filtered, a page at a time (DLR-03)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.counties import StaffUser
from votecal_soap.domain.match_cases import CaseState, CaseType, MatchCase
from votecal_soap.domain.voters import Voter
from votecal_soap.domain.work_lists import CaseListQuery, CaseOrder, CasePosition, WorkItemKind
from votecal_soap.errors import ErrorCode, NotAllowed
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.console_access import is_of_sos, known_person, note_looks, refuse
from votecal_soap.use_cases.ports import UnitOfWork, WorkItem
from votecal_soap.use_cases.work_on_case import holder

PAGE: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWorkItems:
    """Which list, for whom, and from where on."""

    kind: WorkItemKind
    acting_user: str
    order: CaseOrder = CaseOrder.DUE
    county_code: str | None = None
    overdue_only: bool = False
    after: CasePosition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Cases with their voters; `following` is where the next page begins, None on the last one."""

    cases: Sequence[MatchCase]
    voters: Mapping[int, Voter]
    holders: Mapping[int, str]
    """Who works on which case."""
    following: CasePosition | None


def list_cases(command: ListWorkItems, uow: UnitOfWork, clock: Clock) -> CasePage:
    """A page of cases; names of voters who are confidential or another county's leave a trace (OPS-02)."""
    with uow:
        person = known_person(uow, command.acting_user)
        county_code = _county(uow, person, command, clock)
        # A provisional match has no day of its own.
        order = CaseOrder.OLDEST if command.kind is WorkItemKind.PROVISIONAL and command.order is CaseOrder.DUE else command.order
        query = CaseListQuery(
            case_types=command.kind.case_types,
            states=command.kind.states,
            order=order,
            limit=PAGE + 1,
            county_code=county_code,
            due_before=legal_date(clock.now()) if command.overdue_only else None,
            after=command.after,
        )
        found = uow.match_cases.waiting(query)
        cases = found[:PAGE]
        claims = uow.match_cases.claims([case.case_id for case in cases])
        holders = {case_id: by for case_id, held in claims.items() if (by := holder(held, clock.now())) is not None}
        voters = {int(voter.state_voter_id): voter for voter in uow.voters.by_state_id(sorted({case.state_voter_id for case in cases}))}
        if note_looks(uow, person, clock, "ListWorkItems", voters.values()):
            uow.commit()
    return CasePage(cases=cases, voters=voters, holders=holders, following=_position(cases[-1], order) if len(found) > PAGE else None)


def next_case(case: MatchCase, acting_user: str, uow: UnitOfWork) -> int | None:
    """The case that is due after this one, of the same type, for the same person; None when there is none."""
    with uow:
        person = known_person(uow, acting_user)
        position = None if case.due_on is None else CasePosition(case.due_on, case.case_id)
        order = CaseOrder.OLDEST if position is None else CaseOrder.DUE
        after = position or CasePosition(None, case.case_id)
        waiting = WorkItemKind.DUPLICATE_VOTER if case.case_type is CaseType.DUPLICATE_VOTER else WorkItemKind.DMV_COA
        states = WorkItemKind.PROVISIONAL.states if case.state is CaseState.PROVISIONAL else waiting.states
        query = CaseListQuery(case_types=(case.case_type,), states=states, order=order, limit=1, county_code=person.county_code, after=after)
        found = uow.match_cases.waiting(query)
    return found[0].case_id if found else None


def list_unresolved(acting_user: str, after_work_item_id: int, uow: UnitOfWork) -> tuple[Sequence[WorkItem], int | None]:
    """DMV records that are nobody's and of no county, and where the next page begins (COA-21)."""
    with uow:
        require_role(uow, acting_user, SOS_ROLES)
        found = uow.work_items.unresolved_of_sos(PAGE + 1, after_work_item_id=after_work_item_id)
    return found[:PAGE], found[PAGE - 1].work_item_id if len(found) > PAGE else None


def _county(uow: UnitOfWork, person: StaffUser, command: ListWorkItems, clock: Clock) -> str | None:
    if is_of_sos(person):
        return command.county_code
    if command.county_code not in (None, person.county_code):
        subject = ("County", str(command.county_code))
        refuse(uow, person, clock, subject, NotAllowed(ErrorCode.NOT_AUTHORISED, "These work items are another county's.", ref="county"))
    return person.county_code


def _position(case: MatchCase, order: CaseOrder) -> CasePosition:
    values = {CaseOrder.DUE: case.due_on, CaseOrder.CONFIDENCE: case.confidence, CaseOrder.OLDEST: None}
    return CasePosition(values[order], case.case_id)
