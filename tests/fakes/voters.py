"""Voters in memory."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from fakes.state import FakeState, already_exists

from votecal_soap.domain.dmv_records import ResidenceAddress
from votecal_soap.domain.record_checksums import COMPARED_FIELDS, ComparedRecord
from votecal_soap.domain.synchronisation import StateRecord, UidRange
from votecal_soap.domain.voter_children import Activity, Child, source_of
from votecal_soap.domain.voters import Voter, VotingPrecinct
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.ports import NewActivity, VoterChange


class FakeVoterRepository:
    """See `ports.VoterRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def lock_by_state_id(self, state_voter_ids: Sequence[int], county_code: str | None = None) -> list[Voter]:
        known = [self._state.voters[key] for key in sorted(set(state_voter_ids)) if key in self._state.voters]
        return [voter for voter in known if county_code in (None, voter.county_code)]

    def existing(self, state_voter_ids: Sequence[int]) -> set[int]:
        return {key for key in state_voter_ids if key in self._state.voters}

    def uids(self, county_code: str, ems_voter_ids: Sequence[str]) -> set[int]:
        wanted = set(ems_voter_ids)
        return {voter.state_voter_id for voter in self._by_id() if voter.county_code == county_code and voter.ems_voter_id in wanted}

    def lock_by_ems_id(self, county_code: str, ems_voter_ids: Sequence[str]) -> list[Voter]:
        return self.lock_by_state_id(list(self.uids(county_code, ems_voter_ids)))

    def get(self, state_voter_id: int) -> Voter | None:
        return self._state.voters.get(state_voter_id)

    def compared(self, county_code: str, uids: UidRange, limit: int) -> list[StateRecord]:
        mine = [voter for voter in self._by_id() if voter.county_code == county_code and voter.merged_into is None and uids.holds(voter.state_voter_id)]
        return [StateRecord(_compared(voter), voter.ems_voter_id, voter.version, voter.status) for voter in mine[:limit]]

    def moved_on(self, state_voter_ids: Sequence[int]) -> dict[int, date]:
        found = {}
        for (uid, version), (after, _) in sorted(self._state.versions.items()):
            before = self._state.versions.get((uid, version - 1))
            if (
                uid in set(state_voter_ids)
                and before is not None
                and any(getattr(before[0], name) != getattr(after, name) for name in ResidenceAddress._fields)
            ):
                found[uid] = after.effective_date
        return found

    def version_as_of(self, state_voter_id: int, day: date) -> Voter | None:
        kept = [voter for voter, _ in self._state.versions.values() if voter.state_voter_id == state_voter_id and voter.effective_date <= day]
        newest = max(kept, key=lambda voter: voter.version, default=None)
        return None if newest is None else newest._replace(message_sequence=0, transfer_pending_until=None)

    def voting_precincts(self, election_id: str, state_voter_ids: Sequence[int]) -> dict[int, VotingPrecinct]:
        wanted = set(state_voter_ids)
        kept = sorted(self._state.voting_precincts.items())
        return {voter: precinct for (voter, election, _), precinct in kept if election == election_id and voter in wanted}

    def voting_precincts_of(self, state_voter_id: int, up_to_version: int) -> list[VotingPrecinct]:
        kept = sorted(self._state.voting_precincts.items())
        mine = {election: precinct for (voter, election, version), precinct in kept if voter == state_voter_id and version <= up_to_version}
        return list(mine.values())

    def by_state_id(self, state_voter_ids: Sequence[int]) -> list[Voter]:
        return self.lock_by_state_id(state_voter_ids)

    def by_ems_id(self, county_code: str, ems_voter_id: str) -> Voter | None:
        return next(iter(self.lock_by_ems_id(county_code, [ems_voter_id])), None)

    def version(self, state_voter_id: int, version: int) -> Voter | None:
        kept = self._state.versions.get((state_voter_id, version))
        return None if kept is None else kept[0]

    def save_changes(self, changes: Sequence[VoterChange], recorded_at: datetime, job_id: int | None = None) -> None:
        for before, after, _ in changes:
            current = self._state.voters.get(after.state_voter_id)
            if current is None or (current.version, current.message_sequence) != (before.version, before.message_sequence):
                raise Conflict(ErrorCode.RECORD_CHANGED, "A voter's record has changed since it was read.")
            self._state.voters[after.state_voter_id] = after
            self._state.written[after.state_voter_id] = recorded_at
            if after.version > before.version:
                self._state.versions[after.state_voter_id, after.version] = (after, job_id)

    def changed_by_others(self, job_id: int, base_versions: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
        written = [(key, version) for (key, version), (_, by) in self._state.versions.items() if by != job_id]
        return {(uid, known) for uid, known in base_versions for key, version in written if key == uid and version > known}

    def save_voting_precincts(self, rows: Sequence[tuple[int, int, VotingPrecinct]], recorded_at: datetime) -> None:
        for state_voter_id, version, precinct in rows:
            key = (state_voter_id, precinct.election_id, version)
            if key in self._state.voting_precincts:
                raise already_exists()
            self._state.voting_precincts[key] = precinct

    def add_voters(self, voters: Sequence[Voter], recorded_at: datetime) -> None:
        for voter in voters:
            taken = voter.ems_voter_id is not None and self.lock_by_ems_id(voter.county_code, [voter.ems_voter_id])
            if voter.state_voter_id in self._state.voters or taken:
                raise already_exists()
            self._state.voters[voter.state_voter_id] = voter
            self._state.versions[voter.state_voter_id, voter.version] = (voter, None)
            self._state.written[voter.state_voter_id] = recorded_at

    def add_activities(self, activities: Sequence[NewActivity], recorded_at: datetime) -> None:
        self._state.activities.extend(activities)
        for item in activities:
            number = self._state.next_number("child")
            content = Activity(*(getattr(item, name) for name in Activity._fields))
            self._state.children.append(Child(number, item.state_voter_id, content, source_of(content, number)))

    def activity_counts(self, state_voter_ids: Sequence[int]) -> dict[tuple[int, str], int]:
        wanted = set(state_voter_ids)
        return dict(Counter((int(item.state_voter_id), item.activity_type) for item in self._state.activities if item.state_voter_id in wanted))

    def reserve_state_voter_ids(self, count: int) -> int:
        return self._state.next_number("state_voter_id", count, first=100_000_001)

    def count_without_voting_precinct(self, county_code: str, election_id: str) -> int:
        registered = [voter for voter in self._by_id() if voter.county_code == county_code and voter.status in {"Active", "Inactive"}]
        placed = self.voting_precincts(election_id, [voter.state_voter_id for voter in registered])
        return len(registered) - len(placed)

    def pending_identity(self, after_state_voter_id: int, limit: int) -> list[Voter]:
        waiting = [voter for voter in self._by_id() if "Pending" in (voter.drivers_license_status, voter.ssn4_status)]
        return [voter for voter in waiting if voter.state_voter_id > after_state_voter_id][:limit]

    def _by_id(self) -> list[Voter]:
        return [self._state.voters[key] for key in sorted(self._state.voters)]


def _compared(voter: Voter) -> ComparedRecord:
    values = [getattr(voter, name) for name in COMPARED_FIELDS]
    return ComparedRecord(voter.state_voter_id, [None if value is None else str(value) for value in values])
