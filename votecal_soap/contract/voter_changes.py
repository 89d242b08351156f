"""The messages that change one voter's record: `xsd/voter-operations.xsd` to domain values and back (EWS-09)."""

from datetime import date
from typing import Final

from lxml import etree

from votecal_soap.contract.elements import number, optional_number, optional_text, required_element, required_text
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.message_payloads import render_field_errors
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.registration_markup import RegistrationReader
from votecal_soap.contract.registrations import render_reasons, render_standing
from votecal_soap.domain.declined_voters import DeclinedVoter, EnterDeclinedVoter
from votecal_soap.domain.match_cases import TransferOut
from votecal_soap.domain.voter_transfers import TransferResult, TransferVoter
from votecal_soap.domain.voter_updates import UpdateVoter, VoterUpdate
from votecal_soap.domain.voters import VotingPrecinct

_Q: Final = f"{{{EMS_INTEGRATION}}}"
_REGISTRATIONS: Final = RegistrationReader(EMS_INTEGRATION)


def optional_day(request: etree._Element, name: str) -> date | None:
    """The calendar day in a child, if there is one."""
    text = optional_text(request, name)
    return None if text is None else date.fromisoformat(text.strip())


def read_update(request: etree._Element) -> UpdateVoter:
    """UpdateVoter."""
    registration, precinct = request.find(f"{_Q}Registration"), request.find(f"{_Q}VotingPrecinct")
    return UpdateVoter(
        state_voter_id=optional_number(request, "StateVoterId"),
        ems_voter_id=optional_text(request, "EmsVoterId"),
        base_version=number(request, "BaseVersion"),
        effective_date=optional_day(request, "EffectiveDate"),
        given={} if registration is None else _REGISTRATIONS.given(registration),
        voting_precinct=None if precinct is None else _voting_precinct(precinct),
        basis=optional_text(request, "Basis"),
        names_confidentiality=registration is not None and _REGISTRATIONS.confidential(registration) is not None,
    )


def _voting_precinct(element: etree._Element) -> VotingPrecinct:
    return VotingPrecinct(required_text(element, "ElectionId"), required_text(element, "PrecinctCode"), optional_text(element, "PrecinctPart"))


def render_update_result(update: VoterUpdate) -> str:
    """UpdateVoterResponse."""
    outcome, voter = update
    reasons = () if outcome.reason is None else (outcome.reason, *outcome.further_reasons)
    result = branch(
        "VoterUpdateResult",
        leaf("Outcome", outcome.outcome.value),
        render_reasons(reasons),
        "" if outcome.state_voter_id is None else leaf("StateVoterId", str(outcome.state_voter_id)),
        leaf("EmsVoterId", outcome.ems_voter_id),
        "" if voter is None else leaf("RecordVersion", voter.version),
        "" if voter is None else render_standing(voter),
        render_field_errors(outcome.errors),
    )
    return branch("UpdateVoterResponse", result, namespace=EMS_INTEGRATION)


def read_transfer(request: etree._Element) -> TransferVoter:
    """TransferVoter."""
    registration = required_element(request, "Registration")
    return TransferVoter(
        state_voter_id=number(request, "StateVoterId"),
        base_version=number(request, "BaseVersion"),
        ems_voter_id=required_text(request, "EmsVoterId"),
        given=_REGISTRATIONS.given(registration),
        confidential=_REGISTRATIONS.confidential(registration),
        basis=optional_text(request, "Basis"),
    )


def render_transfer_result(result: TransferResult) -> str:
    """TransferVoterResponse."""
    voter, transfer = result.voter, result.transfer
    answer = branch(
        "VoterTransferResult",
        leaf("TransferOutcome", result.outcome.value),
        render_reasons(result.reasons),
        leaf("StateVoterId", str(result.state_voter_id)),
        leaf("EmsVoterId", result.ems_voter_id),
        "" if voter is None else leaf("RecordVersion", voter.version) + render_standing(voter),
        "" if transfer is None else _move(transfer),
        render_field_errors(result.errors),
    )
    return branch("TransferVoterResponse", answer, namespace=EMS_INTEGRATION)


def _move(transfer: TransferOut) -> str:
    ids = (leaf("TransferId", transfer.transfer_id), leaf("LosingCountyCode", transfer.losing_county))
    return "".join((*ids, leaf("PendingUntil", transfer.pending_until)))


def read_declined(request: etree._Element) -> EnterDeclinedVoter:
    """EnterDeclinedVoter."""
    registration = required_element(request, "Registration")
    return EnterDeclinedVoter(
        ems_voter_id=required_text(request, "EmsVoterId"),
        given=_REGISTRATIONS.given(registration),
        reason=required_text(request, "DeclineReason"),
        confidential=_REGISTRATIONS.confidential(registration),
    )


def render_declined(declined: DeclinedVoter) -> str:
    """EnterDeclinedVoterResponse."""
    voter = declined.voter
    result = branch(
        "DeclinedVoterResult",
        leaf("DeclinedOutcome", declined.outcome.value),
        render_reasons(declined.reasons),
        "" if voter is None else leaf("StateVoterId", str(voter.state_voter_id)),
        leaf("EmsVoterId", declined.ems_voter_id),
        "" if voter is None else leaf("RecordVersion", voter.version),
        render_field_errors(declined.errors),
    )
    return branch("EnterDeclinedVoterResponse", result, namespace=EMS_INTEGRATION)
