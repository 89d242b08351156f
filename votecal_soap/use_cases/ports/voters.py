"""Voters, their versions, voting precincts and activity."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from votecal_soap.domain.synchronisation import StateRecord, UidRange
from votecal_soap.domain.voters import Confidentiality, Voter, VotingPrecinct
from votecal_soap.use_cases.ports.trails import KeptActivity, NewActivity


class VoterChange(NamedTuple):
    """A voter before and after, with the names of the fields that differ (VRU-10)."""

    before: Voter
    after: Voter
    changed: tuple[str, ...]


class VoterRepository(Protocol):
    """Voters, their versions, voting precincts and activity."""

    def lock_by_state_id(self, state_voter_ids: Sequence[int], county_code: str | None = None) -> list[Voter]:
        """Current records by UID, of one county if it is given, locked until the end of the transaction; others are left out."""
        ...

    def existing(self, state_voter_ids: Sequence[int]) -> set[int]:
        """Which of these UIDs there are, in any county; nothing is locked or told of them."""
        ...

    def uids(self, county_code: str, ems_voter_ids: Sequence[str]) -> set[int]:
        """The UIDs of one county's records by its own ids; nothing is locked."""
        ...

    def lock_by_ems_id(self, county_code: str, ems_voter_ids: Sequence[str]) -> list[Voter]:
        """Current records of one county by its own ids, locked likewise."""
        ...

    def get(self, state_voter_id: int) -> Voter | None:
        """The current record."""
        ...

    def by_state_id(self, state_voter_ids: Sequence[int]) -> list[Voter]:
        """Current records by UID, of any county, without a lock; others are left out."""
        ...

    def by_ems_id(self, county_code: str, ems_voter_id: str) -> Voter | None:
        """A county's record by its own id, without a lock."""
        ...

    def compared(self, county_code: str, uids: UidRange, limit: int) -> list[StateRecord]:
        """A county's records in a range of UIDs as they are compared, by rising UID, without those that were merged into others (2 CCR 19083)."""
        ...

    def versions(self, state_voter_ids: Sequence[int]) -> dict[int, int]:
        """The number of each voter's record in force; one that is not there is left out."""
        ...

    def moved_on(self, state_voter_ids: Sequence[int]) -> dict[int, date]:
        """The effective day of each voter's last change of residence; one who never moved is left out (COA-14)."""
        ...

    def version(self, state_voter_id: int, version: int) -> Voter | None:
        """The record as that version has it."""
        ...

    def version_as_of(self, state_voter_id: int, day: date) -> Voter | None:
        """The record as it was in force on a legal day: the highest version effective by then (VRU-10, S2.27)."""
        ...

    def voting_precincts(self, election_id: str, state_voter_ids: Sequence[int]) -> dict[int, VotingPrecinct]:
        """Where these voters vote at an election."""
        ...

    def voting_precincts_of(self, state_voter_id: int, up_to_version: int) -> list[VotingPrecinct]:
        """Where one voter votes at each election, as its record of that version had it, by election id (S2.27)."""
        ...

    def save_changes(self, changes: Sequence[VoterChange], recorded_at: datetime, job_id: int | None = None) -> None:
        """Write the new current rows and a version for each whose `version` rose; a row that moved meanwhile raises Conflict.

        Several changes of one voter may come in order: each makes its version, the last is the current row.
        """
        ...

    def changed_by_others(self, job_id: int, base_versions: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
        """Of these (UID, version known to the county): those with a later version that this job did not write (VRU-13)."""
        ...

    def save_voting_precincts(self, rows: Sequence[tuple[int, int, VotingPrecinct]], recorded_at: datetime) -> None:
        """Keep (UID, version, voting precinct); earlier ones stay as history."""
        ...

    def add_voters(self, voters: Sequence[Voter], recorded_at: datetime) -> None:
        """Insert new records with version 1."""
        ...

    def add_activities(self, activities: Sequence[NewActivity], recorded_at: datetime) -> None:
        """Append to activity histories."""
        ...

    def activity_counts(self, state_voter_ids: Sequence[int]) -> dict[tuple[int, str], int]:
        """How many activities of each type these voters have, by UID and type."""
        ...

    def activities(self, state_voter_id: int, limit: int) -> list[KeptActivity]:
        """A voter's activity history, the newest first (S2.27)."""
        ...

    def version_history(self, state_voter_id: int, limit: int) -> list[tuple[Voter, datetime]]:
        """A voter's versions with the instants at which they were written, the newest first (VRU-10)."""
        ...

    def reserve_state_voter_ids(self, count: int) -> int:
        """The first of `count` UIDs that nobody else will get."""
        ...

    def count_without_voting_precinct(self, county_code: str, election_id: str) -> int:
        """Registered (Active or Inactive) voters of the county without a voting precinct for the election (VRU-21)."""
        ...

    def with_card_due(self, county_code: str | None, after_state_voter_id: int, limit: int) -> list[int]:
        """UIDs of registered (Active or Inactive) voters who are due a notification card, in UID order (COA-35)."""
        ...

    def count_with_card_due(self, county_code: str | None) -> int:
        """How many there are."""
        ...

    def confidential_since(self, confidentiality: Confidentiality, latest_application: date, after_state_voter_id: int, limit: int) -> list[int]:
        """UIDs of voters with this status who applied by a day, in UID order (EWS-14)."""
        ...

    def confidential(self, county_code: str | None, public_safety_by: date | None, after_state_voter_id: int, limit: int) -> list[Voter]:
        """Confidential voters, in UID order; with a day, only public safety officers who applied by then (EWS-14)."""
        ...

    def pending_identity(self, after_state_voter_id: int, limit: int) -> list[Voter]:
        """Voters whose DL/ID or SSN4 waits for DMV, in UID order (IDV-01)."""
        ...
