"""Sends the county's words, and writes what each does to the county's own records with the state's answer (EWS-06, EWS-07)."""

import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from votecal_soap.contract.received_matches import ReceivedMatch
from votecal_soap.county.answer_book import Answer, Operation, Word, keep, settle, unsent
from votecal_soap.county.answer_effects import after_acceptance, after_decision, after_report, after_reversal, after_undo
from votecal_soap.county.extract import changed_registration, whole_registration
from votecal_soap.county.match_import import keep_case
from votecal_soap.county.office import Office
from votecal_soap.county.registration import after_registration
from votecal_soap.county.sent_records import ReadRecord, SentRecord, record_to_send
from votecal_soap.county.state import ChangedVoter, CountyRecords, DecidedCase, DeclinedRegistration, MovedVoter, NewRegistration
from votecal_soap.county.voter_work import after_declined, after_transfer, after_update
from votecal_soap.domain.county_activities import CountyActivity
from votecal_soap.domain.county_answers import ReportUnresolvedCoa, UndoMatchCase
from votecal_soap.domain.match_cases import CaseDecision, CaseState, Decision
from votecal_soap.errors import Unavailable, VoteCalError
from votecal_soap.log import event

_LOGGER: Final = logging.getLogger(__name__)

TakeEffect = Callable[[sqlite3.Connection], str]
"""Writes what a word does here, and tells what it came to."""


