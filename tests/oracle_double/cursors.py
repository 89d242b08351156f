"""Cursors: a statement of a session, its binds, its rows, and the answers about them."""

import struct
from typing import Final

from oracle_double import values
from oracle_double.errors import OracleError
from oracle_double.execute_calls import BATCH_ERRORS, COMMIT, FETCH, ROW_COUNTS, ExecuteCall, TypeOf
from oracle_double.h2 import Column, Database
from oracle_double.replies import NO_MORE_ROWS, SOME_FAILED, RowError, error
from oracle_double.statements import Execution, binds_of
from oracle_double.wire import Writer

_TEXT: Final = 1
_AL32UTF8: Final = 873

_KINDS: Final = {
    "CHARACTER VARYING": (values.VARCHAR, _TEXT),
    "CHARACTER": (values.CHAR, _TEXT),
    "CHARACTER LARGE OBJECT": (values.CLOB, _TEXT),
    "BINARY LARGE OBJECT": (values.BLOB, 0),
    "BINARY VARYING": (values.RAW, 0),
    "TIMESTAMP": (values.TIMESTAMP, 0),
    "TIMESTAMP WITH TIME ZONE": (values.TIMESTAMP_TZ, 0),
    "DATE": (values.DATE, 0),
    "DOUBLE PRECISION": (values.BINARY_DOUBLE, 0),
}
_SIZES: Final = {values.VARCHAR: 4000, values.CHAR: 2000, values.NUMBER: 22, values.DATE: 7, values.TIMESTAMP: 11, values.TIMESTAMP_TZ: 13, values.RAW: 2000}
_WHOLE: Final = {"INTEGER", "SMALLINT"}
_MOST_DIGITS: Final = 38
_FLOATING: Final = (0, -127)
"""Precision and scale of a number of which nothing is declared."""


class Cursors:
    """The session's cursors, and whether it has a transaction."""

    def __init__(self, database: Database) -> None:
        """None yet."""
        self.database = database
        self.in_transaction = False
        self._open: dict[int, Cursor] = {}
        self._last = 0

    def open(self, cursor_id: int, sql: str, *, is_query: bool) -> "Cursor":
        """A cursor for a statement, in place of the one with this number."""
        if cursor_id:
            self.close(cursor_id)
        else:
            self._last += 1
        opened = Cursor(self, cursor_id or self._last, sql, is_query=is_query)
        self._open[opened.number] = opened
        return opened

    def close(self, number: int) -> None:
        """Forget it."""
        closed = self._open.pop(number, None)
        if closed:
            closed.close()

    def __getitem__(self, number: int) -> "Cursor":
        """The cursor with this number."""
        return self._open[number]


