"""The demonstration from an empty directory to the account; the steps stand here in their order."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from votecal_soap.bootstrap import Application, build
from votecal_soap.clock import Clock, legal_date
from votecal_soap.config import Config
from votecal_soap.county.progress import Tell
from votecal_soap.county.synchronise import SyncReport, SyncSettings, Until, synchronise
from votecal_soap.credentials import load_or_create_key
from votecal_soap.demo.account import Account
from votecal_soap.demo.county_side import careless_extract, draw_anew, make_ems, plant_transfers, restore
from votecal_soap.demo.days import DaysClock
from votecal_soap.demo.dmv import Dmv, ask_dmv
from votecal_soap.demo.dmv_account import DmvAccount
from votecal_soap.demo.dmv_act import Act, offices_of, play
from votecal_soap.demo.dmv_cast import cast_of, make_other_ems
from votecal_soap.demo.dmv_configuration import configure
from votecal_soap.demo.dmv_planting import plant
from votecal_soap.demo.evidence import Evidence, offered_samples, settle, voter_of_interest
from votecal_soap.demo.exchange import County, drain_queue, order_batch, queue_depth, send_batch
from votecal_soap.demo.pair_account import PairAccount
from votecal_soap.demo.pair_act import PairStage, play_pairs, verify_and_configure
from votecal_soap.demo.pair_cast import pair_cast
from votecal_soap.demo.population import COUNTY, OTHER_COUNTY, OTHER_COUNTY_NAME, Population, of_situation, population
from votecal_soap.demo.services import LOOPBACK, Services, free_port
from votecal_soap.demo.situations import Situation
from votecal_soap.demo.state_side import credential_name, prepare_state, uids_of
from votecal_soap.demo.steps import Steps, Watcher

POLL_SECONDS: Final = 2.0
DMV_CHUNK_RECORDS: Final = 5
"""Few enough that a kill falls between two commits of a small file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the demonstration plays: the state with its services up, the county with its EMS filled."""

    application: Application
    clock: DaysClock
    services: Services
    directory: Path
    people: Population
    situations: Mapping[str, Situation]
    secrets: Mapping[str, Path]
    steps: Steps

    @property
    def ems_database(self) -> Path:
        """The county's EMS."""
        return self.ems_databases[COUNTY]

    @property
    def ems_databases(self) -> dict[str, Path]:
        """Each county's EMS; the other county's is made for DMV's file."""
        return {county: self.directory / f"county{county}-ems.db" for county in (COUNTY, OTHER_COUNTY)}

    @property
    def county(self) -> County:
        """The county's means, its program's faults included."""
        return County(
            ems_database=self.ems_database,
            work_dir=self.directory / "county-files",
            url=self.application.config.public_url,
            secret=self.secrets[COUNTY].read_text(),
            extract=careless_extract(self.situations),
        )


@contextmanager
def stage(directory: Path, voters: int, port: int, clock: Clock, watcher: Watcher) -> Iterator[Stage]:
    """Make the state and the county in the directory, and keep the services up while the block runs."""
    days = DaysClock(clock)
    application = build(_config(directory, port or free_port()), days)
    people, steps = population(voters, legal_date(days.now())), Steps(watcher)
    try:
        secrets = prepare_state(application, directory / "files", people, steps)
        made = Stage(
            application=application,
            clock=days,
            services=Services(application),
            directory=directory,
            people=people,
            situations=people.situations(),
            secrets=secrets,
            steps=steps,
        )
        with steps.step("Fill the county's EMS"):
            make_ems(made.ems_database, application, people, made.situations)
        with made.services.up():
            yield made
    finally:
        application.unit_of_work.close()


