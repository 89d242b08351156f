"""Labelled people ready to be compared: standardised columns, and who is who."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.search.address_text import standard_address
from votecal_soap.search.arrays import Integers
from votecal_soap.search.columns import Columns, Vocabulary
from votecal_soap.search.evaluation.birth_text import birth_numbers
from votecal_soap.search.evaluation.people_file import PeopleFile
from votecal_soap.search.name_text import CACHED_TEXTS, LONGEST, fold
from votecal_soap.search.standardising import StandardPerson, standard_given_names, standard_id, standard_ssn4, standard_suffix, standard_surname

OTHER: Final = "other"
"""A text of another kind, such as an e-mail address or an occupation, compared as it is."""

_AGES_COUNT_FROM: Final = 2000
_OLDEST: Final = 130


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPeople:
    """One side of an evaluation."""

    columns: Columns
    clusters: Integers
    """Who each row is; equal numbers on both sides are one person."""


def labelled(file: PeopleFile, vocabulary: Vocabulary) -> LabelledPeople:
    """Standardise a file's people.

    Raises:
        InvalidRequest: if no column says who is who.
    """
    if not any(file.columns.get("cluster", ())):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "no column `cluster` says which records are one person; --columns cluster=THEIRS names it")
    people = Columns.of(_people(file), vocabulary).with_column(OTHER, [fold(text)[:LONGEST] for text in _cells(file, OTHER)])
    return LabelledPeople(columns=people, clusters=vocabulary.encode(_labels(file, len(vocabulary.texts))).astype(np.int64))


def _labels(file: PeopleFile, unlike: int) -> Iterator[str]:
    """Who each row is; who bears no label is a person of his own, `unlike` those of another file."""
    return (f"={label}" if (label := text.strip()) else f"?{unlike} {row}" for row, text in enumerate(file.columns["cluster"]))


def _people(file: PeopleFile) -> list[StandardPerson]:
    names = zip(*(_cells(file, name) for name in ("full_name", "first_name", "middle_name", "last_name")), strict=True)
    addresses = zip(*(_cells(file, name) for name in ("house_number", "street", "unit_number", "city", "zip")), strict=True)
    others = zip(*(_cells(file, name) for name in ("suffix", "gender", "dl_id", "ssn4")), strict=True)
    return [
        StandardPerson(*_names(*name), born or None, *_others(*other), *standard_address(*address))
        for name, born, other, address in zip(names, _births(file), others, addresses, strict=True)
    ]


@lru_cache(CACHED_TEXTS)
def _others(suffix: str, gender: str, number: str, ssn4: str) -> tuple[str | None, str | None, str | None, str | None]:
    return standard_suffix(suffix), fold(gender)[:1] or None, standard_id(number), standard_ssn4(ssn4)


def _cells(file: PeopleFile, name: str) -> Sequence[str]:
    return file.columns.get(name) or [""] * file.rows


def _births(file: PeopleFile) -> list[int]:
    if any(_cells(file, "date_of_birth")):
        return birth_numbers(_cells(file, "date_of_birth"))
    if not any(_cells(file, "birth_year")):
        return [_birth_by_age(age) for age in _cells(file, "age")]
    parts = zip(*(_cells(file, name) for name in ("birth_year", "birth_month", "birth_day")), strict=True)
    return birth_numbers(["-".join(part.strip().zfill(2) for part in date if part.strip()) for date in parts])


def _birth_by_age(age: str) -> int:
    """A year of birth such that people of one age have one, and of neighbouring ages neighbouring ones."""
    return (_AGES_COUNT_FROM - int(age)) * 10_000 if age.strip().isdecimal() and int(age) <= _OLDEST else 0


@lru_cache(CACHED_TEXTS)
def _names(full: str, first: str, middle: str, last: str) -> tuple[str | None, str | None, str | None, str | None, str | None, str | None, str | None]:
    """Given names and surname; a full name is cut up where no parts are given."""
    if full and not (first or last):
        first, middle, last = _cut(full)
    return (*standard_given_names(first, middle), *standard_surname(last))


def _cut(full: str) -> tuple[str, str, str]:
    """First, middle and last name of a text such as `Garcia Lopez, Ana Maria` or `Ana Maria Garcia`."""
    last, comma, given = full.partition(",")
    words = given.split() if comma else full.split()
    if not comma:
        last = words.pop() if len(words) > 1 else ""
    return (words[0] if words else "", " ".join(words[1:]), last)
