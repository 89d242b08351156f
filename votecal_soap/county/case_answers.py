"""UC03.22.01 and UC03.50.01 at the county: answer what waits by the county's rule, over SOAP (COA-21, COA-33, S4.21).

A match case is answered by `case_rule`, a pair of records by `pair_rule`, after a look at how it stands now; a provisional move out of the county is accepted;
a change of address that matched nobody is reported as no voter's, unless the county has a registered voter of that first name
and date of birth: then a clerk looks. A new registration that matched nobody waits for a clerk, who registers the person.
"""

from collections import Counter
from functools import partial
from typing import Final

from votecal_soap.county.answer_book import Operation, Word, keep, strangers, waiting_cases, waiting_pairs, waiting_transfers
from votecal_soap.county.answer_sender import AnswerSender
from votecal_soap.county.case_rule import RuledCase, rule
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.match_import import keep_case
from votecal_soap.county.office import Office
from votecal_soap.county.pair_rule import rule_pairs
from votecal_soap.county.state import CountyRecords
from votecal_soap.errors import NotFound

NO_VOTER: Final = "Rule of the county: no voter of ours was found by the state, and none is known to us"
PROVISIONAL_MOVE: Final = "Rule of the county: a provisional move is accepted"


class CaseAnswers:
    """Answers one county's cases, moves and DMV records."""

    def __init__(self, office: Office, state: CountyRecords) -> None:
        """Work for one county with one state."""
        self._office = office
        self._state = state
        self._sender = AnswerSender(office, state)

    def answer(self) -> Counter[str]:
        """Send what an earlier process kept, then answer what waits; how many, by what the state said."""
        answered = self._sender.send_unsent()
        self._rule()
        return answered + self._sender.send_unsent()

    def _rule(self) -> None:
        ems = self._office.ems
        self._look_again(_ruled(ems))
        words = [Word(Operation.DECIDE_MATCH_CASE, case.case_id, case.version, decision.value, basis) for case, decision, basis in _ruled(ems)]
        words += [Word(Operation.ACCEPT_TRANSFER_OUT, transfer_id, 0, None, PROVISIONAL_MOVE) for transfer_id in waiting_transfers(ems)]
        words += [Word(Operation.REPORT_UNRESOLVED_COA, work_item_id, 0, None, NO_VOTER) for work_item_id in strangers(ems)]
        if words:
            keep(ems, words, self._office.clock.now())

    def _look_again(self, ruled: list[RuledCase]) -> None:
        """What is about to be decided is read anew: its message may be older than what the state knows."""
        for case, _, _ in ruled:
            try:
                now = self._office.retry.call(partial(self._state.get_match_case, case.case_id))
            except NotFound:
                continue  # another county decides it: the queue says so
            with self._office.ems.transaction() as connection:
                keep_case(connection, now.match)


def _ruled(ems: EmsDatabase) -> list[RuledCase]:
    return rule(waiting_cases(ems)) + rule_pairs(waiting_pairs(ems))