def perform(stage: Stage) -> Account:
    """Play it once, and give the account."""
    application, steps, situations = stage.application, stage.steps, stage.situations
    with steps.step("DMV answers; precincts drawn anew"):
        dmv = _set_the_scene(stage)
    job_id = order_batch(application)
    (uid,) = uids_of(application, COUNTY, [voter_of_interest(stage.people, situations)]).values()
    with application.unit_of_work(read_only=True) as uow:
        evidence = Evidence(job_id=job_id, before=uow.voters.get(uid))
    send_batch(application, stage.county, steps)
    evidence = replace(evidence, messages=offered_samples(application, situations), queue_before=queue_depth(application, COUNTY))
    with steps.step("County: poll, import, clear") as advance:
        evidence = replace(evidence, drained=drain_queue(application, stage.county, advance))
    account = settle(evidence, application, stage.ems_database, situations, steps.seconds)
    moved, pairs = _match_dmv_files_and_duplicates(stage)
    with steps.step(f"DMV answers for {OTHER_COUNTY_NAME}"):
        dmv.answer(uids_of(application, OTHER_COUNTY, [voter.ems_voter_id for voter in stage.people.other_countys_voters()]).values(), "answers-other-county")
    return replace(account, dmv=moved, pairs=pairs, seconds=dict(steps.seconds))


def _match_dmv_files_and_duplicates(stage: Stage) -> tuple[DmvAccount, PairAccount]:
    """The second act, and the third, which has some of its people."""
    application, steps, databases = stage.application, stage.steps, stage.ems_databases
    with steps.step("DMV's files: plant their situations"):
        cast = cast_of(application, stage.people, stage.situations, stage.directory / "files")
        make_other_ems(databases[OTHER_COUNTY], application, stage.people, cast)
        configure(application)
        planted = plant(cast)
    offices = offices_of(databases, stage.secrets, stage.directory / "county-files")
    moved = play(Act(application=application, clock=stage.clock, services=stage.services, offices=offices, planted=planted, steps=steps))
    with steps.step("Pairs of records: plant them in both counties"):
        pairs = pair_cast(application, stage.people, databases, stage.directory / "files", planted)
        verify_and_configure(application, pairs)
    return moved, play_pairs(PairStage(application=application, offices=offices, cast=pairs, steps=steps))


def keep_polling(stage: Stage, stop: threading.Event, tell: Tell) -> SyncReport:
    """Go on as the county's service does, until told to stop."""
    county = stage.county
    settings = SyncSettings(
        county_code=COUNTY,
        url=county.url,
        username=credential_name(COUNTY),
        password=county.secret,
        ems_database=county.ems_database,
        work_dir=county.work_dir,
        until=Until.STOPPED,
        poll_seconds=POLL_SECONDS,
    )
    return synchronise(settings, tell=tell, stop=stop, clock=stage.application.clock)


def _config(directory: Path, port: int) -> Config:
    """Settings of the demonstration's own: whatever database the environment names stays untouched."""
    address = f"{LOOPBACK}:{port}"
    key = load_or_create_key(directory / "credential.key").decode()
    return Config(
        data_dir=directory,
        credential_key=key,
        public_url=f"http://{address}",
        listen=address,
        worker_poll_seconds=0.2,
        dmv_settle_seconds=0,
        dmv_chunk_records=DMV_CHUNK_RECORDS,
    )


def _set_the_scene(stage: Stage) -> Dmv:
    application, situations = stage.application, stage.situations
    dmv = ask_dmv(application)
    _answer(stage, dmv, Situation.EMS_RESTORED)
    drain_queue(application, stage.county, _tell_nobody)
    restore(stage.ems_database)
    _answer(stage, dmv, Situation.NAME_CHANGED)
    drain_queue(application, stage.county, _tell_nobody)
    _answer(stage, dmv, Situation.DMV_ANSWER_WAITING)
    plant_transfers(application, situations)
    draw_anew(stage.ems_database, situations)
    return dmv


def _tell_nobody(_: int, __: int | None) -> None:
    """Progress of a part that has no bar of its own."""


def _answer(stage: Stage, dmv: Dmv, situation: Situation) -> None:
    uids = uids_of(stage.application, COUNTY, of_situation(stage.situations, situation))
    dmv.answer(uids.values(), f"answers-{situation.lower()}")
