"""DMV COA Work Items, potential voters, signatures (COA-02 to COA-38)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, func, or_, select, update

from db.bulk import BulkWriter, columns_of
from db.in_lists import in_lists, listed, select_listed
from db.key_sets import Among, Statement, fetch_among
from db.repositories import potential_voters, signatures
from db.repositories.dmv_records import record_columns, record_of
from db.repositories.number_series import NumberSeries
from db.tables import dmv_work_item, match_case
from votecal_soap.domain.dmv_records import SignatureImage
from votecal_soap.domain.dmv_repeats import KeyedRecord
from votecal_soap.domain.match_cases import CaseState, Disposition, WorkItemStatus
from votecal_soap.use_cases.ports import NewWorkItem, WorkItem

_ITEM: Final = select(dmv_work_item)
_OWN_FIELDS: Final = {
    "work_item_id": "work_item_id",
    "item_status": "status",
    "disposition": "disposition",
    "county_code": "county_code",
    "signature_id": "signature_id",
    "top_confidence": "top_confidence",
    "weights_version": "weights_version",
}
_WITHOUT_MATCH: Final = (Disposition.NO_MATCH, Disposition.UNRESOLVED, Disposition.REGISTRATION_PENDING)
_CALIFORNIA: Final = "CA"
_IS_OF_SOS: Final = and_(
    dmv_work_item.c.county_code.is_(None),
    dmv_work_item.c.disposition.in_(_WITHOUT_MATCH),
    or_(dmv_work_item.c.new_state.is_(None), dmv_work_item.c.new_state == _CALIFORNIA),
)


class SqlWorkItemRepository:
    """The tables dmv_work_item, potential_voter, dmv_signature and voter_signature."""

    def __init__(self, connection: Connection, bulk: BulkWriter, numbers: NumberSeries) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection
        self._bulk = bulk
        self._numbers = numbers

    def reserve_ids(self, count: int) -> int:
        """The first of `count` numbers for work items and signatures."""
        return self._numbers.reserve("dmv_work_item", count, first=1)

    def seen(self, records: Sequence[KeyedRecord]) -> set[int]:
        """Sequences of those seen before: same transaction, or same DL/ID, new address and date (COA-02)."""
        transactions = self._present(_of_transactions, (record.transaction_id for record, _ in records))
        repeats = self._present(_of_repeats, (key for _, key in records if key))
        return {record.sequence for record, key in records if record.transaction_id in transactions or key in repeats}

    def add(self, items: Sequence[NewWorkItem], job_id: int, at: datetime) -> None:
        """Insert; a record that another run inserted meanwhile raises Conflict."""
        if not items:
            return
        given = columns_of(NewWorkItem._fields, items)
        own = {column: given[field] for column, field in _OWN_FIELDS.items()}
        closed = [at if item.status is WorkItemStatus.CLOSED else None for item in items]
        columns = {**own, **record_columns([item.keyed for item in items]), "closed_at": closed}
        self._bulk.insert(dmv_work_item, columns, {"job_id": job_id, "opened_at": at})

    def get(self, work_item_id: int, *, lock: bool = False) -> WorkItem | None:
        """One work item."""
        statement = _ITEM.where(dmv_work_item.c.work_item_id == work_item_id)
        row = self._connection.execute(statement.with_for_update() if lock else statement).one_or_none()
        return None if row is None else _work_item(row)

    def by_ids(self, work_item_ids: Sequence[int]) -> dict[int, WorkItem]:
        """Several."""
        rows = select_listed(self._connection, _ITEM.where(dmv_work_item.c.work_item_id.in_(listed())), work_item_ids)
        return {row.work_item_id: _work_item(row) for row in rows}

    def close(self, work_item_ids: Sequence[int], disposition: Disposition, at: datetime) -> None:
        """Close those that are open."""
        closing = update(dmv_work_item).where(dmv_work_item.c.work_item_id.in_(listed()), dmv_work_item.c.item_status == WorkItemStatus.OPEN)
        for part in in_lists(sorted(work_item_ids)):
            self._connection.execute(closing.values(item_status=WorkItemStatus.CLOSED, disposition=disposition, closed_at=at), {"listed": part})

    def set_disposition(self, work_item_id: int, status: WorkItemStatus, disposition: Disposition, at: datetime, *, county_code: str | None = None) -> None:
        """Move one; a county given replaces the one known."""
        values: dict[str, object] = {"item_status": status, "disposition": disposition, "closed_at": at if status is WorkItemStatus.CLOSED else None}
        if county_code is not None:
            values["county_code"] = county_code
        self._connection.execute(update(dmv_work_item).where(dmv_work_item.c.work_item_id == work_item_id).values(values))

    def earlier_open(self, state_voter_ids: Sequence[int]) -> dict[int, list[int]]:
        """Open work items that have an open case, by voter (COA-31)."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for state_voter_id, work_item_id in fetch_among(self._connection, _open_items, state_voter_ids):
            found[state_voter_id].append(work_item_id)
        return dict(found)

    def add_signatures(self, images: Sequence[tuple[int, SignatureImage]], at: datetime) -> None:
        """Keep (signature id, image); the ids come from `reserve_ids`."""
        signatures.add(self._bulk, images, at)

    def signature(self, signature_id: int) -> SignatureImage | None:
        """One image; None once its retention has passed."""
        return signatures.get(self._connection, signature_id)

    def keep_signature_of(self, rows: Sequence[tuple[int, int]], at: datetime) -> None:
        """The voter's signature is now this image: (UID, signature id); earlier ones stay (COA-38)."""
        signatures.give_to_voters(self._bulk, rows, at)

    def signature_of(self, state_voter_id: int) -> int | None:
        """The id of the voter's signature in force."""
        return signatures.of_voter(self._connection, state_voter_id)

    def withdraw_signature_of(self, state_voter_id: int, signature_id: int, at: datetime) -> None:
        """The match that brought it was undone: the one before is in force again (COA-34)."""
        signatures.withdraw(self._connection, state_voter_id, signature_id, at)

    def purge_signatures(self, received_before: datetime, limit: int) -> int:
        """Forget images that are no voter's and that no open work item needs; how many (OPS-05)."""
        return signatures.purge(self._connection, received_before, limit)

    def add_potential_voters(self, work_item_ids: Sequence[int], at: datetime) -> None:
        """A Potential Voter for each; name and address are the work item's (COA-20)."""
        potential_voters.add(self._connection, self._bulk, work_item_ids, at)

    def withdraw_potential_voter(self, work_item_id: int, at: datetime) -> None:
        """The county named the voter."""
        potential_voters.withdraw(self._connection, work_item_id, at)

    def is_potential_voter(self, work_item_id: int) -> bool:
        """Whether the record's person is kept as a Potential Voter."""
        return potential_voters.is_there(self._connection, work_item_id)

    def potential_voters_due(self, county_code: str | None, after_work_item_id: int, limit: int) -> list[int]:
        """Work items of Potential Voters who were in no mailing list yet, by id (COA-35)."""
        return potential_voters.due(self._connection, county_code, after_work_item_id, limit)

    def count_potential_voters_due(self, county_code: str | None) -> int:
        """How many there are."""
        return potential_voters.count_due(self._connection, county_code)

    def mark_potential_voters_listed(self, work_item_ids: Sequence[int], at: datetime) -> None:
        """They are in a mailing list now."""
        potential_voters.mark_listed(self._connection, work_item_ids, at)

    def counts(self) -> Mapping[tuple[str | None, WorkItemStatus, Disposition | None], int]:
        """How many work items by county, status and disposition."""
        by = (dmv_work_item.c.county_code, dmv_work_item.c.item_status, dmv_work_item.c.disposition)
        rows = self._connection.execute(select(*by, func.count().label("item_count")).group_by(*by))
        return {(row.county_code, WorkItemStatus(row.item_status), _disposition(row)): row.item_count for row in rows}

    def unresolved_of_sos(self, limit: int, *, after_work_item_id: int = 0) -> Sequence[WorkItem]:
        """Closed without a match and without a county, of California: the SOS's own work items (COA-21)."""
        mine = _ITEM.where(_IS_OF_SOS, dmv_work_item.c.work_item_id > after_work_item_id)
        return [_work_item(row) for row in self._connection.execute(mine.order_by(dmv_work_item.c.work_item_id).limit(limit))]

    def count_unresolved_of_sos(self, limit: int) -> int:
        """How many of them there are, counted up to a limit."""
        some = select(dmv_work_item.c.work_item_id).where(_IS_OF_SOS).limit(limit).subquery()
        return int(self._connection.execute(select(func.count()).select_from(some)).scalar_one())

    def _present(self, statement: Statement, values: Iterable[str]) -> set[str]:
        return {row[0] for row in fetch_among(self._connection, statement, sorted(set(values)))}


