"""Fills a sandbox by the state's own use cases: nothing lies in it that the services could not have made."""

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from db import schema
from jobs.recurrence import CronRecurrence
from jobs.scheduler import JobScheduler
from jobs.worker import Worker
from votecal_soap.bootstrap import Application
from votecal_soap.clock import legal_date
from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.domain.counties import Role
from votecal_soap.domain.jobs import DataKind, JobState, JobType
from votecal_soap.domain.matching import MatchingFunction, MatchingMode
from votecal_soap.domain.voters import Confidential, Confidentiality
from votecal_soap.errors import Conflict, ErrorCode, Unavailable
from votecal_soap.sandbox.dmv_records import records_of
from votecal_soap.sandbox.identities import let_dmv_answer
from votecal_soap.sandbox.people import PRECINCTS, CountyPeople, Situation, people_of, registered_again
from votecal_soap.secret_box import SecretBox
from votecal_soap.synthetic.elections import elections
from votecal_soap.synthetic.files import write_initial_load
from votecal_soap.synthetic.geography import precincts
from votecal_soap.synthetic.histories import history_lines, write_histories
from votecal_soap.synthetic.voters import AS_OF, SyntheticVoter
from votecal_soap.use_cases import add_credential, authorise_job, load_reference_data, match_configuration, schedule_job, staff_users
from votecal_soap.use_cases.give_digest_secret import GiveDigestSecret, give_digest_secret
from votecal_soap.use_cases.load_histories import LoadHistories, load_histories
from votecal_soap.use_cases.load_voters import LoadCommand, Refusal, load_voters
from votecal_soap.use_cases.set_confidentiality import SetConfidentiality, set_confidentiality

ADMINISTRATOR: Final = "sandbox"
ELECTION: Final = "2026-GENERAL"
FIRST_ID: Final = 5_000_000_000
"""Ids of cases and work items begin beyond 32 bits: a program that keeps them in an int fails here, not in its second year."""

_DMV_FILE: Final = "sandbox.xml"
_PATIENCE_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.05
_KINDS: Final = frozenset({DataKind.CONTACT, DataKind.HOME_PRECINCT, DataKind.NAME, DataKind.VOTING_PRECINCT})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedCounty:
    """What a vendor's program may use: a credential, and the voters of each situation by UID."""

    county_code: str
    username: str
    secret: str = field(repr=False)
    digest_secret: str = field(repr=False)
    voters: Mapping[Situation, Sequence[int]]


def plant(application: Application, county_codes: Sequence[str]) -> list[PlantedCounty]:
    """Make the state and each county's situations; each county has the next one as its neighbour."""
    schema.upgrade(application.config.effective_database_url)
    _make_state(application, county_codes)
    _begin_ids_high(application)
    people = [people_of(code, min(AS_OF, legal_date(application.clock.now()))) for code in county_codes]
    pairs = list(zip(people, [*people[1:], people[0]], strict=True))
    _load(application, pairs)
    uids = {county.county_code: _uids(application, county) for county in people}
    _let_dmv_tell(application, pairs)
    run_job(application, JobType.DUPLICATE_VOTER_DETECTION)
    for code in county_codes:
        _make_confidential(application, uids[code][Situation.CONFIDENTIAL])
        order_batch(application, code)
    let_dmv_answer(application, [uid for code in county_codes for uid in uids[code][Situation.IDENTIFIED]], ADMINISTRATOR)
    return [_with_credential(application, code, uids[code]) for code in county_codes]


def order_batch(application: Application, county_code: str) -> int:
    """Schedule and authorise a batch of the county's; the job's id."""
    command = schedule_job.ScheduleJob(
        job_type=JobType.VOTER_RECORD_UPDATE,
        acting_user=ADMINISTRATOR,
        county_code=county_code,
        election_id=ELECTION,
        data_kinds=_KINDS,
        notice="The sandbox, by itself",
    )
    job = schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job
    authorise_job.authorise(authorise_job.AuthoriseJob(job_id=job.job_id, acting_user=ADMINISTRATOR), application.unit_of_work(), application.clock)
    return job.job_id


def run_job(application: Application, job_type: JobType, file_name: str | None = None) -> None:
    """Schedule a job of the state's, and come back when it is done, here or by the sandbox's worker."""
    command = schedule_job.ScheduleJob(job_type=job_type, acting_user=ADMINISTRATOR, file_name=file_name, confirmed=True)
    job_id = schedule_job.schedule(command, application.unit_of_work(), application.clock, CronRecurrence()).job.job_id
    JobScheduler(application).make_all_due()
    Worker(application).drain()
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while _state_of(application, job_id) is not JobState.COMPLETED:
        if time.monotonic() > deadline:
            raise Unavailable(ErrorCode.BUSY, "The sandbox's job was not done in time; its log lines say why.", ref=str(job_id))
        time.sleep(_LOOK_SECONDS)


def _state_of(application: Application, job_id: int) -> JobState | None:
    with application.unit_of_work(read_only=True) as uow:
        job = uow.jobs.get(job_id)
    return None if job is None else job.state


