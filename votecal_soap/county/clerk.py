"""What a county's clerk does about matches and new voters, over SOAP (UC03.22.01, UC03.50.01, UC01.21.01, UC01.24.01).

Each word takes effect in the EMS as one of the rule's does, and a refusal of the state is raised.
"""

import secrets
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from votecal_soap.contract.received_cases import ReceivedCase, ReceivedFoundVoter
from votecal_soap.contract.received_matches import ReceivedMatch
from votecal_soap.contract.received_voters import ReceivedRecord
from votecal_soap.county.answer_book import Operation, Word, WordDetail
from votecal_soap.county.answer_sender import AnswerSender
from votecal_soap.county.images import fetch_image, image_file, send_image
from votecal_soap.county.match_import import keep_case
from votecal_soap.county.merged_data import pull_of_case
from votecal_soap.county.office import Office
from votecal_soap.county.registration import EnteredVoter, candidates_of, enter_voter, entered_voter
from votecal_soap.county.state import CountyRecords
from votecal_soap.county.state_codes import Row
from votecal_soap.county.voter_work import change_voter, known_voter, row_for_transfer
from votecal_soap.domain.county_activities import CountyActivity
from votecal_soap.domain.match_cases import CaseState, Decision
from votecal_soap.domain.voter_children import DocumentKind
from votecal_soap.domain.voter_records import VoterSection
from votecal_soap.domain.voter_searches import VoterSearch


class Clerk:
    """Looks into cases and says the county's word."""

    def __init__(self, office: Office, state: CountyRecords) -> None:
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

    def voter(self, state_uid: int, sections: Collection[VoterSection] = (), *, as_of: date | None = None, version: int | None = None) -> ReceivedRecord:
        """A voter's record with all entries of the sections asked for (EWS-10)."""
        record = self._state.get_voter(state_uid, sections, as_of=as_of, version=version)
        entries, page = [*record.entries], record
        while page.more and page.entries:
            page = self._state.get_voter(state_uid, sections, as_of=as_of, version=version, after=page.entries[-1].entry_id)
            entries += page.entries
        return record._replace(entries=tuple(entries), more=False)

    def update(self, number: str, row: Row, basis: str) -> str:
        """Change a voter in the EMS and send what is marked as changed (EWS-09)."""
        voter = known_voter(self._office.ems.connection, number)
        with self._office.ems.transaction() as connection:
            change_voter(connection, voter.key, row, self._office.ems.next_change_no())
        detail = WordDetail(state_voter_id=voter.state_uid, base_version=voter.base_version)
        return self._sender.say(Word(Operation.UPDATE_VOTER, voter.key, 0, None, basis, detail))

    def transfer(self, state_uid: int, row: Row, number: str | None, basis: str) -> tuple[EnteredVoter, str]:
        """Enter a voter of another county with her new affidavit, and take her over as the state has her now (UC01.11.02)."""
        shown = self._state.get_voter(state_uid)
        with self._office.ems.transaction() as connection:
            voter = row_for_transfer(connection, state_uid)
            if voter is None:
                voter = enter_voter(connection, self._office.ems.county_code, row, number)
            else:
                change_voter(connection, voter.key, row, self._office.ems.next_change_no())
        detail = WordDetail(state_voter_id=shown.voter.state_voter_id, base_version=shown.current_version)
        return voter, self._sender.say(Word(Operation.TRANSFER_VOTER, voter.key, 0, None, basis, detail))

    def undo_move(self, transfer_id: int, basis: str) -> str:
        """Say after the acceptance that the person who moved away is somebody else (UC03.50.01)."""
        return self._sender.say(Word(Operation.UNDO_TRANSFER_OUT, transfer_id, 0, None, basis))

    def decline(self, row: Row, number: str | None, reason: str) -> tuple[EnteredVoter, str]:
        """Enter an affidavit that is declined, and tell the state (UC01.11.04)."""
        voter = self.enter(row, number)
        return voter, self._sender.say(Word(Operation.ENTER_DECLINED_VOTER, voter.key, 0, None, reason))

    def note_activity(self, number: str, activity: CountyActivity, on: date, basis: str | None) -> str:
        """Enter something in a voter's activity history at the state (EWS-12)."""
        voter = known_voter(self._office.ems.connection, number)
        detail = WordDetail(state_voter_id=voter.state_uid, activity=activity.value, on=on.isoformat())
        return self._sender.say(Word(Operation.ADD_VOTER_ACTIVITY, voter.key, 0, None, basis or "", detail))

    def cards_printed(self, numbers: Sequence[str], printed_on: date) -> dict[str, str]:
        """Tell that notification cards were printed, as the EMS knows the voters; number to outcome (S7.3)."""
        voters = [known_voter(self._office.ems.connection, number) for number in numbers]
        cards, transaction_id = [(voter.state_uid, voter.base_version) for voter in voters], f"{self._office.ems.county_code}-cards-{secrets.token_hex(12)}"
        told = self._office.retry.call(lambda: self._state.confirm_vnc_printed(transaction_id, printed_on, cards))
        return {voter.number: told[voter.state_uid] for voter in voters}

    def attach(self, number: str, path: Path, kind: DocumentKind, title: str | None, received_on: date) -> str:
        """Send an image of a voter; the id that names it at the state (EWS-12)."""
        image, content = image_file(path, known_voter(self._office.ems.connection, number).state_uid, kind, title, received_on)
        return send_image(self._office, self._state, image, content)

    def image(self, state_uid: int, entry_id: str) -> bytes:
        """The bytes of an image (EWS-12)."""
        return fetch_image(self._office, self._state, state_uid, entry_id)
