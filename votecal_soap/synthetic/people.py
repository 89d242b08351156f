"""Draws one person: origin, sex, names and date of birth."""

from copy import copy
from datetime import date
from random import Random
from typing import Final, NamedTuple

from votecal_soap.synthetic.frequency_tables import NameTables, Origin, WeightedTable

ORIGIN_SHARES: Final = ((Origin.WHITE, 0.49), (Origin.HISPANIC, 0.29), (Origin.API, 0.16), (Origin.BLACK, 0.06))
"""About California's electorate."""

AGE_BANDS: Final = (((18, 25), 12), ((26, 35), 18), ((36, 45), 17), ((46, 55), 15), ((56, 65), 16), ((66, 75), 13), ((76, 85), 7), ((86, 99), 2))
"""Ages of registered voters, in percent."""

DAYS_OF_AN_ADULT: Final = 6_575
"""Days that make a person eighteen, whatever the leap years."""

MIDDLE_NAME_SHARE: Final = 0.76
MIDDLE_INITIAL_SHARE: Final = 0.42
DOUBLE_SURNAME_SHARE: Final = 0.18
ACCENT_SHARE: Final = 0.10
NAMES_CHANGED_IN: Final = 1990
"""People born later mostly bear names of the recent table."""


class Person(NamedTuple):
    """A person; `surnames` holds one surname, or father's and mother's where both are used."""

    origin: Origin
    sex: str
    first_name: str
    middle_name: str | None
    surnames: tuple[str, ...]
    suffix: str | None
    born: int

    @property
    def date_of_birth(self) -> date:
        """The day of birth; `born` is its ordinal."""
        return date.fromordinal(self.born)

    @property
    def last_name(self) -> str:
        """The whole last name."""
        return " ".join(self.surnames)


class PersonDraw:
    """Draws people from one stream of chance."""

    def __init__(self, names: NameTables, rng: Random, today: date) -> None:
        """`today` is the day on which the ages hold."""
        self._names = names
        self._today = today.toordinal()
        self._origins = WeightedTable(ORIGIN_SHARES)
        self._ages = WeightedTable(AGE_BANDS)
        self.rng = rng

    def with_chance(self, rng: Random) -> "PersonDraw":
        """The same tables and day, with another stream of chance."""
        other = copy(self)
        other.rng = rng
        return other

    def origin(self) -> Origin:
        """A group."""
        return self._origins.draw(self.rng)

    def sex(self) -> str:
        """F or M."""
        return "F" if self.rng.random() < 0.515 else "M"

    def birth(self, youngest: int = 18, oldest: int = 99) -> int:
        """The ordinal of a day of birth, for an age in these bounds."""
        low, high = self._ages.draw(self.rng)
        while high < youngest or low > oldest:
            low, high = self._ages.draw(self.rng)
        age = max(youngest, min(oldest, low + int(self.rng.random() * (high - low + 1))))
        return self.grown_up(self._today - int(age * 365.2425) - int(self.rng.random() * 365))

    def grown_up(self, born: int) -> int:
        """The day of birth, or an earlier one for whom it would make under age: over four years, lest one day has them all."""
        return born if self.is_grown_up(born) else self._today - DAYS_OF_AN_ADULT - int(self.rng.random() * 1_500)

    def is_grown_up(self, born: int) -> bool:
        """Whether a person born on this day is eighteen."""
        return born <= self._today - DAYS_OF_AN_ADULT

    def surnames(self, origin: Origin) -> tuple[str, ...]:
        """One surname, or two for some Hispanic families."""
        table = self._names.surnames[origin]
        if origin is Origin.HISPANIC and self.rng.random() < DOUBLE_SURNAME_SHARE:
            return table.draw(self.rng), table.draw(self.rng)
        return (table.draw(self.rng),)

    def person(self, origin: Origin, sex: str, surnames: tuple[str, ...], born: int) -> Person:
        """A person of a family."""
        first_name, middle_name = self.given_name(origin, sex, born), self._middle_name(origin, sex, born)
        if origin is Origin.HISPANIC and self.rng.random() < ACCENT_SHARE:
            accented = self._names.accented
            first_name, surnames = accented.get(first_name, first_name), tuple([accented.get(name, name) for name in surnames])
        return Person(origin, sex, first_name, middle_name, surnames, None, born)

    def given_name(self, origin: Origin, sex: str, born: int) -> str:
        """A given name of the person's generation."""
        is_younger = born > _CHANGE and self.rng.random() < 0.7
        table = self._names.younger if is_younger else self._names.older
        return table[sex, origin].draw(self.rng)

    def _middle_name(self, origin: Origin, sex: str, born: int) -> str | None:
        if self.rng.random() >= MIDDLE_NAME_SHARE:
            return None
        name = self.given_name(origin, sex, born)
        return name[0] if self.rng.random() < MIDDLE_INITIAL_SHARE else name


_CHANGE: Final = date(NAMES_CHANGED_IN, 1, 1).toordinal()
