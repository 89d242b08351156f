"""Images that arrive in parts, until the last is there (EWS-12)."""

import base64
from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, select

from db.in_lists import in_lists, listed
from db.tables import document_part

_PART = document_part.c


class SqlDocumentPartRepository:
    """The table document_part."""

    def __init__(self, connection: Connection) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection

    def received(self, county_code: str, sha256: str) -> dict[int, int]:
        """Offset and size of each part, in order."""
        mine = select(_PART.part_offset, _PART.byte_count).where(_PART.county_code == county_code, _PART.sha256 == sha256)
        return {row.part_offset: row.byte_count for row in self._connection.execute(mine.order_by(_PART.part_offset))}

    def add(self, county_code: str, sha256: str, offset: int, content: bytes, at: datetime) -> None:
        """Keep a part."""
        self._connection.execute(
            insert(document_part).values(
                county_code=county_code,
                sha256=sha256,
                part_offset=offset,
                byte_count=len(content),
                content=base64.b64encode(content).decode(),
                received_at=at,
            )
        )

    def content(self, county_code: str, sha256: str) -> bytes:
        """All parts, joined."""
        mine = select(_PART.content).where(_PART.county_code == county_code, _PART.sha256 == sha256).order_by(_PART.part_offset)
        return b"".join(base64.b64decode(text) for text in self._connection.execute(mine).scalars())

    def remove(self, county_code: str, sha256: str) -> None:
        """Forget the parts of an image."""
        self._connection.execute(delete(document_part).where(_PART.county_code == county_code, _PART.sha256 == sha256))

    def purge(self, received_before: datetime, limit: int) -> int:
        """Forget up to so many parts that came before an instant and were never completed; how many."""
        old = select(_PART.county_code, _PART.sha256).where(_PART.received_at < received_before).order_by(_PART.received_at).limit(limit)
        images = {(row.county_code, row.sha256) for row in self._connection.execute(old)}
        gone = 0
        for county_code in sorted({county for county, _ in images}):
            digests = sorted(sha256 for county, sha256 in images if county == county_code)
            for part in in_lists(digests):
                mine = and_(_PART.county_code == county_code, _PART.sha256.in_(listed()), _PART.received_at < received_before)
                gone += self._connection.execute(delete(document_part).where(mine), {"listed": part}).rowcount
        return gone
