"""UC04.06.01 at speed: a page of a thousand headers beside reading its rows, and a county that drains its queue over SOAP."""

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path

from sqlalchemy import text

from benchmarks.queue_workload import COUNTY, USERNAME, CountyConsumer, Queue, make_queue, web_process
from benchmarks.reporting import Report, command
from db.engine import create_engine
from db.errors import READ_ONLY
from db.tables import ems_message
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.contract.ems_integration import render_message_page
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.ems_messages import MessageQuery, QueuedMessage
from votecal_soap.use_cases.get_message_queue import PageLimits, get_message_queue

SHALLOW = 10_000
DEEP = {"small": 100_000, "full": 1_000_000}
PAGE = 1_000
REPETITIONS = 200
ROUNDS = 3
TAKEN = 2_000
"""Messages of one round; a round before the first is not counted."""

READ_ROWS = """
SELECT message_id, message_type, enqueued_at, state_voter_id, voter_sequence, ems_voter_id, record_version, job_id, record_sequence
FROM ems_message AS m
WHERE queue_county = :county AND NOT EXISTS (
    SELECT 1 FROM ems_message AS older
    WHERE older.state_voter_id = m.state_voter_id AND older.queue_county = m.queue_county
    AND older.voter_sequence < m.voter_sequence AND older.message_id > m.message_id)
ORDER BY message_id LIMIT :most
"""
"""What any reader of a page must ask: its columns, and that no message overtakes an older one of its voter (EWS-05).

The columns are those that a header tells of, not the header's XML, which the service stores so as not to render it for each poll.
"""


def run(scale: str) -> Report:
    """Message queue of a county: one page, and draining at two depths."""
    report = Report(benchmark="queue", scale=scale)
    with tempfile.TemporaryDirectory() as name:
        taken = TAKEN * (ROUNDS + 1) + PAGE
        queues = [make_queue(Path(name) / str(depth), depth, taken) for depth in (SHALLOW, DEEP[scale])]
        for queue in queues:
            _measure_page(report, queue)
        _measure_drain(report, queues)
    return report


def _measure_page(report: Report, queue: Queue) -> None:
    factory = SqlUnitOfWorkFactory(create_engine(f"sqlite:///{queue.database}"))
    engine = create_engine(f"sqlite:///{queue.database}").execution_options(**{READ_ONLY: True})
    values = {"county": COUNTY, "most": PAGE}
    with closing(sqlite3.connect(queue.database)) as driver, engine.connect() as core:
        statement = text(READ_ROWS).columns(*(ems_message.c[name] for name in QueuedMessage._fields if name != "payload"))
        medians = _interleaved(
            {
                "page": lambda: _page(factory),
                "sqlite3": lambda: driver.execute(READ_ROWS, values).fetchall(),
                "core": lambda: core.execute(statement, values).all(),
            }
        )
    factory.close()
    engine.dispose()
    depth = f"depth {queue.depth:,}"
    report.add(f"page of {PAGE:,} headers, use case and rendering, {depth}", medians["page"] * 1e3, "ms")
    report.add(f"its rows alone, the sqlite3 module, {depth}", medians["sqlite3"] * 1e3, "ms")
    report.add(f"its rows alone, SQLAlchemy Core, {depth}", medians["core"] * 1e3, "ms")
    report.add(f"page beside its rows by the sqlite3 module, {depth}", medians["page"] / medians["sqlite3"], "ratio", at_most=1.5)
    report.add(f"page beside its rows by SQLAlchemy Core, {depth}", medians["page"] / medians["core"], "ratio")


def _page(factory: SqlUnitOfWorkFactory) -> str:
    """What the service does between reading the request and closing the envelope."""
    caller = Caller(username=USERNAME, county_code=COUNTY, credential_expires_at=None)
    query = MessageQuery(limit=PAGE, with_detail=False)
    return render_message_page(get_message_queue(query, caller, PageLimits(most=PAGE, unasked=PAGE), factory), None)


def _interleaved(rivals: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """The median of each, run in turns, so that whatever slows the machine slows all; the first tenth warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(REPETITIONS):
        for name, action in rivals.items():
            begun = time.perf_counter()
            action()
            seconds[name].append(time.perf_counter() - begun)
    return {name: statistics.median(times[REPETITIONS // 10 :]) for name, times in seconds.items()}


def _measure_drain(report: Report, queues: list[Queue]) -> None:
    with ExitStack() as stack:
        counties = [stack.enter_context(closing(CountyConsumer(queue, stack.enter_context(web_process(queue))))) for queue in queues]
        rounds = [[county.drain(TAKEN) for county in counties] for _ in range(ROUNDS + 1)][1:]
    rates = [statistics.median(rates) for rates in zip(*rounds, strict=True)]
    for queue, rate in zip(queues, rates, strict=True):
        report.add(f"a county drains over SOAP, depth {queue.depth:,}", rate, "messages/s", at_least=1_000)
    report.add("draining, deep queue beside shallow", rates[1] / rates[0], "ratio", at_least=0.8)


if __name__ == "__main__":
    command("queue", run)
