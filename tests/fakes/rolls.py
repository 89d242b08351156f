"""People of the tests, and the roll they are sought on."""

from collections.abc import Sequence
from datetime import date

from votecal_soap.domain.matching import MatchingFunction, MatchSettings, Person
from votecal_soap.search.memory_index import MemoryIndex
from votecal_soap.search.standardising import standardise

SETTINGS = MatchSettings(function=MatchingFunction.DMV_COA)
ANA = Person(
    first_name="Ana",
    middle_name="Maria",
    last_name="Zyskowski",
    date_of_birth=date(1971, 6, 24),
    gender="F",
    drivers_license="D1234567",
    ssn4="4321",
    house_number="12",
    street="Main St",
    city="Fresno",
    zip_code="93701",
)
BOB = ANA._replace(first_name="Robert", middle_name="J", last_name="Garcia Lopez", gender="M", drivers_license="B7654321", ssn4="1111", house_number="77")


def roll(*people: Person, confidential: Sequence[int] = (), county: str = "19") -> MemoryIndex:
    """A roll; the voters are numbered from 1."""
    return MemoryIndex([(number, int(number in confidential), county, *standardise(person)) for number, person in enumerate(people, start=1)])
