"""Made-up voters of one county, as a stream: the same seed gives the same voters, and a longer stream begins like a shorter one."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Final, NamedTuple

from votecal_soap.contract.batch_writer import WireName, WireRegistration
from votecal_soap.domain.voters import VoterStatus
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.synthetic.frequency_tables import Origin, WeightedTable, load_names
from votecal_soap.synthetic.geography import PRECINCT_COUNT, Home, county_map, draw_mailing_address
from votecal_soap.synthetic.households import HouseholdDraw
from votecal_soap.synthetic.numbers import LicenseNumbers
from votecal_soap.synthetic.people import Person, PersonDraw

AS_OF: Final = date(2026, 1, 1)
"""The day on which ages hold; no registration is later."""

PARTY_SHARES: Final = (("DEM", 45.3), ("REP", 25.2), ("NPP", 22.3), ("AIP", 3.7), ("LIB", 1.0), ("PAF", 0.7), ("GRN", 0.5), ("OTH", 1.3))
"""Registration by party in California, in percent, rounded."""

LANGUAGE_SHARES: Final = {
    Origin.WHITE: (("en", 97.0), ("ru", 1.2), ("hy", 1.0), ("fa", 0.8)),
    Origin.BLACK: (("en", 100.0),),
    Origin.HISPANIC: (("en", 76.0), ("es", 24.0)),
    Origin.API: (("en", 66.0), ("zh", 12.0), ("vi", 8.0), ("ko", 6.0), ("fil", 4.0), ("ja", 1.0), ("hi", 1.0), ("km", 1.0), ("pa", 0.5), ("th", 0.5)),
}
STATUS_SHARES: Final = ((VoterStatus.ACTIVE, 94.0), (VoterStatus.INACTIVE, 4.5), (VoterStatus.PENDING, 1.0), (VoterStatus.CANCELLED, 0.5))
STATUS_REASONS: Final = {VoterStatus.INACTIVE: "Mail returned", VoterStatus.PENDING: "Signature missing", VoterStatus.CANCELLED: "Moved out of state"}
AREA_CODES: Final = (209, 213, 310, 323, 408, 415, 510, 530, 559, 562, 619, 626, 650, 661, 707, 714, 805, 818, 909, 916, 949, 951)

LICENSE_SHARE: Final = 0.91
SSN4_SHARE: Final = 0.70
GENDER_SHARE: Final = 0.74
PHONE_SHARE: Final = 0.72
EMAIL_SHARE: Final = 0.46
MAILING_ADDRESS_SHARE: Final = 0.06
SAME_PARTY_SHARE: Final = 0.6
"""People of one household who share the party of its first."""


class SyntheticVoter(NamedTuple):
    """A voter of a county, in the state's codes. `number` counts from 1 in the county, `household` likewise."""

    number: int
    household: int
    ems_voter_id: str
    registration: WireRegistration
    person: Person
    """Who is registered; the registration may not say all."""
    drivers_license: str
    """The number that DMV gave the person, whether registered or not."""


def generate_voters(count: int, seed: int, county_code: str, *, precinct_count: int = PRECINCT_COUNT, as_of: date = AS_OF) -> Iterator[SyntheticVoter]:
    """Yield the first `count` voters of the county's stream for this seed, in constant memory."""
    licenses = LicenseNumbers(county_code, seed)
    if count > licenses.capacity:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"There are driver's licence numbers for {licenses.capacity} voters of this county.", ref="count")
    rng = Random(f"voters {county_code} {seed}")  # noqa: S311 - made-up data, not secrets
    homes = county_map(county_code, precinct_count)
    households = HouseholdDraw(PersonDraw(load_names(), rng, as_of))
    maker = _RegistrationDraw(rng, as_of, licenses)
    number = household = 0
    while number < count:
        household += 1
        home, party = homes.draw_home(rng), maker.party()
        for person in households.household():
            if number == count:
                return
            number += 1
            registration = maker.registration(number, person, home, party)
            yield SyntheticVoter(number, household, ems_voter_id(county_code, number), registration, person, licenses.number(number))


def ems_voter_id(county_code: str, number: int) -> str:
    """The county's own id of its voter of this number."""
    return f"{county_code}{number:08d}"


class _RegistrationDraw:
    """Draws what a registration holds beside the person and the home."""

    def __init__(self, rng: Random, as_of: date, licenses: LicenseNumbers) -> None:
        self._rng = rng
        self._random = rng.random
        self._as_of = as_of.toordinal()
        self._licenses = licenses
        self._parties = WeightedTable(PARTY_SHARES)
        self._languages = {origin: WeightedTable(shares) for origin, shares in LANGUAGE_SHARES.items()}
        self._statuses = WeightedTable(STATUS_SHARES)

    def party(self) -> str:
        """A party."""
        return self._parties.draw(self._rng)

    def registration(self, number: int, person: Person, home: Home, household_party: str) -> WireRegistration:
        """One registration."""
        random, rng = self._random, self._rng
        status = self._statuses.draw(rng)
        return WireRegistration(
            name=WireName(person.first_name, person.last_name, person.middle_name, None, person.suffix),
            date_of_birth=person.date_of_birth,
            drivers_license=self._licenses.number(number) if random() < LICENSE_SHARE else None,
            ssn4=f"{int(random() * 9_998) + 1:04d}" if random() < SSN4_SHARE else None,
            gender=person.sex if random() < GENDER_SHARE else None,
            language=self._languages[person.origin].draw(rng),
            party=household_party if random() < SAME_PARTY_SHARE else self.party(),
            phone=f"{AREA_CODES[int(random() * len(AREA_CODES))]}55501{int(random() * 100):02d}" if random() < PHONE_SHARE else None,
            email=_email(person.first_name, number) if random() < EMAIL_SHARE else None,
            residence_address=home.residence_address,
            mailing_address=draw_mailing_address(home.residence_address, rng) if random() < MAILING_ADDRESS_SHARE else None,
            home_precinct=home.home_precinct,
            registration_date=self._registration_date(person),
            status=status.value,
            status_reason=STATUS_REASONS.get(status),
        )

    def _registration_date(self, person: Person) -> date:
        """Most registrations are of the last years; none before the eighteenth birthday."""
        days = min(int(self._random() ** 2 * 30 * 365) + 1, self._as_of - person.born - 18 * 365)
        return date.fromordinal(self._as_of) - timedelta(days=days)


def _email(first_name: str, number: int) -> str:
    local = first_name.lower().replace("'", "")
    return f"{local if local.isascii() else 'voter'}.{number}@example.org"
