"""Writes a driver down as a DMV record, with DMV's errors (COA-03, COA-38)."""

import unicodedata
from base64 import b64decode
from datetime import date, timedelta
from typing import Final, NamedTuple, overload

from votecal_soap.contract.batch_writer import WireRegistration
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, ResidenceAddress, SignatureImage
from votecal_soap.synthetic.address_noise import AddressNoise
from votecal_soap.synthetic.drivers import Driver
from votecal_soap.synthetic.misspelling import slip_digit
from votecal_soap.synthetic.moves import NewHome
from votecal_soap.synthetic.noise_rates import NoiseRates
from votecal_soap.synthetic.people import PersonDraw
from votecal_soap.synthetic.person_noise import Identity, PersonNoise

NEW_REGISTRATION_SHARE: Final = 0.25
SIGNATURE_SHARE: Final = 0.2
"""Of new registrations: with the image of a signature."""
SIGNATURE: Final = SignatureImage("image/gif", b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="))
"""The smallest picture there is."""
DAYS_IN_FILE: Final = 7


class Move(NamedTuple):
    """A driver who goes from a home, known to the voter list or not, to another."""

    driver: Driver
    registration: WireRegistration | None
    """What the state knows of the household, for party, language, phone and e-mail."""
    old_home: ResidenceAddress
    old_county_code: str
    new_home: NewHome


class RecordDraw:
    """Draws DMV records."""

    def __init__(self, draw: PersonDraw, rates: NoiseRates, sent_on: date, name: str) -> None:
        """`name` begins every transaction id, so that no two files share one."""
        self._rng = draw.rng
        self._people = PersonNoise(draw, rates)
        self._addresses = AddressNoise(draw.rng, rates)
        self._rates = rates
        self._sent_on = sent_on
        self._name = name
        self._count = 0

    def record(self, move: Move) -> DmvRecord:
        """What DMV sends of a move. DMV writes capitals without accents."""
        self._count += 1
        kind = DmvRecordKind.NEW_REGISTRATION if self._happens(NEW_REGISTRATION_SHARE) else DmvRecordKind.CHANGE_OF_ADDRESS
        old, new, county_code = self._homes(kind, move)
        identity = self._numbers(self._people.record(move.driver))
        is_new, known = kind is DmvRecordKind.NEW_REGISTRATION, move.registration
        return DmvRecord(
            sequence=self._count,
            transaction_id=f"{self._name}-{self._count:08d}",
            kind=kind,
            transaction_date=self._sent_on - timedelta(days=self._rng.randrange(DAYS_IN_FILE)),
            drivers_license=identity.drivers_license,
            ssn4=identity.ssn4,
            first_name=capitals(identity.first_name),
            middle_name=capitals(identity.middle_name),
            last_name=capitals(identity.last_name),
            suffix=identity.suffix,
            date_of_birth=identity.date_of_birth,
            gender=identity.gender,
            new_address=new,
            old_address=old,
            mailing_address=None,
            county_code=county_code,
            phone=known.phone if known and is_new else None,
            email=known.email if known and is_new else None,
            language=(known.language if known else "en") if is_new else None,
            party=(known.party if known else "NPP") if is_new else None,
            signature=SIGNATURE if is_new and self._happens(SIGNATURE_SHARE) else None,
        )

    def _happens(self, rate: float) -> bool:
        return self._rng.random() < rate

    def _numbers(self, identity: Identity) -> Identity:
        """The numbers as this record has them."""
        rates, license_number = self._rates, identity.drivers_license
        if license_number and self._happens(rates.license_digit_wrong):
            license_number = slip_digit(license_number, self._rng)
        return identity._replace(
            drivers_license=None if self._happens(rates.license_missing) else license_number,
            ssn4=None if self._happens(rates.ssn4_missing) else identity.ssn4,
            gender=None if self._happens(rates.gender_missing) else identity.gender,
        )

    def _homes(self, kind: DmvRecordKind, move: Move) -> tuple[ResidenceAddress | None, ResidenceAddress, str | None]:
        """Old and new address, and the county of the new one. Who registers anew, or has told the county already, lives where the list says."""
        if kind is DmvRecordKind.NEW_REGISTRATION:
            return None, self._earlier(move.old_home), move.old_county_code
        if self._happens(self._rates.already_at_new_address):
            return _in_capitals(self._another(move.old_home)), _in_capitals(self._addresses.record(move.old_home)), move.old_county_code
        is_missing = self._happens(self._rates.old_address_missing)
        return None if is_missing else self._earlier(move.old_home), _in_capitals(move.new_home.address), move.new_home.county_code

    def _earlier(self, home: ResidenceAddress) -> ResidenceAddress:
        is_another = self._happens(self._rates.old_address_another)
        return _in_capitals(self._another(home) if is_another else self._addresses.record(home))

    def _another(self, home: ResidenceAddress) -> ResidenceAddress:
        """A home in the same ZIP code."""
        return home._replace(house_number=str(self._rng.randrange(100, 19_999)), street_name=self._addresses.street_name(), unit_type=None, unit_number=None)


def _in_capitals(home: ResidenceAddress) -> ResidenceAddress:
    return home._replace(street_name=capitals(home.street_name), residence_city=capitals(home.residence_city))


@overload
def capitals(text: str) -> str: ...
@overload
def capitals(text: None) -> None: ...
@overload
def capitals(text: str | None) -> str | None: ...
def capitals(text: str | None) -> str | None:
    """The text in capitals, letters without their accents."""
    if text is None:
        return None
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)).upper()
