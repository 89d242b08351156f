"""The commands of docs/operations.md for backup and restore, run while work goes on: nothing is lost, and work goes on from there (VRU-20)."""

import glob
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from fixtures.postgres_server import create_database
from sqlalchemy import make_url

from db import schema
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, ClearResult

SERVERS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


def run(*command):
    subprocess.run(list(map(str, command)), check=True, timeout=120)


def restored_sqlite(url, folder, request):
    """`.backup`, and the file put elsewhere."""
    if shutil.which("sqlite3") is None:
        pytest.skip("NO SQLITE3: install sqlite3; the commands of a backup were not run")
    run("sqlite3", url.removeprefix("sqlite:///"), f".backup {folder / 'backup.db'}")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(folder / "backup.db", elsewhere / "votecal.db")
    return f"sqlite:///{elsewhere / 'votecal.db'}"


def restored_postgres(url, folder, request):
    """pg_dump, and pg_restore into a new database."""
    binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin/pg_dump"))
    if not binaries:
        pytest.skip("NO PG_DUMP: install postgresql; the commands of a backup were not run")
    server = request.getfixturevalue("postgres_server")
    new, at = create_database(server), ("--host", server.socket_dir, "--username", "postgres")
    run(binaries[-1], *at, "--format=custom", f"--file={folder / 'backup.dump'}", make_url(url).database)
    run(Path(binaries[-1]).with_name("pg_restore"), *at, f"--dbname={make_url(new).database}", "--exit-on-error", folder / "backup.dump")
    return new


RESTORED = {"sqlite": restored_sqlite, "postgres": restored_postgres}


class Work:
    """Queues messages, a transaction after the other, until it is told to stop."""

    def __init__(self, database, registry):
        self.committed = 0
        self._database, self._registry = database, registry
        self._stop, self._first = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._go_on)

    def __enter__(self):
        self._thread.start()
        assert self._first.wait(30)
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join(30)

    def _go_on(self):
        while not self._stop.is_set():
            with self._database() as uow:
                uow.messages.add([self._registry.message() for _ in range(5)], self._registry.now)
                uow.commit()
            self.committed += 5
            self._first.set()


def cleared(uow, registry):
    """Everything that the county may take, taken."""
    taken = [message.message_id for message in uow.messages.page("19", 100_000, with_payload=False)]
    results = uow.messages.clear("19", [Clearance(message_id=key, outcome=ClearOutcome.PROCESSED) for key in taken], registry.now)
    assert set(results.values()) == {ClearResult.CLEARED}
    return taken


@pytest.mark.slow
@pytest.mark.requirement("VRU-20", "EWS-04")
@pytest.mark.parametrize("database_url", SERVERS, indirect=True)
def test_a_backup_taken_while_work_goes_on_is_restored_elsewhere_and_work_goes_on_there(real_database, database_url, registry, tmp_path, request):
    with real_database() as uow:
        registry.run(uow, registry.job(uow))
        assert uow.jobs.claim("a worker that the restored database has lost", 0, 5) is not None
        uow.commit()
    with Work(real_database, registry) as work:
        before = work.committed
        url = RESTORED["sqlite" if database_url.startswith("sqlite") else "postgres"](database_url, tmp_path, request)
    schema.check(url)
    restored = SqlUnitOfWorkFactory.from_url(url)
    with restored() as uow:
        depth = uow.messages.depth("19")
        taken = cleared(uow, registry)
        assert before <= len(taken) <= work.committed
        assert (depth, uow.messages.depth("19")) == (len(taken), 0)
        uow.messages.add([registry.message()], registry.now)
        assert uow.jobs.claim("another worker", 60, 5) is not None
        uow.commit()
    with restored() as uow:
        (message,) = uow.messages.page("19", 10, with_payload=False)
        assert message.message_id > max(taken)
    restored.close()