class Cursor:
    """One statement."""

    def __init__(self, session: Cursors, number: int, sql: str, *, is_query: bool) -> None:
        """Take the text; whether it is any good shows when it is run."""
        self.number = number
        self.is_query = is_query
        self.input_types: list[TypeOf] = []
        self._session = session
        self._sql = sql
        self._names, self._returned = ((), ()) if is_query else binds_of(sql)
        self._returned_types: list[TypeOf] = []
        self._execution: Execution | None = None
        self._types: list[tuple[int, int]] = []
        self._defined: list[TypeOf] = []
        self._position = 0

    def set_bind_types(self, types: list[TypeOf]) -> None:
        """The types of all binds; those that return values get none from the client."""
        returns = [name in self._returned for name in self._names] if self._returned else [False] * len(types)
        self.input_types = [each for each, back in zip(types, returns, strict=True) if not back]
        self._returned_types = [each for each, back in zip(types, returns, strict=True) if back]

    def execute(self, call: ExecuteCall, *, describe: bool) -> Writer:
        """Run it for each row of values, and answer."""
        try:
            return self._executed(call, describe=describe)
        except OracleError as problem:
            return self._error(Writer(), problem)

    def redefine(self, call: ExecuteCall) -> Writer:
        """Give the rows with other types, now and whenever it is run again: large objects as long values."""
        self._defined = call.defines
        self._apply_definitions()
        return self.fetch(Writer(), call.fetch_rows)

    def fetch(self, writer: Writer, count: int) -> Writer:
        """The next rows."""
        assert self._execution is not None
        rows = self._execution.rows[self._position : self._position + count]
        self._position += len(rows)
        encode = [values.encoder(*each) for each in self._types]
        long_values = [kind in (values.LONG, values.LONG_RAW) for kind, _ in self._types]
        writer.octets(6, 0).numbers(*[0] * 6)
        for row in rows:
            writer.octets(7)
            for value, encoded, is_long in zip(row, encode, long_values, strict=True):
                writer.value(encoded(value))
                if is_long:
                    writer.numbers(0, 0)
        return self._error(writer, NO_MORE_ROWS if len(rows) < count else None, rows=self._position)

    def close(self) -> None:
        """Give back what it holds."""
        if self._execution:
            self._execution.close()

    def _executed(self, call: ExecuteCall, *, describe: bool) -> Writer:
        self._execution = self._execution or Execution(self._session.database, self._sql, [each.kind for each in self.input_types])
        writer = Writer()
        if self.is_query:
            self._execution.run(call.rows[0])
        else:
            return self._changed(writer, call)
        self._session.in_transaction = self._session.in_transaction or "FOR UPDATE" in self._sql.upper()
        self._position = 0
        if describe or not self._types:
            self._describe(writer)
            self._apply_definitions()
        if call.options & FETCH and not any(kind in values.LOBS for kind, _ in self._types):
            return self.fetch(writer, call.fetch_rows)
        return self._error(writer, None)

    def _changed(self, writer: Writer, call: ExecuteCall) -> Writer:
        assert self._execution is not None
        self._session.in_transaction = not self._execution.text.defines
        counts: list[int] = []
        failed: list[RowError] = []
        returned: list[list[list[str | None]]] = []
        for offset, row in enumerate(call.rows):
            try:
                counts.append(self._execution.run(row))
            except OracleError as problem:
                if not call.options & BATCH_ERRORS:
                    raise
                failed.append(RowError(offset, problem))
                counts.append(0)
            else:
                returned.append(self._execution.rows)
        if call.options & COMMIT:
            self._session.database.commit()
            self._session.in_transaction = False
        if self._returned:
            self._return(writer, returned)
        writer.octets(8).numbers(0, 0, 0, 0)
        if call.flags & ROW_COUNTS:
            writer.numbers(len(counts), *counts)
        return self._error(writer, SOME_FAILED if failed else None, rows=sum(counts), row_errors=failed)

    def _return(self, writer: Writer, returned: list[list[list[str | None]]]) -> None:
        """The values of RETURNING ... INTO, execution by execution, bind by bind."""
        writer.octets(11, 0).numbers(len(self._names), 0, 0, 0, 0, 0)
        writer.octets(*(16 if name in self._returned else 32 for name in self._names))
        encode = [values.encoder(each.kind, each.character_form) for each in self._returned_types]
        for rows in returned:
            writer.octets(7)
            for place, encoded in enumerate(encode):
                writer.numbers(len(rows))
                for row in rows:
                    writer.value(encoded(row[place])).numbers(0)

    def _describe(self, writer: Writer) -> None:
        assert self._execution is not None
        columns = self._execution.columns or []
        self._types = [_KINDS.get(column.kind, (values.NUMBER, 0)) for column in columns]
        writer.octets(16, 0).numbers(0, len(columns)).octets(0)
        for place, (column, (kind, form)) in enumerate(zip(columns, self._types, strict=True)):
            _describe_column(writer, column, kind, form, place)
        writer.numbers(*[0] * 6)

    def _apply_definitions(self) -> None:
        if self._defined:
            pairs = zip(self._defined, self._types, strict=True)
            self._types = [(wanted.kind, wanted.character_form) if kind in values.LOBS else (kind, form) for wanted, (kind, form) in pairs]

    def _error(self, writer: Writer, problem: OracleError | None, *, rows: int = 0, row_errors: list[RowError] | None = None) -> Writer:
        in_transaction = self._session.in_transaction
        return error(writer, problem, in_transaction=in_transaction, cursor=self.number, rows=rows, row_errors=row_errors)


def _describe_column(writer: Writer, column: Column, kind: int, form: int, place: int) -> None:
    precision, scale = _digits(column) if kind == values.NUMBER else (0, 0)
    size = _SIZES.get(kind, 4000)
    writer.octets(kind, 0, precision).raw(struct.pack("b", scale)).numbers(size, 0, 0, 0, 0, _AL32UTF8 if form else 0)
    writer.octets(form).numbers(size if form else 0, 0).octets(1, len(column.name) & 0xFF)
    writer.sized_value(column.name.encode()).numbers(0, 0, place, 0)


def _digits(column: Column) -> tuple[int, int]:
    if column.kind in _WHOLE:
        return _MOST_DIGITS, 0
    if column.kind == "NUMERIC" and 0 < column.precision <= _MOST_DIGITS:
        return column.precision, column.scale
    return _FLOATING
