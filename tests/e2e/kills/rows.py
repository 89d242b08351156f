"""All rows of an installation, read at once for the checkers, which judge without a database."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine

from db.tables import metadata

Rows = Mapping[str, Sequence[Any]]
"""The rows of each table by its name; a row has its columns as attributes."""


def read_rows(engine: Engine) -> Rows:
    """Every table."""
    with engine.connect() as connection:
        return {table.name: connection.execute(table.select()).all() for table in metadata.sorted_tables}


def each_once(what: str, expected: Iterable[object], found: Iterable[object]) -> Iterator[str]:
    """What is missing, or too much, in words; the same thing may be expected several times."""
    wanted, seen = Counter(expected), Counter(found)
    for key in wanted | seen:
        if wanted[key] != seen[key]:
            yield f"{what} {key}: {seen[key]} instead of {wanted[key]}"
