"""The voter record (VRU-10): one current row a person, and a version for each change."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple, NewType

StateVoterId = NewType("StateVoterId", int)
"""The state's id of a voter record (UID); 9 to 12 digits, never reassigned."""


class VoterStatus(StrEnum):
    """Status of a registration (S2.13)."""

    ACTIVE = "Active"  # may vote, gets all mail
    INACTIVE = "Inactive"  # may vote, address doubtful (2 CCR 19081)
    CANCELLED = "Cancelled"  # registration ended
    PENDING = "Pending"  # something required is still missing
    DECLINED = "Declined"  # refused (S4.9)


ENDED: Final = frozenset({VoterStatus.CANCELLED.value, VoterStatus.DECLINED.value})
"""A registration that is none, until the voter registers anew."""


class VerificationStatus(StrEnum):
    """What DMV said of a DL/ID or SSN4 (S2.15, S2.16)."""

    PENDING = "Pending"  # not yet answered
    VERIFIED = "Verified"
    NOT_VERIFIED = "NotVerified"


class Confidentiality(StrEnum):
    """Why a voter's residence, e-mail and phone are given to nobody else (EWS-14)."""

    COURT_ORDER = "CourtOrder2166"  # Elections Code 2166: by an order of the superior court
    SAFE_AT_HOME = "SafeAtHome2166_5"  # 2166.5: a victim in the address confidentiality program
    PUBLIC_SAFETY = "PublicSafety2166_7"  # 2166.7: a public safety officer; ends two years after the application


class Confidential(NamedTuple):
    """A voter's confidentiality: why, and since which day."""

    kind: Confidentiality
    since: date


class Voter(NamedTuple):
    """A voter's current record.

    A named tuple, not a dataclass: a batch reads and rebuilds a million of them, and a tuple is what the
    database driver gives and takes (measured: 0.2 µs against 2.5 µs each).
    Fields from `prefix` to `status_reason` are what a county may send; the rest is the state's own book-keeping.
    """

    state_voter_id: StateVoterId
    county_code: str
    ems_voter_id: str | None
    version: int
    effective_date: date
    prefix: str | None
    first_name: str | None
    middle_name: str | None
    last_name: str | None
    suffix: str | None
    date_of_birth: date | None
    drivers_license: str | None
    ssn4: str | None
    gender: str | None
    language: str | None
    party: str | None
    phone: str | None
    email: str | None
    house_number: str | None
    house_number_suffix: str | None
    street_pre_direction: str | None
    street_name: str | None
    street_type: str | None
    street_post_direction: str | None
    unit_type: str | None
    unit_number: str | None
    residence_city: str | None
    residence_state: str | None
    residence_zip_code: str | None
    mailing_line1: str | None
    mailing_line2: str | None
    mailing_line3: str | None
    mailing_city: str | None
    mailing_state: str | None
    mailing_zip_code: str | None
    mailing_country: str | None
    home_precinct: str | None
    home_precinct_part: str | None
    registration_date: date | None
    status: str
    status_reason: str | None
    drivers_license_status: str | None
    drivers_license_verified_on: date | None
    ssn4_status: str | None
    ssn4_verified_on: date | None
    confidentiality: str | None
    confidential_since: date | None
    """The day of the application."""
    vnc_due: int
    first_time_federal: int | None
    """1: has never voted in a federal election in California, so shows identification (2 CCR 19075, S17.4); None or 0: not flagged."""
    merged_into: int | None
    """The UID of the newer record that this one was merged into: the record is deleted, and its UID resolves to that one (DLR-12)."""
    message_sequence: int
    transfer_pending_until: datetime | None


FIELD_INDEX: Final[dict[str, int]] = {name: index for index, name in enumerate(Voter._fields)}
REGISTRATION_FIELDS: Final[tuple[str, ...]] = Voter._fields[FIELD_INDEX["prefix"] : FIELD_INDEX["drivers_license_status"]]
"""What a county may send, in the order of the record."""

VERSION_FIELDS: Final[tuple[str, ...]] = Voter._fields[: FIELD_INDEX["message_sequence"]]
"""What a version keeps: all but the queue's and the transfer's book-keeping."""


class VotingPrecinct(NamedTuple):
    """Where a voter votes at one election; apart from the home precinct (S17.3)."""

    election_id: str
    precinct_code: str
    precinct_part: str | None


FIELD_LENGTHS: Final[dict[str, int]] = {name: {"email": 200, "ssn4": 20, "status": 20}.get(name, 60) for name in REGISTRATION_FIELDS}
"""Characters that a field holds at most; a test compares the database's columns."""
