"""Where a demonstration keeps its database and files: a directory of its own, which it never mistakes for another."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

from votecal_soap.errors import Conflict, ErrorCode, Unavailable

MARK: Final = "THIS-IS-A-VOTECAL-DEMO"
"""A file of this name says that all else in its directory may be removed."""


@contextmanager
def demo_directory(given: Path | None) -> Iterator[Path]:
    """The directory given, emptied if an earlier demonstration left it; else one that is gone afterwards."""
    if given is None:
        with tempfile.TemporaryDirectory(prefix="votecal-demo-") as made, _held(Path(made).resolve()) as directory:
            yield directory
    else:
        with _held(given.resolve()) as directory:
            yield directory


@contextmanager
def _held(directory: Path) -> Iterator[Path]:
    """The directory, emptied, and nobody else's while the block runs."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark = directory / MARK
    if any(directory.iterdir()) and not mark.is_file():
        text = "There is something in this directory that no demonstration made; name a new or empty one."
        raise Conflict(ErrorCode.ALREADY_EXISTS, text, ref=str(directory))
    with mark.open("a+") as held:
        _lock(held, directory)
        held.truncate(0)
        held.write("A demonstration of votecal-soap made this directory; the next one empties it. Nobody in it is real.\n")
        held.flush()
        _empty(directory, mark)
        yield directory


def _lock(mark: TextIO, directory: Path) -> None:
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise Unavailable(ErrorCode.BUSY, "A demonstration runs in this directory; end it, or name another.", ref=str(directory)) from error


def _empty(directory: Path, mark: Path) -> None:
    for path in directory.iterdir():
        if path != mark:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
