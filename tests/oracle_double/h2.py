"""H2 in this process, through JDBC: databases in memory, or in files, one for each service name."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import jpype

from oracle_double.dictionary import VIEWS
from oracle_double.errors import OracleError, from_h2
from oracle_double.values import Value

JAR: Final = Path(os.environ.get("H2_JAR", "/usr/share/java/h2.jar"))

LOCK_MILLISECONDS: Final = 20_000
"""Oracle waits for ever; a test that would is ended."""

_URL: Final = (
    "jdbc:h2:{store}{service};MODE=Oracle;DEFAULT_NULL_ORDERING=HIGH;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT={timeout};WRITE_DELAY=0"
    ";INIT=CREATE SCHEMA IF NOT EXISTS APP\\;SET SCHEMA APP\\;CREATE SCHEMA IF NOT EXISTS SYS\\;SET SCHEMA_SEARCH_PATH SYS"
)
_STORE: Final = f"file:{os.environ['ORACLE_DOUBLE_FOLDER']}/" if os.environ.get("ORACLE_DOUBLE_FOLDER") else "mem:"
"""Databases are in memory, or in files that outlive the process: then nobody is told of a commit before it is on disk."""
_LONG: Final = 2**63

_MADE: Final[set[str]] = set()
_MAKING: Final = threading.Lock()
"""Services whose databases have their dictionary; they live as long as the process."""


class Column(NamedTuple):
    """A column of a result."""

    name: str
    kind: str
    precision: int
    scale: int


def start_java() -> None:
    """Start the virtual machine; once in a process."""
    jpype.startJVM("-Xmx2g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", classpath=[str(JAR)], convertStrings=False)


class Database:
    """A session of H2."""

    def __init__(self, service: str) -> None:
        """Connect, and make the dictionary that SQLAlchemy asks for when the database is new."""
        url = _URL.format(store=_STORE, service=service.lower(), timeout=LOCK_MILLISECONDS)
        self._connection = jpype.java.sql.DriverManager.getConnection(url, "sa", "")
        self._connection.setAutoCommit(False)
        self.read_only = False
        with _MAKING:
            if service not in _MADE:
                self._make_dictionary()
                _MADE.add(service)

    def _make_dictionary(self) -> None:
        for view in VIEWS:
            self.run(view)
        self.commit()

    def set_time_zone(self, offset: str) -> None:
        """The session's time zone, which decides what a time with a zone becomes without one."""
        self.run(f"SET TIME ZONE '{offset}'")

    def run(self, sql: str) -> int:
        """A statement without binds; the number of rows changed."""
        with self._statement(sql) as prepared:
            return prepared.execute(())

    def prepare(self, sql: str) -> "Prepared":
        """A statement to be run many times."""
        with self._errors():
            return Prepared(self._connection.prepareStatement(sql), self._errors)

    @contextmanager
    def lock_timeout(self, milliseconds: int) -> Iterator[None]:
        """Wait at most so long for a lock meanwhile."""
        self.run(f"SET LOCK_TIMEOUT {milliseconds}")
        try:
            yield
        finally:
            self.run(f"SET LOCK_TIMEOUT {LOCK_MILLISECONDS}")

    def commit(self) -> None:
        """Commit."""
        self.read_only = False
        with self._errors():
            self._connection.commit()

    def rollback(self) -> None:
        """Roll back."""
        self.read_only = False
        with self._errors():
            self._connection.rollback()

    def close(self) -> None:
        """Roll back and end the session."""
        self._connection.rollback()
        self._connection.close()

    @contextmanager
    def _statement(self, sql: str) -> Iterator["Prepared"]:
        prepared = self.prepare(sql)
        try:
            yield prepared
        finally:
            prepared.close()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except jpype.JException as error:
            state = str(error.getSQLState()) if hasattr(error, "getSQLState") else ""
            raise from_h2(state, str(error.getMessage()), self._constraint_of) from error

    def _constraint_of(self, table: str, index: str) -> str:
        """The constraint that an index of a table stands for; an index without one has its own name."""
        sql = (
            "SELECT constraint_name FROM information_schema.table_constraints"
            f" WHERE table_name = '{table}' AND (index_name = '{index}' OR ('{index}' LIKE 'PRIMARY%' AND constraint_type = 'PRIMARY KEY'))"
        )
        with self._statement(sql) as prepared:
            prepared.execute(())
            return next((str(row[0]) for row in prepared.rows), index)


class Prepared:
    """A prepared statement and what it gave last."""

    def __init__(self, statement: Any, errors: Callable[[], Any]) -> None:
        """Use the statement; `errors` makes Oracle's errors of H2's."""
        self._statement = statement
        self._errors = errors
        self.columns: list[Column] | None = None
        self.rows: list[list[str | None]] = []

    def execute(self, values: Sequence[Value]) -> int:
        """Bind and run; the number of rows changed. Rows that came are kept as text."""
        with self._errors():
            for place, value in enumerate(values, 1):
                self._bind(place, value)
            if self._statement.execute():
                self._keep(self._statement.getResultSet())
                if any(column.kind == "BOOLEAN" for column in self.columns or ()):
                    raise OracleError(923, "FROM keyword not found where expected: a condition is no column")
                return 0
            self.columns = None
            return max(int(self._statement.getUpdateCount()), 0)

    def close(self) -> None:
        """Give it back."""
        self._statement.close()

    def _bind(self, place: int, value: Value) -> None:
        statement = self._statement
        if value is None:
            statement.setNull(place, 0)
        elif isinstance(value, str):
            statement.setString(place, value)
        elif isinstance(value, datetime):
            statement.setObject(place, _local_time(value))
        elif isinstance(value, int) and -_LONG <= value < _LONG:
            statement.setLong(place, value)
        elif isinstance(value, int | Decimal):
            statement.setBigDecimal(place, jpype.java.math.BigDecimal(str(value)))
        elif isinstance(value, float):
            statement.setDouble(place, value)
        else:
            statement.setBytes(place, jpype.JArray(jpype.JByte)([byte - 256 if byte > 127 else byte for byte in value]))

    def _keep(self, found: Any) -> None:
        about = found.getMetaData()
        numbers = range(1, int(about.getColumnCount()) + 1)
        self.columns = [_column(about, number) for number in numbers]
        self.rows = []
        read = found.getString
        while found.next():
            self.rows.append([None if (text := read(number)) is None else str(text) for number in numbers])
        found.close()


def _column(about: Any, number: int) -> Column:
    kind = str(about.getColumnTypeName(number))
    return Column(str(about.getColumnLabel(number)), kind, int(about.getPrecision(number)), int(about.getScale(number)))


@lru_cache(1024)
def _local_time(value: datetime) -> Any:
    parts = (value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond * 1000)
    return jpype.java.time.LocalDateTime.of(*parts)