def _make_state(application: Application, county_codes: Sequence[str]) -> None:
    unit_of_work, clock = application.unit_of_work, application.clock
    person = staff_users.AddStaffUser(user_name=ADMINISTRATOR, role=Role.SOS_ADMINISTRATOR, county_code=None, acting_user=ADMINISTRATOR)
    staff_users.add(person, unit_of_work(), clock)
    load_reference_data.load_reference(ADMINISTRATOR, unit_of_work(), clock)
    with unit_of_work() as uow:
        uow.reference.save_elections(list(elections()))
        uow.reference.save_precincts([precinct for code in county_codes for precinct in precincts(code, PRECINCTS)])
        uow.commit()
    for code in county_codes:
        _set_modes(application, code)


def _set_modes(application: Application, county_code: str) -> None:
    """A move to another county waits for the losing one; a certain duplicate is merged at once, and what that brings may be pulled."""
    unit_of_work, clock = application.unit_of_work, application.clock
    for function, mode in ((MatchingFunction.DMV_COA, MatchingMode.PROVISIONAL), (MatchingFunction.DUPLICATE_VOTER, MatchingMode.APPLY)):
        command = match_configuration.SetMatchingMode(county_code=county_code, function=function, mode=mode, acting_user=ADMINISTRATOR)
        match_configuration.set_matching_mode(command, unit_of_work(), clock)
    pull = match_configuration.SetMergedDataPull(county_code=county_code, allowed=True, acting_user=ADMINISTRATOR)
    match_configuration.set_merged_data_pull(pull, unit_of_work(), clock)


def _begin_ids_high(application: Application) -> None:
    with application.unit_of_work() as uow:
        uow.work_items.reserve_ids(FIRST_ID)
        uow.match_cases.reserve_ids(FIRST_ID)
        uow.commit()


def _load(application: Application, pairs: Iterable[tuple[CountyPeople, CountyPeople]]) -> None:
    for people, neighbour in pairs:
        _load_voters(application, people.county_code, "own", people.voters)
        again = list(registered_again(people, neighbour))
        _load_voters(application, neighbour.county_code, f"again-from-{people.county_code}", again)
        _load_histories(application, neighbour.county_code, people.county_code, again)


def _load_voters(application: Application, county_code: str, name: str, voters: Iterable[SyntheticVoter]) -> None:
    refusals: list[Refusal] = []
    file = application.config.data_dir / f"county{county_code}-{name}.xml"
    write_initial_load(file, county_code, voters, application.clock.now())
    command = LoadCommand(county_code=county_code, file=file, actor=ADMINISTRATOR, on_refusal=refusals.append, on_progress=_tell_nobody)
    load_voters(command, application.unit_of_work, application.clock)
    if refusals:
        raise Conflict(ErrorCode.INTERNAL, f"A made-up voter was refused: {refusals[0].errors[0].code}.", ref=county_code)


def _load_histories(application: Application, county_code: str, name: str, voters: Iterable[SyntheticVoter]) -> None:
    file: Path = application.config.data_dir / f"county{county_code}-{name}.jsonl"
    write_histories(file, history_lines(voters, county_code, seed=1))
    command = LoadHistories(county_code=county_code, file=file, actor=ADMINISTRATOR, on_progress=_tell_nobody)
    load_histories(command, application.unit_of_work, application.clock)


def _let_dmv_tell(application: Application, pairs: Iterable[tuple[CountyPeople, CountyPeople]]) -> None:
    yesterday = legal_date(application.clock.now()) - timedelta(days=1)
    records = (record for people, neighbour in pairs for record in records_of(people, neighbour, yesterday))
    file, now = application.config.dmv_drop_folder / _DMV_FILE, application.clock.now()
    write_dmv_coa_file(file, DmvCoaHeader("SANDBOX", now), records)
    os.utime(file, (now.timestamp(),) * 2)  # whatever the machine's clock says
    run_job(application, JobType.PROCESS_DMV_COA_RECORD_FILE, _DMV_FILE)


def _make_confidential(application: Application, uids: Iterable[int]) -> None:
    today = legal_date(application.clock.now())
    for uid in uids:
        command = SetConfidentiality(state_voter_id=uid, confidential=Confidential(Confidentiality.SAFE_AT_HOME, today), acting_user=ADMINISTRATOR)
        set_confidentiality(command, application.unit_of_work(), application.clock)


def _with_credential(application: Application, county_code: str, voters: Mapping[Situation, Sequence[int]]) -> PlantedCounty:
    command = add_credential.AddCredential(username=f"county{county_code}-ems", county_code=county_code, acting_user=ADMINISTRATOR)
    issued = add_credential.add(command, application.unit_of_work(), application.clock, application.config.credential_key.encode())
    wanted = GiveDigestSecret(username=command.username, acting_user=ADMINISTRATOR)
    digest = give_digest_secret(wanted, application.unit_of_work(), application.clock, SecretBox(application.config.digest_keys))
    return PlantedCounty(county_code=county_code, username=command.username, secret=issued.secret, digest_secret=digest.secret, voters=voters)


def _uids(application: Application, county: CountyPeople) -> dict[Situation, list[int]]:
    with application.unit_of_work(read_only=True) as uow:
        found = {voter: uow.voters.by_ems_id(county.county_code, voter.ems_voter_id) for voters in county.cast.values() for voter in voters}
    uids = {voter: int(record.state_voter_id) for voter, record in found.items() if record is not None}
    return {situation: [uids[voter] for voter in voters] for situation, voters in county.cast.items()}


def _tell_nobody(_: int, __: int) -> None:
    """Nobody watches: it takes a second."""
