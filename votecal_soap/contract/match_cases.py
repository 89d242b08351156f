"""The messages about match cases, unresolved DMV records and moves: elements of `xsd/ems-integration.xsd` to domain values and back.

UC03.22.01, UC03.50.01, EWS-11. Requests were validated against the schema before; what a schema cannot say is for the use cases.
"""

from collections.abc import Iterable

from lxml import etree

from votecal_soap.contract.dmv_record_markup import render_dmv_data
from votecal_soap.contract.elements import number, optional_number, optional_text, required_text
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.match_payloads import render_match_notice
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.pages import fill_page
from votecal_soap.domain.county_answers import MatchCasePage, MatchCaseQuery, OwnRecord, ReportedCoa, ReportUnresolvedCoa, TransferDecision, UndoMatchCase
from votecal_soap.domain.dmv_records import DmvRecord
from votecal_soap.domain.match_cases import CaseDecision, CaseState, CaseType, Decision, MatchCase, TransferOut
from votecal_soap.domain.match_notices import MatchNotice
from votecal_soap.errors import ErrorCode, InvalidRequest


def read_transaction_id(request: etree._Element) -> str:
    """The sender's own id, in every changing request."""
    return required_text(request, "TransactionId")


def read_match_case_query(request: etree._Element) -> MatchCaseQuery:
    """ListMatchCases."""
    return MatchCaseQuery(
        states=frozenset(map(CaseState, _listed(request, "CaseStates"))),
        case_types=frozenset(map(CaseType, _listed(request, "CaseTypes"))),
        after_case_id=optional_number(request, "AfterMatchCaseId") or 0,
        limit=optional_number(request, "MaximumMatchCases"),
    )


def _listed(request: etree._Element, name: str) -> Iterable[str]:
    return (item.text or "" for item in request.iterfind(f"{{{EMS_INTEGRATION}}}{name}/*"))


def read_match_case_id(request: etree._Element) -> int:
    """GetMatchCase."""
    return number(request, "MatchCaseId")


def read_case_decision(request: etree._Element) -> CaseDecision:
    """DecideMatchCase."""
    precinct = request.find(f"{{{EMS_INTEGRATION}}}HomePrecinct")
    return CaseDecision(
        case_id=number(request, "MatchCaseId"),
        expected_version=number(request, "ExpectedVersion"),
        decision=Decision(required_text(request, "Decision")),
        basis=required_text(request, "Basis"),
        county_code=optional_text(request, "CountyCode"),
        comment=optional_text(request, "Comment"),
        home_precinct=None if precinct is None else required_text(precinct, "PrecinctCode"),
        home_precinct_part=None if precinct is None else optional_text(precinct, "PrecinctPart"),
    )


def read_undo(request: etree._Element) -> UndoMatchCase:
    """UndoMatchCase."""
    return UndoMatchCase(case_id=number(request, "MatchCaseId"), expected_version=number(request, "ExpectedVersion"), basis=required_text(request, "Basis"))


def read_unresolved_coa_report(request: etree._Element) -> ReportUnresolvedCoa:
    """ReportUnresolvedCoa; a finding that does not go with the rest raises InvalidRequest, lest a forgotten id make a notice."""
    named = optional_number(request, "StateVoterId")
    if (named is not None) != (required_text(request, "Finding") == "VoterNamed"):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "StateVoterId goes with the finding VoterNamed, and with no other.", ref="StateVoterId")
    return ReportUnresolvedCoa(work_item_id=number(request, "WorkItemId"), state_voter_id=named, basis=required_text(request, "Basis"))


def read_transfer_decision(request: etree._Element) -> TransferDecision:
    """AcceptTransferOut and ReverseTransferOut."""
    return TransferDecision(transfer_id=number(request, "TransferId"), basis=optional_text(request, "Basis"))


def render_match_case_page(page: MatchCasePage, reader_county: str, byte_limit: int | None) -> str:
    """ListMatchCasesResponse, below a size; what does not fit counts as more."""
    notices = fill_page((render_match_notice(notice, reader_county=reader_county) for notice in page.cases), byte_limit)
    more = page.more or len(notices) < len(page.cases)
    return _answer("ListMatchCases", branch("MatchNotices", *notices), leaf("MoreMatchCases", more))


def render_match_case(notice: MatchNotice, record: DmvRecord | None, reader_county: str) -> str:
    """GetMatchCaseResponse."""
    sent = "" if record is None else branch("DmvRecord", render_dmv_data(record))
    return _answer("GetMatchCase", render_match_notice(notice, reader_county=reader_county), sent)


def render_case_result(operation: str, case: MatchCase, own: OwnRecord) -> str:
    """DecideMatchCaseResponse and UndoMatchCaseResponse."""
    result = branch(
        "MatchCaseResult",
        leaf("MatchCaseId", case.case_id),
        leaf("CaseState", case.state.value),
        leaf("CaseVersion", case.version),
        leaf("CountyCode", case.asked_county or case.county_code),
        leaf("StateVoterId", own.state_voter_id),
        leaf("RecordVersion", own.version),
    )
    return _answer(operation, result)


def render_unresolved_coa_result(reported: ReportedCoa) -> str:
    """ReportUnresolvedCoaResponse."""
    result = branch(
        "UnresolvedCoaResult",
        leaf("WorkItemId", reported.work_item_id),
        leaf("Disposition", reported.disposition.value),
        leaf("MatchCaseId", reported.case_id),
    )
    return _answer("ReportUnresolvedCoa", result)


def render_transfer_result(operation: str, transfer: TransferOut, record_version: int | None, new_state_voter_id: int | None = None) -> str:
    """AcceptTransferOutResponse, ReverseTransferOutResponse and UndoTransferOutResponse."""
    result = branch(
        "TransferResult",
        leaf("TransferId", transfer.transfer_id),
        leaf("StateVoterId", transfer.state_voter_id),
        leaf("TransferState", transfer.state.value),
        leaf("RecordVersion", record_version),
        leaf("NewStateVoterId", new_state_voter_id),
    )
    return _answer(operation, result)


def _answer(operation: str, *children: str) -> str:
    return branch(f"{operation}Response", *children, namespace=EMS_INTEGRATION)
