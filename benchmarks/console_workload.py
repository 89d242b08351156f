"""The workload of the console benchmark: a roll of made-up voters, open match cases, a deep queue, jobs, and a person signed in."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from flask.testing import FlaskClient

from benchmarks.coa_workload import FIRST_UID, population, voter_record
from db.engine import create_engine
from db.schema import upgrade
from db.unit_of_work import SqlUnitOfWorkFactory
from jobs.recurrence import CronRecurrence
from votecal_soap.bootstrap import Application, dmv_exchange
from votecal_soap.clock import FixedClock
from votecal_soap.config import Config
from votecal_soap.console.application import create_console
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, ResidenceAddress
from votecal_soap.domain.dmv_repeats import keyed
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, MessageType, NewMessage
from votecal_soap.domain.jobs import JobState, JobType
from votecal_soap.domain.match_cases import CaseState, CaseType, Disposition, WorkItemStatus
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.domain.voters import Voter
from votecal_soap.one_time_codes import code_at
from votecal_soap.spool import FileSpool
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE
from votecal_soap.use_cases import staff_logins
from votecal_soap.use_cases.load_reference_data import load_reference
from votecal_soap.use_cases.ports import NewMatchCase, NewWorkItem, UnitOfWork, UnitOfWorkFactory

NOW: Final = datetime(2026, 2, 2, 18, tzinfo=UTC)
KEY: Final = "a key of the benchmark"
BASE: Final = "http://localhost/console"
COUNTY, USER, SEED = "19", "benchmark", 1
AT_ONCE: Final = 20_000
MESSAGES: Final = 100_000
CRITERIA: Final = tuple(
    Criterion(field, "exact", bits, f"Same {field}")
    for field, bits in ((MatchField.LAST_NAME, 9.1), (MatchField.FIRST_NAME, 7.4), (MatchField.DATE_OF_BIRTH, 12.0), (MatchField.ADDRESS, -3.2))
)


def make_site(folder: Path, *, voters: int, cases: int) -> Application:
    """A state with so many voters and open cases."""
    url = f"sqlite:///{folder / 'votecal.db'}"
    upgrade(url)
    config = Config(data_dir=folder, database_url=url, credential_key=KEY)
    clock = FixedClock(NOW)
    factory = SqlUnitOfWorkFactory(create_engine(url))
    load_reference(USER, factory(), clock)
    with factory() as uow:
        uow.reference.save_staff_user(StaffUser(user_name=USER, role=Role.SOS_ADMINISTRATOR, county_code=None))
        uow.commit()
    _fill(factory, voters, cases)
    spool = FileSpool(config.spool_dir)
    return Application(config=config, clock=clock, callers_clock=clock, unit_of_work=factory, spool=spool, dmv_exchange=dmv_exchange(config))


def signed_in(application: Application) -> FlaskClient:
    """A browser of the administrator's."""
    uow, clock = application.unit_of_work, application.clock
    command = staff_logins.ChangeLogin(user_name=USER, acting_user=USER)
    password = staff_logins.give_password(command, uow(), clock)
    secret = staff_logins.give_authenticator(command, uow(), clock, KEY.encode()).secret
    client = create_console(application, CronRecurrence()).test_client()
    page = client.get("/sign-in", base_url=BASE).get_data(as_text=True)
    values = {"csrf_token": csrf_token(page), "user_name": USER, "password": password, "code": code_at(secret, clock.now())}
    answer = client.post("/sign-in", data=values, base_url=BASE)
    if answer.status_code != 303:
        raise RuntimeError(f"signing in was answered {answer.status_code}")
    return client


