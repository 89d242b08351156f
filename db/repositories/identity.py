"""Requests to DMV and their answers (IDV-01)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, null, select, update

from db.bulk import BulkWriter, Columns
from db.in_lists import listed, select_listed
from db.tables import identity_request
from votecal_soap.use_cases.ports import IdentityRequest

_REQUEST: Final = select(*(identity_request.c[name] for name in IdentityRequest._fields))


class SqlIdentityRepository:
    """The table identity_request."""

    def __init__(self, connection: Connection, bulk: BulkWriter) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection
        self._bulk = bulk

    def add(self, rows: Sequence[tuple[int, str]], export_name: str, at: datetime) -> list[IdentityRequest]:
        """Open a request for each (UID, kind) that has none open."""
        wanted = {_open_key(state_voter_id, kind): (state_voter_id, kind) for state_voter_id, kind in rows}
        for request in select_listed(self._connection, select(identity_request.c.open_key).where(identity_request.c.open_key.in_(listed())), wanted):
            del wanted[request.open_key]
        columns: Columns = {
            "open_key": list(wanted),
            "state_voter_id": [state_voter_id for state_voter_id, _ in wanted.values()],
            "kind": [str(kind) for _, kind in wanted.values()],
        }
        self._bulk.insert(identity_request, columns, {"export_name": export_name, "requested_at": at})
        opened = _REQUEST.where(identity_request.c.open_key.in_(listed())).order_by(identity_request.c.request_id)
        return _requests(select_listed(self._connection, opened, wanted))

    def by_ids(self, request_ids: Sequence[int]) -> dict[int, IdentityRequest]:
        """Requests by id."""
        rows = select_listed(self._connection, _REQUEST.where(identity_request.c.request_id.in_(listed())), request_ids)
        return {request.request_id: request for request in _requests(rows)}

    def answer(self, rows: Sequence[tuple[int, str]], at: datetime) -> None:
        """Keep (request id, answer); one that is answered already keeps its first answer."""
        waiting = update(identity_request).where(identity_request.c.request_id == bindparam("key"), identity_request.c.answered_at.is_(None))
        values = [{"key": request_id, "answer": answer} for request_id, answer in rows]
        if values:
            self._connection.execute(waiting.values(answer=bindparam("answer"), answered_at=at, open_key=null()), values)


def _open_key(state_voter_id: int, kind: str) -> str:
    return f"{state_voter_id}:{kind}"


def _requests(rows: Any) -> list[IdentityRequest]:  # noqa: ANN401 - rows of seven columns
    return [IdentityRequest._make(row) for row in rows]
