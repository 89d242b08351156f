"""UC04.14.01 step 3: a piece of the batch file arrives (VRU-06). Both lanes, SOAP and PUT, come here."""

from dataclasses import dataclass, replace

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.file_exchange import Chunk
from votecal_soap.domain.uploads import Upload, UploadState, is_replay
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor, county_job, require_open
from votecal_soap.use_cases.county_uploads import county_upload, put_aside
from votecal_soap.use_cases.ports import Spool, UnitOfWork, UnitOfWorkFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadStore:
    """Where an upload lives: its book-keeping in the database, its bytes in the spool."""

    unit_of_work: UnitOfWorkFactory
    spool: Spool


def append_chunk(command: Chunk, caller: Caller, store: UploadStore, clock: Clock) -> Upload:
    """Put a chunk where it belongs; the upload after it. A chunk that is there already, byte for byte, changes nothing."""
    _check(command)
    size = len(command.content)
    with store.unit_of_work() as uow:
        # Locked while the spool is written: two writers at one offset could else acknowledge each other's bytes.
        upload = county_upload(uow, caller, command.upload_id, lock=True)
        if upload.state is UploadState.ABANDONED:
            raise put_aside()
        if is_replay(upload, command.offset, size):
            return _replayed(command, upload, store.spool)
        require_open(county_job(uow, caller, upload.job_id), clock)
        store.spool.write(upload.upload_id, command.offset, command.content)
        received = command.offset + size
        uow.uploads.set_received(upload.upload_id, received)
        _audit(uow, upload, received, caller, clock)
        uow.commit()
    return replace(upload, received_bytes=received)


def _check(command: Chunk) -> None:
    if command.offset < 0:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The offset cannot be negative.", ref="Offset")
    if not command.content:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The chunk is empty.", ref="Content")


def _replayed(command: Chunk, upload: Upload, spool: Spool) -> Upload:
    if spool.read(upload.upload_id, command.offset, len(command.content)) != command.content:
        text = f"Other bytes are there already; go on at offset {upload.received_bytes}, or begin the upload of the other file."
        raise Conflict(ErrorCode.UPLOAD_OVERLAP, text, ref="Content")
    return upload


def _audit(uow: UnitOfWork, upload: Upload, received: int, caller: Caller, clock: Clock) -> None:
    record_change(
        uow,
        at=clock.now(),
        actor=actor(caller),
        action="AppendChunk",
        subject=("upload", upload.upload_id),
        county_code=caller.county_code,
        old={"received_bytes": upload.received_bytes},
        new={"received_bytes": received},
    )
