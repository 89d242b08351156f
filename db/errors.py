"""Errors of drivers, told in the project's own: what exists already, and what may be tried again.

Constraints are known by name. The text never holds a value: databases quote values in theirs.
"""

import re
from typing import Final

from sqlalchemy import PrimaryKeyConstraint, UniqueConstraint
from sqlalchemy.engine import ExceptionContext

from db.tables import metadata
from votecal_soap.errors import Conflict, ErrorCode, OutcomeUnknown, Unavailable, Undone, VoteCalError
from votecal_soap.storage import disk_failure

RETRY_AFTER_SECONDS: Final = 5
_BUSY_TEXT: Final = "The database is busy or away ({}). Send the same again in a few seconds."
READ_ONLY: Final = "votecal_read_only"
"""The execution option that marks a connection of a read-only unit of work."""

_SQLITE_UNIQUE: Final = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_ROWID"}
_SQLITE_BUSY: Final = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL")

# A snapshot that cannot become a writer's. Not the others: who gets SQLITE_BUSY has waited for half a minute.
_SQLITE_UNDONE: Final = frozenset({"SQLITE_BUSY_SNAPSHOT"})

# What SQLite says of a disk; a file system that turns read-only under an open file gives IOERR.
_SQLITE_DISK: Final = {
    "SQLITE_FULL": ErrorCode.DISK_FULL,
    "SQLITE_READONLY": ErrorCode.DISK_READ_ONLY,
    "SQLITE_CANTOPEN": ErrorCode.DISK_FAILS,
    "SQLITE_IOERR": ErrorCode.DISK_FAILS,
    "SQLITE_CORRUPT": ErrorCode.DISK_FAILS,
}

_POSTGRESQL_UNIQUE: Final = "23505"
_POSTGRESQL_DISK: Final = {"53100": ErrorCode.DISK_FULL, "25006": ErrorCode.DISK_READ_ONLY, "58030": ErrorCode.DISK_FAILS}
# Connection lost, shutting down, deadlock, serialisation failure, lock not granted.
_POSTGRESQL_UNDONE: Final = ("08", "57P", "40P01", "40001", "55P03")
# Out of resources: to ask at once would take more of them.
_POSTGRESQL_BUSY: Final = ("53",)

_ORACLE_UNIQUE: Final = 1
# Deadlock, serialisation, lock not granted, snapshot too old, and an instance or listener that is away.
ORACLE_BUSY: Final = frozenset({18, 20, 28, 54, 60, 1033, 1034, 1089, 1555, 3113, 3114, 3135, 3137, 8177, 12170, 12514, 12537, 12541, 30006})
# Deadlock, serialisation, lock not granted, snapshot too old, and a session that was lost.
_ORACLE_UNDONE: Final = frozenset({28, 54, 60, 1555, 3113, 3114, 3135, 3137, 8177, 30006})
# No room for the archiver, in a quota, in an undo, temporary or data segment; open for reading only; a file that cannot be read or written.
ORACLE_DISK: Final = {
    **dict.fromkeys((257, 1536, 1631, 1632, 1652, 1653, 1654, 1658, 1688, 1691, 19809, 30036), ErrorCode.DISK_FULL),
    16000: ErrorCode.DISK_READ_ONLY,
    **dict.fromkeys((376, 1578, 27072), ErrorCode.DISK_FAILS),
}
# The driver's own: no connection any more; no listener, or none that knows the service; a call that took longer than it may.
_ORACLEDB_LOST: Final = frozenset({"DPY-1001", "DPY-4011"})
_ORACLEDB_AWAY: Final = frozenset({"DPY-6000", "DPY-6001", "DPY-6005", "DPY-4024", "DPI-1067"})


def replace_driver_error(context: ExceptionContext) -> None:
    """Raise the project's own error in place of the driver's; the engine's `handle_error` listener."""
    if context.is_pre_ping:
        return  # the pool opens another connection by itself
    error = context.original_exception
    if _is_refused_as_read_only(error) and _is_reading(context):
        return  # no disk's fault: the program writes where it said that it would not
    if isinstance(error, OSError):
        context.is_disconnect = True  # the thin driver of Oracle lets through what the socket says
    translated = undone(error) if context.is_disconnect else translate(error)
    if context.connection is None and isinstance(translated, Undone):
        translated = busy(error)  # nothing has begun: whoever cannot connect is not better off at once
    if translated is not None:
        raise translated from error


