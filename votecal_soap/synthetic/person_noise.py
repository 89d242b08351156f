"""One person, written down once more: how names, days and numbers come out in another record."""

import re
from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple

from votecal_soap.synthetic.drivers import Driver
from votecal_soap.synthetic.frequency_tables import WeightedTable, read_table
from votecal_soap.synthetic.misspelling import misspell, slip_birth_date
from votecal_soap.synthetic.noise_rates import NoiseRates
from votecal_soap.synthetic.people import Person, PersonDraw

FORMER_NAME_AS_MIDDLE_SHARE: Final = 0.25
"""Of women with a changed surname: the former one has become the middle name."""


class Identity(NamedTuple):
    """What one record says of who a person is."""

    first_name: str
    middle_name: str | None
    last_name: str
    suffix: str | None
    date_of_birth: date | None
    gender: str | None
    drivers_license: str | None
    ssn4: str | None


class PersonNoise:
    """Writes people down, with errors at given rates."""

    def __init__(self, draw: PersonDraw, rates: NoiseRates) -> None:
        """Use the stream of chance of `draw`."""
        self._draw = draw
        self._rng = draw.rng
        self._random = draw.rng.random
        self._rates = rates
        self._other_forms = _nicknames()

    def record(self, driver: Driver) -> Identity:
        """Names and birth as another clerk writes them; numbers and gender as they are."""
        person = driver.person
        first_name, middle_name = self._given_names(person)
        last_name, middle_name = self._last_name(person, middle_name)
        return Identity(
            first_name=first_name,
            middle_name=middle_name,
            last_name=last_name,
            suffix=None if self._happens(self._rates.suffix_missing) else person.suffix,
            date_of_birth=slip_birth_date(person.date_of_birth, self._rates, self._rng),
            gender=person.sex,
            drivers_license=driver.drivers_license,
            ssn4=driver.ssn4,
        )

    def _happens(self, rate: float) -> bool:
        return self._random() < rate

    def _given_names(self, person: Person) -> tuple[str, str | None]:
        first_name, middle_name = self._first_name(person.first_name), person.middle_name
        if middle_name and len(middle_name) > 1 and self._happens(self._rates.first_and_middle_swapped):
            return middle_name, first_name
        return first_name, self._middle_name(middle_name)

    def _first_name(self, name: str) -> str:
        others = self._other_forms.get(name)
        if others and self._happens(self._rates.nickname):
            return self._rng.choice(others)
        if self._happens(self._rates.first_name_misspelt):
            return misspell(name, self._rng)
        return name[0] if self._happens(self._rates.first_initial) else name

    def _middle_name(self, name: str | None) -> str | None:
        if name is None or self._happens(self._rates.middle_missing):
            return None
        if self._happens(self._rates.middle_initial):
            return name[0]
        return misspell(name, self._rng) if self._happens(self._rates.middle_misspelt) else name

    def _last_name(self, person: Person, middle_name: str | None) -> tuple[str, str | None]:
        parts = re.split("[- ]", person.last_name)
        if person.sex == "F" and self._happens(self._rates.surname_changed):
            last_name = self._changed_surname(person, parts[-1])
            middle_name = parts[0] if self._happens(FORMER_NAME_AS_MIDDLE_SHARE) else middle_name
        elif len(parts) > 1 and self._happens(self._rates.double_surname_altered):
            last_name, middle_name = _ALTERATIONS.draw(self._rng)(parts, middle_name)
        else:
            last_name = person.last_name
        return misspell(last_name, self._rng) if self._happens(self._rates.surname_misspelt) else last_name, middle_name

    def _changed_surname(self, person: Person, own: str) -> str:
        other = self._draw.surnames(person.origin)[0]
        chance = self._random()
        return other if chance < 0.7 else f"{own}-{other}" if chance < 0.9 else f"{own} {other}"


Alteration = Callable[[list[str], str | None], tuple[str, str | None]]

_ALTERATIONS: Final = WeightedTable[Alteration](
    [
        (lambda parts, middle_name: (parts[0], middle_name), 20),
        (lambda parts, middle_name: (parts[-1], middle_name), 10),
        (lambda parts, middle_name: (" ".join(parts), middle_name), 25),
        (lambda parts, middle_name: ("-".join(parts), middle_name), 15),
        (lambda parts, middle_name: ("".join(parts), middle_name), 5),
        (lambda parts, middle_name: (" ".join(reversed(parts)), middle_name), 3),
        (lambda parts, middle_name: (parts[-1], parts[0]), 4),
    ]
)
"""What becomes of two surnames, with weights: each takes the surnames and the middle name, and gives the last name and the middle name."""


def _nicknames() -> dict[str, list[str]]:
    """For each name the forms that may stand for it, either way round."""
    forms: dict[str, list[str]] = {}
    for name, short_form in read_table("nicknames.csv"):
        forms.setdefault(name, []).append(short_form)
        forms.setdefault(short_form, []).append(name)
    return forms
