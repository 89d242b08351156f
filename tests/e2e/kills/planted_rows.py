"""Rows written by hand, for the tests of the checkers: what is not named is None."""

from collections import defaultdict
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any


class PlantedRow(SimpleNamespace):
    """A row; columns that do not matter need not be written."""

    def __getattr__(self, name: str) -> Any:
        return None


def rows(**tables: list[dict[str, Any]]) -> Mapping[str, list[PlantedRow]]:
    """Tables by name; all others are empty."""
    return defaultdict(list, {name: [PlantedRow(**row) for row in found] for name, found in tables.items()})


def planted(tables: Mapping[str, list[dict[str, Any]]], table: str, place: int | None, **values: Any) -> Mapping[str, list[PlantedRow]]:
    """The tables with one row changed, or added (`place` None), or, without values, taken away."""
    found = list(tables.get(table, ()))
    if place is None:
        found.append(values)
    elif values:
        found[place] = {**found[place], **values}
    else:
        del found[place]
    return rows(**{**tables, table: found})
