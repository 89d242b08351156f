"""Voters: the current row, a version for each change, voting precincts, activity."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, func, literal, or_, select
from sqlalchemy.sql.elements import ColumnElement

from db.bulk import BulkWriter, columns_of
from db.in_lists import listed, select_listed
from db.key_sets import Among, Statement, fetch_among, select_among
from db.repositories import compared_records, residence_history, voter_activities, voter_versions
from db.repositories.match_keys import add_match_rows
from db.repositories.number_series import NumberSeries
from db.repositories.voter_changes import save_changes
from db.repositories.voter_versions import copy_versions
from db.tables import voter, voter_activity, voter_version, voting_precinct
from votecal_soap.domain.synchronisation import StateRecord, UidRange
from votecal_soap.domain.voters import VERSION_FIELDS, Confidentiality, VerificationStatus, Voter, VoterStatus, VotingPrecinct
from votecal_soap.use_cases.ports import KeptActivity, NewActivity, VoterChange

FIRST_STATE_VOTER_ID: Final = 100_000_001

_CURRENT: Final = select(*(voter.c[name] for name in Voter._fields))
_REGISTERED: Final = voter.c.status.in_([str(VoterStatus.ACTIVE), str(VoterStatus.INACTIVE)])
_NOT_VERSIONED: Final = (literal(0), literal(None))
"""A version has no message sequence and no pending transfer: they are the state's book-keeping of the moment."""


