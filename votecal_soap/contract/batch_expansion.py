"""Unpacks an uploaded batch file into a work file, within limits (VRU-06, VRU-18): a bomb is refused, not unpacked."""

import gzip
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from votecal_soap.domain.uploads import Compression
from votecal_soap.errors import ErrorCode, InvalidRequest

BLOCK: Final = 1 << 20
_ZIP_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FREE: Final = 16 << 20
"""The ratio is not judged below this size: small files of equal records pack very well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpansionLimits:
    """How far a file may grow: bytes in all, and bytes out for each byte in."""

    byte_limit: int
    ratio_limit: int


def expand(packed: Path, work: Path, compression: Compression, limits: ExpansionLimits) -> None:
    """Write the plain file to `work`, whole or not at all; a broken or bombing file raises InvalidRequest."""
    part = work.with_name(f"{work.name}.part")
    try:
        # What fails here is the disk, not the county's file: the run is tried again.
        with os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as target:
            for block in _blocks(packed, compression, limits):
                target.write(block)
            target.flush()
            os.fsync(target.fileno())
        os.replace(part, work)
    finally:
        part.unlink(missing_ok=True)


def _blocks(packed: Path, compression: Compression, limits: ExpansionLimits) -> Iterator[bytes]:
    allowed = min(limits.byte_limit, max(_FREE, packed.stat().st_size * limits.ratio_limit))
    read = 0
    with packed.open("rb") as file:
        for block in _unpacked(file, compression):
            read += len(block)
            if read > allowed:
                raise InvalidRequest(ErrorCode.FILE_EXPANDS_TOO_FAR, f"The file unpacks to more than {allowed} bytes, which is refused.")
            yield block


def _unpacked(file: IO[bytes], compression: Compression) -> Iterator[bytes]:
    try:
        with _plain(file, compression) as source:
            while block := source.read(BLOCK):
                yield block
    except (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile, NotImplementedError, RuntimeError) as error:
        raise InvalidRequest(ErrorCode.FILE_COMPRESSION_WRONG, f"The file is not whole or not {compression}.") from error


@contextmanager
def _plain(file: IO[bytes], compression: Compression) -> Iterator[IO[bytes]]:
    if compression is Compression.GZIP:
        with gzip.open(file) as source:
            yield source  # type: ignore[misc] # a GzipFile reads bytes as IO does
        return
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if len(entries) != 1 or entries[0].is_dir() or entries[0].compress_type not in _ZIP_METHODS:
            raise InvalidRequest(ErrorCode.FILE_COMPRESSION_WRONG, "A zip file holds exactly one entry, the batch file, stored or deflated.")
        with archive.open(entries[0]) as source:
            yield source