def csrf_token(page: str) -> str:
    """The token of a page's first form."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("the page has no form")
    return found[1]


def _fill(factory: UnitOfWorkFactory, voters: int, cases: int) -> None:
    people = (voter_record(voter, FIRST_UID + number) for number, voter in enumerate(population(voters, SEED, ORDINARY_NOISE)))
    drawn, left = random.Random(SEED), cases  # noqa: S311 - made-up data
    share = max(1, voters // cases)
    number = 0
    with factory() as uow:
        job_ids = [_job(uow, place) for place in range(60)]
        uow.commit()
    while chunk := list(islice(people, AT_ONCE)):
        with factory() as uow:
            uow.voters.add_voters(chunk, NOW)
            chosen = chunk[::share][:left]
            _add_cases(uow, chosen, number, job_ids[0], drawn)
            number, left = number + len(chosen), left - len(chosen)
            uow.commit()
    _queue(factory)


def _job(uow: UnitOfWork, place: int) -> int:
    start = NOW - timedelta(hours=place)
    job_id = uow.jobs.add(
        job_type=JobType.PROCESS_DMV_COA_RECORD_FILE,
        state=JobState.COMPLETED,
        county_code=None,
        election_id=None,
        data_kinds=[],
        not_before=start,
        repeat=None,
        notice=None,
        scheduled_by=USER,
        scheduled_at=start,
    )
    file_id = uow.dmv_files.expect(job_id, f"dmv-{place}.xml", start)
    uow.dmv_files.take(file_id, f"{place:064}", 1, start)
    uow.dmv_files.add_scores(file_id, {confidence: 1 + confidence % 7 for confidence in range(101)})
    uow.dmv_files.complete(file_id, start)
    uow.jobs.add_instance(job_id, start, upload_id=None, record_count=25_000)
    return job_id


def _add_cases(uow: UnitOfWork, voters: list[Voter], first: int, job_id: int, drawn: random.Random) -> None:
    if not voters:
        return
    item_id, case_id = uow.work_items.reserve_ids(len(voters)), uow.match_cases.reserve_ids(len(voters))
    items = [_item(voter, item_id + place, first + place) for place, voter in enumerate(voters)]
    uow.work_items.add(items, job_id, NOW)
    uow.match_cases.add([_case(voter, case_id + place, item_id + place, drawn) for place, voter in enumerate(voters)], NOW)


def _item(voter: Voter, work_item_id: int, sequence: int) -> NewWorkItem:
    blank = DmvRecord(*(None,) * len(DmvRecord._fields))  # type: ignore[arg-type]
    record = blank._replace(
        sequence=sequence,
        transaction_id=f"B{work_item_id}",
        kind=DmvRecordKind.CHANGE_OF_ADDRESS,
        transaction_date=date(2026, 2, 1),
        first_name=voter.first_name,
        last_name=voter.last_name,
        date_of_birth=voter.date_of_birth,
        new_address=ResidenceAddress(house_number="1", street_name="NEW", street_type="ST", residence_city="FRESNO", residence_state="CA"),
    )
    return NewWorkItem(work_item_id, keyed(record), WorkItemStatus.OPEN, Disposition.POTENTIAL_MATCH, voter.county_code, None, 80, "shipped")


def _case(voter: Voter, case_id: int, work_item_id: int, drawn: random.Random) -> NewMatchCase:
    return NewMatchCase(
        case_id=case_id,
        case_type=CaseType.DMV_COA,
        work_item_id=work_item_id,
        state_voter_id=int(voter.state_voter_id),
        county_code=voter.county_code,
        state=CaseState.OPEN,
        confidence=drawn.randint(50, 98),
        criteria=CRITERIA,
        cap=None,
        potential_reason="BelowAutomatic",
        same_drivers_license=False,
        weights_version="shipped",
        due_on=date(2026, 1, 20) + timedelta(days=drawn.randint(0, 30)),
        decided_by=None,
        basis=None,
        before_version=None,
        applied_version=None,
        automatic=False,
    )


def _queue(factory: UnitOfWorkFactory) -> None:
    for start in range(0, MESSAGES, AT_ONCE):
        with factory() as uow:
            uow.messages.add([_message(start + place) for place in range(AT_ONCE)], NOW - timedelta(hours=start // AT_ONCE))
            uow.commit()
    with factory() as uow:
        first = [message.message_id for message in uow.messages.page(COUNTY, 50, with_payload=False)]
        uow.messages.clear(COUNTY, [Clearance(message_id=key, outcome=ClearOutcome.FAILED, text="no such street") for key in first], NOW)
        uow.commit()


def _message(number: int) -> NewMessage:
    return NewMessage(COUNTY, MessageType.POTENTIAL_MATCH, f"B{number}", "<x/>", 0, FIRST_UID + number, 1, None, 1, None, None)