def _of_transactions(among: Among) -> Select[Any]:
    return select(dmv_work_item.c.transaction_id).where(among(dmv_work_item.c.transaction_id))


def _of_repeats(among: Among) -> Select[Any]:
    return select(dmv_work_item.c.repeat_key).where(among(dmv_work_item.c.repeat_key))


def _open_items(among: Among) -> Select[Any]:
    joined = select(match_case.c.state_voter_id, dmv_work_item.c.work_item_id).join_from(
        match_case, dmv_work_item, match_case.c.work_item_id == dmv_work_item.c.work_item_id
    )
    are_open = (match_case.c.case_state == CaseState.OPEN, dmv_work_item.c.item_status == WorkItemStatus.OPEN)
    return joined.where(among(match_case.c.state_voter_id), *are_open).order_by(dmv_work_item.c.work_item_id)


def _work_item(row: Row[Any]) -> WorkItem:
    return WorkItem(
        work_item_id=row.work_item_id,
        record=record_of(row),
        job_id=row.job_id,
        status=WorkItemStatus(row.item_status),
        disposition=_disposition(row),
        county_code=row.county_code,
        signature_id=row.signature_id,
        top_confidence=row.top_confidence,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
    )


def _disposition(row: Row[Any]) -> Disposition | None:
    return None if row.disposition is None else Disposition(row.disposition)