def _is_reading(context: ExceptionContext) -> bool:
    return context.connection is not None and bool(context.connection.get_execution_options().get(READ_ONLY))


def _is_refused_as_read_only(error: BaseException) -> bool:
    return getattr(error, "sqlite_errorname", None) == "SQLITE_READONLY" or getattr(error, "sqlstate", None) == "25006"


def translate(error: BaseException) -> VoteCalError | None:
    """The project's own error for a driver's, or None when it is a fault of the program."""
    if hasattr(error, "sqlite_errorname"):
        return _from_sqlite(error, str(error.sqlite_errorname))
    if hasattr(error, "sqlstate"):
        return _from_postgresql(error, error.sqlstate)
    return undone(error) if isinstance(error, OSError) else _from_oracle(error)


def busy(error: BaseException) -> Unavailable:
    """The same may be sent again."""
    return Unavailable(ErrorCode.BUSY, _BUSY_TEXT.format(type(error).__name__), retry_after_seconds=RETRY_AFTER_SECONDS)


def undone(error: BaseException) -> Undone:
    """The same unit of work may be run again at once."""
    return Undone(ErrorCode.BUSY, _BUSY_TEXT.format(type(error).__name__), retry_after_seconds=RETRY_AFTER_SECONDS)


def outcome_unknown() -> OutcomeUnknown:
    """The commit was sent, and no answer came."""
    text = "The connection to the database was lost while this was being saved: it may have been saved or not."
    return OutcomeUnknown(ErrorCode.OUTCOME_UNKNOWN, text, retry_after_seconds=RETRY_AFTER_SECONDS)


def _disk(code: ErrorCode) -> Unavailable:
    return disk_failure(code, "the database")


def _exists(constraint: str | None) -> Conflict:
    return Conflict(ErrorCode.ALREADY_EXISTS, "There is one like it already.", ref=constraint)


def _from_sqlite(error: BaseException, name: str) -> VoteCalError | None:
    if name in _SQLITE_UNIQUE:
        return _exists(_sqlite_constraint(str(error)))
    for begin, code in _SQLITE_DISK.items():
        if name.startswith(begin):
            return _disk(code)
    if name in _SQLITE_UNDONE:
        return undone(error)
    return busy(error) if name.startswith(_SQLITE_BUSY) else None


def _sqlite_constraint(text: str) -> str | None:
    """SQLite names the columns instead of the constraint: 'UNIQUE constraint failed: voter.county_code, voter.ems_voter_id'."""
    places = [place.split(".") for place in re.findall(r"\w+\.\w+", text)]
    table = metadata.tables.get(places[0][0]) if places else None
    columns = {place[1] for place in places}
    for constraint in table.constraints if table is not None else ():
        if isinstance(constraint, PrimaryKeyConstraint | UniqueConstraint) and set(constraint.columns.keys()) == columns:
            return str(constraint.name)
    return None


def _from_postgresql(error: BaseException, state: str | None) -> VoteCalError | None:
    if state == _POSTGRESQL_UNIQUE:
        return _exists(error.diag.constraint_name)  # type: ignore[attr-defined] # psycopg is not always installed
    if state is None:  # the driver's own: the connection is lost
        return undone(error) if type(error).__name__ == "OperationalError" else None
    if state in _POSTGRESQL_DISK:
        return _disk(_POSTGRESQL_DISK[state])
    if state.startswith(_POSTGRESQL_UNDONE):
        return undone(error)
    return busy(error) if state.startswith(_POSTGRESQL_BUSY) else None


def _from_oracle(error: BaseException) -> VoteCalError | None:
    reported = error.args[0] if error.args else None
    code = getattr(reported, "code", None)
    if code == _ORACLE_UNIQUE:
        named = re.search(r"\(\w+\.(\w+)\)", str(reported))
        return _exists(named.group(1).lower() if named else None)
    if code in ORACLE_DISK:
        return _disk(ORACLE_DISK[code])
    full_code = getattr(reported, "full_code", None)
    if code in _ORACLE_UNDONE or full_code in _ORACLEDB_LOST:
        return undone(error)
    return busy(error) if code in ORACLE_BUSY or full_code in _ORACLEDB_AWAY else None
