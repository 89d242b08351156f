"""COA-21, COA-33: a DMV record whose candidates were all rejected, or whose match was undone, is nobody's: its county is told."""

from votecal_soap.domain.dmv_records import DmvRecordKind
from votecal_soap.domain.match_cases import Disposition, PotentialReason, WorkItemStatus
from votecal_soap.use_cases.county_cases import CaseInHand
from votecal_soap.use_cases.match_messages import tell_of_unmatched
from votecal_soap.use_cases.ports import UnitOfWork


def leave_unresolved(uow: UnitOfWork, hand: CaseInHand) -> None:
    """Close the work item as Unresolved; a county that named a voter itself has been told before."""
    item, at = hand.item, hand.effects.at
    is_registration = hand.subject.record.kind is DmvRecordKind.NEW_REGISTRATION
    disposition = Disposition.REGISTRATION_PENDING if is_registration and item.county_code else Disposition.UNRESOLVED
    uow.work_items.set_disposition(item.work_item_id, WorkItemStatus.CLOSED, disposition, at)
    if any(case.potential_reason is PotentialReason.NAMED_BY_COUNTY for case in (hand.case, *hand.others)):
        return
    tell_of_unmatched(hand.effects, hand.subject)
    if disposition is Disposition.UNRESOLVED and not uow.work_items.is_potential_voter(item.work_item_id):
        uow.work_items.add_potential_voters([item.work_item_id], at)
