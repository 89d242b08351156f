"""How many SSN4 a credential has tried for one person (EWS-08)."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from db.tables import credential, search_probe


class SqlSearchProbeRepository:
    """The table search_probe."""

    def __init__(self, connection: Connection) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection

    def note(self, username: str, person_digest: str, ssn4_digest: str, *, at: datetime, since: datetime) -> int:
        """Remember a try; how many different SSN4 the credential has tried for this person since then, this one included."""
        # Locked, so that tries at one time in several processes are counted one after the other.
        self._connection.execute(select(credential.c.username).where(credential.c.username == username).with_for_update())
        same = (search_probe.c.username == username, search_probe.c.person_digest == person_digest)
        again = update(search_probe).where(*same, search_probe.c.ssn4_digest == ssn4_digest).values(tried_at=at)
        if self._connection.execute(again).rowcount == 0:
            row = {"username": username, "person_digest": person_digest, "ssn4_digest": ssn4_digest, "tried_at": at}
            self._connection.execute(insert(search_probe).values(row))
        tried = select(func.count()).select_from(search_probe).where(*same, search_probe.c.tried_at > since)
        return int(self._connection.execute(tried).scalar_one())

    def purge(self, tried_before: datetime) -> int:
        """Forget tries before an instant; how many (OPS-05)."""
        return self._connection.execute(delete(search_probe).where(search_probe.c.tried_at < tried_before)).rowcount
