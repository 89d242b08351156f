"""How often records of one person differ, and why: every rate of the made-up errors in one place."""

from dataclasses import dataclass, fields, replace
from typing import Final

HIGHEST: Final = 0.9
"""No doubled rate goes beyond this: some records must stay as they were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseRates:
    """Shares of records, or of the records that can bear the error. The rates are guesses, of the size that linkage studies report."""

    nickname: float = 0.07
    """Of first names with a short form known to us: the other form stands."""
    first_name_misspelt: float = 0.03
    first_initial: float = 0.003
    """The first name is an initial."""
    first_and_middle_swapped: float = 0.015
    """Of people with a middle name."""
    middle_missing: float = 0.19
    middle_initial: float = 0.30
    middle_misspelt: float = 0.01
    surname_changed: float = 0.045
    """Of women: a married name, a former name, or both."""
    double_surname_altered: float = 0.82
    """Of people with two surnames: cut to one, joined, turned round, or one of them kept as middle name."""
    surname_misspelt: float = 0.018
    suffix_missing: float = 0.40
    """Of people with a suffix."""
    day_and_month_swapped: float = 0.008
    """Of days of birth that allow it: about a third of them."""
    birth_digit_wrong: float = 0.008
    birth_year_wrong: float = 0.002
    birth_first_of_january: float = 0.0015
    """The day is not known: 1 January of the year stands for it."""
    birth_missing: float = 0.001
    gender_missing: float = 0.03
    license_digit_wrong: float = 0.004
    license_missing: float = 0.016
    ssn4_missing: float = 0.12
    old_address_another: float = 0.19
    """Of changes of address: the person has moved more than once, and the old address is not the registered one."""
    old_address_missing: float = 0.05
    already_at_new_address: float = 0.02
    """Of changes of address: the county knows it already (COA-14)."""
    street_type_spelt_out: float = 0.10
    street_misspelt: float = 0.03
    street_type_missing: float = 0.03
    direction_missing: float = 0.05
    """Of streets with one."""
    unit_missing: float = 0.12
    """Of flats."""
    house_number_digit_wrong: float = 0.008
    zip_code_digit_wrong: float = 0.01
    city_misspelt: float = 0.04
    registered_name_misspelt: float = 0.012
    registered_suffix_missing: float = 0.25
    registered_birth_date_wrong: float = 0.006
    registered_license_digit_wrong: float = 0.006
    registered_twice: float = 0.012
    duplicate_elsewhere: float = 0.65
    """Of second registrations: made after a move."""
    duplicate_license_missing: float = 0.62
    duplicate_license_digit_wrong: float = 0.04
    duplicate_ssn4_missing: float = 0.35
    duplicate_gender_missing: float = 0.30

    def doubled(self) -> "NoiseRates":
        """Every rate twice as high, but for those that would leave nothing as it was."""
        return replace(self, **{rate.name: min(2 * getattr(self, rate.name), HIGHEST) for rate in fields(self)})


ORDINARY_NOISE: Final = NoiseRates()
