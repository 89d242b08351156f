"""The DMV COA File Exchange: a drop folder for DMV, and a private one for files that were taken (COA-01, OPS-05)."""

import errno
import os
import re
import shutil
import stat
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from votecal_soap.storage import disk_of, for_service_alone

_END: Final = re.compile(rb"</(?:[\w.-]+:)?DmvCoaFile\s*>\s*\Z")
_TAIL_BYTES: Final = 4096


class FolderDmvExchange:
    """Folders on one machine, or on a file system that the workers share."""

    def __init__(self, drop: Path, private: Path, *, settle: timedelta, incomplete: timedelta) -> None:
        """Make both folders; what is taken is for the service alone.

        A file that ends as one should has arrived when nobody wrote to it for `settle`, any other only after
        `incomplete`: it may still be coming, and whoever dropped it wants to hear of it some day.
        """
        drop.mkdir(parents=True, exist_ok=True)
        private.mkdir(parents=True, exist_ok=True)
        for_service_alone(private)
        self._drop = drop
        self._private = private
        self._settle = settle
        self._incomplete = incomplete

    def has_arrived(self, file_name: str, now: datetime) -> bool:
        """Whether the file is there and no longer being written."""
        path = self._drop / file_name
        try:
            state = path.lstat()
            # What a link points to is not DMV's to hand in.
            if not stat.S_ISREG(state.st_mode):
                return False
            since_written = now - datetime.fromtimestamp(state.st_mtime, UTC)
            # Of a whole file a time to come is from before the clock was set back: it is not waited for a second time.
            return abs(since_written) >= self._settle if _ends_well(path) else since_written >= self._incomplete
        except OSError:
            return False

    def take(self, file_name: str, file_id: int) -> Path | None:
        """Move the file where nobody else writes; where it is if that was done before a crash; None if it is nowhere."""
        path = self.path(file_id)
        if path.exists():
            return path
        dropped = self._drop / file_name
        try:
            # What a link points to is not DMV's to hand in.
            if not stat.S_ISREG(dropped.lstat().st_mode):
                return None
            with disk_of("DMV's files"):
                _move(dropped, path)
        except FileNotFoundError:
            return None
        with suppress(PermissionError):  # another user's file stays so; the folder keeps everybody else out
            path.chmod(0o600)
        return path

    def left(self, before: datetime) -> list[Path]:
        """Files in the drop folder that nobody wrote to since an instant, and pieces of moves that broke off, by name."""
        here = (path for folder, pattern in ((self._drop, "*"), (self._private, "*.part")) for path in folder.glob(pattern))
        return sorted(path for path in here if _is_older(path, before))

    def path(self, file_id: int) -> Path:
        """Where a file that was taken lies."""
        return self._private / f"file-{file_id}.xml"

    def discard(self, file_id: int) -> None:
        """Remove a file that was taken; nothing there is fine."""
        self.path(file_id).unlink(missing_ok=True)


def _is_older(path: Path, before: datetime) -> bool:
    try:
        state = path.lstat()
    except FileNotFoundError:  # taken meanwhile
        return False
    return stat.S_ISREG(state.st_mode) and datetime.fromtimestamp(state.st_mtime, UTC) < before


def _ends_well(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(file.seek(0, os.SEEK_END) - _TAIL_BYTES, 0))
        return _END.search(file.read()) is not None


def _move(source: Path, target: Path) -> None:
    try:
        source.replace(target)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise
        if error.errno != errno.EXDEV:
            raise
        # Another file system: the copy bears the name only when it is whole.
        part = target.with_suffix(".part")
        try:
            shutil.copyfile(source, part)
            part.replace(target)
        except OSError:
            part.unlink(missing_ok=True)  # half a copy would keep the room that the disk lacks
            raise
        source.unlink()