class AnswerSender:
    """Each word is kept before it is sent, with its TransactionId and the record that goes with it: after a crash the same goes out again.

    The state answers it as before.
    """

    def __init__(self, office: Office, state: CountyRecords) -> None:
        """Speak for one county with one state."""
        self._office = office
        self._state = state
        self._send: Mapping[Operation, Callable[[str, Word], TakeEffect]] = {
            Operation.DECIDE_MATCH_CASE: self._decide,
            Operation.UNDO_MATCH_CASE: self._undo,
            Operation.ACCEPT_TRANSFER_OUT: self._accept,
            Operation.REVERSE_TRANSFER_OUT: self._reverse,
            Operation.REPORT_UNRESOLVED_COA: self._report,
            Operation.REGISTER_VOTER: self._register,
            Operation.UPDATE_VOTER: self._update,
            Operation.TRANSFER_VOTER: self._transfer,
            Operation.UNDO_TRANSFER_OUT: self._undo_transfer,
            Operation.ENTER_DECLINED_VOTER: self._declined,
            Operation.ADD_VOTER_ACTIVITY: self._activity,
        }

    def say(self, word: Word) -> str:
        """Keep one word, send it and take its effect; what it came to. A refusal is kept too, and raised."""
        (answer,) = keep(self._office.ems, [word], self._office.clock.now())
        return self._say(answer)

    def send_unsent(self) -> Counter[str]:
        """Send what is kept and was not answered; how many, by what the state said."""
        results: Counter[str] = Counter()
        for answer in unsent(self._office.ems):
            try:
                result = self._say(answer)
            except Unavailable:
                raise
            except VoteCalError as error:
                # Somebody else decided first, or the case has moved on: the queue brings what it is now.
                result = _refusal(error)
            results[f"{answer.word.operation} {result}"] += 1
        return results

    def _say(self, answer: Answer) -> str:
        try:
            take_effect = self._office.retry.call(lambda: self._send[answer.word.operation](*answer))
        except Unavailable:
            raise
        except VoteCalError as error:
            event(_LOGGER, "answer refused", level=logging.WARNING, code=error.code)
            with self._office.ems.transaction() as connection:
                settle(connection, answer, _refusal(error))
            raise
        with self._office.ems.transaction() as connection:
            result = take_effect(connection)
            settle(connection, answer, result)
        return result

    def _decide(self, transaction_id: str, word: Word) -> TakeEffect:
        decision, detail = Decision(word.decision or ""), word.detail
        command = CaseDecision(
            case_id=word.subject_id,
            expected_version=word.subject_version,
            decision=decision,
            basis=word.basis,
            county_code=detail.county_code,
            comment=detail.comment,
            home_precinct=detail.home_precinct,
            home_precinct_part=detail.home_precinct_part,
        )
        decided = self._state.decide_match_case(transaction_id, command)
        return self._with_case(decided, word, lambda connection, match: after_decision(connection, self._county, decision, decided, match))

    def _undo(self, transaction_id: str, word: Word) -> TakeEffect:
        undone = self._state.undo_match_case(transaction_id, UndoMatchCase(case_id=word.subject_id, expected_version=word.subject_version, basis=word.basis))
        return self._with_case(undone, word, lambda connection, match: after_undo(connection, self._county, undone, match))

    def _accept(self, transaction_id: str, word: Word) -> TakeEffect:
        accepted = self._state.accept_transfer_out(transaction_id, word.subject_id)
        return lambda connection: after_acceptance(connection, word.subject_id, accepted)

    def _reverse(self, transaction_id: str, word: Word) -> TakeEffect:
        reversed_ = self._state.reverse_transfer_out(transaction_id, word.subject_id, word.basis)
        return lambda connection: after_reversal(connection, word.subject_id, reversed_)

    def _report(self, transaction_id: str, word: Word) -> TakeEffect:
        report = ReportUnresolvedCoa(work_item_id=word.subject_id, state_voter_id=word.detail.state_voter_id, basis=word.basis)
        reported = self._state.report_unresolved_coa(transaction_id, report)
        return lambda connection: after_report(connection, word.subject_id, reported)

    def _register(self, transaction_id: str, word: Word) -> TakeEffect:
        sent = self._record(transaction_id, lambda connection: whole_registration(connection, word.subject_id))
        result = self._state.register_voter(transaction_id, NewRegistration(ems_voter_id=sent.number, registration=sent.registration, seen=word.detail.seen))
        return lambda connection: after_registration(connection, word.subject_id, result)

    def _update(self, transaction_id: str, word: Word) -> TakeEffect:
        detail, sent = word.detail, self._record(transaction_id, lambda connection: changed_registration(connection, word.subject_id))
        changed = ChangedVoter(detail.state_voter_id or 0, sent.number, detail.base_version or 0, sent.registration, word.basis)
        change = self._state.update_voter(transaction_id, changed)
        return lambda connection: after_update(connection, word.subject_id, change, sent.sent_at)

    def _transfer(self, transaction_id: str, word: Word) -> TakeEffect:
        sent = self._record(transaction_id, lambda connection: whole_registration(connection, word.subject_id))
        moved = MovedVoter(word.detail.state_voter_id or 0, word.detail.base_version or 0, sent.number, sent.registration, word.basis)
        change = self._state.transfer_voter(transaction_id, moved)
        return lambda connection: after_transfer(connection, self._county, word.subject_id, change, sent.sent_at)

    def _undo_transfer(self, transaction_id: str, word: Word) -> TakeEffect:
        undone = self._state.undo_transfer_out(transaction_id, word.subject_id, word.basis)
        return lambda connection: after_reversal(connection, word.subject_id, undone)

    def _declined(self, transaction_id: str, word: Word) -> TakeEffect:
        sent = self._record(transaction_id, lambda connection: whole_registration(connection, word.subject_id))
        change = self._state.enter_declined_voter(transaction_id, DeclinedRegistration(sent.number, sent.registration, word.basis))
        return lambda connection: after_declined(connection, word.subject_id, change)

    def _activity(self, transaction_id: str, word: Word) -> TakeEffect:
        detail = word.detail
        activity, on = CountyActivity(detail.activity or ""), date.fromisoformat(detail.on or "")
        self._state.add_voter_activity(transaction_id, detail.state_voter_id or 0, activity, on, word.basis or None)
        return lambda _: activity.value

    def _record(self, transaction_id: str, read: ReadRecord) -> SentRecord:
        return record_to_send(self._office.ems, transaction_id, read)

    @property
    def _county(self) -> str:
        return self._office.ems.county_code

    def _with_case(self, decided: DecidedCase, word: Word, take_effect: Callable[[sqlite3.Connection, ReceivedMatch | None], str]) -> TakeEffect:
        """Read the case back, for the voter's record comes with it: the state echoes nothing that the county said itself."""
        match = None
        if decided.county_code == self._county or decided.case_state != CaseState.OPEN:
            match = self._state.get_match_case(word.subject_id).match

        def take(connection: sqlite3.Connection) -> str:
            connection.execute(_MOVE_CASE, (decided.case_state, decided.case_version, decided.county_code, word.basis, word.subject_id))
            if match is not None:
                keep_case(connection, match)
            return take_effect(connection, match)

        return take


def _refusal(error: VoteCalError) -> str:
    return f"refused {error.code}"


_MOVE_CASE: Final = "UPDATE state_cases SET case_state = ?, case_version = ?, county_code = ?, basis = ? WHERE case_id = ?"
