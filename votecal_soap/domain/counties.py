"""Counties, credentials, elections, precincts, people who act: the reference data that every use case stands on."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """One of 58."""

    county_code: str
    name: str
    fips: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A county's machine credential: belongs to one county; the secret is kept as a keyed HMAC only.

    `digest_secret` is another secret, for PasswordDigest, which the state must be able to read: it is kept encrypted. None: digests are not possible.
    """

    username: str
    county_code: str
    secret_hmac: str
    expires_at: datetime | None
    revoked_at: datetime | None
    certificate_subject: str | None
    digest_secret: str | None = field(default=None, repr=False)

    def is_valid(self, now: datetime) -> bool:
        """Whether it opens anything at an instant."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, after authentication: acts for one county (EWS-01)."""

    username: str
    county_code: str
    credential_expires_at: datetime | None


class Role(StrEnum):
    """What a person may do."""

    SOS_ADMINISTRATOR = "SosAdministrator"  # authorises batches, sets thresholds
    SOS_USER = "SosUser"  # schedules jobs, decides work items
    COUNTY_USER = "CountyUser"
    AUTHORISED_COUNTY_USER = "AuthorisedCountyUser"  # may also set that county's matching mode


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffUser:
    """A person who acts through the command line or the console."""

    user_name: str
    role: Role
    county_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """An election that voting precincts and participation refer to."""

    election_id: str
    name: str
    election_date: date
    federal: bool = False
    """Whether federal offices are on the ballot: who voted then is no first-time federal voter (DLR-11)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precinct:
    """A county's precinct."""

    county_code: str
    precinct_code: str
    name: str | None


class ZipCounty(NamedTuple):
    """ZIP codes that lie in a county, in part at least; from one code to another, both included."""

    first_zip_code: str
    last_zip_code: str
    county_code: str