class SqlVoterRepository:
    """The tables voter, voter_version, voting_precinct and voter_activity."""

    def __init__(self, connection: Connection, bulk: BulkWriter, numbers: NumberSeries) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection
        self._bulk = bulk
        self._numbers = numbers

    def lock_by_state_id(self, state_voter_ids: Sequence[int], county_code: str | None = None) -> list[Voter]:
        """Current records by UID, of one county if it is given, locked until the end of the transaction; others are left out."""
        if county_code is None:
            return self._locked(_anybody, state_voter_ids)
        return self._locked(_of_county, state_voter_ids, county=county_code)

    def existing(self, state_voter_ids: Sequence[int]) -> set[int]:
        """Which of these UIDs there are, in any county; nothing is locked or told of them."""
        there = select(voter.c.state_voter_id).where(voter.c.state_voter_id.in_(listed()))
        return {row.state_voter_id for row in select_listed(self._connection, there, state_voter_ids)}

    def uids(self, county_code: str, ems_voter_ids: Sequence[str]) -> set[int]:
        """The UIDs of one county's records by its own ids; nothing is locked."""
        return {row[0] for row in fetch_among(self._connection, _uids, sorted(set(ems_voter_ids)), county=county_code)}

    def lock_by_ems_id(self, county_code: str, ems_voter_ids: Sequence[str]) -> list[Voter]:
        """Current records of one county by its own ids, locked likewise."""
        # By UID: Oracle is asked in lists, and lists of the county's ids would not follow the order in which everybody locks.
        wanted = set(ems_voter_ids)
        locked = self.lock_by_state_id(list(self.uids(county_code, ems_voter_ids)), county_code)
        return [voter for voter in locked if voter.ems_voter_id in wanted]

    def get(self, state_voter_id: int) -> Voter | None:
        """The current record."""
        row = self._connection.execute(_CURRENT.where(voter.c.state_voter_id == state_voter_id)).one_or_none()
        return None if row is None else Voter._make(row)

    def by_state_id(self, state_voter_ids: Sequence[int]) -> list[Voter]:
        """Current records by UID, of any county, without a lock; others are left out."""
        wanted = _CURRENT.where(voter.c.state_voter_id.in_(listed())).order_by(voter.c.state_voter_id)
        return [Voter._make(row) for row in select_listed(self._connection, wanted, sorted(state_voter_ids))]

    def by_ems_id(self, county_code: str, ems_voter_id: str) -> Voter | None:
        """A county's record by its own id, without a lock."""
        mine = _CURRENT.where(voter.c.county_code == county_code, voter.c.ems_voter_id == ems_voter_id)
        row = self._connection.execute(mine).one_or_none()
        return None if row is None else Voter._make(row)

    def compared(self, county_code: str, uids: UidRange, limit: int) -> list[StateRecord]:
        """A county's records as they are compared, by rising UID (2 CCR 19083)."""
        return compared_records.page_of_county(self._connection, county_code, uids, limit)

    def versions(self, state_voter_ids: Sequence[int]) -> dict[int, int]:
        """The number of each voter's record in force; one that is not there is left out."""
        return dict(fetch_among(self._connection, _versions, sorted(state_voter_ids)))

    def moved_on(self, state_voter_ids: Sequence[int]) -> dict[int, date]:
        """The effective day of each voter's last change of residence (COA-14)."""
        return residence_history.moved_on(self._connection, state_voter_ids)

    def version(self, state_voter_id: int, version: int) -> Voter | None:
        """The record as that version has it."""
        columns = (*(voter_version.c[name] for name in VERSION_FIELDS), *_NOT_VERSIONED)
        kept = select(*columns).where(voter_version.c.state_voter_id == state_voter_id, voter_version.c.version == version)
        row = self._connection.execute(kept).one_or_none()
        return None if row is None else Voter._make(row)

    def version_as_of(self, state_voter_id: int, day: date) -> Voter | None:
        """The record as it was in force on a legal day: the highest version effective by then (VRU-10, S2.27)."""
        effective = (
            select(*(voter_version.c[name] for name in VERSION_FIELDS), *_NOT_VERSIONED)
            .where(voter_version.c.state_voter_id == state_voter_id, voter_version.c.effective_date <= day)
            .order_by(voter_version.c.version.desc())
            .limit(1)
        )
        row = self._connection.execute(effective).one_or_none()
        return None if row is None else Voter._make(row)

    def voting_precincts(self, election_id: str, state_voter_ids: Sequence[int]) -> dict[int, VotingPrecinct]:
        """Where these voters vote at an election."""
        columns = (voting_precinct.c[name] for name in ("state_voter_id", *VotingPrecinct._fields))
        kept = (
            select(*columns)
            .where(voting_precinct.c.election_id == election_id, voting_precinct.c.state_voter_id.in_(listed()))
            .order_by(voting_precinct.c.state_voter_id, voting_precinct.c.version)
        )
        # Later versions come later and replace earlier ones.
        return {row[0]: VotingPrecinct._make(row[1:]) for row in select_listed(self._connection, kept, state_voter_ids)}

    def voting_precincts_of(self, state_voter_id: int, up_to_version: int) -> list[VotingPrecinct]:
        """Where one voter votes at each election, as its record of that version had it, by election id."""
        kept = voting_precinct.c
        mine = select(*(kept[name] for name in VotingPrecinct._fields)).where(kept.state_voter_id == state_voter_id, kept.version <= up_to_version)
        rows = self._connection.execute(mine.order_by(kept.election_id, kept.version)).all()
        return list({row.election_id: VotingPrecinct._make(row) for row in rows}.values())

    def save_changes(self, changes: Sequence[VoterChange], recorded_at: datetime, job_id: int | None = None) -> None:
        """Write the new current rows and a version for each whose `version` rose; a row that moved meanwhile raises Conflict."""
        save_changes(self._connection, self._bulk, changes, recorded_at, job_id)

    def changed_by_others(self, job_id: int, base_versions: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
        """Of these (UID, version known to the county): those with a later version that this job did not write (VRU-13)."""
        others = (
            select(voter_version.c.state_voter_id, func.max(voter_version.c.version).label("newest"))
            .where(voter_version.c.state_voter_id.in_(listed()), or_(voter_version.c.job_id.is_(None), voter_version.c.job_id != job_id))
            .group_by(voter_version.c.state_voter_id)
        )
        newest = {row.state_voter_id: row.newest for row in select_listed(self._connection, others, [base[0] for base in base_versions])}
        return {(state_voter_id, known) for state_voter_id, known in base_versions if newest.get(state_voter_id, known) > known}

    def save_voting_precincts(self, rows: Sequence[tuple[int, int, VotingPrecinct]], recorded_at: datetime) -> None:
        """Keep (UID, version, voting precinct); earlier ones stay as history."""
        flat = [(state_voter_id, version, *precinct) for state_voter_id, version, precinct in rows]
        self._bulk.insert(voting_precinct, columns_of(("state_voter_id", "version", *VotingPrecinct._fields), flat), {"recorded_at": recorded_at})

    def add_voters(self, voters: Sequence[Voter], recorded_at: datetime) -> None:
        """Insert new records with version 1."""
        self._bulk.insert(voter, columns_of(Voter._fields, voters), {"updated_at": recorded_at})
        copy_versions(self._connection, [item.state_voter_id for item in voters], recorded_at, None)
        add_match_rows(self._bulk, voters)

    def add_activities(self, activities: Sequence[NewActivity], recorded_at: datetime) -> None:
        """Append to activity histories."""
        voter_activities.add(self._bulk, activities, recorded_at)

    def activity_counts(self, state_voter_ids: Sequence[int]) -> dict[tuple[int, str], int]:
        """How many activities of each type these voters have, by UID and type."""
        noted = voter_activity.c
        counted = select(noted.state_voter_id, noted.activity_type, func.count().label("entries")).where(noted.state_voter_id.in_(listed()))
        rows = select_listed(self._connection, counted.group_by(noted.state_voter_id, noted.activity_type), state_voter_ids)
        return {(row.state_voter_id, row.activity_type): row.entries for row in rows}

    def activities(self, state_voter_id: int, limit: int) -> list[KeptActivity]:
        """A voter's activity history, the newest first (S2.27)."""
        return voter_activities.of_voter(self._connection, state_voter_id, limit)

    def version_history(self, state_voter_id: int, limit: int) -> list[tuple[Voter, datetime]]:
        """A voter's versions with the instants at which they were written, the newest first (VRU-10)."""
        return voter_versions.history(self._connection, state_voter_id, limit)

    def reserve_state_voter_ids(self, count: int) -> int:
        """The first of `count` UIDs that nobody else will get."""
        return self._numbers.reserve("state_voter_id", count, first=FIRST_STATE_VOTER_ID)

    def count_without_voting_precinct(self, county_code: str, election_id: str) -> int:
        """Registered (Active or Inactive) voters of the county without a voting precinct for the election (VRU-21)."""
        placed = select(literal(1)).where(
            voting_precinct.c.state_voter_id == voter.c.state_voter_id,
            voting_precinct.c.election_id == election_id,
        )
        missing = select(func.count()).select_from(voter).where(voter.c.county_code == county_code, _REGISTERED, ~placed.exists())
        return int(self._connection.execute(missing).scalar_one())

    def with_card_due(self, county_code: str | None, after_state_voter_id: int, limit: int) -> list[int]:
        """UIDs of registered voters who are due a notification card, in UID order (COA-35)."""
        due = select(voter.c.state_voter_id).where(*_card_due(county_code), voter.c.state_voter_id > after_state_voter_id)
        return list(self._connection.execute(due.order_by(voter.c.state_voter_id).limit(limit)).scalars())

    def count_with_card_due(self, county_code: str | None) -> int:
        """How many there are."""
        return int(self._connection.execute(select(func.count()).select_from(voter).where(*_card_due(county_code))).scalar_one())

    def confidential_since(self, confidentiality: Confidentiality, latest_application: date, after_state_voter_id: int, limit: int) -> list[int]:
        """UIDs of voters with this status who applied by a day, in UID order (EWS-14)."""
        applied = (voter.c.confidential_since <= latest_application, voter.c.confidentiality == confidentiality, voter.c.merged_into.is_(None))
        mine = select(voter.c.state_voter_id).where(*applied, voter.c.state_voter_id > after_state_voter_id)
        return list(self._connection.execute(mine.order_by(voter.c.state_voter_id).limit(limit)).scalars())

    def confidential(self, county_code: str | None, public_safety_by: date | None, after_state_voter_id: int, limit: int) -> list[Voter]:
        """Confidential voters, in UID order; with a day, only public safety officers who applied by then (EWS-14)."""
        # By the day, which every such voter has and which has an index; nearly all voters have none.
        wanted = [voter.c.confidential_since >= date.min, voter.c.confidentiality.is_not(None), voter.c.state_voter_id > after_state_voter_id]
        if county_code is not None:
            wanted.append(voter.c.county_code == county_code)
        if public_safety_by is not None:
            wanted += [voter.c.confidentiality == Confidentiality.PUBLIC_SAFETY, voter.c.confidential_since <= public_safety_by]
        page = _CURRENT.where(*wanted).order_by(voter.c.state_voter_id).limit(limit)
        return [Voter._make(row) for row in self._connection.execute(page)]

    def pending_identity(self, after_state_voter_id: int, limit: int) -> list[Voter]:
        """Voters whose DL/ID or SSN4 waits for DMV, in UID order (IDV-01)."""
        pending = str(VerificationStatus.PENDING)
        waiting = or_(voter.c.drivers_license_status == pending, voter.c.ssn4_status == pending)
        page = (
            _CURRENT.where(voter.c.state_voter_id > after_state_voter_id, waiting, voter.c.merged_into.is_(None)).order_by(voter.c.state_voter_id).limit(limit)
        )
        return [Voter._make(row) for row in self._connection.execute(page)]

    def _locked(self, statement: Statement, keys: Sequence[int], **values: object) -> list[Voter]:
        return [Voter._make(row) for row in select_among(self._connection, statement, sorted(set(keys)), **values)]


def _anybody(among: Among) -> Select[Any]:
    return _locking(_CURRENT.where(among(voter.c.state_voter_id)))


def _of_county(among: Among) -> Select[Any]:
    # Within a function the county is no way in: a planner would rather read the whole county than the UIDs (measured: twice the time).
    return _locking(_CURRENT.where(among(voter.c.state_voter_id), func.coalesce(voter.c.county_code, "") == bindparam("county")))


def _uids(among: Among) -> Select[Any]:
    return select(voter.c.state_voter_id).where(voter.c.county_code == bindparam("county"), among(voter.c.ems_voter_id))


def _locking(statement: Select[Any]) -> Select[Any]:
    # Always in the same order, so that two transactions wait for each other instead of dying in a deadlock; lists of UIDs follow it too.
    return statement.order_by(voter.c.state_voter_id).with_for_update()


def _versions(among: Among) -> Select[Any]:
    return select(voter.c.state_voter_id, voter.c.version).where(among(voter.c.state_voter_id))


def _card_due(county_code: str | None) -> list[ColumnElement[bool]]:
    due = [voter.c.vnc_due == 1, _REGISTERED]
    return due if county_code is None else [*due, voter.c.county_code == county_code]
