"""What DMV sends about a made-up population, with known truth: voters who moved, relatives of voters, strangers (COA-03, COA-38).

Relatives and strangers are not registered: they are what a matching function must not take for a voter.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from random import Random
from typing import Final, NamedTuple

from votecal_soap.domain.dmv_records import DmvRecord
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.synthetic.coa_records import Move, RecordDraw
from votecal_soap.synthetic.drivers import DriverDraw, Kinship
from votecal_soap.synthetic.frequency_tables import Origin, load_names
from votecal_soap.synthetic.households import HouseholdDraw
from votecal_soap.synthetic.moves import MoveDraw, NewHome
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE, NoiseRates
from votecal_soap.synthetic.numbers import LOS_ANGELES, LicenseNumbers
from votecal_soap.synthetic.people import PersonDraw
from votecal_soap.synthetic.registration_noise import is_duplicate, residence
from votecal_soap.synthetic.voters import AS_OF, SyntheticVoter

MOVER_SHARE: Final = 0.68
RELATIVE_SHARE: Final = 0.06
"""The rest of the records are strangers': a quarter."""
FIRST_TO_MOVE_SHARE: Final = 0.72
"""Of movers: chosen one by one; the others move with them."""
MOVES_ALONG_SHARE: Final = 0.62
"""Of the people of a mover's household."""


class DriverKind(StrEnum):
    """What is known of the person of a record."""

    MOVER = "mover"  # a voter
    TWIN_MOVER = "twin_mover"  # a voter whose twin is a voter at the same address
    NAMESAKE_MOVER = "namesake_mover"  # a voter who shares the name with a voter at the same address
    UNREGISTERED_TWIN = "unregistered_twin"
    UNREGISTERED_NAMESAKE = "unregistered_namesake"
    UNREGISTERED_RELATIVE = "unregistered_relative"  # spouse, brother or sister of a voter
    STRANGER = "stranger"


_UNREGISTERED: Final = {
    Kinship.TWIN: DriverKind.UNREGISTERED_TWIN,
    Kinship.NAMESAKE: DriverKind.UNREGISTERED_NAMESAKE,
    Kinship.SPOUSE_OR_SIBLING: DriverKind.UNREGISTERED_RELATIVE,
}


class DmvCase(NamedTuple):
    """A record, and whose it is."""

    record: DmvRecord
    kind: DriverKind
    ems_voter_ids: tuple[str, ...]
    """Every registration of the person; none for one who is not registered."""
    origin: Origin
    sex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoaSpec:
    """What to make. `seed` must be that of the voters, lest two people bear one licence number."""

    count: int
    voter_count: int
    seed: int
    rates: NoiseRates = ORDINARY_NOISE
    county_codes: tuple[str, ...] = ("19",)
    """Where movers go and strangers live."""
    sent_on: date = AS_OF
    """The day of the file; no record is later."""


def generate_coa(voters: Iterable[SyntheticVoter], spec: CoaSpec) -> list[DmvCase]:
    """Make the records of a file, in random order.

    `voters` are read once, as a stream: `voter_count` people, household by household, each first registration
    followed by the person's others. The same voters and spec give the same records.
    """
    chosen = int(spec.count * MOVER_SHARE * FIRST_TO_MOVE_SHARE)
    if chosen > spec.voter_count:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, "More people move than there are voters.", ref="count")
    return _CoaDraw(spec, chosen).cases(voters)


class _Resident(NamedTuple):
    """A voter with the place in the stream, and every registration."""

    place: int
    voter: SyntheticVoter
    ems_voter_ids: tuple[str, ...]


