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
        with _plain(packed, compression) as source, os.fdopen(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as target:
            _copy(source, target, packed.stat().st_size, limits)
            target.flush()
            os.fsync(target.fileno())
        os.replace(part, work)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InvalidRequest(ErrorCode.FILE_COMPRESSION_WRONG, f"The file is not whole or not {compression}.") from error
    finally:
        part.unlink(missing_ok=True)


def _copy(source: IO[bytes], target: IO[bytes], packed_size: int, limits: ExpansionLimits) -> None:
    allowed = min(limits.byte_limit, max(_FREE, packed_size * limits.ratio_limit))
    written = 0
    while block := source.read(BLOCK):
        written += len(block)
        if written > allowed:
            raise InvalidRequest(ErrorCode.FILE_EXPANDS_TOO_FAR, f"The file unpacks to more than {allowed} bytes, which is refused.")
        target.write(block)


@contextmanager
def _plain(packed: Path, compression: Compression) -> Iterator[IO[bytes]]:
    if compression is Compression.GZIP:
        with gzip.open(packed) as source:
            yield source  # type: ignore[misc] # a GzipFile reads bytes as IO does
        return
    with zipfile.ZipFile(packed) as archive:
        names = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(names) != 1 or len(archive.infolist()) != 1:
            raise InvalidRequest(ErrorCode.FILE_COMPRESSION_WRONG, "A zip file holds exactly one entry: the batch file.")
        with archive.open(names[0]) as source:
            yield source
