"""What ends each answer: the status after a call, or the error information, which also says how many rows there were."""

from typing import Final, NamedTuple

from oracle_double.errors import OracleError
from oracle_double.wire import Writer

NO_MORE_ROWS: Final = OracleError(1403, "no data found")
SOME_FAILED: Final = OracleError(24381, "error(s) in array DML")

_IN_TRANSACTION: Final = 2
_LONGEST_TEXT: Final = 2000
_LONGEST_ROW_TEXT: Final = 250


class RowError(NamedTuple):
    """Why one row of array DML failed."""

    offset: int
    error: OracleError


def status(writer: Writer, *, in_transaction: bool) -> Writer:
    """The end of a call that has no cursor."""
    return writer.octets(9).numbers(_IN_TRANSACTION if in_transaction else 0, 0)


def error(
    writer: Writer,
    problem: OracleError | None,
    *,
    in_transaction: bool,
    cursor: int = 0,
    rows: int = 0,
    row_errors: list[RowError] | None = None,
) -> Writer:
    """The end of a call on a cursor; without a problem it says that there was none."""
    writer.octets(4).numbers(_IN_TRANSACTION if in_transaction else 0, 0, 0, 0, 0, 0, cursor, 0).octets(*bytes(6))
    writer.numbers(0, 0).octets(0).numbers(0, 0, 0).octets(0, 0).numbers(0, 0, 0)
    _row_errors(writer, row_errors or [])
    writer.numbers(problem.code if problem else 0, rows)
    if problem:
        writer.value(str(problem).encode()[:_LONGEST_TEXT])
    return writer


def _row_errors(writer: Writer, found: list[RowError]) -> None:
    """Three lists: numbers, offsets, texts."""
    for values in ([each.error.code for each in found], [each.offset for each in found]):
        writer.numbers(len(values))
        if values:
            writer.octets(len(values) & 0x7F).numbers(*values)
    writer.numbers(len(found))
    if found:
        writer.octets(1)
        for each in found:
            text = str(each.error).encode()[:_LONGEST_ROW_TEXT]
            writer.numbers(len(text)).value(text).octets(0, 0)
