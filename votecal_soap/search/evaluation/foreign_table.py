"""Tables as other people write them: Parquet, or CSV of any usual separator and encoding, with headings that may repeat."""

import codecs
import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from votecal_soap.errors import ErrorCode, InvalidRequest

_PARQUET: Final = b"PAR1"
_SEPARATORS: Final = ",;\t|"
_CHUNK: Final = 1 << 20
_LONGEST_HEADING: Final = 1 << 16
_WESTERN: Final = "cp1252"
"""What text is that is not UTF: every byte of it has a meaning to somebody."""


def read_table(path: Path) -> Any:  # noqa: ANN401 - pyarrow bears no types
    """A file's columns, each name once; in a CSV every cell is text, and no text is taken for a missing value.

    Raises:
        InvalidRequest: if it is neither CSV with a heading nor Parquet, or a row of it is longer or shorter than the heading.
    """
    try:
        with path.open("rb") as file:
            is_parquet = file.read(len(_PARQUET)) == _PARQUET
        table = pa.parquet.ParquetFile(path).read() if is_parquet else _read_csv(path)
        return table.rename_columns(_distinct(table.column_names))
    except (pa.ArrowException, ValueError, KeyError, csv.Error) as error:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "the file is neither CSV with a heading nor Parquet", ref=path.name) from error


def texts(column: Any) -> list[str]:  # noqa: ANN401 - pyarrow bears no types
    """A column's cells as texts; a missing one is empty, a whole number has no decimals, a moment is a day."""
    if pa.types.is_floating(column.type):
        column = pc.cast(pc.if_else(pc.is_finite(column), column, None), pa.int64(), safe=False)
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        column = pc.cast(column, pa.date32(), safe=False)
    cells = [text or "" for text in pc.cast(column, pa.string()).to_pylist()]
    decimal = [text for text in cells if text]
    if decimal and all(text.endswith(".0") and text[:-2].isdecimal() for text in decimal):
        return [text[:-2] for text in cells]
    return cells


def is_readable(kind: Any) -> bool:  # noqa: ANN401 - pyarrow bears no types
    """Whether a column of this type can be put into words; lists, records and bytes cannot."""
    return not (pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_duration(kind))


def _read_csv(path: Path) -> Any:  # noqa: ANN401 - pyarrow bears no types
    encoding = _encoding(path)
    separator, heading = _heading(path, encoding)
    uneven: list[tuple[int, int]] = []

    def keep(row: Any) -> str:  # noqa: ANN401 - pyarrow bears no types
        uneven.append((row.number, row.actual_columns))
        return "error"

    try:
        return pa.csv.read_csv(
            path,
            read_options=pa.csv.ReadOptions(column_names=heading, skip_rows=1, encoding=encoding, use_threads=False),
            parse_options=pa.csv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=keep),
            convert_options=pa.csv.ConvertOptions(column_types=dict.fromkeys(heading, pa.string()), null_values=[], strings_can_be_null=False),
        )
    except pa.ArrowInvalid as error:
        if not uneven:
            raise
        number, cells = uneven[0]
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"row {number} has {cells} cells, the heading {len(heading)}", ref=path.name) from error


def _encoding(path: Path) -> str:
    """By the mark at the beginning, or by whether everything is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        chunk = file.read(_CHUNK)
        if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return _WESTERN
    return "utf-8-sig"


def _heading(path: Path, encoding: str) -> tuple[str, list[str]]:
    """The separator, which is the sign that parts the heading most often, and the names between, each once."""
    with path.open(encoding=encoding, newline="") as file:
        line = file.readline(_LONGEST_HEADING).strip("\r\n")
    if "\0" in line or not line.strip():
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "the file is neither CSV with a heading nor Parquet", ref=path.name)
    separator = max(_SEPARATORS, key=line.count)
    return separator, _distinct(next(csv.reader([line], delimiter=separator)))


def _distinct(names: Sequence[str]) -> list[str]:
    """The first of several equal names keeps it, a column without a name gets its place as one."""
    found: dict[str, None] = {}
    for place, name in enumerate(names, start=1):
        plain = name.strip() or f"column {place}"
        found[plain if plain not in found else f"{plain} ({place})"] = None
    return list(found)
