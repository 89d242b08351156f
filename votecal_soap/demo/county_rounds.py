"""Both counties while DMV's files come: rounds by their rule, and a loss that a round finds again (UC03.22.01)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Final

from votecal_soap.bootstrap import Application
from votecal_soap.county.clerk import Clerk
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.office import Office as CountyOffice
from votecal_soap.county.progress import tell_nobody
from votecal_soap.county.retry import Retry
from votecal_soap.county.state_client import StateAddress, StateClient
from votecal_soap.county.synchronise import SyncReport, SyncSettings, Until, synchronise
from votecal_soap.demo.state_side import credential_name

ROUNDS: Final = 6
"""More than it takes until no county has anything left to hear or to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A county that answers: its EMS, its credential, where its files are made."""

    county_code: str
    ems_database: Path
    work_dir: Path
    secret: str = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Heard:
    """What the counties did so far: answers by rule with what the state said, messages imported, cases found again."""

    answers: Counter[str] = field(default_factory=Counter)
    imported: Counter[str] = field(default_factory=Counter)
    recovered: int = 0
    all_taken: bool = True

    def count(self, report: SyncReport) -> None:
        """Add a round."""
        self.answers.update(report.answered)
        self.imported.update(report.imported)
        self.recovered += report.recovered
        self.all_taken = self.all_taken and not report.failed and not report.left_for_person


def let_counties_answer(application: Application, offices: Sequence[Office], heard: Heard) -> None:
    """Rounds of `votecal county sync` in each county, until none has anything to hear or to say."""
    for _ in range(ROUNDS):
        reports = [_round(application, office) for office in offices]
        for report in reports:
            heard.count(report)
        if not any(report.imported or report.answered for report in reports):
            break


def lose_work_list(office: Office) -> int:
    """The EMS loses the cases that wait for a clerk, as a careless repair does; how many."""
    with EmsDatabase(office.ems_database) as ems, ems.transaction() as connection:
        return connection.execute("DELETE FROM state_cases WHERE case_state = 'Open' AND county_code = ?", (office.county_code,)).rowcount


@contextmanager
def clerk_of(application: Application, office: Office) -> Iterator[tuple[Clerk, EmsDatabase]]:
    """A clerk at the county, and the EMS that she reads."""
    address = StateAddress(url=application.config.public_url, username=credential_name(office.county_code), password=office.secret)
    with EmsDatabase(office.ems_database) as ems, closing(StateClient(address)) as client:
        retry = Retry(sleep=sleep)
        yield Clerk(CountyOffice(ems=ems, work_dir=office.work_dir, clock=application.clock, retry=retry, tell=tell_nobody), client), ems


def _round(application: Application, office: Office) -> SyncReport:
    settings = SyncSettings(
        county_code=office.county_code,
        url=application.config.public_url,
        username=credential_name(office.county_code),
        password=office.secret,
        ems_database=office.ems_database,
        work_dir=office.work_dir,
        until=Until.ROUND,
    )
    return synchronise(settings, clock=application.clock)
