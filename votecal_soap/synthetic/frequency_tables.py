"""Reads the tables of names, streets and places in `data/`, and draws from them by weight."""

import csv
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from itertools import accumulate
from random import Random
from typing import Final, Generic, TypeVar

T = TypeVar("T")


class Origin(StrEnum):
    """Groups by which the Census Bureau counts surnames; names differ most between them."""

    WHITE = "white"
    BLACK = "black"
    HISPANIC = "hispanic"
    API = "api"  # Asian and Pacific Islander


class WeightedTable(Generic[T]):
    """Items with weights. A draw is one random number and one bisection: half a microsecond."""

    __slots__ = ("_cumulative", "_total", "items")

    def __init__(self, weighted: Iterable[tuple[T, float]]) -> None:
        """Keep the items whose weight is above zero."""
        kept = [(item, weight) for item, weight in weighted if weight > 0]
        self.items: Final = tuple(item for item, _ in kept)
        self._cumulative = list(accumulate(weight for _, weight in kept))
        self._total = self._cumulative[-1]

    def draw(self, rng: Random) -> T:
        """One item."""
        return self.items[bisect(self._cumulative, rng.random() * self._total)]

    def draw_index(self, rng: Random) -> int:
        """The place of one item in `items`."""
        return bisect(self._cumulative, rng.random() * self._total)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameTables:
    """Surnames by origin, given names by sex, origin and generation, and Spanish names with their accents."""

    surnames: dict[Origin, WeightedTable[str]]
    older: dict[tuple[str, Origin], WeightedTable[str]]
    younger: dict[tuple[str, Origin], WeightedTable[str]]
    accented: dict[str, str]


HERITAGE_SHARE: Final = {Origin.HISPANIC: 0.55, Origin.API: 0.35}
"""How many adults of a group bear a name of its own tradition; the others bear one from the table of 1990. A guess."""


def load_names() -> NameTables:
    """Read the tables of names: about 50 ms."""
    surnames: dict[Origin, list[tuple[str, float]]] = {origin: [] for origin in Origin}
    for name, count, *shares in read_table("surnames.csv"):
        for origin, share in zip(Origin, shares, strict=True):
            surnames[origin].append((name, int(count) * int(share)))
    return NameTables(
        surnames={origin: WeightedTable(weighted) for origin, weighted in surnames.items()},
        older=_older_names(),
        younger=_by_sex_and_origin("given_names_recent.csv"),
        accented={row[0]: row[1] for row in read_table("accents.csv")},
    )


def read_table(name: str) -> Iterator[list[str]]:
    """The rows of a table, without comments and heading. Every cell is text: Null is a surname, not a missing value."""
    text = files("votecal_soap.synthetic").joinpath("data", name).read_text(encoding="utf-8")
    rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    next(rows)
    return rows


def _older_names() -> dict[tuple[str, Origin], WeightedTable[str]]:
    national: dict[str, list[tuple[str, float]]] = {"F": [], "M": []}
    for name, sex, per_100000 in read_table("given_names_1990.csv"):
        national[sex].append((name, int(per_100000)))
    heritage: dict[tuple[str, Origin], list[tuple[str, float]]] = {}
    for name, sex, origin, weight in read_table("given_names_heritage.csv"):
        heritage.setdefault((sex, Origin(origin)), []).append((name, int(weight)))
    return {
        (sex, origin): WeightedTable(_mixed(national[sex], heritage.get((sex, origin), []), HERITAGE_SHARE.get(origin, 0.0)))
        for sex in national
        for origin in Origin
    }


def _mixed(common: list[tuple[str, float]], own: list[tuple[str, float]], own_share: float) -> list[tuple[str, float]]:
    return _scaled(common, 1 - own_share) + _scaled(own, own_share)


def _scaled(weighted: list[tuple[str, float]], share: float) -> list[tuple[str, float]]:
    total = sum(weight for _, weight in weighted)
    return [(name, weight / total * share) for name, weight in weighted]


def _by_sex_and_origin(table: str) -> dict[tuple[str, Origin], WeightedTable[str]]:
    found: dict[tuple[str, Origin], list[tuple[str, float]]] = {}
    for name, sex, origin, count in read_table(table):
        found.setdefault((sex, Origin(origin)), []).append((name, int(count)))
    return {key: WeightedTable(weighted) for key, weighted in found.items()}
