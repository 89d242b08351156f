"""A county's answers over the use cases, each in its own transaction, as the service makes them."""

from datetime import timedelta

from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_answers import ReportUnresolvedCoa, TransferDecision, UndoMatchCase
from votecal_soap.domain.match_cases import CaseDecision, Decision
from votecal_soap.use_cases.accept_transfer_out import accept_transfer_out
from votecal_soap.use_cases.decide_match_case import decide_match_case
from votecal_soap.use_cases.report_unresolved_coa import report_unresolved_coa
from votecal_soap.use_cases.reverse_transfer_out import reverse_transfer_out
from votecal_soap.use_cases.undo_match_case import undo_match_case

PENDING = timedelta(days=10)


class CountyAnswers:
    """One county's clerk."""

    def __init__(self, runs, county_code="19"):
        self._runs = runs
        self.caller = Caller(username=f"ems-{county_code}", county_code=county_code, credential_expires_at=None)

    def _done(self, use_case, command):
        with self._runs.factory() as uow:
            result = use_case(command, self.caller, uow, self._runs.clock, PENDING)
            uow.commit()
        return result

    def decide(self, case_id, decision=Decision.ACCEPT, *, version=1, **more):
        given = CaseDecision(case_id=case_id, expected_version=version, decision=decision, basis="the clerk has looked", **more)
        return self._done(decide_match_case, given)

    def undo(self, case_id, *, version=1):
        return self._done(undo_match_case, UndoMatchCase(case_id=case_id, expected_version=version, basis="it is a son"))

    def report(self, work_item_id, state_voter_id=None):
        command = ReportUnresolvedCoa(work_item_id=work_item_id, state_voter_id=state_voter_id, basis="asked by telephone")
        return self._done(report_unresolved_coa, command)

    def accept_transfer(self, transfer_id):
        return self._done(accept_transfer_out, TransferDecision(transfer_id=transfer_id))

    def reverse_transfer(self, transfer_id, basis="the voter still lives here"):
        return self._done(reverse_transfer_out, TransferDecision(transfer_id=transfer_id, basis=basis))
