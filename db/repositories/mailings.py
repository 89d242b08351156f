"""Letters that are due, and the files that they were listed in (COA-35)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, func, select, update

from db.bulk import BulkWriter, columns_of
from db.in_lists import in_lists, listed, select_listed
from db.tables import mailing
from votecal_soap.domain.match_cases import MailingKind
from votecal_soap.domain.voter_records import Letter
from votecal_soap.use_cases.ports import MailingRow, NewMailing

_ROW: Final = select(mailing)
_COLUMNS: Final = ("mailing_kind", "county_code", "state_voter_id", "work_item_id", "remark")
_NOT_DUE: Final = {"open_key": None, "due_kind": None}


class SqlMailingRepository:
    """The table mailing."""

    def __init__(self, connection: Connection, bulk: BulkWriter) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection
        self._bulk = bulk

    def add(self, rows: Sequence[NewMailing], at: datetime) -> None:
        """(kind, county, UID, work item, comment) that are due a letter.

        One kind of letter is due once to one voter, or to the person of one work item: a later row takes the place of the one that waits.
        """
        wanted = {_open_key(row): row for row in rows}
        there = select(mailing.c.open_key).where(mailing.c.open_key.in_(listed()))
        waiting = {row.open_key for row in select_listed(self._connection, there, sorted(wanted))}
        self._renew([(key, row) for key, row in wanted.items() if key in waiting])
        new = [(key, row[0], *row) for key, row in wanted.items() if key not in waiting]
        self._bulk.insert(mailing, columns_of(("open_key", "due_kind", *_COLUMNS), new), {"due_at": at})

    def due(self, kind: MailingKind, county_code: str | None, after_mailing_id: int, limit: int) -> Sequence[MailingRow]:
        """Lines not exported and not withdrawn, by id."""
        waiting = _ROW.where(mailing.c.due_kind == kind, mailing.c.mailing_id > after_mailing_id)
        return self._rows(_of_county(waiting, county_code).order_by(mailing.c.mailing_id).limit(limit))

    def due_count(self, kind: MailingKind, county_code: str | None) -> int:
        """How many lines wait."""
        waiting = select(func.count()).select_from(mailing).where(mailing.c.due_kind == kind)
        return int(self._connection.execute(_of_county(waiting, county_code)).scalar_one())

    def exported(self, export_name: str, after_mailing_id: int, limit: int) -> Sequence[MailingRow]:
        """Lines of a file that was written, by id."""
        written = _ROW.where(mailing.c.export_name == export_name, mailing.c.mailing_id > after_mailing_id)
        return self._rows(written.order_by(mailing.c.mailing_id).limit(limit))

    def of_voter(self, state_voter_id: int) -> list[Letter]:
        """A voter's letters that are due or were listed, by id; those withdrawn are left out."""
        mine = _ROW.where(mailing.c.state_voter_id == state_voter_id, mailing.c.withdrawn_at.is_(None)).order_by(mailing.c.mailing_id)
        return [Letter(row.mailing_id, MailingKind(row.mailing_kind), row.due_at, row.exported_at) for row in self._connection.execute(mine)]

    def mark_exported(self, mailing_ids: Sequence[int], at: datetime, file_name: str) -> None:
        """They are in a file now."""
        listing = update(mailing).where(mailing.c.mailing_id.in_(listed()))
        for part in in_lists(sorted(mailing_ids)):
            self._connection.execute(listing.values(exported_at=at, export_name=file_name, **_NOT_DUE), {"listed": part})

    def add_exported(self, rows: Sequence[NewMailing], at: datetime, file_name: str) -> None:
        """Lines of a file that were due for another reason than a row here: cards of flagged voters, letters to potential ones."""
        self._bulk.insert(mailing, columns_of(_COLUMNS, rows), {"due_at": at, "exported_at": at, "export_name": file_name})

    def withdraw(self, kind: MailingKind, *, state_voter_id: int | None = None, work_item_id: int | None = None, at: datetime) -> None:
        """No letter of this kind is due any more to this voter, or to the person of this work item."""
        if state_voter_id is None and work_item_id is None:
            raise ValueError("a mailing is withdrawn for a voter or a work item")
        waiting = update(mailing).where(mailing.c.due_kind == kind)
        if state_voter_id is not None:
            waiting = waiting.where(mailing.c.state_voter_id == state_voter_id)
        if work_item_id is not None:
            waiting = waiting.where(mailing.c.work_item_id == work_item_id)
        self._connection.execute(waiting.values(withdrawn_at=at, **_NOT_DUE))

    def restore(self, state_voter_id: int, withdrawn_at: datetime) -> None:
        """The letters to this voter that were withdrawn at that instant are due again, but for one whose like has become due since."""
        withdrawn = _ROW.where(mailing.c.state_voter_id == state_voter_id, mailing.c.withdrawn_at == withdrawn_at)
        keys = {row.mailing_id: _open_key((row.mailing_kind, None, state_voter_id, None, None)) for row in self._connection.execute(withdrawn)}
        there = select(mailing.c.open_key).where(mailing.c.open_key.in_(listed()))
        waiting = {row.open_key for row in select_listed(self._connection, there, sorted(keys.values()))}
        due = [{"letter": mailing_id, "key": key} for mailing_id, key in keys.items() if key not in waiting]
        if due:
            again = update(mailing).where(mailing.c.mailing_id == bindparam("letter"))
            self._connection.execute(again.values(open_key=bindparam("key"), due_kind=mailing.c.mailing_kind, withdrawn_at=None), due)

    def _renew(self, rows: Sequence[tuple[str, NewMailing]]) -> None:
        changed = update(mailing).where(mailing.c.open_key == bindparam("key"))
        values = {name: bindparam(f"new_{name}", type_=mailing.c[name].type) for name in ("county_code", "work_item_id", "remark")}
        new = [{"key": key, "new_county_code": county, "new_work_item_id": item, "new_remark": remark} for key, (_, county, _, item, remark) in rows]
        if new:
            self._connection.execute(changed.values(values), new)

    def _rows(self, statement: Select[Any]) -> Sequence[MailingRow]:
        return [_mailing(row) for row in self._connection.execute(statement)]


def _of_county(statement: Select[Any], county_code: str | None) -> Select[Any]:
    return statement if county_code is None else statement.where(mailing.c.county_code == county_code)


def _open_key(row: NewMailing) -> str:
    kind, _, state_voter_id, work_item_id, _ = row
    return f"{kind}:v{state_voter_id}" if state_voter_id is not None else f"{kind}:w{work_item_id}"


def _mailing(row: Row[Any]) -> MailingRow:
    return MailingRow(
        mailing_id=row.mailing_id,
        kind=MailingKind(row.mailing_kind),
        county_code=row.county_code,
        state_voter_id=row.state_voter_id,
        work_item_id=row.work_item_id,
        comment=row.remark,
        due_at=row.due_at,
    )
