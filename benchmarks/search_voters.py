"""UC01.21.01 at size: a county's statewide search, in process, from the request's values to the answer's, its audit entry included (EWS-08)."""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

from benchmarks.coa_workload import COUNTIES, FIRST_UID, population, voter_record
from benchmarks.reporting import Report, command
from db.schema import upgrade
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.clock import SystemClock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.matching import Person
from votecal_soap.domain.voter_searches import VoterSearch
from votecal_soap.domain.voters import Voter
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE
from votecal_soap.use_cases.load_reference_data import load_reference
from votecal_soap.use_cases.search_voters import Searching, search_voters

VOTERS: Final = {"small": 50_000, "full": 1_000_000}
SEARCHES: Final = {"small": 300, "full": 2_000}
WARM_UP: Final = 50
AT_ONCE: Final = 20_000
SEED: Final = 1
MEDIAN_MS: Final = 20.0
TAIL_MS: Final = 100.0
"""The bars at a million voters, in process."""


def run(scale: str) -> Report:
    """What one search takes: by name and birth, by name and home, by licence, by a name that is common, and with slips of the pen."""
    report = Report(benchmark="search_voters", scale=scale)
    with tempfile.TemporaryDirectory() as name, _roll(Path(name), VOTERS[scale]) as (factory, sample):
        searching = Searching(unit_of_work=factory, clock=SystemClock(), key=b"a key of the benchmark")
        caller = Caller(username="benchmark", county_code=next(iter(COUNTIES)), credential_expires_at=None)
        wanted = _searches(sample, SEARCHES[scale] + WARM_UP)
        for kind, _ in wanted[:WARM_UP]:
            search_voters(kind, caller, searching)
        taken, found = [], 0
        for search, uid in wanted[WARM_UP:]:
            started = time.perf_counter()
            answer = search_voters(search, caller, searching)
            taken.append((time.perf_counter() - started) * 1e3)
            found += any(int(one.voter.state_voter_id) == uid for one in answer)
        report.facts |= {"voters": VOTERS[scale], "searches": len(taken)}
        _tell(report, sorted(taken), found)
    return report


def _tell(report: Report, taken: Sequence[float], found: int) -> None:
    report.add("median of a search", taken[len(taken) // 2], "ms", at_most=MEDIAN_MS)
    report.add("99th percentile", taken[len(taken) * 99 // 100], "ms", at_most=TAIL_MS)
    report.add("slowest", taken[-1], "ms")
    report.add("searches that found the voter looked for", found / len(taken), "share", at_least=0.95)


@contextmanager
def _roll(folder: Path, voters: int) -> Iterator[tuple[SqlUnitOfWorkFactory, list[Voter]]]:
    """A database of made-up voters with their match keys, and some of them to look for."""
    url = f"sqlite:///{folder / 'state.db'}"
    upgrade(url)
    factory = SqlUnitOfWorkFactory.from_url(url)
    load_reference("benchmark", factory(), SystemClock())
    wanted = set(random.Random(SEED).sample(range(voters), min(voters, SEARCHES["full"])))  # noqa: S311 - a choice to measure with
    chosen: list[Voter] = []
    numbered = enumerate(population(voters, SEED, ORDINARY_NOISE))
    while part := [(number, voter_record(item, FIRST_UID + number)) for number, item in islice(numbered, AT_ONCE)]:
        chosen += [voter for number, voter in part if number in wanted]
        with factory() as uow:
            uow.voters.add_voters([voter for _, voter in part], SystemClock().now())
            uow.commit()
    random.Random(SEED).shuffle(chosen)  # noqa: S311 - likewise
    yield factory, chosen
    factory.close()


def _searches(sample: Sequence[Voter], count: int) -> list[tuple[VoterSearch, int]]:
    """What clerks type, in turn, with the UID of the voter that they mean."""
    makers = (_by_birth, _by_home, _by_licence, _with_slips)
    chosen = [sample[number % len(sample)] for number in range(count)]
    return [(VoterSearch(person=makers[number % len(makers)](voter)), int(voter.state_voter_id)) for number, voter in enumerate(chosen)]


def _by_birth(voter: Voter) -> Person:
    return Person(first_name=voter.first_name, last_name=voter.last_name, date_of_birth=voter.date_of_birth)


def _by_home(voter: Voter) -> Person:
    street = " ".join(filter(None, (voter.street_pre_direction, voter.street_name, voter.street_type, voter.street_post_direction)))
    return Person(first_name=voter.first_name, last_name=voter.last_name, house_number=voter.house_number, street=street, zip_code=voter.residence_zip_code)


def _by_licence(voter: Voter) -> Person:
    return Person(drivers_license=voter.drivers_license, last_name=voter.last_name, first_name=voter.first_name)


def _with_slips(voter: Voter) -> Person:
    """Two letters changed places, as a form is misread."""
    name = voter.last_name or ""
    return _by_birth(voter)._replace(last_name=name[:1] + name[2:3] + name[1:2] + name[3:])


if __name__ == "__main__":
    command("search_voters", run)
