"""Work items of SOS, with counters of the open ones so that a summary does not scan (DLR-03 to DLR-05)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, case, func, insert, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from db.in_lists import listed, select_listed
from db.repositories.inserting import insert_row
from db.repositories.number_series import NumberSeries
from db.tables import sos_work_item, sos_work_item_count, sos_work_item_note
from votecal_soap.domain.match_cases import WorkItemStatus
from votecal_soap.domain.sos_work_items import (
    NewSosWorkItem,
    SosItemCount,
    SosItemOutcome,
    SosItemQuery,
    SosItemSort,
    SosItemType,
    SosNote,
    SosWorkItem,
)
from votecal_soap.errors import Conflict, ErrorCode

_ITEM: Final = select(sos_work_item)
_I: Final = sos_work_item.c
_C: Final = sos_work_item_count.c


class SqlSosItemRepository:
    """The tables sos_work_item, sos_work_item_note and sos_work_item_count."""

    def __init__(self, connection: Connection, numbers: NumberSeries) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection
        self._numbers = numbers

    def open(self, items: Sequence[NewSosWorkItem], at: datetime) -> list[int]:
        """Insert those whose type and subject have no open item; the ids of all."""
        keys = [_open_key(item) for item in items]
        there = select(_I.open_key, _I.item_id).where(_I.open_key.in_(listed()))
        ids: dict[str, int] = {row.open_key: row.item_id for row in select_listed(self._connection, there, keys)}
        new = {key: item for key, item in zip(keys, items, strict=True) if key not in ids}
        if new:
            first = self._numbers.reserve("sos_work_item", len(new), first=1)
            ids |= {key: first + place for place, key in enumerate(new)}
            self._connection.execute(insert(sos_work_item), [_row(ids[key], key, item, at) for key, item in new.items()])
            self._count((item.item_type, item.due_on) for item in new.values())
        return [ids[key] for key in keys]

    def get(self, item_id: int, *, lock: bool = False) -> SosWorkItem | None:
        """One item."""
        mine = _ITEM.where(_I.item_id == item_id)
        row = self._connection.execute(mine.with_for_update() if lock else mine).one_or_none()
        return None if row is None else _item(row)

    def of_case(self, case_id: int) -> list[SosWorkItem]:
        """The items of a match case, by id."""
        return [_item(row) for row in self._connection.execute(_ITEM.where(_I.case_id == case_id).order_by(_I.item_id))]

    def of_dmv_record(self, work_item_id: int) -> list[SosWorkItem]:
        """The open items of a DMV record."""
        return [_item(row) for row in self._connection.execute(_ITEM.where(_I.dmv_work_item_id == work_item_id, _I.item_status == WorkItemStatus.OPEN))]

    def listed(self, query: SosItemQuery) -> list[SosWorkItem]:
        """A page of items, found by its sort columns: a later page costs no more than the first."""
        wanted = _ITEM.where(_I.item_type == query.item_type, _I.item_status == query.status)
        if query.claimed_by is not None:
            wanted = wanted.where(_I.claimed_by == query.claimed_by)
        if query.unclaimed:
            wanted = wanted.where(_I.claimed_by.is_(None))
        if query.overdue_on is not None:
            wanted = wanted.where(_I.due_on < query.overdue_on)
        return [_item(row) for row in self._connection.execute(_paged(wanted, query))]

    def counts(self, today: date) -> list[SosItemCount]:
        """Open and overdue items of every type, from the counters."""
        late = func.sum(case((_C.due_on < today, _C.open_count), else_=0)).label("overdue_count")
        rows = self._connection.execute(select(_C.item_type, func.sum(_C.open_count).label("open_count"), late).group_by(_C.item_type))
        found = {row.item_type: (int(row.open_count), int(row.overdue_count)) for row in rows}
        return [SosItemCount(item_type, *found.get(item_type.value, (0, 0))) for item_type in SosItemType]

    def claim(self, item: SosWorkItem, by: str | None, at: datetime) -> SosWorkItem:
        """Someone works on it, or None does any more."""
        return self._change(item, claimed_by=by, claimed_at=None if by is None else at)

    def close(self, item: SosWorkItem, outcome: SosItemOutcome, cause: str | None, at: datetime, by: str) -> SosWorkItem:
        """It is done."""
        closed = self._change(item, status=WorkItemStatus.CLOSED, outcome=outcome, cause=cause, closed_at=at, closed_by=by)
        if item.status is WorkItemStatus.OPEN:
            self._count([(item.item_type, item.due_on)], by=-1)
        return closed

    def add_note(self, item_id: int, note: SosNote) -> None:
        """Append."""
        insert_row(self._connection, sos_work_item_note, {"item_id": item_id, "noted_at": note.noted_at, "noted_by": note.noted_by, "note_text": note.text})

    def notes(self, item_id: int) -> list[SosNote]:
        """What was written about an item, oldest first."""
        mine = select(sos_work_item_note).where(sos_work_item_note.c.item_id == item_id)
        rows = self._connection.execute(mine.order_by(sos_work_item_note.c.noted_at, sos_work_item_note.c.note_id))
        return [SosNote(row.noted_at, row.noted_by, row.note_text) for row in rows]

    def _change(self, item: SosWorkItem, **values: Any) -> SosWorkItem:  # noqa: ANN401 - fields of the item
        changed = item._replace(**values, version=item.version + 1)
        written = {("item_status" if name == "status" else name): value for name, value in values.items()}
        if changed.status is WorkItemStatus.CLOSED:
            written["open_key"] = None
        as_read = update(sos_work_item).where(_I.item_id == item.item_id, _I.item_version == item.version)
        if self._connection.execute(as_read.values(item_version=changed.version, **written)).rowcount == 0:
            raise Conflict(ErrorCode.WORK_ITEM_CHANGED, "The work item has changed since it was read; read it again.", ref=str(item.item_id))
        return changed

    def _count(self, items: Any, by: int = 1) -> None:  # noqa: ANN401 - (type, day) of each
        # In order, so that two transactions cannot hold what the other needs.
        for (item_type, due_on), count in sorted(Counter(items).items()):
            mine = update(sos_work_item_count).where(_C.item_type == item_type, _C.due_on == due_on)
            if self._connection.execute(mine.values(open_count=_C.open_count + by * count)).rowcount == 0:
                self._begin_count(item_type, due_on, by * count)

    def _begin_count(self, item_type: SosItemType, due_on: date, count: int) -> None:
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(sos_work_item_count).values(item_type=item_type, due_on=due_on, open_count=count))
        except Conflict:
            # Somebody else has begun the day: add to theirs.
            mine = update(sos_work_item_count).where(_C.item_type == item_type, _C.due_on == due_on)
            self._connection.execute(mine.values(open_count=_C.open_count + count))


def _open_key(item: NewSosWorkItem) -> str:
    return f"{item.item_type}:{'case' if item.dmv_work_item_id is None else 'dmv'}:{item.case_id if item.dmv_work_item_id is None else item.dmv_work_item_id}"


def _row(item_id: int, key: str, item: NewSosWorkItem, at: datetime) -> dict[str, object]:
    return {**item._asdict(), "item_id": item_id, "item_status": WorkItemStatus.OPEN, "open_key": key, "opened_at": at, "item_version": 1}


def _paged(wanted: Select[Any], query: SosItemQuery) -> Select[Any]:
    keys: tuple[ColumnElement[Any], ...] = (_I.due_on, _I.item_id) if query.sort is SosItemSort.DUE else (_I.item_id,)
    if query.after is not None:
        wanted = wanted.where(_beyond(query.after, query))
    return wanted.order_by(*(key.desc() if query.descending else key for key in keys)).limit(query.limit)


def _beyond(last: SosWorkItem, query: SosItemQuery) -> ColumnElement[bool]:
    """What follows an item; numbers rise with time, so that they stand for the instant of opening."""
    later = _I.item_id < last.item_id if query.descending else _I.item_id > last.item_id
    if query.sort is SosItemSort.OPENED:
        return later
    due_later = _I.due_on < last.due_on if query.descending else _I.due_on > last.due_on
    return or_(due_later, and_(_I.due_on == last.due_on, later))


def _item(row: Row[Any]) -> SosWorkItem:
    return SosWorkItem(
        item_id=row.item_id,
        item_type=SosItemType(row.item_type),
        status=WorkItemStatus(row.item_status),
        case_id=row.case_id,
        dmv_work_item_id=row.dmv_work_item_id,
        opened_at=row.opened_at,
        due_on=row.due_on,
        claimed_by=row.claimed_by,
        claimed_at=row.claimed_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        outcome=None if row.outcome is None else SosItemOutcome(row.outcome),
        cause=row.cause,
        version=row.item_version,
    )
