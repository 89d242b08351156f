"""Voters as they are really registered: a name misspelt, a suffix left out, a few people twice (DUP-01)."""

from collections.abc import Iterable, Iterator
from random import Random
from typing import Final

from votecal_soap.contract.batch_writer import WireName, WireRegistration, WireResidenceAddress
from votecal_soap.domain.dmv_records import ResidenceAddress
from votecal_soap.synthetic.address_noise import AddressNoise
from votecal_soap.synthetic.drivers import DriverDraw
from votecal_soap.synthetic.frequency_tables import load_names
from votecal_soap.synthetic.geography import county_map
from votecal_soap.synthetic.misspelling import misspell, slip_digit, wrong_birth_date
from votecal_soap.synthetic.noise_rates import NoiseRates
from votecal_soap.synthetic.numbers import LicenseNumbers
from votecal_soap.synthetic.people import Person, PersonDraw
from votecal_soap.synthetic.person_noise import Identity, PersonNoise
from votecal_soap.synthetic.voters import AS_OF, SyntheticVoter, ems_voter_id

FIRST_DUPLICATE: Final = 90_000_001
"""Number of a county's first second registration, beyond every voter's."""

FIRST_NAME_SHARE: Final = 1 / 3
"""Of misspelt names: the first name; else the last."""


def as_registered(voters: Iterable[SyntheticVoter], seed: int, county_code: str, rates: NoiseRates) -> Iterator[SyntheticVoter]:
    """Yield a county's voters with the errors of their registration, and after each the second registration, if there is one."""
    noise = _RegistrationNoise(seed, county_code, rates)
    for voter in voters:
        yield noise.registered(voter)
        if noise.is_registered_twice():
            yield noise.duplicate(voter)


def is_duplicate(voter: SyntheticVoter) -> bool:
    """Whether this is somebody's second registration."""
    return voter.number >= FIRST_DUPLICATE


class _RegistrationNoise:
    """One county's errors."""

    def __init__(self, seed: int, county_code: str, rates: NoiseRates) -> None:
        self._rng = Random(f"registrations {county_code} {seed}")  # noqa: S311 - made-up data, not secrets
        draw = PersonDraw(load_names(), self._rng, AS_OF)
        self._drivers = DriverDraw(draw, LicenseNumbers(county_code, seed))
        self._people = PersonNoise(draw, rates)
        self._addresses = AddressNoise(self._rng, rates)
        self._homes = county_map(county_code)
        self._rates = rates
        self._county_code = county_code
        self._next_duplicate = FIRST_DUPLICATE

    def is_registered_twice(self) -> bool:
        """Whether the next voter is."""
        return self._happens(self._rates.registered_twice)

    def _happens(self, rate: float) -> bool:
        return self._rng.random() < rate

    def registered(self, voter: SyntheticVoter) -> SyntheticVoter:
        """The voter with the slips of a registration."""
        given, rates, born = voter.registration, self._rates, voter.person.date_of_birth
        if self._happens(rates.registered_birth_date_wrong):
            born = wrong_birth_date(born, self._rng)
        license_number = self._slipped(given.drivers_license, rates.registered_license_digit_wrong)
        return voter._replace(registration=given._replace(name=self._name(voter.person), date_of_birth=born, drivers_license=license_number))

    def _slipped(self, number: str | None, rate: float) -> str | None:
        return slip_digit(number, self._rng) if number and self._happens(rate) else number

    def _name(self, person: Person) -> WireName:
        first_name, last_name, suffix = person.first_name, person.last_name, person.suffix
        if self._happens(self._rates.registered_name_misspelt):
            if self._happens(FIRST_NAME_SHARE):
                first_name = misspell(first_name, self._rng)
            else:
                last_name = misspell(last_name, self._rng)
        if suffix and self._happens(self._rates.registered_suffix_missing):
            suffix = None
        return WireName(first_name, last_name, person.middle_name, None, suffix)

    def duplicate(self, voter: SyntheticVoter) -> SyntheticVoter:
        """The same person's other registration in the county, mostly after a move."""
        number = self._next_duplicate
        self._next_duplicate += 1
        identity = self._people.record(self._drivers.registered(voter))
        registration = self._with_identity(voter.registration, identity)
        if self._happens(self._rates.duplicate_elsewhere):
            home = self._homes.draw_home(self._rng)
            registration = registration._replace(residence_address=home.residence_address, home_precinct=home.home_precinct)
        else:
            address = self._addresses.record(residence(registration))
            registration = registration._replace(residence_address=WireResidenceAddress(*address))
        return voter._replace(number=number, ems_voter_id=ems_voter_id(self._county_code, number), registration=registration)

    def _with_identity(self, registration: WireRegistration, identity: Identity) -> WireRegistration:
        rates = self._rates
        license_number = None if self._happens(rates.duplicate_license_missing) else identity.drivers_license
        return registration._replace(
            name=WireName(identity.first_name, identity.last_name, identity.middle_name, None, identity.suffix),
            date_of_birth=identity.date_of_birth or registration.date_of_birth,
            drivers_license=self._slipped(license_number, rates.duplicate_license_digit_wrong),
            ssn4=None if self._happens(rates.duplicate_ssn4_missing) else identity.ssn4,
            gender=None if self._happens(rates.duplicate_gender_missing) else identity.gender,
        )


def residence(registration: WireRegistration) -> ResidenceAddress:
    """Where a voter is registered."""
    return ResidenceAddress(*(registration.residence_address or ()))
