"""The messages of a registration: `RegisterVoter` of `xsd/ems-integration.xsd` to domain values and back (UC01.24.01, EWS-09)."""

from collections.abc import Sequence
from typing import Final

from lxml import etree

from votecal_soap.contract.elements import required_text
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.message_payloads import render_field_errors
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.pages import fill_page
from votecal_soap.contract.registration_markup import RegistrationReader
from votecal_soap.contract.voter_search import render_found_voter
from votecal_soap.domain.batches import FailureReason
from votecal_soap.domain.registrations import RegisterVoter, RegistrationOutcome, RegistrationResult
from votecal_soap.domain.voters import Voter

_Q: Final = f"{{{EMS_INTEGRATION}}}"
_REGISTRATIONS: Final = RegistrationReader(EMS_INTEGRATION)


def read_registration(request: etree._Element) -> RegisterVoter:
    """RegisterVoter."""
    registration = request.find(f"{_Q}Registration")
    if registration is None:
        raise LookupError("Registration is required by the schema")
    return RegisterVoter(
        ems_voter_id=required_text(request, "EmsVoterId"),
        given=_REGISTRATIONS.given(registration),
        confidential=_REGISTRATIONS.confidential(registration),
        seen=frozenset(int(item.text or 0) for item in request.iterfind(f"{_Q}SeenCandidates/*")),
    )


def render_registration_result(result: RegistrationResult, reader_county: str, byte_limit: int) -> str:
    """RegisterVoterResponse, below a size: of many candidates the weakest are left out, and come when the others were seen."""
    refused = result.outcome is RegistrationOutcome.REFUSED
    candidates = fill_page((render_found_voter(found, reader_county) for found in result.candidates), byte_limit)
    voter = result.voter
    answer = branch(
        "RegistrationResult",
        leaf("RegistrationOutcome", result.outcome.value),
        render_reasons(result.reasons if refused else ()),
        "" if voter is None else leaf("StateVoterId", str(voter.state_voter_id)),
        leaf("EmsVoterId", result.ems_voter_id),
        "" if voter is None else leaf("RecordVersion", voter.version),
        "" if voter is None else render_standing(voter),
        render_field_errors(result.errors),
        branch("Candidates", *candidates) if candidates else "",
        branch("MatchCaseIds", *(leaf("MatchCaseId", case_id) for case_id in result.case_ids)) if result.case_ids else "",
    )
    return branch("RegisterVoterResponse", answer, namespace=EMS_INTEGRATION)


def render_reasons(reasons: Sequence[FailureReason]) -> str:
    """`FailureReason` and `FurtherReasons` of what was refused; nothing when there are none."""
    if not reasons:
        return ""
    further = branch("FurtherReasons", *(leaf("FailureReason", reason.value) for reason in reasons[1:])) if reasons[1:] else ""
    return leaf("FailureReason", reasons[0].value) + further


def render_standing(voter: Voter) -> str:
    """`Status`, DMV's word on both numbers, and whether a card is due."""
    return "".join(
        (
            leaf("Status", voter.status),
            leaf("DriversLicenseStatus", voter.drivers_license_status),
            leaf("Ssn4Status", voter.ssn4_status),
            leaf("NotificationCardDue", bool(voter.vnc_due)),
        )
    )
