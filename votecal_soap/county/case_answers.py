"""UC03.22.01 and UC03.50.01 at the county: answer what waits by the county's rule, over SOAP (COA-21, COA-33, S4.21).

A match case is answered by `case_rule`; a provisional move out of the county is accepted; a change of address that matched
nobody is reported as no voter's. A new registration that matched nobody waits for a clerk, who registers the person.

Each word is kept with its TransactionId before it is sent: a process that dies sends the same again, and the state answers
as before. What the word does to the county's own records is written with the state's answer, for the state does not echo it.
"""

import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from votecal_soap.county.answer_book import Answer, Operation, keep, settle, unsent, waiting_cases, waiting_records, waiting_transfers
from votecal_soap.county.answer_effects import after_acceptance, after_decision, after_report
from votecal_soap.county.case_rule import rule
from votecal_soap.county.office import Office
from votecal_soap.county.state import CountyAnswers
from votecal_soap.domain.match_cases import CaseDecision, Decision
from votecal_soap.errors import Unavailable, VoteCalError
from votecal_soap.log import event

_LOGGER: Final = logging.getLogger(__name__)

NO_VOTER: Final = "Rule of the county: no voter of ours was found by the state, and none is known to us"
PROVISIONAL_MOVE: Final = "Rule of the county: a provisional move is accepted"


class CaseAnswers:
    """Answers one county's cases, moves and DMV records."""

    def __init__(self, office: Office, state: CountyAnswers) -> None:
        """Work for one county with one state."""
        self._office = office
        self._state = state
        self._send: Mapping[Operation, Callable[[Answer], Callable[[sqlite3.Connection], str]]] = {
            Operation.DECIDE_MATCH_CASE: self._decide,
            Operation.ACCEPT_TRANSFER_OUT: self._accept,
            Operation.REPORT_UNRESOLVED_COA: self._report,
        }

    def answer(self) -> Counter[str]:
        """Send what an earlier process kept, then answer what waits; how many, by what the state said."""
        answered = self._send_unsent()
        self._rule()
        return answered + self._send_unsent()

    def _rule(self) -> None:
        ems = self._office.ems
        answers: list[tuple[Operation, int, int, str | None, str]] = [
            (Operation.DECIDE_MATCH_CASE, case.case_id, case.version, decision.value, basis) for case, decision, basis in rule(waiting_cases(ems))
        ]
        answers += [(Operation.ACCEPT_TRANSFER_OUT, transfer_id, 0, None, PROVISIONAL_MOVE) for transfer_id in waiting_transfers(ems)]
        answers += [(Operation.REPORT_UNRESOLVED_COA, work_item_id, 0, None, NO_VOTER) for work_item_id in waiting_records(ems)]
        if answers:
            keep(ems, answers, self._office.clock.now())

    def _send_unsent(self) -> Counter[str]:
        results: Counter[str] = Counter()
        for answer in unsent(self._office.ems):
            results[f"{answer.operation} {self._send_one(answer)}"] += 1
        return results

    def _send_one(self, answer: Answer) -> str:
        try:
            take_effect = self._office.retry.call(lambda: self._send[answer.operation](answer))
        except Unavailable:
            raise
        except VoteCalError as error:
            # Somebody else decided first, or the case has moved on: the queue brings what it is now.
            result = f"refused {error.code}"
            event(_LOGGER, "answer refused", level=logging.WARNING, code=error.code)
            with self._office.ems.transaction() as connection:
                settle(connection, answer, result)
            return result
        with self._office.ems.transaction() as connection:
            result = take_effect(connection)
            settle(connection, answer, result)
        return result

    def _decide(self, answer: Answer) -> Callable[[sqlite3.Connection], str]:
        decision = Decision(answer.decision or "")
        command = CaseDecision(case_id=answer.subject_id, expected_version=answer.subject_version, decision=decision, basis=answer.basis)
        decided = self._state.decide_match_case(answer.transaction_id, command)
        return lambda connection: after_decision(connection, self._office.ems.county_code, answer.subject_id, decision, decided)

    def _accept(self, answer: Answer) -> Callable[[sqlite3.Connection], str]:
        accepted = self._state.accept_transfer_out(answer.transaction_id, answer.subject_id)
        return lambda connection: after_acceptance(connection, answer.subject_id, accepted)

    def _report(self, answer: Answer) -> Callable[[sqlite3.Connection], str]:
        disposition = self._state.report_unresolved_coa(answer.transaction_id, answer.subject_id, answer.basis)
        return lambda connection: after_report(connection, answer.subject_id, disposition)
