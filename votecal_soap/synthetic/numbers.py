"""Driver's licence numbers for made-up voters: one letter and seven digits, no two alike in the whole state."""

from random import Random
from typing import Final

DIGITS: Final = 10_000_000
NUMBERS: Final = 26 * DIGITS
SLOTS: Final = 4_000_000
"""Numbers for each county ..."""
LOS_ANGELES: Final = "19"
LOS_ANGELES_SLOTS: Final = NUMBERS - 57 * SLOTS
"""... and for the largest, which alone has more voters."""
_STRIDE: Final = 123_456_791
"""Without a divisor in common with NUMBERS, so that stepping by it meets each number once."""


class LicenseNumbers:
    """Scatters voter numbers over all licence numbers, another way for each seed."""

    def __init__(self, county_code: str, seed: int) -> None:
        """Take the county's slots."""
        place = int(county_code) - 1
        after_los_angeles = county_code > LOS_ANGELES
        self._first = place * SLOTS + (LOS_ANGELES_SLOTS - SLOTS if after_los_angeles else 0)
        self._offset = Random(f"licences {seed}").randrange(NUMBERS)  # noqa: S311 - made-up data, not secrets
        self.capacity = LOS_ANGELES_SLOTS if county_code == LOS_ANGELES else SLOTS

    def number(self, voter_number: int) -> str:
        """The licence number of the county's voter of this number, from 1."""
        place = ((self._first + voter_number - 1) * _STRIDE + self._offset) % NUMBERS
        return f"{chr(65 + place // DIGITS)}{place % DIGITS:07d}"