class _CoaDraw:
    def __init__(self, spec: CoaSpec, chosen: int) -> None:
        self._spec = spec
        self._rng = Random(f"coa {spec.seed}")  # noqa: S311 - made-up data, not secrets
        draw = PersonDraw(load_names(), self._rng, AS_OF)
        self._drivers = DriverDraw(draw, LicenseNumbers(LOS_ANGELES, spec.seed))
        self._households = HouseholdDraw(draw)
        self._homes = MoveDraw(self._rng, spec.county_codes)
        self._records = RecordDraw(draw, spec.rates, spec.sent_on, f"DMV{spec.seed}")
        everybody = range(spec.voter_count)
        self._movers = frozenset(self._rng.sample(everybody, chosen))
        self._relatives_of = frozenset(self._rng.sample(everybody, min(int(spec.count * RELATIVE_SHARE), spec.voter_count)))

    def cases(self, voters: Iterable[SyntheticVoter]) -> list[DmvCase]:
        movers, relatives = [], []
        for household in _households(voters):
            movers += self._movers_of(household)
            relatives += [self._relative(resident) for resident in household if resident.place in self._relatives_of]
        self._rng.shuffle(movers)
        cases = movers[: int(self._spec.count * MOVER_SHARE)] + relatives
        cases += self._strangers(self._spec.count - len(cases))
        self._rng.shuffle(cases)
        return [case._replace(record=case.record._replace(sequence=place)) for place, case in enumerate(cases, start=1)]

    def _movers_of(self, household: list[_Resident]) -> list[DmvCase]:
        """Those who were chosen, and most of their household with them, to one new home."""
        if not any(resident.place in self._movers for resident in household):
            return []
        new_home = self._homes.from_county(_county(household[0].voter))
        moving = [resident for resident in household if resident.place in self._movers or self._rng.random() < MOVES_ALONG_SHARE]
        return [self._mover(resident, household, new_home) for resident in moving]

    def _mover(self, resident: _Resident, household: list[_Resident], new_home: NewHome) -> DmvCase:
        driver, voter = self._drivers.registered(resident.voter), resident.voter
        move = Move(driver, voter.registration, residence(voter.registration), _county(voter), new_home)
        return self._case(move, _kind(resident, household), resident.ems_voter_ids)

    def _relative(self, resident: _Resident) -> DmvCase:
        voter = resident.voter
        kinship, driver = self._drivers.relative(voter.person)
        move = Move(driver, voter.registration, residence(voter.registration), _county(voter), self._homes.from_county(_county(voter)))
        return self._case(move, _UNREGISTERED[kinship], ())

    def _strangers(self, count: int) -> list[DmvCase]:
        cases: list[DmvCase] = []
        while len(cases) < count:
            old_home = self._homes.anywhere()
            for person in self._households.household():
                move = Move(self._drivers.unregistered(person), None, old_home.address, str(old_home.county_code), self._homes.anywhere())
                cases.append(self._case(move, DriverKind.STRANGER, ()))
        return cases[:count]

    def _case(self, move: Move, kind: DriverKind, ems_voter_ids: tuple[str, ...]) -> DmvCase:
        person = move.driver.person
        return DmvCase(self._records.record(move), kind, ems_voter_ids, person.origin, person.sex)


def _households(voters: Iterable[SyntheticVoter]) -> Iterator[list[_Resident]]:
    """The people of each home; a second registration belongs to the voter before it."""
    place = 0
    for _, members in groupby(voters, key=lambda voter: (_county(voter), voter.household)):
        residents: list[_Resident] = []
        for voter in members:
            if is_duplicate(voter):
                residents[-1] = residents[-1]._replace(ems_voter_ids=(*residents[-1].ems_voter_ids, voter.ems_voter_id))
                continue
            residents.append(_Resident(place, voter, (voter.ems_voter_id,)))
            place += 1
        yield residents


def _county(voter: SyntheticVoter) -> str:
    return voter.ems_voter_id[:2]


def _kind(resident: _Resident, household: list[_Resident]) -> DriverKind:
    person = resident.voter.person
    others = [other.voter.person for other in household if other is not resident]
    if any((other.first_name, other.surnames) == (person.first_name, person.surnames) for other in others):
        return DriverKind.NAMESAKE_MOVER
    return DriverKind.TWIN_MOVER if any(other.born == person.born for other in others) else DriverKind.MOVER
