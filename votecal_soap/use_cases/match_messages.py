"""What counties are told of matches, moves and DMV records that matched nobody (COA-11, COA-21, COA-31, COA-32, COA-38, S10.11)."""

from datetime import date
from typing import NamedTuple

from votecal_soap.contract.match_payloads import render_dmv_registration_pending, render_match_notice, render_transfer_notice, render_unresolved_dmv_coa
from votecal_soap.domain.confidentiality import as_seen_by, is_confidential
from votecal_soap.domain.county_of_address import is_out_of_state
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind
from votecal_soap.domain.dmv_values import Received
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, CaseType, MatchCase, PotentialReason
from votecal_soap.domain.match_notices import DmvRecordNotice, MatchNotice, TransferNotice
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.domain.sos_work_items import NewSosWorkItem, SosItemType
from votecal_soap.domain.voters import Voter
from votecal_soap.use_cases.match_effects import BASIS_LENGTH, MatchEffects
from votecal_soap.use_cases.ports import NewMatchCase


class DmvSubject(NamedTuple):
    """A DMV record that is being decided on: its work item, what it says in the state's form, and the county of its address."""

    work_item_id: int
    record: DmvRecord
    received: Received
    county_code: str | None
    signature_id: int | None


class CaseSight(NamedTuple):
    """A match case as counties are told of it: `version` is the one that a decision has to name."""

    case: MatchCase | NewMatchCase
    state: CaseState
    version: int
    basis: str | None = None
    withheld_by_blackout: bool = False


def case_type_of(record: DmvRecord) -> CaseType:
    """What a case about this record is."""
    return CaseType.DMV_COA if record.kind is DmvRecordKind.CHANGE_OF_ADDRESS else CaseType.DMV_REGISTRATION


def match_basis(record: DmvRecord, confidence: int, criteria: tuple[Criterion, ...], remark: str = "") -> str:
    """Why a record was matched, without any value (COA-09): DMV's transaction, confidence, criteria."""
    # What was missing on both sides says nothing for or against.
    told = "; ".join([text for _, _, contribution, text in criteria if contribution])
    return f"DMV transaction {record.transaction_id}, confidence {confidence}{remark and f', {remark}'}: {told}"[:BASIS_LENGTH]


def match_notice(sight: CaseSight, subject: DmvSubject, voter: Voter, *, reader_county: str, today: date) -> MatchNotice:
    """A case as one county may see it (COA-32, EWS-14)."""
    case, record = sight.case, subject.record
    shows_address = _may_see_address(sight, voter, reader_county, today)
    return MatchNotice(
        case_id=case.case_id,
        case_type=case.case_type,
        case_state=sight.state,
        case_version=sight.version,
        county_code=case.county_code,
        confidence=case.confidence,
        criteria=criteria_for(case.criteria, voter, reader_county, today),
        cap=case.cap,
        potential_reason=None if case.potential_reason is None else PotentialReason(case.potential_reason),
        due_on=case.due_on,
        work_item_id=subject.work_item_id,
        dmv_transaction_id=record.transaction_id,
        dmv_transaction_date=record.transaction_date,
        voter=as_seen_by(voter, reader_county, today),
        new_address=record.new_address if shows_address else None,
        new_mailing_address=record.mailing_address if shows_address else None,
        new_county=subject.county_code,
        home_precinct_needed=sight.state is not CaseState.OPEN and voter.home_precinct is None and voter.county_code == reader_county,
        withheld_by_blackout=sight.withheld_by_blackout,
        basis=sight.basis,
    )


def tell_of_case(
    effects: MatchEffects,
    message_type: MessageType,
    sight: CaseSight,
    subject: DmvSubject,
    *,
    county_code: str,
    blocks_updates: bool = False,
) -> None:
    """Tell a county of a case about a voter who is its own."""
    uid = sight.case.state_voter_id
    voter = effects.voters[uid]
    effects.tell(
        county_code,
        message_type,
        render_match_notice(match_notice(sight, subject, voter, reader_county=county_code, today=effects.day), reader_county=county_code),
        dedup_key=f"CASE:{sight.case.case_id}:{sight.version}:{county_code}:{message_type}",
        state_voter_id=uid,
        ems_voter_id=voter.ems_voter_id if voter.county_code == county_code else None,
        record_sequence=subject.record.sequence,
        blocks_updates=blocks_updates,
    )


def tell_of_transfer(
    effects: MatchEffects,
    message_type: MessageType,
    notice: TransferNotice,
    *,
    county_code: str,
    ems_voter_id: str | None,
    record_sequence: int | None = None,
    blocks_updates: bool = True,
) -> None:
    """Tell one of the two counties of a move, which it did not make itself; `ems_voter_id` is that county's own."""
    effects.tell(
        county_code,
        message_type,
        render_transfer_notice(notice, reader_county=county_code),
        dedup_key=f"TRANSFER:{notice.transfer.transfer_id}:{county_code}:{message_type}",
        state_voter_id=notice.transfer.state_voter_id,
        ems_voter_id=ems_voter_id,
        record_sequence=record_sequence,
        blocks_updates=blocks_updates,
    )


def tell_of_unmatched(effects: MatchEffects, subject: DmvSubject) -> None:
    """Tell the county of the new address of a record that is nobody's (S6.8, COA-38); without a county it is the SOS's own work item."""
    if subject.county_code is None:
        if not is_out_of_state(subject.record.new_address):
            effects.ask_sos(NewSosWorkItem(SosItemType.UNRESOLVED_DMV_COA, effects.day, dmv_work_item_id=subject.work_item_id))
        return
    notice = DmvRecordNotice(subject.work_item_id, subject.county_code, subject.record)
    is_registration = subject.record.kind is DmvRecordKind.NEW_REGISTRATION
    message_type = MessageType.DMV_REGISTRATION_PENDING if is_registration else MessageType.UNRESOLVED_DMV_COA
    payload = render_dmv_registration_pending(notice) if is_registration else render_unresolved_dmv_coa(notice)
    dedup_key = f"DMV:{subject.work_item_id}:{message_type}"
    effects.tell(subject.county_code, message_type, payload, dedup_key=dedup_key, record_sequence=subject.record.sequence)


def _may_see_address(sight: CaseSight, voter: Voter, reader_county: str, today: date) -> bool:
    """Where a confidential voter moves to is for her own county, and for the one that has to decide on it (EWS-14)."""
    if voter.county_code == reader_county or not is_confidential(voter, today):
        return True
    return sight.state is CaseState.OPEN and sight.case.county_code == reader_county


def criteria_for(criteria: tuple[Criterion, ...], voter: Voter, reader_county: str, today: date) -> tuple[Criterion, ...]:
    """Criteria as a county may see them: whether an address agreed tells an address: another county does not hear it of a confidential voter."""
    if voter.county_code == reader_county or not is_confidential(voter, today):
        return criteria
    return tuple(criterion for criterion in criteria if criterion.field is not MatchField.ADDRESS)
