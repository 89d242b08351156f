"""The reference county's own codes: from the state's to the county's, and the rules that turn them back (VRU-08)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from votecal_soap.contract.batch_writer import WireRegistration

_BY_THE_STATE: Final = frozenset({"suffix"})
"""Fields whose county codes the statewide rules understand as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyCodes:
    """For each coded field of a voter, the state's codes and the county's."""

    tables: Mapping[str, Mapping[str, str]]

    def of(self, field: str, state_code: str | None) -> str | None:
        """The county's code; one that it does not have stays as it is."""
        return self.tables[field].get(state_code, state_code) if state_code else state_code

    def registration(self, registration: WireRegistration) -> WireRegistration:
        """A registration as the county's system keeps it."""
        name, home = registration.name, registration.residence_address
        return registration._replace(
            name=name and name._replace(suffix=self.of("suffix", name.suffix)),
            gender=self.of("gender", registration.gender),
            language=self.of("language", registration.language),
            party=self.of("party", registration.party),
            residence_address=home
            and home._replace(
                street_pre_direction=self.of("street_pre_direction", home.street_pre_direction),
                street_type=self.of("street_type", home.street_type),
                unit_type=self.of("unit_type", home.unit_type),
            ),
            status=self.of("status", registration.status),
        )

    def rules_toml(self) -> str:
        """Translation rules for the county, as `votecal rules import` takes them."""
        return "".join(_rule(field, table) for field, table in self.tables.items() if field not in _BY_THE_STATE)


def load_county_codes() -> CountyCodes:
    """Read the codes of the reference county system."""
    return CountyCodes(tables=tomllib.loads(files("votecal_soap.synthetic").joinpath("data/county_codes.toml").read_text(encoding="utf-8")))


def _rule(field: str, table: Mapping[str, str]) -> str:
    lines = "\n".join(f'"{county_code}" = "{state_code}"' for state_code, county_code in table.items())
    return f'[[rule]]\nfields = ["{field}"]\naction = "translate"\n[rule.table]\n{lines}\n\n'
