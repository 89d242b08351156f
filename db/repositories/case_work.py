"""Who works on a match case, and what was noted about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, or_, select, update

from db.in_lists import listed, select_listed
from db.tables import case_claim, case_note
from votecal_soap.domain.work_lists import CaseClaim, CaseNote
from votecal_soap.errors import Conflict

_CLAIM: Final = select(case_claim)


def claim(connection: Connection, case_id: int, by: str, at: datetime, lapsed_before: datetime) -> bool:
    """Take it unless somebody else holds it."""
    free = or_(case_claim.c.claimed_by == by, case_claim.c.claimed_at < lapsed_before)
    taken = update(case_claim).where(case_claim.c.case_id == case_id, free).values(claimed_by=by, claimed_at=at)
    if connection.execute(taken).rowcount == 1:
        return True
    try:
        with connection.begin_nested():
            connection.execute(insert(case_claim).values(case_id=case_id, claimed_by=by, claimed_at=at))
    except Conflict:
        return False  # somebody else holds it, perhaps since a moment ago
    return True


def release(connection: Connection, case_id: int, by: str | None) -> bool:
    """Give it back; `by` None whoever holds it. False when nothing was held so."""
    held = delete(case_claim).where(case_claim.c.case_id == case_id)
    return connection.execute(held if by is None else held.where(case_claim.c.claimed_by == by)).rowcount == 1


def claims(connection: Connection, case_ids: Sequence[int]) -> dict[int, CaseClaim]:
    """Who holds which of these, lapsed claims included."""
    rows = select_listed(connection, _CLAIM.where(case_claim.c.case_id.in_(listed())), sorted(case_ids))
    return {row.case_id: CaseClaim(row.claimed_by, row.claimed_at) for row in rows}


def add_note(connection: Connection, case_id: int, note: CaseNote) -> None:
    """Append."""
    connection.execute(insert(case_note).values(case_id=case_id, **note._asdict()))


def notes(connection: Connection, case_id: int) -> list[CaseNote]:
    """The oldest first."""
    columns = [case_note.c[name] for name in CaseNote._fields]
    mine = select(*columns).where(case_note.c.case_id == case_id).order_by(case_note.c.noted_at, case_note.c.note_id)
    return [CaseNote._make(row) for row in connection.execute(mine)]
