"""Match cases, moves, search, registration and merged data of the EMS Integration service over SOAP (EWS-08, EWS-09, EWS-11, DLR-15)."""

from collections.abc import Collection
from typing import Any

from votecal_soap.contract.batch_elements import GROUP_PARTS, REGISTRATION_ORDER
from votecal_soap.contract.received_cases import ReceivedCase, ReceivedCasePage, ReceivedFoundVoter, read_case, read_case_page, read_found_voters
from votecal_soap.contract.received_registrations import ReceivedMergedPage, ReceivedRegistration, read_merged_page, read_registration_result
from votecal_soap.county.soap_service import SoapService
from votecal_soap.county.state import DecidedCase, DecidedTransfer, NewRegistration, ReportedRecord
from votecal_soap.domain.county_answers import ReportUnresolvedCoa, UndoMatchCase
from votecal_soap.domain.match_cases import CaseDecision, CaseState
from votecal_soap.domain.voter_searches import VoterSearch


class MatchCaseClient:
    """What a county asks and says about matches."""

    def __init__(self, integration: SoapService) -> None:
        """Speak to this service."""
        self._integration = integration

    def list_match_cases(self, states: Collection[CaseState] = (), after_case_id: int = 0) -> ReceivedCasePage:
        """Cases of this county by rising id; without states those that wait."""
        wanted = {"CaseState": sorted(state.value for state in states)} if states else None
        return read_case_page(self._integration.call_unread("ListMatchCases", CaseStates=wanted, AfterMatchCaseId=after_case_id or None))

    def get_match_case(self, case_id: int) -> ReceivedCase:
        """A case as it is now."""
        return read_case(self._integration.call_unread("GetMatchCase", MatchCaseId=case_id))

    def search_voters(self, search: VoterSearch) -> tuple[ReceivedFoundVoter, ...]:
        """Voters who may be the one looked for, best first."""
        person = search.person
        parts: dict[str, object] = {
            "StateVoterId": search.state_voter_id,
            "EmsVoterId": search.ems_voter_id,
            "FirstName": person.first_name,
            "MiddleName": person.middle_name,
            "LastName": person.last_name,
            "Suffix": person.suffix,
            "DateOfBirth": person.date_of_birth,
            "DriversLicense": person.drivers_license,
            "Ssn4": person.ssn4,
            "Gender": person.gender,
            "HouseNumber": person.house_number,
            "Street": person.street,
            "UnitNumber": person.unit_number,
            "City": person.city,
            "ZipCode": person.zip_code,
            "MaximumVoters": search.limit,
        }
        return read_found_voters(self._integration.call_unread("SearchVoters", **parts))

    def decide_match_case(self, transaction_id: str, decision: CaseDecision) -> DecidedCase:
        """Decide a match case."""
        about = {"MatchCaseId": decision.case_id, "ExpectedVersion": decision.expected_version}
        precinct = decision.home_precinct and {"PrecinctCode": decision.home_precinct, "PrecinctPart": decision.home_precinct_part}
        said = {"Decision": decision.decision.value, "Basis": decision.basis, "CountyCode": decision.county_code, "Comment": decision.comment}
        return _decided_case(self._integration.call("DecideMatchCase", TransactionId=transaction_id, **about, **said, HomePrecinct=precinct))

    def undo_match_case(self, transaction_id: str, undo: UndoMatchCase) -> DecidedCase:
        """Take back a match that was applied."""
        about = {"MatchCaseId": undo.case_id, "ExpectedVersion": undo.expected_version, "Basis": undo.basis}
        return _decided_case(self._integration.call("UndoMatchCase", TransactionId=transaction_id, **about))

    def report_unresolved_coa(self, transaction_id: str, report: ReportUnresolvedCoa) -> ReportedRecord:
        """Tell that a DMV record is no voter's, or whose it is."""
        found = {"Finding": "NonMatch" if report.state_voter_id is None else "VoterNamed", "StateVoterId": report.state_voter_id}
        about = {"WorkItemId": report.work_item_id, "Basis": report.basis}
        answer = self._integration.call("ReportUnresolvedCoa", TransactionId=transaction_id, **about, **found)
        return ReportedRecord(disposition=str(answer.Disposition), case_id=answer.MatchCaseId)

    def accept_transfer_out(self, transaction_id: str, transfer_id: int) -> DecidedTransfer:
        """Accept that a voter moved away."""
        return _decided_transfer(self._integration.call("AcceptTransferOut", TransactionId=transaction_id, TransferId=transfer_id))

    def reverse_transfer_out(self, transaction_id: str, transfer_id: int, basis: str) -> DecidedTransfer:
        """Say that the person who moved away is somebody else."""
        return _decided_transfer(self._integration.call("ReverseTransferOut", TransactionId=transaction_id, TransferId=transfer_id, Basis=basis))

    def register_voter(self, transaction_id: str, new: NewRegistration) -> ReceivedRegistration:
        """Register a voter as new."""
        given = {name: _part(name, value) for name, value in zip(REGISTRATION_ORDER, new.registration, strict=True) if value}
        seen = {"StateVoterId": list(new.seen)} if new.seen else None
        parts = {"TransactionId": transaction_id, "EmsVoterId": new.ems_voter_id, "Registration": given, "SeenCandidates": seen}
        return read_registration_result(self._integration.call_unread("RegisterVoter", **parts))

    def pull_merged_data(self, case_id: int, after: str | None = None) -> ReceivedMergedPage:
        """What a merge copied to the county's record."""
        return read_merged_page(self._integration.call_unread("PullMergedData", MatchCaseId=case_id, AfterMergedItemId=after, IncludeContent=True))


def _part(name: str, value: Any) -> object:  # noqa: ANN401 - a text or a group of texts
    group = GROUP_PARTS.get(name)
    return value if group is None else {part: text for part, text in zip(group, value, strict=True) if text}


def _decided_case(answer: Any) -> DecidedCase:  # noqa: ANN401 - zeep's own object
    return DecidedCase(case_state=answer.CaseState, case_version=answer.CaseVersion, county_code=answer.CountyCode, record_version=answer.RecordVersion)


def _decided_transfer(answer: Any) -> DecidedTransfer:  # noqa: ANN401 - zeep's own object
    return DecidedTransfer(state_uid=int(answer.StateVoterId), transfer_state=answer.TransferState, record_version=answer.RecordVersion)
