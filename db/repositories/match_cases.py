"""Match cases, which are changed only over the version that was read, and the transfers that they make."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from db.bulk import BulkWriter, columns_of
from db.in_lists import in_lists, listed, select_listed
from db.repositories import case_lists, case_work, duplicate_cases, overdue_cases, transfers
from db.repositories.case_counts import CaseCounts
from db.repositories.number_series import NumberSeries
from db.tables import match_case, transfer_out
from votecal_soap.domain.duplicates import DuplicateCause
from votecal_soap.domain.match_cases import CaseState, CaseType, MatchCase, PotentialReason, TransferOut, TransferState
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.domain.work_lists import CaseClaim, CaseListQuery, CaseNote
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.ports import NewMatchCase, OpenCaseCount

_CASE: Final = select(match_case)
_PLAIN: Final = {
    "case_id": "case_id",
    "case_type": "case_type",
    "work_item_id": "work_item_id",
    "state_voter_id": "state_voter_id",
    "county_code": "county_code",
    "case_state": "state",
    "confidence": "confidence",
    "cap_name": "cap",
    "potential_reason": "potential_reason",
    "weights_version": "weights_version",
    "due_on": "due_on",
    "decided_by": "decided_by",
    "basis": "basis",
    "before_version": "before_version",
    "applied_version": "applied_version",
    "other_voter_id": "other_state_voter_id",
    "other_county": "other_county",
    "round_number": "round_number",
    "cause": "cause",
    "deciding_digest": "deciding_digest",
    "asked_county": "asked_county",
    "first_rejected_by": "first_rejected_by",
}
"""Column to field, for what stands as it is."""


class SqlMatchCaseRepository:
    """The tables match_case and transfer_out."""

    def __init__(self, connection: Connection, bulk: BulkWriter, numbers: NumberSeries, counts: CaseCounts) -> None:
        """Read and write in this connection's transaction; `counts` moves with every case."""
        self._connection = connection
        self._bulk = bulk
        self._numbers = numbers
        self._counts = counts

    def reserve_ids(self, count: int) -> int:
        """The first of `count` numbers for cases and transfers."""
        return self._numbers.reserve("match_case", count, first=1)

    def add(self, cases: Sequence[NewMatchCase], at: datetime) -> None:
        """Insert with version 1."""
        given = columns_of(NewMatchCase._fields, cases)
        columns: dict[str, Sequence[object]] = {
            **{column: given[field] for column, field in _PLAIN.items()},
            "criteria": [_criteria_text(case.criteria) for case in cases],
            "same_drivers_license": [int(case.same_drivers_license) for case in cases],
            "is_automatic": [int(case.automatic) for case in cases],
            "decided_at": [None if case.state is CaseState.OPEN else at for case in cases],
            "pair_key": [_pair_key(case) for case in cases],
        }
        self._bulk.insert(match_case, columns, {"case_version": 1, "opened_at": at})
        self._counts.add(cases)

    def get(self, case_id: int, *, lock: bool = False) -> MatchCase | None:
        """One case."""
        statement = _CASE.where(match_case.c.case_id == case_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        return None if row is None else case_of(row)

    def of_work_items(self, work_item_ids: Sequence[int]) -> list[MatchCase]:
        """All cases of these work items, by id."""
        mine = _CASE.where(match_case.c.work_item_id.in_(listed())).order_by(match_case.c.case_id)
        return [case_of(row) for row in select_listed(self._connection, mine, sorted(work_item_ids))]

    def listed(
        self, county_code: str, *, states: Iterable[CaseState], case_types: Iterable[CaseType] | None, after_case_id: int, limit: int
    ) -> Sequence[MatchCase]:
        """Cases that this county decides, has a voter of, or is the losing county of, by id."""
        wanted = [_in_states(states), match_case.c.case_id > after_case_id]
        if case_types is not None:
            wanted.append(match_case.c.case_type.in_([str(case_type) for case_type in case_types]))
        # Three queries, each with an index of its own; joined by OR they would have none.
        mine = (_CASE.where(match_case.c.county_code == county_code), _CASE.where(match_case.c.other_county == county_code))
        found: dict[int, MatchCase] = {}
        for query in (*mine, _lost_by(county_code, _CASE)):
            page = query.where(*wanted).order_by(match_case.c.case_id).limit(limit)
            found.update({row.case_id: case_of(row) for row in self._connection.execute(page)})
        return [found[case_id] for case_id in sorted(found)][:limit]

    def count(self, county_code: str, states: Iterable[CaseState]) -> int:
        """How many there are."""
        kept, total = _in_states(states), select(func.count()).select_from(match_case)
        mine = total.where(match_case.c.county_code == county_code, kept)
        shared = total.where(match_case.c.other_county == county_code, kept)
        lost = _lost_by(county_code, total).where(match_case.c.county_code != county_code, kept)
        return sum(int(self._connection.execute(query).scalar_one()) for query in (mine, shared, lost))

    def move(
        self,
        case: MatchCase,
        state: CaseState,
        *,
        at: datetime,
        by: str,
        basis: str | None,
        county_code: str | None = None,
        due_on: date | None = None,
        before_version: int | None = None,
        applied_version: int | None = None,
    ) -> MatchCase:
        """Write a decision over the version read; None leaves a value as it is; the case as it is now."""
        given = {"basis": basis, "county_code": county_code, "due_on": due_on, "before_version": before_version, "applied_version": applied_version}
        changed: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        changed |= {"decided_at": None, "decided_by": None} if state is CaseState.OPEN else {"decided_at": at, "decided_by": by}
        if due_on is not None:
            changed["overdue_announced_at"] = None
        moved = case._replace(state=state, version=case.version + 1, **changed)
        as_read = update(match_case).where(match_case.c.case_id == case.case_id, match_case.c.case_version == case.version)
        if self._connection.execute(as_read.values(case_state=state, case_version=moved.version, **changed)).rowcount == 0:
            raise Conflict(ErrorCode.CASE_CHANGED, "The case has changed since it was read.", ref=str(case.case_id))
        self._counts.take([case])
        self._counts.add([moved])
        case_work.release(self._connection, case.case_id, None)
        return moved

    def of_voters(self, state_voter_ids: Sequence[int], states: Iterable[CaseState]) -> list[MatchCase]:
        """Cases in these states of which one of these voters is a part, by id."""
        return duplicate_cases.of_voters(self._connection, state_voter_ids, _in_states(states), case_of)

    def latest_of_pairs(self, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], MatchCase]:
        """The newest round of each pair of voters that ever was a case."""
        return duplicate_cases.latest_of_pairs(self._connection, pairs, case_of)

    def save(self, before: MatchCase, after: MatchCase) -> MatchCase:
        """Write what differs over the version read."""
        saved = duplicate_cases.save(self._connection, before, after)
        self._counts.take([before])
        self._counts.add([saved])
        # Whoever decided is done with it; another county may have the next word.
        case_work.release(self._connection, before.case_id, None)
        return saved

    def open_by_cause(self, cause: DuplicateCause, after_case_id: int, limit: int) -> Sequence[MatchCase]:
        """Duplicates of this cause that wait for a county, by id."""
        mine = _CASE.where(match_case.c.cause == cause, match_case.c.case_state == CaseState.OPEN, match_case.c.case_id > after_case_id)
        return [case_of(row) for row in self._connection.execute(mine.order_by(match_case.c.case_id).limit(limit))]

    def replace(self, work_item_ids: Sequence[int], at: datetime) -> list[MatchCase]:
        """Set the open cases of these work items Replaced; those that were, as they are now (COA-31)."""
        waiting = _CASE.where(match_case.c.work_item_id.in_(listed()), match_case.c.case_state == CaseState.OPEN)
        locked = waiting.order_by(match_case.c.case_id).with_for_update()
        cases = [case_of(row) for row in select_listed(self._connection, locked, sorted(work_item_ids))]
        replaced = update(match_case).where(match_case.c.case_id.in_(listed()))
        values = {"case_state": CaseState.REPLACED, "case_version": match_case.c.case_version + 1, "decided_at": at}
        for part in in_lists(case.case_id for case in cases):
            self._connection.execute(replaced.values(values), {"listed": part})
        self._counts.take(cases)
        return [case._replace(state=CaseState.REPLACED, version=case.version + 1, decided_at=at) for case in cases]

    def rejected_pairs(self, work_item_id: int) -> set[int]:
        """UIDs of confirmed non-matches of this record (COA-34)."""
        rejected = select(match_case.c.state_voter_id).where(match_case.c.work_item_id == work_item_id, match_case.c.case_state == CaseState.REJECTED)
        return set(self._connection.execute(rejected).scalars())

    def overdue(self, today: date, limit: int) -> Sequence[MatchCase]:
        """Cases that wait past their day and are not announced yet, those due first first (COA-37, DUP-05)."""
        late = _CASE.where(overdue_cases.past(today), match_case.c.overdue_announced_at.is_(None)).order_by(match_case.c.due_on, match_case.c.case_id)
        return [case_of(row) for row in self._connection.execute(late.limit(limit))]

    def mark_overdue_announced(self, case_ids: Sequence[int], at: datetime) -> None:
        """Announced once; the version stays, for nothing is decided."""
        overdue_cases.mark_announced(self._connection, case_ids, at)

    def overdue_counts(self, today: date) -> Mapping[str, int]:
        """Cases that wait past their day, by the county whose word is awaited."""
        return overdue_cases.counts(self._connection, today)

    def waiting(self, query: CaseListQuery) -> Sequence[MatchCase]:
        """A page of cases that wait (DLR-03)."""
        found = (case_of(row) for part in case_lists.parts(query) for row in self._connection.execute(part))
        return case_lists.merged(found, query)

    def by_ids(self, case_ids: Sequence[int]) -> dict[int, MatchCase]:
        """Several, by id."""
        return {row.case_id: case_of(row) for row in select_listed(self._connection, _CASE.where(match_case.c.case_id.in_(listed())), sorted(case_ids))}

    def of_voter(self, state_voter_id: int, limit: int) -> Sequence[MatchCase]:
        """Cases of which a voter is a part, the newest first."""
        return duplicate_cases.of_voter(self._connection, state_voter_id, limit, case_of)

    def claim(self, case_id: int, by: str, at: datetime, *, lapsed_before: datetime) -> bool:
        """Take a case to work on; False when somebody else took it after that instant."""
        return case_work.claim(self._connection, case_id, by, at, lapsed_before)

    def release(self, case_id: int, by: str) -> bool:
        """Give a case back; False when this person does not hold it."""
        return case_work.release(self._connection, case_id, by)

    def claim_of(self, case_id: int) -> CaseClaim | None:
        """Who took a case last."""
        return case_work.claims(self._connection, [case_id]).get(case_id)

    def claims(self, case_ids: Sequence[int]) -> Mapping[int, CaseClaim]:
        """Who took which of these cases, lapsed claims included."""
        return case_work.claims(self._connection, case_ids)

    def add_note(self, case_id: int, note: CaseNote) -> None:
        """Keep what was found out about a case."""
        case_work.add_note(self._connection, case_id, note)

    def notes(self, case_id: int) -> Sequence[CaseNote]:
        """What was noted about a case, the oldest first."""
        return case_work.notes(self._connection, case_id)

    def open_counts(self, county_code: str | None) -> Sequence[OpenCaseCount]:
        """How many cases wait, by county, type, state and day; does not scan (DLR-03)."""
        return self._counts.all(county_code)

    def add_transfers(self, rows: Sequence[TransferOut]) -> None:
        """Insert moves out of a county; ids from `reserve_ids`."""
        transfers.add(self._bulk, rows)

    def transfer(self, transfer_id: int, *, lock: bool = False) -> TransferOut | None:
        """One transfer."""
        return transfers.get(self._connection, transfer_id, lock=lock)

    def open_transfer_of_case(self, case_id: int) -> TransferOut | None:
        """The transfer that a case made, if it still waits."""
        return transfers.open_of_case(self._connection, case_id)

    def transfer_of_case(self, case_id: int) -> TransferOut | None:
        """The newest transfer that a case made, whatever became of it."""
        return transfers.of_case(self._connection, case_id)

    def decide_transfer(self, transfer_id: int, state: TransferState, at: datetime, by: str, *, expected: TransferState = TransferState.OPEN) -> None:
        """Write a decision over the state expected; a transfer that has left it raises Conflict CASE_DECIDED."""
        transfers.decide(self._connection, transfer_id, state, at, by, expected)

    def transfers_past(self, instant: datetime, limit: int, *, after_transfer_id: int = 0) -> Sequence[TransferOut]:
        """Open provisional transfers whose time has passed, by id (VRU-15)."""
        return transfers.past(self._connection, instant, after_transfer_id, limit)


