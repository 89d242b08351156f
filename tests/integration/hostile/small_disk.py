"""A disk of a few megabytes that really fills up and really turns read-only: a file system in memory, mounted for a test."""

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

MEGABYTES = 48
MISSING = "NO RIGHT TO MOUNT: run as root (or in `unshare -rm`); that a disk really is full was not tried"


class SmallDisk:
    """Where it is mounted, and what becomes of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, database: Path | None = None) -> None:
        """Leave not one byte; the log of a SQLite database there is emptied first, which else has room of its own."""
        if database is not None:
            with closing(sqlite3.connect(database)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        handle = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while os.write(handle, bytes(size)):
                    pass
        os.close(handle)

    def make_room(self) -> None:
        """As an operator does."""
        self._ballast.unlink()

    def remount(self, how: str) -> None:
        """`ro` or `rw`; nobody may have a file open for writing."""
        subprocess.run(["mount", "-o", f"remount,{how}", self.folder], check=True)

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"


@contextmanager
def mounted(folder: Path) -> Iterator[SmallDisk]:
    """Mount one for the block, or skip, loudly."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0700", "tmpfs", folder], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip(MISSING)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
