"""The workload of the duplicates benchmark: a database of made-up voters, some of them registered twice, and which.

`python -m benchmarks.duplicates_workload FOLDER NAME VOTERS SEED [--people]` builds it in a process of its own, for what it takes stays with it.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks.coa_job_workload import NOW, VOTERS_AT_ONCE, unit_of_work
from benchmarks.coa_workload import FIRST_UID, population, voter_record
from db.bulk import bulk_writer, columns_of
from db.engine import create_engine
from db.repositories.match_keys import match_row
from db.schema import upgrade
from db.tables import voter_match
from votecal_soap.clock import FixedClock
from votecal_soap.domain.voters import Voter
from votecal_soap.search.candidates import CANDIDATE_COLUMNS
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE
from votecal_soap.synthetic.registration_noise import is_duplicate
from votecal_soap.synthetic.voters import SyntheticVoter
from votecal_soap.use_cases.load_reference_data import load_reference


class DuplicatesWorkload(NamedTuple):
    """A database, and the pairs of UIDs that are one person."""

    database: Path
    truth: Path

    def true_pairs(self) -> set[tuple[int, int]]:
        """The lower UID first."""
        return {(first, second) for first, second in json.loads(self.truth.read_text())}


def workload(folder: Path, name: str) -> DuplicatesWorkload:
    """Where a workload lies."""
    return DuplicatesWorkload(folder / f"{name}.db", folder / f"{name}.truth.json")


def build(made: DuplicatesWorkload, voters: int, seed: int, *, with_people: bool) -> None:
    """Fill a new database: people as compared, and the voters themselves with everything that hangs on them if they are wanted."""
    upgrade(f"sqlite:///{made.database}")
    truth: list[tuple[int, int]] = []
    records = _numbered(population(voters, seed, ORDINARY_NOISE), truth)
    if with_people:
        _add_people(made.database, records)
    else:
        _add_rows(made.database, records)
    made.truth.write_text(json.dumps(truth))


def _numbered(voters: Iterator[SyntheticVoter], truth: list[tuple[int, int]]) -> Iterator[Voter]:
    first = FIRST_UID
    for number, voter in enumerate(voters, start=FIRST_UID):
        if is_duplicate(voter):  # it follows the registration that it repeats
            truth.append((first, number))
        else:
            first = number
        yield voter_record(voter, number)


def _add_people(database: Path, records: Iterator[Voter]) -> None:
    with closing(unit_of_work(database)) as factory:
        load_reference("benchmark", factory(), FixedClock(NOW))
        while part := list(islice(records, VOTERS_AT_ONCE)):
            with factory() as uow:
                uow.voters.add_voters(part, NOW)
                uow.commit()


def _add_rows(database: Path, records: Iterator[Voter]) -> None:
    engine = create_engine(f"sqlite:///{database}")
    while part := list(islice(records, VOTERS_AT_ONCE)):
        with engine.begin() as connection:
            bulk_writer(connection).insert(voter_match, columns_of(CANDIDATE_COLUMNS, [match_row(record) for record in part]))
    engine.dispose()


def main(arguments: Sequence[str] | None = None) -> None:
    """Build one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("name")
    parser.add_argument("voters", type=int)
    parser.add_argument("seed", type=int)
    parser.add_argument("--people", action="store_true")
    given = parser.parse_args(arguments)
    build(workload(given.folder, given.name), given.voters, given.seed, with_people=given.people)


if __name__ == "__main__":
    main()
