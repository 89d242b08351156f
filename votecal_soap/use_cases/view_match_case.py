"""UC03.42.01 A person opens a match case: both records, why they match, and what was done with it so far (DLR-03)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import StaffUser
from votecal_soap.domain.dmv_records import ResidenceAddress
from votecal_soap.domain.match_cases import CaseState, MatchCase, TransferOut
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.domain.record_comparison import ComparedField, Record, compared, dmv_record, residence_line, residence_of, voter_record
from votecal_soap.domain.voters import Voter
from votecal_soap.domain.work_lists import CaseNote
from votecal_soap.use_cases.console_access import as_person_sees, is_withheld, known_person, note_looks, refuse, sees_case, sees_county
from votecal_soap.use_cases.county_cases import no_such_case
from votecal_soap.use_cases.merge_voters import order_by_age
from votecal_soap.use_cases.ports import AuditEntry, KeptActivity, UnitOfWork, WorkItem
from votecal_soap.use_cases.review_in_console import ReviewSide, review_side
from votecal_soap.use_cases.undo_match_case import UNDOABLE
from votecal_soap.use_cases.work_on_case import holder, waits_for

HISTORY: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as one person may see it. `item` is None for whoever does not decide it: what DMV sent is for the deciding county and SOS."""

    case: MatchCase
    voter: Voter
    withheld: bool
    """Residence, e-mail and phone were taken out (EWS-14)."""
    item: WorkItem | None
    fields: Sequence[ComparedField]
    earlier_residence: tuple[str | None, str | None] | None
    """The voter's residence and the one that DMV has as the earlier one: what the match was made by."""
    criteria: tuple[Criterion, ...]
    siblings: tuple[MatchCase, ...]
    transfer: TransferOut | None
    activities: Sequence[KeptActivity]
    other_activities: Sequence[KeptActivity]
    """The other voter's, where there are two."""
    newer_id: int | None
    """Of two voters the one whose record a merge keeps (DLR-07)."""
    review: ReviewSide | None
    """For SOS users, of a pair of voters."""
    trail: Sequence[AuditEntry]
    notes: Sequence[CaseNote]
    held_by: str | None
    """Who works on it; None when nobody does."""
    may_decide: bool
    may_undo: bool


def view_match_case(case_id: int, user_name: str, uow: UnitOfWork, clock: Clock) -> CaseView:
    """One case; a look at a voter who is confidential or another county's is audited, and so is one that is refused."""
    with uow:
        person = known_person(uow, user_name)
        case = uow.match_cases.get(case_id)
        if case is None:
            raise no_such_case()
        if not sees_case(uow, person, case):
            refuse(uow, person, clock, ("MatchCase", case_id), no_such_case())
        keys = [case.state_voter_id] if case.other_state_voter_id is None else [case.state_voter_id, case.other_state_voter_id]
        found = {int(voter.state_voter_id): voter for voter in uow.voters.by_state_id(keys)}
        view = _view(uow, person, case, [found[key] for key in keys], clock)
        if note_looks(uow, person, clock, "ViewMatchCase", found.values()):
            uow.commit()
    return view


def _view(uow: UnitOfWork, person: StaffUser, case: MatchCase, voters: Sequence[Voter], clock: Clock) -> CaseView:
    decides = any(sees_county(person, county) for county in (case.county_code, case.other_county, case.asked_county))
    seen, withheld = as_person_sees(voters[0], person, clock), any(is_withheld(voter, person, clock) for voter in voters)
    item = _item(uow, case, hides_address=withheld and person.county_code != case.county_code) if decides else None
    siblings = [] if item is None else uow.match_cases.of_work_items([item.work_item_id])
    review = review_side(uow, person, case)
    return CaseView(
        case=case,
        voter=seen,
        withheld=withheld,
        item=item,
        fields=compared(voter_record(seen), _other_record(voters, item, person, clock)),
        earlier_residence=_earlier_residence(seen, item),
        criteria=tuple(criterion for criterion in case.criteria if not (withheld and criterion.field is MatchField.ADDRESS)),
        siblings=tuple(other for other in siblings if other.case_id != case.case_id),
        transfer=uow.match_cases.transfer_of_case(case.case_id),
        activities=uow.voters.activities(case.state_voter_id, HISTORY),
        other_activities=() if case.other_state_voter_id is None else uow.voters.activities(case.other_state_voter_id, HISTORY),
        newer_id=_newer(uow, case, voters),
        review=review,
        trail=uow.audit.of_subject("MatchCase", case.case_id, HISTORY),
        notes=uow.match_cases.notes(case.case_id) if decides else (),
        held_by=holder(uow.match_cases.claim_of(case.case_id), clock.now()),
        may_decide=waits_for(person, case) and not (review is not None and review.may_review),
        may_undo=case.state in UNDOABLE and case.state is not CaseState.PROVISIONAL,
    )


def _newer(uow: UnitOfWork, case: MatchCase, voters: Sequence[Voter]) -> int | None:
    """As the merge took them; before one, as it would."""
    if len(voters) == 1:
        return None
    merge = uow.merges.get(case.case_id)
    one, other = voters
    return order_by_age(uow, (one, other))[0].state_voter_id if merge is None or merge.undone_at is not None else merge.newer_id


def _other_record(voters: Sequence[Voter], item: WorkItem | None, person: StaffUser, clock: Clock) -> Record:
    """What the voter is compared with: the other voter, or what DMV sent as far as the person may see it."""
    if len(voters) > 1:
        return voter_record(as_person_sees(voters[1], person, clock))
    return {} if item is None else dmv_record(item.record, item.county_code)


def _item(uow: UnitOfWork, case: MatchCase, *, hides_address: bool) -> WorkItem | None:
    """What DMV sent; where a confidential voter moves to is for the county that has to decide on it, not for whoever may look on (EWS-14)."""
    item = None if case.work_item_id is None else uow.work_items.get(case.work_item_id)
    if item is None or not hides_address:
        return item
    bare = item.record._replace(new_address=ResidenceAddress(), old_address=None, mailing_address=None, phone=None, email=None)
    return item._replace(record=bare)


def _earlier_residence(voter: Voter, item: WorkItem | None) -> tuple[str | None, str | None] | None:
    if item is None or item.record.old_address is None:
        return None
    return residence_line(residence_of(voter)), residence_line(item.record.old_address)
