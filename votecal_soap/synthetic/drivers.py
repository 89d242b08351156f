"""People as DMV knows them, before any error: voters, their relatives who are not registered, and strangers."""

from enum import StrEnum
from random import Random
from typing import Final, NamedTuple

from votecal_soap.synthetic.frequency_tables import WeightedTable
from votecal_soap.synthetic.numbers import LicenseNumbers
from votecal_soap.synthetic.people import Person, PersonDraw
from votecal_soap.synthetic.voters import SyntheticVoter

NO_MIDDLE_NAME_SHARE: Final = 0.4
"""Of people registered without a middle name: they have none."""
ALIKE_TWIN_SHARE: Final = 0.25
"""Of twins: both first names begin with one letter."""
SAME_MIDDLE_NAME_SHARE: Final = 0.7
"""Of parents and children of one name."""
GENERATION_DAYS: Final = (20 * 365, 36 * 365)
SIBLING_DAYS: Final = 6 * 365


class Kinship(StrEnum):
    """How a person is related to a voter."""

    TWIN = "twin"  # same birthday, address and surname
    NAMESAKE = "namesake"  # Jr and Sr: same name and address, a generation apart
    SPOUSE_OR_SIBLING = "spouse_or_sibling"  # same surname and address, other sex, born within six years


_KINSHIPS: Final = WeightedTable([(Kinship.TWIN, 25), (Kinship.NAMESAKE, 20), (Kinship.SPOUSE_OR_SIBLING, 55)])


class Driver(NamedTuple):
    """A person with the numbers that the state gave; the middle name is whole, or None where there is none."""

    person: Person
    drivers_license: str
    ssn4: str


class DriverDraw:
    """Draws people of whom DMV has a record."""

    def __init__(self, draw: PersonDraw, licenses: LicenseNumbers) -> None:
        """Number people without registration from the far end of `licenses`, which no voter has."""
        self._draw = draw
        self._rng = draw.rng
        self._licenses = licenses
        self._next_license = licenses.capacity

    def registered(self, voter: SyntheticVoter) -> Driver:
        """The voter, with what the registration leaves out: the same whenever it is asked, for it depends on the voter alone."""
        own = self._draw.with_chance(Random(f"driver {voter.drivers_license}"))  # noqa: S311 - made-up data, not secrets
        return Driver(_with_middle_name(voter.person, own), voter.drivers_license, voter.registration.ssn4 or _ssn4(own.rng))

    def unregistered(self, person: Person) -> Driver:
        """A person who is no voter."""
        license_number = self._licenses.number(self._next_license)
        self._next_license -= 1
        return Driver(_with_middle_name(person, self._draw), license_number, _ssn4(self._rng))

    def relative(self, person: Person) -> tuple[Kinship, Driver]:
        """Somebody of the person's family who is not registered."""
        kinship = _KINSHIPS.draw(self._rng)
        match kinship:
            case Kinship.TWIN:
                relative = self._twin(person)
            case Kinship.NAMESAKE:
                relative = self._namesake(person)
            case Kinship.SPOUSE_OR_SIBLING:
                relative = self._spouse_or_sibling(person)
        return kinship, self.unregistered(relative)

    def _twin(self, person: Person) -> Person:
        twin = self._renamed(person._replace(sex=self._draw.sex(), suffix=None))
        if self._rng.random() < ALIKE_TWIN_SHARE:
            twin = twin._replace(first_name=_name_with_initial(twin, person.first_name[0], self._draw))
        return self._twin(person) if twin.first_name == person.first_name else twin

    def _namesake(self, person: Person) -> Person:
        days = self._rng.randrange(*GENERATION_DAYS)
        is_child = self._draw.is_grown_up(person.born + days)
        suffix = ("JR" if is_child else "SR") if person.sex == "M" else None
        namesake = person._replace(born=person.born + days if is_child else person.born - days, suffix=suffix)
        return namesake if self._rng.random() < SAME_MIDDLE_NAME_SHARE else namesake._replace(middle_name=_given_name(namesake, self._draw))

    def _spouse_or_sibling(self, person: Person) -> Person:
        born = self._draw.grown_up(person.born + self._rng.randrange(-SIBLING_DAYS, SIBLING_DAYS))
        return self._renamed(person._replace(sex="F" if person.sex == "M" else "M", suffix=None, born=born))

    def _renamed(self, person: Person) -> Person:
        return person._replace(first_name=_given_name(person, self._draw), middle_name=_given_name(person, self._draw))


def _with_middle_name(person: Person, draw: PersonDraw) -> Person:
    if person.middle_name is None:
        return person if draw.rng.random() < NO_MIDDLE_NAME_SHARE else person._replace(middle_name=_given_name(person, draw))
    if len(person.middle_name) > 1:
        return person
    return person._replace(middle_name=_name_with_initial(person, person.middle_name, draw))


def _given_name(person: Person, draw: PersonDraw) -> str:
    return draw.given_name(person.origin, person.sex, person.born)


def _name_with_initial(person: Person, initial: str, draw: PersonDraw) -> str:
    """A given name with this initial, or the initial itself where no draw finds one."""
    for _ in range(60):
        if (name := _given_name(person, draw))[0] == initial:
            return name
    return initial


def _ssn4(rng: Random) -> str:
    return f"{rng.randrange(1, 9_999):04d}"
