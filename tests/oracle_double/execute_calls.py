"""The execute call: options, statement, definitions, binds."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from oracle_double.values import Value, decode
from oracle_double.wire import Reader

if TYPE_CHECKING:
    from oracle_double.cursors import Cursor, Cursors

PARSE: Final = 0x01
EXECUTE: Final = 0x20
FETCH: Final = 0x40
COMMIT: Final = 0x100
BATCH_ERRORS: Final = 0x80000
_REEXECUTE_COMMIT: Final = 0x01

ROW_COUNTS: Final = 0x4000
"""The flag for the number of rows of each execution of array DML."""

_ROW: Final = 7
_SHORT: Final = 32_767
"""Longer values come after the others of their row."""

_SETTINGS: Final = 13


class TypeOf(NamedTuple):
    """A bind's or a defined column's type."""

    kind: int
    size: int
    character_form: int


@dataclass
class ExecuteCall:
    """One call."""

    cursor: "Cursor"
    options: int
    flags: int
    fetch_rows: int
    rows: list[list[Value]]
    defines: list[TypeOf] = field(default_factory=list)


def read_execute(reader: Reader, cursors: "Cursors") -> ExecuteCall:
    """A statement to parse, or a cursor to run again, or to define anew."""
    options, cursor_id = reader.number(), reader.number()
    reader.skip_bytes(1)
    reader.skip_numbers(1)  # length of the statement
    reader.skip_bytes(1)
    reader.skip_numbers(1)  # number of settings
    reader.skip_bytes(2)
    reader.skip_numbers(1)
    fetch_rows = reader.number()
    reader.skip_numbers(1)
    reader.skip_bytes(1)
    bind_count = reader.number()
    reader.skip_bytes(5)
    reader.skip_bytes(1)
    define_count = reader.number()
    _skip_registrations_and_counts(reader)
    sql = (reader.value() or b"").decode() if options & PARSE else None
    settings = [reader.number() for _ in range(_SETTINGS)]
    executions, is_query, flags = settings[1], bool(settings[7]), settings[9]
    cursor = cursors.open(cursor_id, sql, is_query=is_query) if sql is not None else cursors[cursor_id]
    call = ExecuteCall(cursor, options, flags, fetch_rows, [])
    if define_count:
        call.defines = [_read_type(reader) for _ in range(define_count)]
        return call
    cursor.set_bind_types([_read_type(reader) for _ in range(bind_count)])
    call.rows = _read_rows(reader, cursor, 1 if cursor.is_query else executions)
    return call


def read_reexecute(reader: Reader, cursors: "Cursors", *, fetch: bool) -> ExecuteCall:
    """The short form: the same statement with other values."""
    cursor_id, count = reader.number(), reader.number()
    reader.skip_numbers(1)
    commits = reader.number() & _REEXECUTE_COMMIT
    cursor = cursors[cursor_id]
    options = EXECUTE | (FETCH if fetch else 0) | (COMMIT if commits else 0)
    return ExecuteCall(cursor, options, 0, count, _read_rows(reader, cursor, 1 if fetch else count))


def _skip_registrations_and_counts(reader: Reader) -> None:
    """Change notification, the wish for row counts (a flag tells it too), statement signature, chunks."""
    reader.skip_numbers(1)
    reader.skip_bytes(3)
    reader.skip_numbers(1)
    reader.skip_bytes(1)
    reader.skip_numbers(2)
    reader.skip_bytes(1)
    reader.skip_numbers(1)
    reader.skip_bytes(1)
    for _ in range(2):
        reader.skip_bytes(1)
        reader.skip_numbers(1)
    reader.skip_bytes(2)
    reader.skip_numbers(1)


def _read_type(reader: Reader) -> TypeOf:
    kind = reader.byte()
    reader.skip_bytes(3)
    size = reader.number()
    reader.skip_numbers(2)
    if reader.number():
        reader.value()
    reader.skip_numbers(2)
    character_form = reader.byte()
    reader.skip_numbers(2)
    return TypeOf(kind, size, character_form)


def _read_rows(reader: Reader, cursor: "Cursor", count: int) -> list[list[Value]]:
    if not cursor.input_types:
        return [[]] * max(count, 1)
    return [_read_row(reader, cursor.input_types) for _ in range(count)]


def _read_row(reader: Reader, types: list[TypeOf]) -> list[Value]:
    if reader.byte() != _ROW:
        raise NotImplementedError("a row of binds was expected")
    values: list[Value] = [None] * len(types)
    for is_long in (False, True):
        for place, each in enumerate(types):
            if (each.size > _SHORT) is is_long:
                values[place] = decode(reader.value(), each.kind, each.character_form)
    return values
