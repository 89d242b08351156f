"""Renders the queue messages about matches, moves and DMV records (COA-11, COA-21, COA-32, COA-37, COA-38, EWS-14).

Strings without a namespace of their own, like `message_payloads`: each is spliced into its answer as it is.
`reader_county` is the county that the message goes to.
"""

from datetime import date

from votecal_soap.contract.dmv_record_markup import day, render_dmv_data, render_mailing, render_residence
from votecal_soap.contract.duplicate_payloads import render_duplicate
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.voter_markup import render_confidentiality, render_criteria, render_voter
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.domain.match_notices import DmvRecordNotice, MatchNotice, TransferNotice
from votecal_soap.domain.voters import Voter


def render_match_notice(notice: MatchNotice, *, reader_county: str) -> str:
    """`MatchNotice`: of AutomaticMatchApplied, ProvisionalMatchApplied, PotentialMatch, MatchCaseReplaced and MatchCaseDecided."""
    return "".join(
        (
            f"<MatchNotice><MatchCaseId>{notice.case_id}</MatchCaseId>",
            f"<CaseType>{notice.case_type.value}</CaseType><CaseState>{notice.case_state.value}</CaseState><CaseVersion>{notice.case_version}</CaseVersion>",
            leaf("CountyCode", notice.county_code),
            f"<Confidence>{notice.confidence}</Confidence>",
            render_criteria(notice.criteria),
            leaf("Cap", notice.cap),
            "" if notice.potential_reason is None else leaf("PotentialReason", notice.potential_reason.value),
            day("DueOn", notice.due_on),
            leaf("WorkItemId", notice.work_item_id),
            leaf("DmvTransactionId", notice.dmv_transaction_id),
            day("DmvTransactionDate", notice.dmv_transaction_date),
            render_voter(notice.voter, reader_county=reader_county, with_identification=True),
            render_residence("NewAddress", notice.new_address),
            render_mailing("NewMailingAddress", notice.new_mailing_address),
            leaf("NewCountyCode", notice.new_county),
            "<HomePrecinctNeeded>true</HomePrecinctNeeded>" if notice.home_precinct_needed else "<HomePrecinctNeeded>false</HomePrecinctNeeded>",
            "<WithheldByBlackout>true</WithheldByBlackout>" if notice.withheld_by_blackout else "<WithheldByBlackout>false</WithheldByBlackout>",
            leaf("Basis", notice.basis) if notice.basis else "",
            "" if notice.duplicate is None else render_duplicate(notice.duplicate, reader_county=reader_county),
            "</MatchNotice>",
        )
    )


def render_transfer_notice(notice: TransferNotice, *, reader_county: str) -> str:
    """`TransferNotice`: of TransferOut, TransferIn, TransferAccepted and TransferReversed."""
    transfer = notice.transfer
    return branch(
        "TransferNotice",
        leaf("TransferId", transfer.transfer_id),
        leaf("StateVoterId", transfer.state_voter_id),
        leaf("LosingCountyCode", transfer.losing_county),
        leaf("GainingCountyCode", transfer.gaining_county),
        leaf("TransferState", transfer.state.value),
        leaf("Provisional", transfer.provisional),
        leaf("OpenedAt", transfer.opened_at),
        leaf("PendingUntil", transfer.pending_until),
        "" if notice.match is None else render_match_notice(notice.match, reader_county=reader_county),
        "" if notice.voter is None else render_voter(notice.voter, reader_county=reader_county, with_identification=True),
        leaf("Confidence", notice.confidence),
        render_criteria(notice.criteria) if notice.criteria else "",
        leaf("Basis", notice.basis or None),
    )


def render_unresolved_dmv_coa(notice: DmvRecordNotice) -> str:
    """`UnresolvedDmvCoa`: a change of address that matched nobody (S6.8)."""
    return _dmv_record_notice("UnresolvedDmvCoa", notice)


def render_dmv_registration_pending(notice: DmvRecordNotice) -> str:
    """`DmvRegistrationPending`: a new registration that matched nobody, with its signature (COA-38)."""
    return _dmv_record_notice("DmvRegistrationPending", notice)


def _dmv_record_notice(name: str, notice: DmvRecordNotice) -> str:
    return branch(name, leaf("WorkItemId", notice.work_item_id), leaf("CountyCode", notice.county_code), branch("DmvRecord", render_dmv_data(notice.record)))


def render_overdue(case: MatchCase) -> str:
    """`MatchCaseOverdue`: told once (COA-37)."""
    return branch(
        "MatchCaseOverdue",
        leaf("MatchCaseId", case.case_id),
        leaf("CaseType", case.case_type.value),
        leaf("StateVoterId", case.state_voter_id),
        leaf("OpenedAt", case.opened_at),
        day("DueOn", case.due_on),
    )


def render_confidentiality_changed(voter: Voter) -> str:
    """`ConfidentialityChanged`: goes to the voter's own county (EWS-14)."""
    return branch(
        "ConfidentialityChanged",
        leaf("StateVoterId", voter.state_voter_id),
        leaf("EmsVoterId", voter.ems_voter_id),
        *render_confidentiality(voter),
    )


def render_confidentiality_ending(voter: Voter, ends_on: date) -> str:
    """`ConfidentialityEnding`: goes to the voter's own county beforehand (EWS-14)."""
    return branch("ConfidentialityEnding", leaf("StateVoterId", voter.state_voter_id), leaf("EmsVoterId", voter.ems_voter_id), day("EndsOn", ends_on))
