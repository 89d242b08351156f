"""Where people move to: another home in the county, in another county, or out of the state."""

from random import Random
from typing import Final, NamedTuple

from votecal_soap.domain.dmv_records import ResidenceAddress
from votecal_soap.synthetic.geography import CountyMap, county_map

STAYS_IN_COUNTY_SHARE: Final = 0.72
OUT_OF_STATE_SHARE: Final = 0.01
OUT_OF_STATE: Final = ResidenceAddress(
    house_number="1200", street_name="Virginia", street_type="ST", residence_city="Reno", residence_state="NV", residence_zip_code="89501"
)


class NewHome(NamedTuple):
    """An address, and its county; None out of state."""

    address: ResidenceAddress
    county_code: str | None


class MoveDraw:
    """Draws homes; a county's map is read when somebody first moves there."""

    def __init__(self, rng: Random, county_codes: tuple[str, ...]) -> None:
        """People who leave their county go to one of these."""
        self._rng = rng
        self._county_codes = county_codes
        self._maps: dict[str, CountyMap] = {}

    def from_county(self, county_code: str) -> NewHome:
        """Where somebody of this county goes."""
        chance = self._rng.random()
        if chance < OUT_OF_STATE_SHARE:
            return NewHome(OUT_OF_STATE, None)
        return self.within(county_code) if chance < STAYS_IN_COUNTY_SHARE else self.anywhere()

    def anywhere(self) -> NewHome:
        """A home in one of the counties."""
        return self.within(self._rng.choice(self._county_codes))

    def within(self, county_code: str) -> NewHome:
        """A home in a county."""
        if county_code not in self._maps:
            self._maps[county_code] = county_map(county_code)
        home = self._maps[county_code].draw_home(self._rng)
        return NewHome(ResidenceAddress(*home.residence_address), county_code)
