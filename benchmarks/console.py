"""The console at speed: each page's time on the server, with a full roll and a full list of work items."""

import statistics
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from flask.testing import FlaskClient

from benchmarks.coa_workload import FIRST_UID
from benchmarks.console_workload import BASE, COUNTY, MESSAGES, csrf_token, make_site, signed_in
from benchmarks.reporting import Report, command
from votecal_soap.use_cases.ports import UnitOfWorkFactory

SIZES = {"small": (20_000, 5_000), "full": (1_000_000, 100_000)}
"""Voters and open cases."""
MOST_MILLISECONDS = 100
REPETITIONS = 15
DEEP_PAGES = 40
"""How far into a list the deep page lies."""


class Page(NamedTuple):
    """A page by its name and address; `form` is sent when it is searched by."""

    name: str
    path: str
    form: dict[str, str] | None = None


PAGES = (
    Page("Work Item Summary", "/"),
    Page("list by due day", "/work-items/dmv-coa"),
    Page("list by confidence", "/work-items/dmv-coa?sort=confidence"),
    Page("list by age", "/work-items/dmv-coa?sort=oldest"),
    Page("list of overdue items", "/work-items/dmv-coa?overdue=1"),
    Page("list of the largest county", f"/work-items/dmv-coa?county={COUNTY}"),
    Page("list of the largest county by confidence", f"/work-items/dmv-coa?county={COUNTY}&sort=confidence"),
    Page("list of a type without items", "/work-items/provisional"),
    Page("DMV records of nobody", "/work-items/unresolved-dmv"),
    Page("match case", "/cases/1"),
    Page("jobs", "/jobs/"),
    Page("one job", "/jobs/1"),
    Page("scheduling", "/jobs/new"),
    Page("queues", "/queues/"),
    Page("one deep queue", f"/queues/{COUNTY}"),
    Page("matching settings", "/matching/"),
    Page("thresholds with preview", "/matching/functions/dmv_coa"),
    Page("voter", f"/voters/{FIRST_UID}"),
    Page("explain two voters", f"/voters/{FIRST_UID}/explain/{FIRST_UID + 1}"),
    Page("find a voter by UID", "/voters/", {"uid": str(FIRST_UID)}),
)


def run(scale: str) -> Report:
    """Server time of each page of the console, in process, a person signed in."""
    voters, cases = SIZES[scale]
    report = Report(benchmark="console", scale=scale, facts={"voters": voters, "open items": cases, "open messages of one county": MESSAGES})
    with tempfile.TemporaryDirectory() as name:
        application = make_site(Path(name), voters=voters, cases=cases)
        client = signed_in(application)
        for page in (*PAGES, _deep(client), _by_name(application.unit_of_work)):
            seconds, of_processor = _medians(client, page)
            report.add(page.name, seconds * 1e3, "ms", at_most=MOST_MILLISECONDS)
            report.add(f"{page.name}, processor time of it", of_processor * 1e3, "ms")
        application.unit_of_work.close()
    return report


def _medians(client: FlaskClient, page: Page) -> tuple[float, float]:
    """Seconds by the clock, and by the processor, which other work on the machine does not lengthen; one that warms up is left out."""
    times = [_once(client, page) for _ in range(REPETITIONS + 1)][1:]
    return statistics.median(clock for clock, _ in times), statistics.median(processor for _, processor in times)


def _once(client: FlaskClient, page: Page) -> tuple[float, float]:
    form = page.form and {**page.form, "csrf_token": csrf_token(client.get(page.path, base_url=BASE).get_data(as_text=True))}
    clock, processor = time.perf_counter(), time.process_time()
    answer = client.post(page.path, data=form, base_url=BASE) if form else client.get(page.path, base_url=BASE)
    answer.get_data()
    taken = time.perf_counter() - clock, time.process_time() - processor
    if answer.status_code != 200:
        raise RuntimeError(f"{page.path} was answered {answer.status_code}")
    return taken


def _deep(client: FlaskClient) -> Page:
    """A page far into the list, reached as a person reaches it."""
    path = "/work-items/dmv-coa"
    for _ in range(DEEP_PAGES):
        page = client.get(path, base_url=BASE).get_data(as_text=True)
        path = page.split('rel="next" href="/console')[1].split('"')[0].replace("&amp;", "&")
    return Page(f"list by due day, page {DEEP_PAGES + 1}", path)


def _by_name(unit_of_work: UnitOfWorkFactory) -> Page:
    """A search for somebody who is there."""
    with unit_of_work(read_only=True) as uow:
        voter = uow.voters.by_state_id([FIRST_UID])[0]
    form = {"last_name": str(voter.last_name), "first_name": str(voter.first_name), "date_of_birth": str(voter.date_of_birth)}
    return Page("find a voter by name and birth", "/voters/", form)


if __name__ == "__main__":
    command("console", run)
