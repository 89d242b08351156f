"""How rare a name is: two people called Smith may well be two, two called Zyskowski hardly (term frequency)."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log2
from typing import Final

import numpy as np

from votecal_soap.search.arrays import Codes, Floats
from votecal_soap.search.columns import Columns, Vocabulary

MILLION: Final = 1_000_000
RAREST_SURNAME: Final = 19.0
RAREST_FIRST_NAME: Final = 16.0
"""Bits of a name that is not in the shipped table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFrequencies:
    """Bits of rarity by standardised name: -log2 of the share of people who bear it."""

    first_names: Mapping[str, float]
    surnames: Mapping[str, float]
    rarest_first_name: float = RAREST_FIRST_NAME
    rarest_surname: float = RAREST_SURNAME

    def first_name_bits(self, codes: Codes, vocabulary: Vocabulary) -> Floats:
        """The rarity of first names, in bits; 0 where there is none."""
        return vocabulary.each(codes, lambda name: self.first_names.get(name, self.rarest_first_name), np.float64)

    def surname_bits(self, codes: Codes, vocabulary: Vocabulary) -> Floats:
        """The rarity of surnames or words of them, in bits; 0 where there is none."""
        return vocabulary.each(codes, lambda name: self.surnames.get(name, self.rarest_surname), np.float64)


@cache
def shipped_frequencies() -> NameFrequencies:
    """The names of California, as far as public tables tell (data/*_frequencies.csv)."""
    return NameFrequencies(first_names=dict(_shipped("first_name_frequencies.csv")), surnames=dict(_shipped("surname_frequencies.csv")))


def observed_frequencies(*sides: Columns) -> NameFrequencies:
    """The names of the people themselves, for data that are not Californian."""
    first_names, rarest_first_name = _observed("first_name", sides)
    surnames, rarest_surname = _observed("last_name", sides)
    return NameFrequencies(first_names=first_names, surnames=surnames, rarest_first_name=rarest_first_name, rarest_surname=rarest_surname)


def _shipped(name: str) -> Iterator[tuple[str, float]]:
    text = files("votecal_soap.search").joinpath("data", name).read_text(encoding="utf-8")
    rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    next(rows)
    for bearer, per_million in rows:
        yield bearer, -log2(float(per_million) / MILLION)


def _observed(name: str, sides: tuple[Columns, ...]) -> tuple[dict[str, float], float]:
    codes = np.concatenate([side[name] for side in sides])
    texts = sides[0].vocabulary.texts
    counts = np.bincount(codes[codes != 0], minlength=len(texts))
    borne = np.flatnonzero(counts)
    total = max(int(counts.sum()), 1)
    bits = -np.log2(counts[borne] / total)
    return {texts[code]: float(rarity) for code, rarity in zip(borne.tolist(), bits, strict=True)}, log2(total) if total > 1 else 1.0