def _in_states(states: Iterable[CaseState]) -> ColumnElement[bool]:
    return match_case.c.case_state.in_([str(state) for state in states])


def _lost_by(county_code: str, query: Select[Any]) -> Select[Any]:
    lost = select(transfer_out.c.case_id).where(transfer_out.c.losing_county == county_code, transfer_out.c.case_id.is_not(None))
    return query.where(match_case.c.case_id.in_(lost))


def _pair_key(case: NewMatchCase) -> str | None:
    if case.other_state_voter_id is None or case.round_number is None:
        return None
    return duplicate_cases.pair_key(case.state_voter_id, case.other_state_voter_id, case.round_number)


def _criteria_text(criteria: Iterable[Criterion]) -> str:
    return f"[{', '.join(map(_criterion_text, criteria))}]"


@lru_cache(4096)
def _criterion_text(criterion: Criterion) -> str:
    # A file of DMV's has few different ones, and each case ten of them.
    return json.dumps(list(criterion), ensure_ascii=False)


def _criteria(text: str) -> tuple[Criterion, ...]:
    return tuple(Criterion(MatchField(field), level, contribution, words) for field, level, contribution, words in json.loads(text))


def case_of(row: Row[Any]) -> MatchCase:
    """A row as a value."""
    kept = row._mapping
    values = {field: kept[column] for column, field in _PLAIN.items()}
    values |= {"case_type": CaseType(row.case_type), "state": CaseState(row.case_state)}
    values["cause"] = None if row.cause is None else DuplicateCause(row.cause)
    values["potential_reason"] = None if row.potential_reason is None else PotentialReason(row.potential_reason)
    return MatchCase(
        **values,
        version=row.case_version,
        criteria=_criteria(row.criteria),
        same_drivers_license=row.same_drivers_license,
        opened_at=row.opened_at,
        overdue_announced_at=row.overdue_announced_at,
        decided_at=row.decided_at,
        automatic=row.is_automatic,
    )
