"""IDV-01 Pending driver's licences, state ids and SSN4 go out to DMV in files.

One transaction a file: its requests are committed when the file is whole on the disk, and then it gets its name.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from votecal_soap.clock import Clock
from votecal_soap.contract.identity_file_reader import read_requests
from votecal_soap.contract.identity_files import REQUESTS, UNFINISHED_SUFFIX, IdentityFileWriter, publish
from votecal_soap.domain.identity import IdentificationKind, IdentityCheck, identity_check, pending_kinds
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import InvalidRequest
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory

PAGE: Final = 1_000
NAME_PREFIX: Final = "identity-requests-"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportIdentityRequests:
    """Where to, the key of the subject digests, who exports, and how many requests a file holds at least before it is closed."""

    directory: Path
    digest_key: bytes
    actor: str
    requests_per_file: int = 20_000


class IdentityExport(NamedTuple):
    """A file that is ready for DMV."""

    path: Path
    request_count: int


def export_identity_requests(
    command: ExportIdentityRequests, unit_of_work: UnitOfWorkFactory, clock: Clock, stop: Callable[[], bool] = lambda: False
) -> list[IdentityExport]:
    """Write file after file until nothing waits or `stop` says so. What was asked and is not answered is not asked again."""
    exports = _publish_left_over(command.directory, unit_of_work)
    last_uid: int | None = 0
    while last_uid is not None and not stop():
        export, last_uid = _export_file(command, unit_of_work, clock.now(), last_uid)
        exports += [export] if export else []
    return exports


def _export_file(command: ExportIdentityRequests, unit_of_work: UnitOfWorkFactory, now: datetime, after_uid: int) -> tuple[IdentityExport | None, int | None]:
    """One file, and the UID after which the next begins; None when no voter is left."""
    path = command.directory / f"{NAME_PREFIX}{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}.xml"
    last_uid: int | None = after_uid
    with IdentityFileWriter(path, REQUESTS, now) as file, unit_of_work() as uow:
        while last_uid is not None and file.count < command.requests_per_file:
            voters = uow.voters.pending_identity(last_uid, PAGE)
            file.write_requests(_opened(uow, voters, path.stem, now, command.digest_key))
            last_uid = voters[-1].state_voter_id if voters else None
        if not file.count:
            return None, last_uid
        record_change(uow, at=now, actor=command.actor, action="ExportIdentityRequests", subject=("export", path.stem), new={"requests": file.count})
        file.finish()
        uow.commit()
    publish(path)
    return IdentityExport(path, file.count), last_uid


def _opened(uow: UnitOfWork, voters: list[Voter], export_name: str, now: datetime, key: bytes) -> Iterator[IdentityCheck]:
    by_uid = {int(voter.state_voter_id): voter for voter in voters}
    rows = [(uid, kind.value) for uid, voter in by_uid.items() for kind in pending_kinds(voter)]
    for request in uow.identity.add(rows, export_name, now):
        yield identity_check(request.request_id, by_uid[request.state_voter_id], IdentificationKind(request.kind), key)


def _publish_left_over(directory: Path, unit_of_work: UnitOfWorkFactory) -> list[IdentityExport]:
    """Complete exports that were killed between commit and name: their voters wait for an answer already."""
    exports = []
    for part in sorted(directory.glob(f"{NAME_PREFIX}*{UNFINISHED_SUFFIX}")):
        path = part.with_name(part.name.removesuffix(UNFINISHED_SUFFIX))
        request_ids = _request_ids(part)
        with unit_of_work(read_only=True) as uow:
            known = uow.identity.by_ids(request_ids[:1])
        if any(request.export_name == path.stem for request in known.values()):
            publish(path)
            exports.append(IdentityExport(path, len(request_ids)))
    return exports


def _request_ids(part: Path) -> list[int]:
    """The requests of a file that may be unfinished: another process may be writing it, and then it is left alone."""
    try:
        return [check.request_id for check in read_requests(part)]
    except InvalidRequest:
        return []
