"""One address, written down once more, as another office has it."""

from random import Random
from typing import Final

from votecal_soap.domain.dmv_records import ResidenceAddress
from votecal_soap.synthetic.frequency_tables import read_table
from votecal_soap.synthetic.misspelling import misspell, slip_digit
from votecal_soap.synthetic.noise_rates import NoiseRates

STREET_TYPES: Final = {
    **{"ST": "STREET", "AVE": "AVENUE", "DR": "DRIVE", "RD": "ROAD", "LN": "LANE", "CT": "COURT", "BLVD": "BOULEVARD"},
    **{"PL": "PLACE", "CIR": "CIRCLE", "TER": "TERRACE", "PKWY": "PARKWAY"},
}
"""Codes that some offices spell out."""


class AddressNoise:
    """Writes addresses down, with errors at given rates."""

    def __init__(self, rng: Random, rates: NoiseRates) -> None:
        """Use one stream of chance."""
        self._rng = rng
        self._rates = rates
        self._streets = [row[0] for row in read_table("streets.csv")]

    def street_name(self) -> str:
        """Any street's."""
        return self._rng.choice(self._streets)

    def record(self, home: ResidenceAddress) -> ResidenceAddress:
        """The address as another clerk writes it."""
        rates = self._rates
        return self._street(home)._replace(
            house_number=self._slipped(home.house_number, rates.house_number_digit_wrong),
            unit_number=None if self._happens(rates.unit_missing) else home.unit_number,
            residence_city=misspell(home.residence_city, self._rng) if home.residence_city and self._happens(rates.city_misspelt) else home.residence_city,
            residence_zip_code=self._slipped(home.residence_zip_code and home.residence_zip_code[:5], rates.zip_code_digit_wrong),
        )

    def _happens(self, rate: float) -> bool:
        return self._rng.random() < rate

    def _slipped(self, number: str | None, rate: float) -> str | None:
        return slip_digit(number, self._rng) if number and self._happens(rate) else number

    def _street(self, home: ResidenceAddress) -> ResidenceAddress:
        name, kind, direction = home.street_name, home.street_type, home.street_pre_direction
        if self._happens(self._rates.direction_missing):
            direction = None
        if name and self._happens(self._rates.street_misspelt):
            name = misspell(name, self._rng)
        if self._happens(self._rates.street_type_missing):
            kind = None
        elif kind and self._happens(self._rates.street_type_spelt_out):
            kind = STREET_TYPES.get(kind, kind)
        return home._replace(street_pre_direction=direction, street_name=name, street_type=kind)
