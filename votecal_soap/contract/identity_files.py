"""Writes the files of identity verification with DMV as a stream (`xsd/identity-verification.xsd`, IDV-01)."""

import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from votecal_soap.contract.markup import branch, leaf
from votecal_soap.domain.identity import IdentityAnswer, IdentityCheck

NAMESPACE: Final = "urn:votecal:identity-verification:v1"
SCHEMA_FILE: Final = "identity-verification.xsd"
SCHEMA_VERSION: Final = "1.0"
REQUESTS: Final = "IdentityVerificationRequests"
ANSWERS: Final = "IdentityVerificationAnswers"
UNFINISHED_SUFFIX: Final = ".part"


class IdentityFileWriter:
    """A file in the making, readable by its owner alone (OPS-05).

    It bears its name only after `publish`. Left before `finish`, it is gone; left after, it stays unpublished,
    because the database may name its requests already.
    """

    def __init__(self, path: Path, root: str, created_at: datetime) -> None:
        """Begin the file."""
        self.path = path
        self.count = 0
        self._root = root
        self._finished = False
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = _private_file(unfinished(path))
        header = branch("Header", leaf("FileId", path.stem), leaf("SchemaVersion", SCHEMA_VERSION), leaf("CreatedAt", created_at))
        self._write(f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">\n{header}\n')

    def __enter__(self) -> Self:
        """Write inside a block."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close; what was not finished is removed."""
        self._file.close()
        if not self._finished:
            unfinished(self.path).unlink(missing_ok=True)

    def write_requests(self, checks: Iterable[IdentityCheck]) -> None:
        """Append requests."""
        self._append([_request(check) for check in checks])

    def write_answers(self, answers: Iterable[IdentityAnswer]) -> None:
        """Append answers."""
        self._append([_answer(answer) for answer in answers])

    def finish(self) -> None:
        """Write the trailer, and wait until the disk has everything."""
        self._write(f"<Trailer><RecordCount>{self.count}</RecordCount></Trailer>\n</{self._root}>\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._finished = True

    def _append(self, elements: list[str]) -> None:
        self._write("".join(elements))
        self.count += len(elements)

    def _write(self, text: str) -> None:
        self._file.write(text.encode())


def publish(path: Path) -> None:
    """Give a finished file its name."""
    # Somebody else may have completed an export that was cut short here.
    with suppress(FileNotFoundError):
        os.replace(unfinished(path), path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unfinished(path: Path) -> Path:
    """Where a file stands until it is published."""
    return path.with_name(path.name + UNFINISHED_SUFFIX)


def _private_file(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


def _request(check: IdentityCheck) -> str:
    return (
        branch(
            "Request",
            leaf("RequestId", check.request_id),
            leaf("IdentificationKind", check.kind.value),
            leaf("Number", check.number),
            leaf("FirstName", check.first_name),
            leaf("MiddleName", check.middle_name),
            leaf("LastName", check.last_name),
            leaf("Suffix", check.suffix),
            leaf("DateOfBirth", None if check.date_of_birth is None else check.date_of_birth.isoformat()),
            leaf("SubjectDigest", check.subject_digest),
        )
        + "\n"
    )


def _answer(answer: IdentityAnswer) -> str:
    return (
        branch(
            "Answer",
            leaf("RequestId", answer.request_id),
            leaf("IdentificationKind", answer.kind.value),
            leaf("SubjectDigest", answer.subject_digest),
            leaf("VerificationStatus", answer.status.value),
            leaf("AnsweredOn", answer.answered_on.isoformat()),
        )
        + "\n"
    )
