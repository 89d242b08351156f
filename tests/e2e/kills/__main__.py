"""`make campaign`: workers, web processes and database servers are killed at random while they work, and what is left behind is judged.

Some hundred kills on each back end, spread over a county's batch, a file of DMV's and duplicate detection. Every round
works on a copy of the same data, and must end as a round without a kill did. Exit code 1 when anything is wrong.
"""

import argparse
import secrets
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from fixtures.oracle_server import MISSING as NO_DOUBLE
from fixtures.oracle_server import has_double
from fixtures.postgres_server import MISSING, start_server
from rich.console import Console
from rich.table import Table

from .backends import Backend, DurableOracleDouble, postgres_backend, sqlite_backend
from .batch_under_fire import BATCH
from .campaign import Campaign
from .detection_under_fire import DETECTION
from .dmv_file_under_fire import DMV_FILE
from .nursery import Nursery
from .rounds import RoundReport

BACKENDS = ("sqlite", "postgres", "oracle")
LISTENER_KILLS = 3


def main() -> int:
    """Run what was asked for."""
    asked = _asked()
    console = Console()
    console.print(f"Seed {asked.seed}; the same again: make campaign CAMPAIGN_OPTIONS='--seed {asked.seed}'")
    reports: list[RoundReport] = []
    begun = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="votecal-kills-", ignore_cleanup_errors=True)))
        nursery = Nursery()
        stack.callback(nursery.stop)
        for name in asked.backend or BACKENDS:
            backend = _backend(name, folder, stack, console)
            if backend is not None:
                reports += _wage(backend, folder / name, nursery, asked, console)
    console.print(_table(reports))
    console.print(f"Seed {asked.seed}, {time.monotonic() - begun:.0f} seconds.")
    return int(any(report.faults for report in reports))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m e2e.kills", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32), help="of all that is drawn; default: another each time")
    parser.add_argument("--kills", type=int, default=200, help="at least so many on SQLite and on PostgreSQL (default: 200)")
    parser.add_argument("--backend", choices=BACKENDS, action="append", help="only this one; may be repeated")
    return parser.parse_args()


def _backend(name: str, folder: Path, stack: ExitStack, console: Console) -> Backend | None:
    if name == "sqlite":
        return sqlite_backend()
    if name == "oracle" and not has_double():
        console.print(NO_DOUBLE)
        return None
    if name == "oracle":
        (folder / "oracle-files").mkdir()
        double = DurableOracleDouble(folder / "oracle-files")
        stack.callback(double.stop)
        return double.backend()
    server = start_server(settings="")
    if server is None:
        console.print(MISSING)
        return None
    stack.callback(server.stop)
    return postgres_backend(server)


def _wage(backend: Backend, folder: Path, nursery: Nursery, asked: argparse.Namespace, console: Console) -> list[RoundReport]:
    is_double = backend.name == "Oracle double"
    campaign = Campaign(
        backend=backend,
        folder=folder,
        nursery=nursery,
        seed=asked.seed,
        kills=2 if is_double else asked.kills,
        kills_a_round=LISTENER_KILLS if is_double else 10,
        server_fails=LISTENER_KILLS if is_double else 1,
    )
    campaign.tell = lambda report: _tell(report, campaign, console)
    # The double answers too slowly for more; what is asked of it is that its listener may go.
    return campaign.wage(replace(BATCH, size=400)) if is_double else campaign.wage(BATCH, DMV_FILE, DETECTION)


def _tell(report: RoundReport, campaign: Campaign, console: Console) -> None:
    hit = ", ".join(f"{count} {what}" for what, count in report.hits.items()) or "undisturbed"
    console.print(f"{report.backend}: {report.job}: {hit}; {len(report.faults)} faults ({campaign.killed} of {campaign.kills} kills, {report.seconds:.0f} s)")
    for fault in report.faults[:6]:
        console.print(f"  {fault[:300]}", style="red", markup=False)


def _table(reports: list[RoundReport]) -> Table:
    table = Table("Back end", "Job", "Rounds", "Workers killed", "Web processes killed", "Servers killed", "Faults", title="What was killed")
    sums: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for report in reports:
        sums[report.backend, report.job] += Counter({"rounds": 1, **report.hits, "faults": len(report.faults)})
    for (backend, job), found in sums.items():
        table.add_row(backend, job, *(str(found[name]) for name in ("rounds", "worker", "web", "server", "faults")))
    return table


if __name__ == "__main__":
    sys.exit(main())
