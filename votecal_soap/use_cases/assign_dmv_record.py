"""COA-21 SOS says which county looks into a DMV record that matched nobody and whose address told no county."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.county_of_address import is_out_of_state
from votecal_soap.domain.dmv_records import DmvRecordKind
from votecal_soap.domain.match_cases import Disposition, WorkItemStatus
from votecal_soap.domain.sos_work_items import SosItemOutcome
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.county_cases import subject_of
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.match_messages import tell_of_unmatched
from votecal_soap.use_cases.matching_circumstances import dmv_rules, matching_circumstances
from votecal_soap.use_cases.ports import UnitOfWork, WorkItem

ACTION: Final = "AssignDmvRecord"
WAITING: Final = frozenset({Disposition.NO_MATCH, Disposition.UNRESOLVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignDmvRecord:
    """Which record goes to which county."""

    work_item_id: int
    county_code: str
    acting_user: str


def assign_dmv_record(command: AssignDmvRecord, uow: UnitOfWork, clock: Clock) -> Disposition:
    """The county is told as of any record of its own that matched nobody; how the work item stands then.

    Raises:
        NotFound: WORK_ITEM_NOT_FOUND, COUNTY_NOT_FOUND.
        Conflict: CASE_DECIDED when it is a county's already, or waits for nobody.
        InvalidRequest: VALUE_WRONG for an address out of the state.
    """
    now = clock.now()
    with uow:
        require_role(uow, command.acting_user, SOS_ROLES)
        if uow.reference.county(command.county_code) is None:
            raise NotFound(ErrorCode.COUNTY_NOT_FOUND, f"There is no county {command.county_code}.", ref="county")
        item = _waiting(uow, command.work_item_id)
        circumstances = matching_circumstances(uow, now, dmv_rules(uow, now), timedelta())
        effects = MatchEffects((), actor=command.acting_user, at=now, day=legal_date(now))
        tell_of_unmatched(effects, subject_of(item, circumstances)._replace(county_code=command.county_code))
        disposition = _move(uow, effects, item, command.county_code)
        before: dict[str, object] = {"county_code": None, "disposition": item.disposition}
        after: dict[str, object] = {"county_code": command.county_code, "disposition": disposition}
        for sos_item in uow.sos_items.of_dmv_record(item.work_item_id):
            uow.sos_items.close(sos_item, SosItemOutcome.DIRECTED, None, now, command.acting_user)
        effects.audit(ACTION, ("DmvWorkItem", item.work_item_id), command.county_code, old=before, new=after)
        effects.write(uow)
        uow.commit()
    return disposition


def _waiting(uow: UnitOfWork, work_item_id: int) -> WorkItem:
    item = uow.work_items.get(work_item_id, lock=True)
    if item is None:
        raise NotFound(ErrorCode.WORK_ITEM_NOT_FOUND, "There is no such DMV record.", ref="work_item_id")
    if item.county_code is not None or item.disposition not in WAITING:
        raise Conflict(ErrorCode.CASE_DECIDED, f"This DMV record is not SOS's to place: it is {item.disposition}.", ref="work_item_id")
    if is_out_of_state(item.record.new_address):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The new address is out of the state: no county looks into it.", ref="work_item_id")
    return item


def _move(uow: UnitOfWork, effects: MatchEffects, item: WorkItem, county_code: str) -> Disposition:
    """A registration is the county's to make: no later mailing asks for what was just done (COA-38)."""
    is_registration = item.record.kind is DmvRecordKind.NEW_REGISTRATION
    disposition = Disposition.REGISTRATION_PENDING if is_registration else item.disposition or Disposition.NO_MATCH
    uow.work_items.set_disposition(item.work_item_id, WorkItemStatus.CLOSED, disposition, effects.at, county_code=county_code)
    if is_registration:
        uow.work_items.withdraw_potential_voter(item.work_item_id, effects.at)
    return disposition
