"""How far each initial load has come."""

from sqlalchemy import Connection, select

from db.repositories.upserts import upsert
from db.tables import load_progress


class SqlLoadRepository:
    """The table load_progress."""

    def __init__(self, connection: Connection) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection

    def position(self, county_code: str, sha256: str) -> tuple[int, int]:
        """(byte position, records processed); zeros when not begun."""
        kept = select(load_progress.c.position, load_progress.c.records).where(load_progress.c.county_code == county_code, load_progress.c.sha256 == sha256)
        row = self._connection.execute(kept).one_or_none()
        return (0, 0) if row is None else (row.position, row.records)

    def save_position(self, county_code: str, sha256: str, position: int, records: int) -> None:
        """Keep how far it has come."""
        upsert(self._connection, load_progress, [{"county_code": county_code, "sha256": sha256, "position": position, "records": records}])
