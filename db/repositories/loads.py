"""How far each initial load has come."""

from sqlalchemy import Connection, select

from db.repositories.upserts import upsert
from db.tables import load_progress
from votecal_soap.use_cases.ports import LoadProgress


class SqlLoadRepository:
    """The table load_progress."""

    def __init__(self, connection: Connection) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection

    def progress(self, county_code: str, sha256: str) -> LoadProgress:
        """How far it has come; zeros when not begun."""
        kept = select(*(load_progress.c[name] for name in LoadProgress._fields))
        row = self._connection.execute(kept.where(load_progress.c.county_code == county_code, load_progress.c.sha256 == sha256)).one_or_none()
        return LoadProgress() if row is None else LoadProgress(*row)

    def save_progress(self, county_code: str, sha256: str, progress: LoadProgress) -> None:
        """Keep how far it has come."""
        upsert(self._connection, load_progress, [{"county_code": county_code, "sha256": sha256, **progress._asdict()}])
