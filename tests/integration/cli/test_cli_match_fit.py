"""`votecal match fit`: from DMV's records to weights that a case names, and nothing changes before somebody says so (COA-05)."""

import json
import os
from datetime import date
from pathlib import Path
from random import Random

import pytest
from fakes.dmv import a_record, a_voter
from sqlalchemy import func, select

from db.tables import audit_entry, match_case
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.search.weights import expert_weights

from .conftest import NOW

VOTERS, RECORDS, UNVERIFIED = 900, 500, 100
FIRST_UID = 100_000_001
FIRST_NAMES = ("ANA", "ZOE", "IDA", "EVA", "QUILL", "OTTO", "BEA", "URSULA", "HUGO", "FINN")
LAST_NAMES = ("ZYSKOWSKI", "BAKER", "GARCIA", "OKAFOR", "NGUYEN", "SMITH", "ROMIG", "CHANG", "LOPEZ", "DUVAL")


def voters():
    """People of few names and birth years, so that strangers share keys; all DL/ID numbers are verified but the first hundred's."""
    rng = Random(1)
    for number in range(VOTERS):
        born = date(rng.randrange(1950, 1954), rng.randrange(1, 13), rng.randrange(1, 28))
        status = "Verified" if number >= UNVERIFIED else "Pending"
        names = {"first_name": rng.choice(FIRST_NAMES), "last_name": rng.choice(LAST_NAMES)}
        licence = f"{rng.choice('ABCD')}{rng.randrange(10_000_000):07}"
        yield a_voter(FIRST_UID + number, **names, date_of_birth=born, drivers_license=licence, drivers_license_status=status, house_number=str(number + 1))


def record_of(person, sequence, rng):
    """What DMV sends about a voter: now and then with a slip."""
    born, name = person.date_of_birth, person.first_name
    draw = rng.random()
    if draw < 0.1:
        name = name[:-1] + "X"
    elif draw < 0.2:
        born = born.replace(year=born.year + 1)
    number = {"transaction_id": f"T{person.state_voter_id}", "drivers_license": person.drivers_license}
    return a_record(sequence, **number, first_name=name, last_name=person.last_name, date_of_birth=born, old_address=None)


@pytest.fixture
def uow(staffed, sqlite_url):
    factory = SqlUnitOfWorkFactory.from_url(sqlite_url)
    yield factory
    factory.close()


@pytest.fixture
def receive(staffed, environ):
    """Has the job process a file of DMV records."""

    def received(name, records):
        path = Path(environ["VOTECAL_DATA_DIR"]) / "dmv-coa" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_dmv_coa_file(path, DmvCoaHeader(path.stem.upper(), NOW), records)
        os.utime(path, (NOW.timestamp() - 60, NOW.timestamp() - 60))
        staffed("job", "schedule", "process-dmv-coa-record-file", "--as", "sam", "--file", name)
        staffed("worker", "--drain")

    return received


@pytest.fixture
def learned_from(uow, receive):
    """A roll, and a file of DMV's that has changed some of it."""
    with uow() as work:
        roll = list(voters())
        work.voters.add_voters(roll, NOW)
        work.commit()
    rng = Random(2)
    receive("first.xml", [record_of(person, number, rng) for number, person in enumerate(roll[:RECORDS], start=1)])
    return roll


def versions_of_cases(uow):
    with uow() as work:
        return work._connection.execute(select(match_case.c.weights_version).order_by(match_case.c.case_id)).scalars().all()


@pytest.mark.requirement("COA-05", "OPS-02")
def test_weights_are_fitted_checked_kept_activated_and_named_by_the_cases_they_make(staffed, learned_from, receive, uow, run_json):
    before = versions_of_cases(uow)
    assert set(before) == {expert_weights().version}
    fitted = run_json("match", "fit", "spring", "--as", "ada")
    assert fitted["version"] == "spring"
    assert 0 < fitted["held_back"] < fitted["pairs"]
    assert fitted["f1_held_back"] > 0.95
    assert fitted["calibration_error"] < 0.02

    kept = run_json("match", "weights", "show", "spring")
    assert (kept["weights"]["version"], kept["weights"]["origin"], kept["weights"]["roll_size"]) == ("spring", "silver", VOTERS)
    assert kept["weights"]["levels"] != json.loads(expert_weights().to_json())["levels"]
    assert kept["weights"]["calibration"] == sorted(kept["weights"]["calibration"])
    assert kept["report"]["held_back"] == fitted["held_back"] == sum(row["pairs"] for row in kept["report"]["calibration"])
    assert f"{fitted['held_back']} pairs held back" in staffed("match", "weights", "show", "spring").stdout

    rng = Random(3)
    receive("second.xml", [record_of(person, number, rng) for number, person in enumerate(learned_from[RECORDS : RECORDS + 20], start=1)])
    assert set(versions_of_cases(uow)) == {expert_weights().version}
    staffed("match", "weights", "activate", "spring", "--as", "ada")
    with_expert = len(versions_of_cases(uow))
    receive("third.xml", [record_of(person, number, rng) for number, person in enumerate(learned_from[RECORDS + 20 : RECORDS + 40], start=1)])
    after = versions_of_cases(uow)
    assert len(after) > with_expert
    assert set(after[with_expert:]) == {"spring"}
    assert set(after[:with_expert]) == {expert_weights().version}
    with uow() as work:
        actions = work._connection.execute(select(audit_entry.c.action, audit_entry.c.actor).where(audit_entry.c.subject_id == "spring")).all()
    assert [tuple(row) for row in actions] == [("FitMatchWeights", "ada"), ("ActivateMatchWeights", "ada")]


@pytest.mark.requirement("COA-05")
def test_a_fit_moves_nothing_and_a_version_is_never_written_over(staffed, learned_from, uow, run_json):
    first, again = (run_json("match", "fit", name, "--as", "ada") for name in ("spring", "summer"))
    assert {**first, "version": ""} == {**again, "version": ""}
    active = {row["version"]: row["active"] for row in run_json("match", "weights", "list")}
    assert active == {"summer": False, "spring": False, expert_weights().version: True}
    assert staffed("match", "fit", "spring", "--as", "ada", code=1).stderr.startswith("VC-4007")
    assert "Kept, not used yet" in staffed("match", "fit", "autumn", "--records", 400, "--as", "ada").stdout


@pytest.mark.requirement("COA-05")
def test_numbers_that_dmv_has_not_verified_label_nothing(staffed, learned_from, uow, run_json):
    """Nor does the number of a voter as he was before a record changed him."""
    with uow() as work:
        changed = work._connection.execute(select(func.count()).select_from(match_case).where(match_case.c.before_version.is_not(None))).scalar_one()
    assert changed > UNVERIFIED
    assert run_json("match", "fit", "spring", "--as", "ada")["of_one_person"] == 2 * (RECORDS - UNVERIFIED)
