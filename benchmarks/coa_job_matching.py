"""What matching costs in the database: the search of the job "Process DMV COA Record File", and the upkeep of match keys."""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, update

from benchmarks.coa_job_workload import NOW, SEED, JobWorkload, unit_of_work
from benchmarks.reporting import Report
from db.bulk import bulk_writer
from db.engine import create_engine
from db.repositories.match_keys import keep_keys, keep_people
from db.repositories.voter_versions import copy_versions
from db.tables import voter
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.domain.dmv_records import ResidenceAddress
from votecal_soap.domain.matching import MatchingFunction, MatchSettings
from votecal_soap.search.service import SearchService
from votecal_soap.search.standardising import standard_old_address, standardise
from votecal_soap.search.weights import expert_weights
from votecal_soap.use_cases.merge_match_keys import merge_match_keys
from votecal_soap.use_cases.ports import VoterChange
from votecal_soap.use_cases.process_voter_record_update_batch import not_collecting
from votecal_soap.use_cases.search_for_drivers import driver

ADDRESS: Final = ResidenceAddress._fields
"""The fields of a residence, by the names of `Voter`."""

T = TypeVar("T")


class Spent(defaultdict[str, float]):
    """Seconds of the processor, the system's too, by what they were spent on."""

    def __init__(self) -> None:
        """Nothing yet."""
        super().__init__(float)

    @contextmanager
    def on(self, what: str) -> Iterator[None]:
        """Add what passes within."""
        begun = time.process_time()
        yield
        self[what] += time.process_time() - begun


def report_search(report: Report, workload: JobWorkload, at_once: int) -> None:
    """From the candidate fetch, by one join in the database, to explained matches; the texts are standardised, and cycles left alone, as in the job."""
    settings, spent = MatchSettings(function=MatchingFunction.DMV_COA), Spent()
    people = [driver(case.record) for case in workload.cases]
    with closing(unit_of_work(workload.database)) as factory, factory(read_only=True) as uow, not_collecting():
        service = SearchService(expert_weights(), roll_size=uow.matching.roll_size())
        for start in range(0, len(people), at_once):
            part = people[start : start + at_once]
            for person in part:  # kept by the caches that the search asks
                standardise(person)
                standard_old_address(person)
            with spent.on("search"):
                service.search(part, uow.matching, settings)
    rate = len(people) / spent["search"]
    report.add("records a second and core, from candidate fetch in the database to explained matches", rate, "records/s", at_least=10_000)


def report_keys(report: Report, workload: JobWorkload, at_once: int) -> None:
    """What a changed address costs: its keys beside the version row, and what else matching keeps.

    The voters lie anywhere in the table, as those of a DMV file do, and each transaction writes them in the order of UIDs,
    as the product does. Every part is committed by itself, so that it pays for the pages that it fills.
    """
    changes, spent = _moves(workload), Spent()
    database = workload.copy("keys.db")
    engine = create_engine(f"sqlite:///{database}")
    with not_collecting():
        for start in range(0, len(changes), at_once):
            _change(engine, sorted(changes[start : start + at_once], key=lambda change: change.after.state_voter_id), spent)
        with closing(SqlUnitOfWorkFactory(engine)) as factory, spent.on("merge"):
            merged = merge_match_keys(factory)
    _report_parts(report, spent, len(changes), merged)


def _report_parts(report: Report, spent: Spent, voters: int, merged: int) -> None:
    micro = {what: seconds / voters * 1e6 for what, seconds in spent.items()}
    report.add("version row of a changed voter", micro["version"], "µs")
    report.add("keys of a voter with a changed address, computed and written", micro["keys"], "µs")
    report.add("key upkeep beside the version row", micro["keys"] / micro["version"], "ratio", at_most=2.0)
    report.add("person as compared, of a voter with a changed address", micro["person"], "µs")
    report.add("keys that such a voter loses and gains", merged / voters, "keys")
    report.add("merge of a key into the large table, later", spent["merge"] / merged * 1e6, "µs")
    report.add("keys, person and merge beside the version row", (micro["keys"] + micro["person"] + micro["merge"]) / micro["version"], "ratio")


def _change(engine: Engine, changes: list[VoterChange], spent: Spent) -> None:
    """Write one transaction's changes, part by part."""
    numbers = [change.after.state_voter_id for change in changes]
    rise = update(voter).where(voter.c.state_voter_id.in_(numbers)).values(version=voter.c.version + 1)
    _committed(engine, lambda connection: connection.execute(rise))
    with spent.on("version"):
        _committed(engine, lambda connection: copy_versions(connection, numbers, NOW, None))
    with spent.on("person"):
        before, after = _committed(engine, lambda connection: keep_people(connection, bulk_writer(connection), changes))
    with spent.on("keys"):
        _committed(engine, lambda connection: keep_keys(bulk_writer(connection), before, after))


def _committed(engine: Engine, write: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return write(connection)


def _moves(workload: JobWorkload) -> list[VoterChange]:
    """As many voters as the file has records, drawn from all of them, take one another's addresses."""
    draw = random.Random(SEED)  # noqa: S311 - nothing secret
    with closing(unit_of_work(workload.database)) as factory, factory(read_only=True) as uow:
        first, last = uow.matching.state_voter_id_span()
        before = uow.voters.by_state_id(draw.sample(range(first, last + 1), len(workload.cases)))
    draw.shuffle(before)
    homes = [{name: getattr(other, name) for name in ADDRESS} for other in before]
    return [VoterChange(person, person._replace(**home), ADDRESS) for person, home in zip(before, [*homes[1:], homes[0]], strict=True)]
