"""What drivers are told of a connection: how long a server that says nothing is waited for, and whose tables are meant.

A machine that vanishes closes no connection. Without limits whoever waits for its answer waits for hours, and so do the locks
of a worker whose machine has vanished (JOB-02). Each limit may be set in the URL's query under the driver's own name.
"""

import re
from contextlib import suppress
from typing import Any, Final, NamedTuple, Self

from sqlalchemy.engine import URL

from votecal_soap.errors import ErrorCode, InvalidRequest

_POSTGRESQL: Final = {
    "connect_timeout": 10,  # seconds, for each address
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds that what was sent may stay unacknowledged
}
_POSTGRESQL_SERVER: Final = "-c jit=off -c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3 -c tcp_user_timeout=30000"
"""The server ends a session, and gives its locks back, when the client's machine is gone.

It compiles no statement: it believes the page of a long queue to be dear, and took 380 ms to compile what takes 5 (measured).
"""

_ORACLE: Final = {
    "tcp_connect_timeout": 10,  # seconds
    "expire_time": 1,  # minutes without a word until the driver asks; it asks ten times, six seconds apart
}
_PING_MILLISECONDS: Final = 5_000
"""As in python-oracledb's own pool."""

_ORACLE_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_$#]{0,127}")
_ORACLE_OWN: Final = ("thick_mode", "current_schema", "ping_timeout", "call_timeout", *_ORACLE)


def postgresql_options(url: URL) -> dict[str, Any]:
    """What psycopg gets; a value in the URL wins."""
    limits = {name: _whole(url, name, default) for name, default in _POSTGRESQL.items()}
    return {**limits, "options": url.query.get("options", _POSTGRESQL_SERVER)}


def oracle_options(url: URL) -> dict[str, Any]:
    """What the driver gets; python-oracledb takes numbers alone. cx_Oracle has limits in the site's sqlnet.ora."""
    limits = {name: _whole(url, name, default) for name, default in _ORACLE.items()} if url.drivername == "oracle+oracledb" else {}
    return {"stmtcachesize": 100, **limits}


def without_own_options(url: URL) -> URL:
    """What SQLAlchemy may see of an Oracle URL: it would hand the rest to the driver as text."""
    return url.difference_update_query(_ORACLE_OWN)


class OracleSession(NamedTuple):
    """How a session of Oracle begins and is kept; its methods are listeners of the pool."""

    statements: tuple[str, ...]
    ping_milliseconds: int
    call_milliseconds: int

    @classmethod
    def from_url(cls, url: URL) -> Self:
        """As the URL's query says: `current_schema`, `ping_timeout`, `call_timeout`."""
        # The thin driver sets the host's own zone.
        statements = ["ALTER SESSION SET TIME_ZONE = '+00:00'"]
        if "current_schema" in url.query:
            statements.append(f"ALTER SESSION SET CURRENT_SCHEMA = {_schema_name(url)}")
        return cls(tuple(statements), _whole(url, "ping_timeout", _PING_MILLISECONDS), _whole(url, "call_timeout", 0))

    def begin(self, connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's connection
        """Prepare a new one."""
        with connection.cursor() as cursor:
            for statement in self.statements:
                cursor.execute(statement)

    def work(self, connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 - a driver's connection
        """Let statements take as long as they may."""
        if self._limits(connection):
            connection.call_timeout = self.call_milliseconds

    def rest(self, connection: Any, _record: object) -> None:  # noqa: ANN401 - a driver's connection
        """Limit what the pool asks of a connection that rests there: whether it lives, and to log off."""
        with suppress(Exception):  # one that is lost already, which the next ping finds out
            if self._limits(connection):
                connection.call_timeout = self.ping_milliseconds

    def _limits(self, connection: Any) -> bool:  # noqa: ANN401 - a driver's connection
        # Thick, a client older than 18c refuses it, and sqlnet.ora has the limits.
        return bool(self.call_milliseconds) or bool(getattr(connection, "thin", False))


def _schema_name(url: URL) -> str:
    name = str(url.query["current_schema"])
    if not _ORACLE_NAME.fullmatch(name):
        raise _wrong("current_schema is no name of a schema")
    return name


def _whole(url: URL, name: str, default: int) -> int:
    told = str(url.query.get(name, default))
    if not re.fullmatch(r"[0-9]{1,9}", told):
        raise _wrong(f"{name} is no whole number")
    return int(told)


def _wrong(what: str) -> InvalidRequest:
    return InvalidRequest(ErrorCode.SETTING_WRONG, f"The database URL cannot be used: {what}.", ref="VOTECAL_DATABASE_URL")
