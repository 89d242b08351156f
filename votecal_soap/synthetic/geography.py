"""Where made-up people live: cities and streets of a county, and the precincts laid over them."""

from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from votecal_soap.contract.batch_writer import WireHomePrecinct, WireMailingAddress, WireResidenceAddress
from votecal_soap.domain.counties import Precinct
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.synthetic.frequency_tables import WeightedTable, read_table

PRECINCT_COUNT: Final = 100
"""Precincts of a county unless told otherwise."""

APARTMENT_SHARE: Final = 0.33
PRE_DIRECTION_SHARE: Final = 0.16
NINE_DIGIT_ZIP_SHARE: Final = 0.08
PRECINCT_PARTS: Final = (None, None, "1", "2")
"""Half the streets lie in precincts that no district line divides."""


class Street(NamedTuple):
    """A street by name and type; the type of some is no word of its own (Broadway)."""

    street_name: str
    street_type: str | None


class Place(NamedTuple):
    """A ZIP code and its city."""

    zip_code: str
    city: str


class Home(NamedTuple):
    """An address with its precinct."""

    residence_address: WireResidenceAddress
    home_precinct: WireHomePrecinct


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyMap:
    """A county's places and streets, and how many precincts lie over them."""

    county_code: str
    places: WeightedTable[Place]
    streets: WeightedTable[Street]
    precinct_count: int

    def draw_home(self, rng: Random) -> Home:
        """An address; its precinct follows from its ZIP code and street, so that neighbours share one."""
        place_index = self.places.draw_index(rng)
        street_index = self.streets.draw_index(rng)
        return Home(self._address(place_index, street_index, rng), self.precinct_of(place_index, street_index))

    def precinct_of(self, place_index: int, street_index: int) -> WireHomePrecinct:
        """The precinct of a street in a ZIP code: each ZIP code is cut into slices of its streets."""
        streets = len(self.streets.items)
        place_and_slice = place_index * streets + street_index
        number = place_and_slice * self.precinct_count // (len(self.places.items) * streets) + 1
        return WireHomePrecinct(precinct_code(self.county_code, number), PRECINCT_PARTS[street_index & 3])

    def _address(self, place_index: int, street_index: int, rng: Random) -> WireResidenceAddress:
        place, street = self.places.items[place_index], self.streets.items[street_index]
        random = rng.random
        in_apartment = random() < APARTMENT_SHARE
        return WireResidenceAddress(
            house_number=str(int(random() ** 2 * 9_800) + 100),
            house_number_suffix="1/2" if random() < 0.01 else None,
            street_pre_direction="NSEW"[int(random() * 4)] if random() < PRE_DIRECTION_SHARE else None,
            street_name=street.street_name,
            street_type=street.street_type,
            unit_type="APT" if in_apartment else None,
            unit_number=_unit_number(random()) if in_apartment else None,
            city=place.city,
            state="CA",
            zip_code=f"{place.zip_code}-{int(random() * 9_000) + 1_000}" if random() < NINE_DIGIT_ZIP_SHARE else place.zip_code,
        )


def _unit_number(chance: float) -> str:
    number = int(chance * 400) + 1
    return str(number) if number > 60 else f"{number % 20 + 1}{'ABCD'[number % 4]}"


def county_map(county_code: str, precinct_count: int = PRECINCT_COUNT) -> CountyMap:
    """Read the places of a county and the streets of the state."""
    places = [(Place(zip_code, city), int(weight)) for county, zip_code, city, weight in read_table("places.csv") if county == county_code]
    if not places:
        raise NotFound(ErrorCode.COUNTY_NOT_FOUND, "A county code is 01 to 58.", ref="county")
    streets = [(Street(name, kind or None), int(weight)) for name, kind, weight in read_table("streets.csv")]
    return CountyMap(county_code=county_code, places=WeightedTable(places), streets=WeightedTable(streets), precinct_count=precinct_count)


def precinct_code(county_code: str, number: int) -> str:
    """The code of a precinct by its number, from 1."""
    return f"{county_code}{number:05d}"


def precincts(county_code: str, count: int = PRECINCT_COUNT) -> list[Precinct]:
    """The precincts of a county, for the reference tables; the same codes that its voters bear."""
    return [Precinct(county_code=county_code, precinct_code=precinct_code(county_code, number), name=f"Precinct {number}") for number in range(1, count + 1)]


def draw_mailing_address(home: WireResidenceAddress, rng: Random) -> WireMailingAddress:
    """Where mail goes that does not go to the residence: mostly a post office box nearby, sometimes abroad."""
    if rng.random() < 0.04:
        return WireMailingAddress(address_line1=f"{int(rng.random() * 180) + 1} Calle de Alcalá", city="Madrid", zip_code="28009", country="Spain")
    box = int(rng.random() * 9_000) + 100
    return WireMailingAddress(address_line1=f"PO Box {box}", city=home.city, state=home.state, zip_code=(home.zip_code or "")[:5])
