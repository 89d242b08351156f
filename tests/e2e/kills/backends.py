"""The databases of a campaign: new ones, copies of those that were prepared, and how each server is made to fail."""

import shutil
import sqlite3
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from fixtures.oracle_server import OracleDouble
from fixtures.postgres_server import PostgresServer, SystemServer, create_database

from db import schema


@dataclass(frozen=True)
class Backend:
    """`new` makes an upgraded database in a folder, `copy` another like one that nobody is connected to, if the back end can.

    `fail` ends the server as a crash would and starts it again; whoever cannot have that now holds `steady`.
    """

    name: str
    new: Callable[[Path], str]
    copy: Callable[[str, Path], str] | None
    end_and_start: Callable[[], None] | None = None
    steady: Any = field(default_factory=threading.RLock)

    def fail(self) -> bool:
        """End the server and start it again; False where there is none."""
        if self.end_and_start is None:
            return False
        with self.steady:
            self.end_and_start()
        return True


def sqlite_backend(template: Path | None = None) -> Backend:
    """A file for each database, like the upgraded one if there is one; there is no server that could fail."""

    def new(folder: Path) -> str:
        url = f"sqlite:///{folder / 'votecal.db'}"
        if template is not None:
            return copy(f"sqlite:///{template}", folder)
        schema.upgrade(url)
        return url

    def copy(url: str, folder: Path) -> str:
        source = sqlite3.connect(url.removeprefix("sqlite:///"))
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        source.close()
        shutil.copy(url.removeprefix("sqlite:///"), folder / "votecal.db")
        return f"sqlite:///{folder / 'votecal.db'}"

    return Backend("SQLite", new, copy)


def postgres_backend(server: PostgresServer) -> Backend:
    """A server that is stopped as a crash would stop it."""

    def new(_: Path) -> str:
        url = create_database(server)
        schema.upgrade(url)
        return url

    def copy(url: str, _: Path) -> str:
        name, template = f"votecal_{uuid.uuid4().hex[:12]}", url.partition("@/")[2].partition("?")[0]
        with psycopg.connect(host=str(server.socket_dir), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return url.replace(template, name)

    return Backend("PostgreSQL", new, copy, server.crash if isinstance(server, SystemServer) else None)


class DurableOracleDouble:
    """The double with its databases on disk: its process may be killed, and goes on with what was committed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._double = OracleDouble(folder=folder)

    def backend(self) -> Backend:
        """Databases cannot be copied: each is prepared."""

        def new(_: Path) -> str:
            url = self._double.url(f"fire_{uuid.uuid4().hex[:12]}")
            schema.upgrade(url)
            return url

        return Backend("Oracle double", new, None, self._fail)

    def _fail(self) -> None:
        self._double.kill()
        self._double = OracleDouble(self._double.port, self._folder)

    def stop(self) -> None:
        """End it."""
        self._double.stop()
