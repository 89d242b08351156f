"""Reference data as a county asks for it (EWS-12): tables of codes, each with a version that tells whether it has changed. Pure."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

VERSION_DIGITS: Final = 16


class ReferenceKind(StrEnum):
    """A table; the value is the name on the wire."""

    ACTIVITY_TYPE = "ActivityType"  # what the state writes into activity histories
    COUNTY = "County"
    ELECTION = "Election"
    ERROR_CODE = "ErrorCode"  # of faults and file refusals
    FAILURE_REASON = "FailureReason"  # why a record or a registration was not applied
    GENDER = "Gender"
    LANGUAGE = "Language"
    PARTY = "Party"
    PRECINCT = "Precinct"  # the caller's own
    STATUS = "Status"
    STATUS_REASON = "StatusReason"  # those that the state itself gives
    STREET_TYPE = "StreetType"
    SUFFIX = "Suffix"
    UNIT_TYPE = "UnitType"


CODE_TABLES: Final = frozenset(
    {
        *(ReferenceKind.GENDER, ReferenceKind.LANGUAGE, ReferenceKind.PARTY, ReferenceKind.STATUS),
        *(ReferenceKind.STREET_TYPE, ReferenceKind.SUFFIX, ReferenceKind.UNIT_TYPE),
    }
)
"""Those that translation and filtering rules name in `codes`, loaded with the reference data (OPS-04)."""


class ReferenceItem(NamedTuple):
    """One code, its name for a person, and what else a county or an election has."""

    code: str
    name: str | None = None
    fips: str | None = None
    election_date: date | None = None
    federal: bool | None = None


class ReferenceTable(NamedTuple):
    """A table whole, its items by rising code."""

    kind: ReferenceKind
    items: tuple[ReferenceItem, ...]

    @property
    def version(self) -> str:
        """The same for the same content, whichever process or database answers."""
        return hashlib.sha256(json.dumps(self.items, default=str, separators=(",", ":")).encode()).hexdigest()[:VERSION_DIGITS]


class ReferenceQuery(NamedTuple):
    """A table that a county asks for: the version that it has, and the last code of the page before."""

    kind: ReferenceKind
    known_version: str | None = None
    after_code: str | None = None


class AskedTable(NamedTuple):
    """A table, and the items that the caller is to get: None when it asked for none, or has this version."""

    table: ReferenceTable
    items: tuple[ReferenceItem, ...] | None


def make_table(kind: ReferenceKind, items: Iterable[ReferenceItem]) -> ReferenceTable:
    """A table of items in any order."""
    return ReferenceTable(kind, tuple(sorted(items, key=lambda item: item.code)))


def answer_query(query: ReferenceQuery, table: ReferenceTable) -> AskedTable:
    """What a county gets of a table; a version that is out of date brings it whole, for codes may have gone."""
    if query.known_version == table.version:
        return AskedTable(table, None)
    return AskedTable(table, tuple(item for item in table.items if query.after_code is None or item.code > query.after_code))
