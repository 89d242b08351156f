"""The canonical form of a voter's record and its checksum, which state and county compute alike (2 CCR 19083).

`docs/contract-synchronization.md` describes it for vendors, and a test compares the two. It needs nothing that a Java, .NET, Perl
or C++ of 2005 lacks: UTF-8, SHA-256, an upper case that maps one character to one.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.translation import HOME_PRECINCT_FIELDS, MAILING_FIELDS, RESIDENCE_FIELDS
from votecal_soap.domain.voters import ENDED

FIELDS_OF_KIND: Final[dict[DataKind, tuple[str, ...]]] = {
    DataKind.NAME: ("first_name", "last_name", "middle_name", "prefix", "suffix"),
    DataKind.IDENTITY: ("date_of_birth", "drivers_license", "ssn4", "gender"),
    DataKind.CONTACT: ("language", "phone", "email"),
    DataKind.PARTY: ("party",),
    DataKind.RESIDENCE_ADDRESS: RESIDENCE_FIELDS,
    DataKind.MAILING_ADDRESS: MAILING_FIELDS,
    DataKind.HOME_PRECINCT: HOME_PRECINCT_FIELDS,
    DataKind.REGISTRATION: ("registration_date", "status"),
}
"""A line of the canonical form each, in this order, of these fields, in this order. The reason of a status is in none: each side words it."""

COMPARED_FIELDS: Final = tuple(name for names in FIELDS_OF_KIND.values() for name in names)
STATUS_PLACE: Final = COMPARED_FIELDS.index("status")

CHECKSUM_DIGITS: Final = 16
KIND_DIGITS: Final = 8

_LINES: Final = "\n".join("\t".join(["%s"] * len(names)) for names in FIELDS_OF_KIND.values()) + "\n"
_STRAY_BLANKS: Final = ("  ", " \t", "\t ", " \n", "\n ")


class ComparedRecord(NamedTuple):
    """A record as it is compared: its UID, and the values of `COMPARED_FIELDS` in the state's codes, days as 1970-01-02, "" or None for nothing."""

    state_voter_id: int
    values: Sequence[str | None]

    @property
    def has_ended(self) -> bool:
        """Whether the registration is Cancelled or Declined: such a one is nobody's to correct."""
        return self.values[STATUS_PLACE] in ENDED


def canonical_form(values: Sequence[str | None]) -> str:
    """The eight lines of a record's kinds of data, tabs between the fields."""
    given = tuple([value or "" for value in values])
    text = _LINES % given
    return text.upper() if _is_plain("".join(given), text) else _LINES % tuple(map(canonical_value, given))


def _is_plain(values: str, lines: str) -> bool:
    """Whether nothing but the case has to change: a few looks of C's in place of one of Python's at each value."""
    return values.isascii() and values.isprintable() and lines[0] != " " and not any(blanks in lines for blanks in _STRAY_BLANKS)


@lru_cache(4096)
def canonical_value(value: str) -> str:
    """One blank between words and none around, Unicode's form C, and the upper case of every letter that has one of one character."""
    composed = unicodedata.normalize("NFC", " ".join(value.split()))
    return "".join(upper if len(upper := character.upper()) == 1 else character for character in composed)


def record_checksum(record: ComparedRecord) -> str:
    """Of the whole record: the line of its UID, then the canonical form."""
    return _digest(f"{record.state_voter_id}\n{canonical_form(record.values)}")


def status_checksum(record: ComparedRecord) -> str:
    """Of the status alone: the line of the UID, then that of the status."""
    return _digest(f"{record.state_voter_id}\n{canonical_value(record.values[STATUS_PLACE] or '')}\n")


def kind_checksums(values: Sequence[str | None]) -> str:
    """Of each kind of data, one after the other: of its line with the line's end."""
    lines = canonical_form(values).splitlines(keepends=True)
    return "".join(_digest(line, KIND_DIGITS) for line in lines)


def kinds_that_differ(ours: str, theirs: str) -> tuple[DataKind, ...]:
    """The kinds whose part differs in two texts of kind checksums."""
    ends = accumulate([KIND_DIGITS] * len(FIELDS_OF_KIND))
    return tuple(kind for kind, end in zip(FIELDS_OF_KIND, ends, strict=True) if ours[end - KIND_DIGITS : end] != theirs[end - KIND_DIGITS : end])


def group_checksum(records: Iterable[tuple[int, str]]) -> str:
    """Of several records by rising UID: a line each, with the UID, a blank and the checksum."""
    return _digest("".join([f"{state_voter_id} {checksum}\n" for state_voter_id, checksum in records]))


def _digest(text: str, digits: int = CHECKSUM_DIGITS) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:digits]
