"""The workload of the matching benchmark: a roll of made-up voters in memory, and what DMV sends about them, with known truth."""

import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import Final

from votecal_soap.contract.batch_writer import WireHomePrecinct, WireName
from votecal_soap.domain.matching import MatchField, Person
from votecal_soap.domain.voters import StateVoterId, Voter
from votecal_soap.search.candidates import CandidateRow
from votecal_soap.search.memory_index import MemoryIndex
from votecal_soap.search.standardising import standardise, voter_person
from votecal_soap.synthetic.coa import CoaSpec, DmvCase, generate_coa
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE, NoiseRates
from votecal_soap.synthetic.registration_noise import as_registered, residence
from votecal_soap.synthetic.voters import AS_OF, SyntheticVoter, generate_voters
from votecal_soap.use_cases.search_for_drivers import driver

COUNTIES: Final = {"19": 50, "37": 8, "30": 8, "43": 7, "01": 7, "38": 6, "34": 5, "10": 5, "36": 4}
"""Where the voters live, in percent."""
FIRST_UID: Final = 100_000_001


class Mode(StrEnum):
    """Which fields a search may use."""

    FULL = "all fields"
    NO_LICENSE = "without DL/ID"
    BARE = "name, date of birth, address"


FIELDS: Final = {
    Mode.FULL: frozenset(MatchField),
    Mode.NO_LICENSE: frozenset(MatchField) - {MatchField.DRIVERS_LICENSE},
    Mode.BARE: frozenset(MatchField) - {MatchField.DRIVERS_LICENSE, MatchField.SSN4, MatchField.GENDER},
}
"""A suffix is part of a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A roll, its index, and the records with the UIDs that each should find."""

    rows: list[CandidateRow]
    index: MemoryIndex
    cases: list[DmvCase]
    people: list[Person]
    truth: list[frozenset[int]]
    index_seconds: float
    """To compute the keys and sort them, from standardised rows."""

    @property
    def true_pairs(self) -> int:
        """Pairs of a record and a registration of the same person."""
        return sum(map(len, self.truth))


def make_workload(records: int, voters: int, seed: int, rates: NoiseRates = ORDINARY_NOISE) -> Workload:
    """A new roll and file for each seed."""
    rows: list[CandidateRow] = []
    uids: dict[str, int] = {}
    spec = CoaSpec(count=records, voter_count=voters, seed=seed, rates=rates, county_codes=tuple(COUNTIES))
    gc.disable()  # a million rows are built and none is dropped: the collector would only look at them
    cases = generate_coa(_enrolled(population(voters, seed, rates), rows, uids), spec)
    gc.enable()
    gc.freeze()  # in production the roll lies in a database, and no collection walks over it
    begun = time.perf_counter()
    index = MemoryIndex(rows)
    seconds = time.perf_counter() - begun
    truth = [frozenset(uids[ems_voter_id] for ems_voter_id in case.ems_voter_ids) for case in cases]
    return Workload(rows=rows, index=index, cases=cases, people=[driver(case.record) for case in cases], truth=truth, index_seconds=seconds)


def population(voters: int, seed: int, rates: NoiseRates) -> Iterator[SyntheticVoter]:
    """Voters of several counties, one county after the other, as they are registered."""
    counts = {county_code: voters * percent // 100 for county_code, percent in COUNTIES.items()}
    counts["19"] += voters - sum(counts.values())
    return chain.from_iterable(as_registered(generate_voters(count, seed, code), seed, code, rates) for code, count in counts.items())


def _enrolled(voters: Iterator[SyntheticVoter], rows: list[CandidateRow], uids: dict[str, int]) -> Iterator[SyntheticVoter]:
    """Pass voters on, and keep each as the row that the roll stores."""
    for voter in voters:
        uid = FIRST_UID + len(rows)
        uids[voter.ems_voter_id] = uid
        rows.append((uid, 0, voter.ems_voter_id[:2], *standardise(voter_person(voter_record(voter, uid)))))
        yield voter


def _day(given: date | str | None) -> date | None:
    """Made-up voters have real dates; a file's own text may stand there in the type only."""
    return None if given is None or isinstance(given, str) else given


def voter_record(voter: SyntheticVoter, state_voter_id: int) -> Voter:
    """A made-up voter as the state's database keeps it."""
    given, name = voter.registration, voter.registration.name or WireName()
    home, precinct = residence(given), given.home_precinct or WireHomePrecinct()
    return _UNREGISTERED._replace(
        state_voter_id=StateVoterId(state_voter_id),
        county_code=voter.ems_voter_id[:2],
        ems_voter_id=voter.ems_voter_id,
        first_name=name.first_name,
        middle_name=name.middle_name,
        last_name=name.last_name,
        suffix=name.suffix,
        date_of_birth=_day(given.date_of_birth),
        drivers_license=given.drivers_license,
        ssn4=given.ssn4,
        gender=given.gender,
        language=given.language,
        party=given.party,
        phone=given.phone,
        email=given.email,
        home_precinct=precinct.precinct_code,
        home_precinct_part=precinct.precinct_part,
        registration_date=_day(given.registration_date),
        status=str(given.status),
        status_reason=given.status_reason,
        **home._asdict(),
    )


_UNREGISTERED: Final = Voter(**dict.fromkeys(Voter._fields))._replace(version=1, effective_date=AS_OF, vnc_due=0, message_sequence=0)  # type: ignore[arg-type] # filled above
