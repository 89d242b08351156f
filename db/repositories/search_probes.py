"""How many SSN4 a county has tried for one person, whichever of its credentials it used (EWS-08)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update

from db.in_lists import in_lists, listed, select_listed
from db.tables import credential, search_probe

_OF_CREDENTIAL: Final = search_probe.c.username == bindparam("credential")
_SAME_TRY: Final = (_OF_CREDENTIAL, search_probe.c.ssn4_digest == bindparam("tried"), search_probe.c.person_digest.in_(listed()))


class SqlSearchProbeRepository:
    """The table search_probe."""

    def __init__(self, connection: Connection) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection

    def note(self, username: str, person_digests: Sequence[str], ssn4_digest: str, *, at: datetime, since: datetime) -> int:
        """Remember a try for several people; how many different SSN4 the credential's county has tried since then for the one most tried."""
        colleagues = self._lock_county(username)
        self._keep(username, sorted(set(person_digests)), ssn4_digest, at)
        counts = _tries(colleagues, since)
        return max((row.tries for row in select_listed(self._connection, counts, sorted(set(person_digests)))), default=0)

    def purge(self, tried_before: datetime) -> int:
        """Forget tries before an instant; how many (OPS-05)."""
        return self._connection.execute(delete(search_probe).where(search_probe.c.tried_at < tried_before)).rowcount

    def _lock_county(self, username: str) -> list[str]:
        """The credentials of the county, locked: tries at one time in several processes are counted one after the other."""
        county = select(credential.c.county_code).where(credential.c.username == username).scalar_subquery()
        mine = select(credential.c.username).where(credential.c.county_code == county)
        return list(self._connection.execute(mine.order_by(credential.c.username).with_for_update()).scalars())

    def _keep(self, username: str, person_digests: list[str], ssn4_digest: str, at: datetime) -> None:
        given = {"credential": username, "tried": ssn4_digest}
        again, known = update(search_probe).where(*_SAME_TRY).values(tried_at=at), select(search_probe.c.person_digest).where(*_SAME_TRY)
        there: set[str] = set()
        for part in in_lists(person_digests):
            there.update(self._connection.execute(known, {**given, "listed": part}).scalars())
            self._connection.execute(again, {**given, "listed": part})
        rows = [{"username": username, "person_digest": digest, "ssn4_digest": ssn4_digest, "tried_at": at} for digest in person_digests if digest not in there]
        if rows:
            self._connection.execute(insert(search_probe), rows)


def _tries(usernames: Sequence[str], since: datetime) -> Select[tuple[str, int]]:
    different = func.count(func.distinct(search_probe.c.ssn4_digest)).label("tries")
    mine = select(search_probe.c.person_digest, different).where(search_probe.c.username.in_(usernames), search_probe.c.tried_at > since)
    return mine.where(search_probe.c.person_digest.in_(listed())).group_by(search_probe.c.person_digest)
