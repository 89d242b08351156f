"""EWS-11: a county reads one match case with the DMV record behind it."""

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.dmv_records import DmvRecord
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.domain.match_notices import MatchNotice
from votecal_soap.use_cases.county_cases import no_such_case
from votecal_soap.use_cases.duplicate_messages import voters_of
from votecal_soap.use_cases.match_case_notices import notices_of
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.views_of_voters import audit_views


def get_match_case(case_id: int, caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> tuple[MatchNotice, DmvRecord | None]:
    """One case of the county, and what DMV sent, if it did; a view of another county's or a confidential voter is audited (OPS-02)."""
    with unit_of_work(read_only=True) as uow:
        case = uow.match_cases.get(case_id)
        if case is None or not _concerns(uow, case, caller):
            raise no_such_case()
        notice = notices_of(uow, [case], caller, clock)[0]
        record = _record(uow, case, caller)
    audit_views([notice], caller, unit_of_work, clock)
    return notice, record


def _record(uow: UnitOfWork, case: MatchCase, caller: Caller) -> DmvRecord | None:
    """What DMV sent, with its signature: for the county that decides, and for nobody else."""
    item = None if case.work_item_id is None else uow.work_items.get(case.work_item_id)
    if item is None or case.county_code != caller.county_code:
        return None
    signature = None if item.signature_id is None else uow.work_items.signature(item.signature_id)
    return item.record._replace(signature=signature)


def _concerns(uow: UnitOfWork, case: MatchCase, caller: Caller) -> bool:
    if caller.county_code in (case.county_code, case.other_county):
        return True
    if case.other_state_voter_id is not None:
        return caller.county_code in {voter.county_code for voter in uow.voters.by_state_id(voters_of(case))}
    transfer = uow.match_cases.transfer_of_case(case.case_id)
    return transfer is not None and caller.county_code in {transfer.losing_county, transfer.gaining_county}
