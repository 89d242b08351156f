"""What a match is, whoever found it and whoever decides it: functions, settings, criteria, confidence (COA-05, COA-06, COA-12)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple


class MatchingFunction(StrEnum):
    """What a match is made for; the list is open (death, felon, NCOA and CASS are not built)."""

    REGISTRATION_SEARCH = "registration_search"  # a county looks for a person (EWS-08)
    DMV_COA = "dmv_coa"  # a change of address from DMV (COA-04)
    DMV_REGISTRATION = "dmv_registration"  # a new registration from DMV (COA-38)
    DUPLICATE_VOTER = "duplicate_voter"  # the voter table against itself (DUP-01)


class MatchField(StrEnum):
    """A field that may be used to match; the stored columns of a person are grouped so."""

    FIRST_NAME = "first_name"
    MIDDLE_NAME = "middle_name"
    LAST_NAME = "last_name"
    SUFFIX = "suffix"
    DATE_OF_BIRTH = "date_of_birth"
    GENDER = "gender"
    DRIVERS_LICENSE = "drivers_license"
    SSN4 = "ssn4"
    ADDRESS = "address"


class MatchingMode(StrEnum):
    """What a county wants done with a match at or above the automatic threshold (COA-12)."""

    APPLY = "apply"  # apply and notify
    PROVISIONAL = "provisional"  # a cancellation waits until the losing county accepts


class CrossCountyMode(StrEnum):
    """What a move to another county does (COA-11)."""

    TRANSFER = "transfer"  # the registration moves
    CANCEL_AND_INVITE = "cancel_and_invite"  # it is cancelled, and the voter invited to register again


class Person(NamedTuple):
    """Who is looked for: identifying data as they were given; `old_…` is an earlier residence, for it may be the one on record."""

    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    suffix: str | None = None
    date_of_birth: date | None = None
    gender: str | None = None
    drivers_license: str | None = None
    ssn4: str | None = None
    house_number: str | None = None
    street: str | None = None  # direction, name and type in one text
    unit_number: str | None = None
    city: str | None = None
    zip_code: str | None = None
    old_house_number: str | None = None
    old_street: str | None = None
    old_unit_number: str | None = None
    old_city: str | None = None
    old_zip_code: str | None = None


class Criterion(NamedTuple):
    """Why a match was made, field by field: which comparison level held and what it was worth (S4.4, COA-05)."""

    field: MatchField
    level: str
    contribution: float
    """Bits: log2 of how much likelier the level is for one person than for two."""
    text: str
    """In a clerk's words, without any value."""


class Match(NamedTuple):
    """A voter who may be the person looked for."""

    state_voter_id: int
    confidence: int
    """0 to 100: the calibrated posterior rounded down; 100 only for a single exact DL/ID hit whose name or date of birth agrees."""
    score: float
    """Log2 odds before calibration; ranks matches of one confidence."""
    criteria: tuple[Criterion, ...]
    cap: str | None
    """The name of the rule that held the confidence down, if one did."""
    same_drivers_license: bool
    """Whether both records bear the same DL/ID."""


AUTOMATIC: Final = 99
MANUAL: Final = 50


class Ceiling(StrEnum):
    """How far a family rule holds a confidence down; relative, so that it stays right when SOS moves a threshold."""

    NONE = "none"  # the rule is switched off
    BELOW_AUTOMATIC = "below_automatic"  # at best a person decides
    BELOW_MANUAL = "below_manual"  # at best it is ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchSettings:
    """How one matching function matches (COA-06); 'meets or exceeds' is >=."""

    function: MatchingFunction
    fields: frozenset[MatchField] = frozenset(MatchField)
    automatic: int = AUTOMATIC
    manual: int = MANUAL
    ceilings: Mapping[str, Ceiling] = field(default_factory=dict)
    """Other ceilings than the shipped ones, by the name of the family rule."""


class Band(StrEnum):
    """Where a confidence lies."""

    AUTOMATIC = "Automatic"
    POTENTIAL = "Potential"
    IGNORED = "Ignored"


def band(confidence: int, settings: MatchSettings) -> Band:
    """The band of a confidence (S10.6, S10.9)."""
    if confidence >= settings.automatic:
        return Band.AUTOMATIC
    return Band.POTENTIAL if confidence >= settings.manual else Band.IGNORED
