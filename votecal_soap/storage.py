"""Disks that are full, read-only or failing: told as what they are, to the caller by a code and to the operator by a log line (OPS-03).

Nothing is to be restarted afterwards: what is refused with these codes goes on once there is room.
"""

import errno
import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from votecal_soap.errors import ErrorCode, Unavailable
from votecal_soap.log import event

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS: Final = 60

_OF_SYSTEM: Final = {
    errno.ENOSPC: ErrorCode.DISK_FULL,
    errno.EDQUOT: ErrorCode.DISK_FULL,
    errno.EFBIG: ErrorCode.DISK_FULL,
    errno.EROFS: ErrorCode.DISK_READ_ONLY,
    errno.EIO: ErrorCode.DISK_FAILS,
    errno.ESTALE: ErrorCode.DISK_FAILS,
    errno.ENODEV: ErrorCode.DISK_FAILS,
}
DISK_EVENTS: Final = {
    ErrorCode.DISK_FULL: "a disk is full; make room, and work goes on by itself",
    ErrorCode.DISK_READ_ONLY: "a disk can only be read; make it writable, and work goes on by itself",
    ErrorCode.DISK_FAILS: "a disk cannot be read or written; mend it, and work goes on by itself",
}
"""What the operator reads in the log."""

_SAYS: Final = {
    ErrorCode.DISK_FULL: "is full",
    ErrorCode.DISK_READ_ONLY: "can only be read",
    ErrorCode.DISK_FAILS: "cannot be read or written",
}
DISK_CODES: Final = frozenset(_SAYS)
"""Nobody's fault but the disk's: a run that meets one has not failed, and waits."""

THIS_MACHINE: Final = "this machine"
_OWNER_ALONE: Final = 0o700
ROOM_BYTES: Final = 16 << 20
"""With less room left the next piece of an upload, or the next chunk of a run, would fill the disk."""


def disk_failure(code: ErrorCode, place: str) -> Unavailable:
    """The error for a caller, and the line for the operator; `place` is what lies on that disk, in words."""
    event(logger, DISK_EVENTS[code], level=logging.ERROR, code=code, setting=place)
    text = f"The disk of {place} {_SAYS[code]}. Nothing was changed; send the same again later."
    return Unavailable(code, text, retry_after_seconds=RETRY_AFTER_SECONDS)


def told_by(error: BaseException, place: str = THIS_MACHINE) -> Unavailable | None:
    """The error for one of the operating system's; None when it tells of no disk."""
    code = _OF_SYSTEM.get(error.errno or 0) if isinstance(error, OSError) else None
    return None if code is None else disk_failure(code, place)


@contextmanager
def disk_of(place: str) -> Iterator[None]:
    """Write files in this block: what the disk refuses is raised as Unavailable."""
    try:
        yield
    except OSError as error:
        told = told_by(error, place)
        if told is None:
            raise
        raise told from error


def why_not_writable(folder: Path) -> str | None:
    """What would keep a file from being written there, in words; None when nothing would."""
    try:
        state = os.statvfs(folder)
    except OSError as error:
        return f"{folder} cannot be reached ({error.strerror})"
    free = state.f_bavail * state.f_frsize
    if state.f_flag & os.ST_RDONLY:
        return f"the disk of {folder} {_SAYS[ErrorCode.DISK_READ_ONLY]}"
    if free < ROOM_BYTES:
        return f"the disk of {folder} {_SAYS[ErrorCode.DISK_FULL]}: {free >> 20} MB are left"
    return None if os.access(folder, os.W_OK | os.X_OK) else f"{folder} may not be written"


def for_service_alone(folder: Path) -> None:
    """Keep everybody else out of a folder (OPS-05); one that is so already is left alone, for its disk may be for reading only."""
    if stat.S_IMODE(folder.stat().st_mode) != _OWNER_ALONE:
        folder.chmod(_OWNER_ALONE)
