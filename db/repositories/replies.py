"""Answers of changing calls, given again when the call is sent again (EWS-07)."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from db.in_lists import in_lists, listed
from db.tables import stored_reply
from votecal_soap.use_cases.ports import StoredReply

_REPLY: Final = select(stored_reply.c.request_digest, stored_reply.c.reply)


class SqlReplyRepository:
    """The table stored_reply."""

    def __init__(self, connection: Connection) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection

    def find(self, county_code: str, transaction_id: str) -> StoredReply | None:
        """What the county was answered."""
        mine = _REPLY.where(stored_reply.c.county_code == county_code, stored_reply.c.transaction_id == transaction_id)
        row = self._connection.execute(mine).one_or_none()
        return None if row is None else StoredReply._make(row)

    def keep(self, county_code: str, transaction_id: str, reply: StoredReply, at: datetime) -> None:
        """Keep an answer; one that another call kept meanwhile raises Conflict ALREADY_EXISTS."""
        row = {"request_digest": reply.request_digest, "reply": reply.body, "kept_at": at}
        self._connection.execute(insert(stored_reply).values(county_code=county_code, transaction_id=transaction_id, **row))

    def purge(self, kept_before: datetime, limit: int) -> int:
        """Forget answers kept before an instant; how many (OPS-05)."""
        old = select(stored_reply.c.county_code, stored_reply.c.transaction_id).where(stored_reply.c.kept_at < kept_before)
        rows = self._connection.execute(old.order_by(stored_reply.c.kept_at).limit(limit)).all()
        for county_code in {row.county_code for row in rows}:
            forgotten = delete(stored_reply).where(stored_reply.c.county_code == county_code, stored_reply.c.transaction_id.in_(listed()))
            for part in in_lists(row.transaction_id for row in rows if row.county_code == county_code):
                self._connection.execute(forgotten, {"listed": part})
        return len(rows)
