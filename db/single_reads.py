"""Questions of one statement, asked without a transaction around them: all that a poll of an empty queue asks (EWS-02).

A single SELECT sees what was committed, whole, on every database. To begin and end a transaction around it costs twice what SQLite takes
to answer (measured); so the connection comes from the pool as the driver made it, and goes back at once.
"""

from typing import Final

from sqlalchemy import Engine, Integer, bindparam, select

from db.prepared import PreparedQuery
from db.repositories.reference import CREDENTIAL_BY_NAME, credential_of
from db.tables import ems_message
from votecal_soap.domain.counties import Credential

# The limit is a parameter of its own: a plain number SQLAlchemy writes into the text for Oracle, and names among the values all the same.
_OPEN: Final = select(ems_message.c.message_id).where(ems_message.c.queue_county == bindparam("county")).limit(bindparam("most", type_=Integer))
_ANY_OPEN: Final = PreparedQuery(_OPEN)


class SqlSingleReads:
    """Each question on a connection of its own."""

    def __init__(self, engine: Engine) -> None:
        """Take connections from this engine's pool."""
        self._engine = engine

    def credential(self, username: str) -> Credential | None:
        """One credential, revoked ones included."""
        return credential_of(CREDENTIAL_BY_NAME.rows_alone(self._engine, {"username": username}))

    def has_open_messages(self, county_code: str) -> bool:
        """Whether anything is in the county's queue."""
        return bool(_ANY_OPEN.rows_alone(self._engine, {"county": county_code, "most": 1}))
