"""The workload of the synchronization check: a county's made-up voters at the state and, in codes of its own, in its EMS, with differences planted."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from random import Random

from benchmarks.queue_workload import COUNTY, KEY, SECRET, USERNAME, Queue
from db.engine import create_engine
from db.schema import upgrade
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.clock import SystemClock
from votecal_soap.contract.batch_writer import WireRecord
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.credentials import keyed_hash
from votecal_soap.domain.counties import Credential, Precinct
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.files import write_initial_load
from votecal_soap.synthetic.voters import generate_voters
from votecal_soap.use_cases.load_reference_data import load_reference
from votecal_soap.use_cases.load_voters import LoadCommand, load_voters

SEED = 1
PRECINCTS = 1_000
DIFFERENCES = 1_000
"""Of so many voters one is not alike: as many as the tolerance of 2 CCR 19083 leaves a large county, and more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A state's database and a county's EMS over the same voters; `planted` of them are not alike."""

    queue: Queue
    voters: int
    planted: int

    @property
    def differences(self) -> int:
        """What is to be found: a voter with a wrong UID is missing on both sides."""
        return self.planted + self.planted // 10

    def unit_of_work(self) -> SqlUnitOfWorkFactory:
        """Units of work over the state's database."""
        return SqlUnitOfWorkFactory(create_engine(f"sqlite:///{self.queue.database}"))


def make_workload(folder: Path, voters: int) -> Workload:
    """Load the state as a county is loaded, and the EMS from the same people."""
    queue = Queue(folder=folder, depth=0)
    upgrade(f"sqlite:///{queue.database}")
    workload = Workload(queue=queue, voters=voters, planted=voters // DIFFERENCES)
    with closing(workload.unit_of_work()) as factory:
        _load_state(factory, folder, voters)
    _load_ems(queue, voters)
    _plant(queue.ems, workload.planted)
    return workload


def _load_state(factory: SqlUnitOfWorkFactory, folder: Path, voters: int) -> None:
    load_reference("benchmark", factory(), SystemClock())
    codes = load_county_codes()
    with factory() as uow:
        hashed = keyed_hash(SECRET, KEY.encode())
        uow.reference.save_credential(
            Credential(username=USERNAME, county_code=COUNTY, secret_hmac=hashed, expires_at=None, revoked_at=None, certificate_subject=None)
        )
        uow.reference.save_rules_text(COUNTY, codes.rules_toml())
        uow.reference.save_precincts(Precinct(county_code=COUNTY, precinct_code=code, name=None) for code in _precincts())
        uow.commit()
    file = write_initial_load(folder / "load.xml", COUNTY, generate_voters(voters, SEED, COUNTY, precinct_count=PRECINCTS), datetime.now(UTC), codes=codes)
    command = LoadCommand(county_code=COUNTY, file=file.path, actor="benchmark", on_refusal=lambda _: None, on_progress=lambda done, of: None)
    load_voters(command, factory, SystemClock())
    file.path.unlink()


def _precincts() -> list[str]:
    """Those of the first households: each precinct has some of them."""
    drawn = islice(generate_voters(PRECINCTS * 50, SEED, COUNTY, precinct_count=PRECINCTS), PRECINCTS * 50)
    homes = (voter.registration.home_precinct for voter in drawn)
    return sorted({home.precinct_code for home in homes if home is not None and home.precinct_code is not None})


def _load_ems(queue: Queue, voters: int) -> None:
    with closing(sqlite3.connect(queue.database)) as state:
        known = dict(state.execute("SELECT ems_voter_id, state_voter_id FROM voter"))
    with EmsDatabase.create(queue.ems, COUNTY) as ems:
        ems.load_voters(_ems_records(voters, known))


def _ems_records(voters: int, known: dict[str, int]) -> Iterator[WireRecord]:
    codes = load_county_codes()
    for voter in generate_voters(voters, SEED, COUNTY, precinct_count=PRECINCTS):
        if voter.ems_voter_id in known:
            yield WireRecord(known[voter.ems_voter_id], voter.ems_voter_id, 1, registration=codes.registration(voter.registration))


def _plant(ems: Path, count: int) -> None:
    """Eight in ten lived elsewhere, one in ten is missing on either side."""
    with closing(sqlite3.connect(ems)) as database, database:
        keys = [row[0] for row in database.execute("SELECT voter_key FROM voters WHERE reg_stat IN ('A', 'I') ORDER BY voter_key")]
        chosen = Random(SEED).sample(keys, count)  # noqa: S311 - made-up data, not secrets
        gone, unknown, moved = chosen[: count // 10], chosen[count // 10 : count // 5], chosen[count // 5 :]
        database.executemany("DELETE FROM voters WHERE voter_key = ?", [(key,) for key in gone])
        database.executemany("UPDATE voters SET state_uid = state_uid + 500000000 WHERE voter_key = ?", [(key,) for key in unknown])
        database.executemany("UPDATE voters SET res_street = 'Elsewhere' WHERE voter_key = ?", [(key,) for key in moved])
