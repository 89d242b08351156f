"""The state before the county's batch: schema, people who act, reference data, rules, voters, credentials (OPS-04)."""

import os
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from db import schema
from votecal_soap.bootstrap import Application
from votecal_soap.demo.population import COUNTY, COUNTY_NAME, DISSOLVED, OTHER_COUNTY, OTHER_COUNTY_NAME, OTHER_COUNTYS_VOTERS, PRECINCTS, Population
from votecal_soap.demo.steps import Advance, Steps
from votecal_soap.domain.counties import Role
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.elections import elections
from votecal_soap.synthetic.files import write_elections, write_initial_load, write_precincts
from votecal_soap.synthetic.geography import precincts
from votecal_soap.synthetic.histories import history_lines, write_histories
from votecal_soap.synthetic.voters import SyntheticVoter
from votecal_soap.use_cases import add_credential, load_reference_data, staff_users
from votecal_soap.use_cases.import_rules import ImportRules, import_rules
from votecal_soap.use_cases.load_histories import LoadHistories, load_histories
from votecal_soap.use_cases.load_voters import LoadCommand, Refusal, load_voters

ADMINISTRATOR: Final = "ada"
SOS_USER: Final = "sam"
ELECTION: Final = "2026-GENERAL"
NEW_PRECINCTS: Final = DISSOLVED // 2
WITH_HISTORIES: Final = 500
"""Voters of the county who have more than a record; enough to see every kind."""


def prepare_state(application: Application, files: Path, people: Population, steps: Steps) -> dict[str, Path]:
    """Make the state as it stands before the batch; the file of each county's secret."""
    files.mkdir(mode=0o700)
    with steps.step("Database, reference data, rules"):
        schema.upgrade(application.config.effective_database_url)
        _add_people(application)
        _load_reference(application, files)
    with steps.step(f"Load {people.loaded:,} voters of {COUNTY_NAME}") as advance:
        load_county(application, files / "county19-voters.xml", COUNTY, people.loaded_voters(), advance)
    with steps.step(f"Load {OTHER_COUNTYS_VOTERS:,} voters of {OTHER_COUNTY_NAME}") as advance:
        load_county(application, files / "county46-voters.xml", OTHER_COUNTY, people.other_countys_voters(), advance)
    with steps.step(f"Load what hangs on {WITH_HISTORIES:,} of them: votes, addresses, images, contacts") as advance:
        load_histories_of(application, files / "county19-histories.jsonl", COUNTY, islice(people.loaded_voters(), WITH_HISTORIES), advance)
    return {county: _add_credential(application, files, county) for county in (COUNTY, OTHER_COUNTY)}


def uids_of(application: Application, county_code: str, ems_voter_ids: Sequence[str]) -> dict[str, int]:
    """The state's ids by the county's."""
    with application.unit_of_work() as uow:
        return {str(voter.ems_voter_id): int(voter.state_voter_id) for voter in uow.voters.lock_by_ems_id(county_code, ems_voter_ids)}


def credential_name(county_code: str) -> str:
    """The user name of a county's credential."""
    return f"county{county_code}-ems"


def _add_people(application: Application) -> None:
    for name, role in ((ADMINISTRATOR, Role.SOS_ADMINISTRATOR), (SOS_USER, Role.SOS_USER)):
        command = staff_users.AddStaffUser(user_name=name, role=role, county_code=None, acting_user=ADMINISTRATOR)
        staff_users.add(command, application.unit_of_work(), application.clock)


def _load_reference(application: Application, files: Path) -> None:
    write_precincts(files / "precincts.csv", [*precincts(COUNTY, PRECINCTS + NEW_PRECINCTS), *precincts(OTHER_COUNTY, PRECINCTS)])
    write_elections(files / "elections.csv", elections())
    unit_of_work, clock = application.unit_of_work, application.clock
    load_reference_data.load_reference(ADMINISTRATOR, unit_of_work(), clock)
    load_reference_data.load_elections(files / "elections.csv", ADMINISTRATOR, unit_of_work(), clock)
    load_reference_data.load_precincts(files / "precincts.csv", ADMINISTRATOR, unit_of_work(), clock)
    for county in (COUNTY, OTHER_COUNTY):
        import_rules(ImportRules(county_code=county, text=load_county_codes().rules_toml(), acting_user=ADMINISTRATOR), unit_of_work(), clock)


def load_county(application: Application, file: Path, county_code: str, voters: Iterable[SyntheticVoter], advance: Advance) -> None:
    """Load the county's file, written in its own codes, as `votecal load voters` does."""
    refusals: list[Refusal] = []
    write_initial_load(file, county_code, voters, application.clock.now(), codes=load_county_codes())
    command = LoadCommand(county_code=county_code, file=file, actor=ADMINISTRATOR, on_refusal=refusals.append, on_progress=advance)
    load_voters(command, application.unit_of_work, application.clock)
    if refusals:
        raise Conflict(ErrorCode.INTERNAL, f"{len(refusals)} made-up voters were refused, the first with {refusals[0].errors[0].code}.", ref=county_code)


def load_histories_of(application: Application, file: Path, county_code: str, voters: Iterable[SyntheticVoter], advance: Advance) -> None:
    """Load what hangs on these voters, as `votecal load histories` does."""
    write_histories(file, history_lines(voters, county_code, seed=1))
    command = LoadHistories(county_code=county_code, file=file, actor=ADMINISTRATOR, on_progress=advance)
    load_histories(command, application.unit_of_work, application.clock)


def _add_credential(application: Application, files: Path, county_code: str) -> Path:
    command = add_credential.AddCredential(username=credential_name(county_code), county_code=county_code, acting_user=ADMINISTRATOR)
    issued = add_credential.add(command, application.unit_of_work(), application.clock, application.config.credential_key.encode())
    file = files / f"county{county_code}.secret"
    with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as written:
        written.write(issued.secret)
    return file
