"""What a county's clerk does about matches and new voters, over SOAP (UC03.22.01, UC03.50.01, UC01.21.01, UC01.24.01).

Each word takes effect in the EMS as one of the rule's does, and a refusal of the state is raised.
"""

from collections.abc import Collection, Iterator
from typing import Any

from votecal_soap.contract.received_cases import ReceivedCase, ReceivedFoundVoter
from votecal_soap.contract.received_matches import ReceivedMatch
from votecal_soap.county.answer_book import Operation, Word, WordDetail
from votecal_soap.county.answer_sender import AnswerSender
from votecal_soap.county.match_import import keep_case
from votecal_soap.county.merged_data import pull_of_case
from votecal_soap.county.office import Office
from votecal_soap.county.registration import EnteredVoter, candidates_of, enter_voter, entered_voter
from votecal_soap.county.state import MatchCases
from votecal_soap.county.state_codes import Row
from votecal_soap.domain.match_cases import CaseState, Decision
from votecal_soap.domain.voter_searches import VoterSearch


class Clerk:
    """Looks into cases and says the county's word."""

    def __init__(self, office: Office, state: MatchCases) -> None:
        """Work for one county with one state."""
        self._office = office
        self._state = state
        self._sender = AnswerSender(office, state)

    def cases(self, states: Collection[CaseState] = ()) -> Iterator[ReceivedMatch]:
        """The county's cases as the state has them, by rising id; without states those that wait."""
        after, more = 0, True
        while more:
            page = self._state.list_match_cases(states, after)
            yield from page.cases
            more, after = page.more and bool(page.cases), page.cases[-1].case_id if page.cases else after

    def case(self, case_id: int) -> ReceivedCase:
        """One case as it is now; the EMS keeps it so."""
        found = self._state.get_match_case(case_id)
        with self._office.ems.transaction() as connection:
            keep_case(connection, found.match)
        return found

    def search(self, search: VoterSearch) -> tuple[ReceivedFoundVoter, ...]:
        """Voters of the whole state who may be the one looked for."""
        return tuple(self._state.search_voters(search))

    def decide(self, case_id: int, decision: Decision, basis: str, detail: WordDetail | None = None) -> str:
        """Decide a case as it is now (COA-33)."""
        version = self.case(case_id).match.case_version
        return self._sender.say(Word(Operation.DECIDE_MATCH_CASE, case_id, version, decision.value, basis, detail or WordDetail()))

    def undo(self, case_id: int, basis: str) -> str:
        """Take back a match that was applied (COA-34)."""
        return self._sender.say(Word(Operation.UNDO_MATCH_CASE, case_id, self.case(case_id).match.case_version, None, basis))

    def accept_move(self, transfer_id: int) -> str:
        """Accept that a voter moved away (S4.21)."""
        return self._sender.say(Word(Operation.ACCEPT_TRANSFER_OUT, transfer_id, 0, None, "Accepted by a clerk"))

    def reverse_move(self, transfer_id: int, basis: str) -> str:
        """Say that the person who moved away is somebody else (S4.21)."""
        return self._sender.say(Word(Operation.REVERSE_TRANSFER_OUT, transfer_id, 0, None, basis))

    def report(self, work_item_id: int, state_voter_id: int | None, basis: str) -> str:
        """Say whose a DMV record is that matched nobody, or that it is nobody's (COA-21)."""
        return self._sender.say(Word(Operation.REPORT_UNRESOLVED_COA, work_item_id, 0, None, basis, WordDetail(state_voter_id=state_voter_id)))

    def enter(self, row: Row, number: str | None = None) -> EnteredVoter:
        """Enter a new voter in the EMS."""
        with self._office.ems.transaction() as connection:
            return enter_voter(connection, self._office.ems.county_code, row, number)

    def entered(self, number: str) -> EnteredVoter:
        """A voter of the EMS who is to be registered, by number."""
        return entered_voter(self._office.ems.connection, number)

    def register(self, voter: EnteredVoter, *, none_of_them: bool = False) -> str:
        """Register a voter of the EMS as new; `none_of_them`: the clerk has looked at all candidates shown so far, and it is none (EWS-09)."""
        seen = [found["voter"]["state_voter_id"] for found in self.candidates(voter)] if none_of_them else []
        return self._sender.say(Word(Operation.REGISTER_VOTER, voter.key, 0, None, "Registered as new by a clerk", WordDetail(seen=seen)))

    def candidates(self, voter: EnteredVoter) -> list[dict[str, Any]]:
        """Whom the state has shown for this voter."""
        return candidates_of(self._office.ems.connection, voter.key)

    def pull(self, case_id: int) -> int:
        """Pull what a merge added to the county's record; how many items. A refusal is raised (DLR-15)."""
        return pull_of_case(self._office, self._state, self.case(case_id).match)
