"""What a county's clerk does about matches, over SOAP, where the rule leaves it to her (UC03.22.01, UC03.50.01, UC01.21.01).

Each word takes effect in the EMS as one of the rule's does, and a refusal of the state is raised.
"""

from collections.abc import Collection, Iterator

from votecal_soap.contract.received_cases import ReceivedCase, ReceivedFoundVoter
from votecal_soap.contract.received_matches import ReceivedMatch
from votecal_soap.county.answer_book import Operation, Word, WordDetail
from votecal_soap.county.answer_sender import AnswerSender
from votecal_soap.county.match_import import keep_case
from votecal_soap.county.office import Office
from votecal_soap.county.state import MatchCases
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
