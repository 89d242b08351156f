"""UC03.21.01 Process DMV COA Record File: from the drop folder to the last message (COA-01, COA-36)."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, islice
from pathlib import Path
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.contract.dmv_coa_file import DmvCoaFile, open_dmv_coa_file
from votecal_soap.contract.dmv_coa_reader import read_dmv_records
from votecal_soap.domain.dmv_files import DmvFile, DmvFileState
from votecal_soap.domain.jobs import InstanceState, Job, JobInstance, JobState, StopRequest
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotFound, Unavailable, VoteCalError
from votecal_soap.search.met_keys import NO_KEYS
from votecal_soap.use_cases.apply_dmv_chunk import DmvRun, apply_chunk
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.early_search import ReadChunk
from votecal_soap.use_cases.list_jobs import existing_job
from votecal_soap.use_cases.matching_circumstances import dmv_rules, matching_circumstances
from votecal_soap.use_cases.ports import DmvExchange, UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.process_voter_record_update_batch import not_collecting
from votecal_soap.use_cases.search_ahead import SearchOrder, chunks_ahead, read_chunks
from votecal_soap.use_cases.search_service import search_service, weights_in_force

WORTH_A_PROCESS: Final = 10_000
"""Records below which a process costs more to start than it saves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DmvFileWork:
    """What processing needs, passed down from the worker. `should_stop` is asked between chunks.

    Files of `search_ahead_from` records or more are searched for in a process beside the writer; None: none are.
    """

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    exchange: DmvExchange
    chunk_records: int
    search_ahead_from: int | None
    transfer_pending: timedelta
    should_stop: Callable[[], StopRequest | None]


def has_arrived(uow: UnitOfWork, job: Job, exchange: DmvExchange, clock: Clock) -> bool:
    """Whether the file that the job was scheduled for can be taken (COA-01)."""
    file = uow.dmv_files.of_job(job.job_id)
    return file is not None and (file.state is not DmvFileState.EXPECTED or exchange.has_arrived(file.file_name, clock.now()))


def process(instance: JobInstance, work: DmvFileWork) -> InstanceState:
    """Process the file of a claimed run, from its beginning or after the last committed record; the state it ends in."""
    file = _file_of(instance, work)
    path = _take(file, work)
    try:
        _register(file, path, work)
        source = _open(instance, file, path, work)
    except (InvalidRequest, Conflict) as refusal:
        return _refuse(instance, file, path, refusal, work)
    with not_collecting():
        stopped = _apply_all(instance, file, source, work)
    return _finish(instance, file, stopped, work)


def _file_of(instance: JobInstance, work: DmvFileWork) -> DmvFile:
    with work.unit_of_work() as uow:
        file = uow.dmv_files.of_job(instance.job_id)
        if file is None:
            raise NotFound(ErrorCode.JOB_NOT_FOUND, "The job names no file.", ref=str(instance.job_id))
        uow.jobs.set_state(instance.job_id, JobState.PROCESSING)
        uow.commit()
    return file


def _take(file: DmvFile, work: DmvFileWork) -> Path:
    """Move the file out of the drop folder; done before, it lies where it was moved."""
    path = work.exchange.take(file.file_name, file.file_id)
    if path is None:
        raise Unavailable(ErrorCode.BUSY, "The file is no longer in the drop folder; drop it again.", ref=file.file_name)
    return path


def _register(file: DmvFile, path: Path, work: DmvFileWork) -> None:
    """Keep what was taken; the same bytes a second time are refused (COA-02)."""
    if file.state is not DmvFileState.EXPECTED:
        return
    sha256 = _sha256(path)
    with work.unit_of_work() as uow:
        before = uow.dmv_files.taken(sha256)
        if before is not None:
            raise Conflict(ErrorCode.ALREADY_EXISTS, f"This file is the same as that of job {before.job_id}: nothing of it is processed twice.")
        uow.dmv_files.take(file.file_id, sha256, path.stat().st_size, work.clock.now())
        uow.commit()


def _open(instance: JobInstance, file: DmvFile, path: Path, work: DmvFileWork) -> DmvCoaFile:
    source = open_dmv_coa_file(path)
    with work.unit_of_work() as uow:
        uow.dmv_files.set_record_count(file.file_id, source.record_count)
        uow.jobs.set_record_count(instance.instance_id, str(instance.lease_token), source.record_count)
        uow.commit()
    return source


def _refuse(instance: JobInstance, file: DmvFile, path: Path, refusal: VoteCalError, work: DmvFileWork) -> InstanceState:
    """Refuse the file whole: nothing of it was applied, and a mended one may be scheduled."""
    if refusal.code is ErrorCode.LEASE_LOST:
        raise refusal
    now = work.clock.now()
    with work.unit_of_work() as uow:
        uow.dmv_files.refuse(file.file_id, refusal.code, refusal.text, now, sha256=_sha256(path), byte_count=path.stat().st_size)
        told = {"error_code": refusal.code, "error_text": refusal.text, "error_ref": refusal.ref}
        uow.jobs.finish(instance.instance_id, str(instance.lease_token), InstanceState.REFUSED, **told)
        uow.jobs.set_state(instance.job_id, JobState.FILE_REFUSED)
        _audit(uow, instance, "DmvFileRefused", {"file": file.file_name, "code": refusal.code}, work)
        uow.commit()
    return InstanceState.REFUSED


def _apply_all(instance: JobInstance, file: DmvFile, source: DmvCoaFile, work: DmvFileWork) -> StopRequest | None:
    run, order = _prepare(instance, file, source, work)
    given_keys = NO_KEYS
    with _reading(order, work) as chunks:
        for chunk in chunks:
            if stopped := work.should_stop():
                return stopped
            with work.unit_of_work() as uow:
                # Read anew for each chunk: a threshold or a blackout that was set meanwhile holds from here on.
                circumstances = matching_circumstances(uow, work.clock.now(), order.rules, work.transfer_pending)
                given = apply_chunk(uow, run, circumstances, chunk, given_keys)
                uow.commit()
            # What an early search has seen, all later ones have; whoever searches in the transaction itself sees all.
            given_keys = given if chunk.early is None else given_keys.above(chunk.early.last_sequence) | given
    return None


def _prepare(instance: JobInstance, file: DmvFile, source: DmvCoaFile, work: DmvFileWork) -> tuple[DmvRun, SearchOrder]:
    with work.unit_of_work(read_only=True) as uow:
        service, weights = search_service(uow), weights_in_force(uow)
        order = SearchOrder(
            unit_of_work=work.unit_of_work,
            instance_id=instance.instance_id,
            source=source,
            after_sequence=instance.records_processed,
            chunk_records=work.chunk_records,
            rules=dmv_rules(uow, work.clock.now()),
            weights=weights,
            roll_size=uow.matching.roll_size(),
        )
        return DmvRun(instance=instance, file_id=file.file_id, service=service, weights_version=weights.version), order


@contextmanager
def _reading(order: SearchOrder, work: DmvFileWork) -> Iterator[Iterator[ReadChunk]]:
    """The chunks that are left; the first is read and searched for here, while the process beside is starting."""
    here = read_chunks(read_dmv_records(order.source, order.after_sequence), order.chunk_records, order.rules)
    if work.search_ahead_from is None or order.source.record_count - order.after_sequence < work.search_ahead_from:
        yield here
        return
    with chunks_ahead(replace(order, after_sequence=order.after_sequence + order.chunk_records)) as others:
        yield chain(islice(here, 1), others)


def _finish(instance: JobInstance, file: DmvFile, stopped: StopRequest | None, work: DmvFileWork) -> InstanceState:
    ends = {
        None: (InstanceState.COMPLETED, JobState.COMPLETED),
        StopRequest.PAUSE: (InstanceState.PAUSED, JobState.PAUSED),
        StopRequest.CANCEL: (InstanceState.CANCELLED, JobState.CANCELLED),
    }
    state, job_state = ends[stopped]
    with work.unit_of_work() as uow:
        job = existing_job(uow, instance.job_id, lock=True)
        if state is InstanceState.COMPLETED:
            uow.dmv_files.complete(file.file_id, work.clock.now())
        elif state is InstanceState.CANCELLED:
            # What was done stays done; the same bytes may come again, and their first records are duplicates then.
            uow.dmv_files.refuse(file.file_id, ErrorCode.JOB_NOT_OPEN, "SOS cancelled the job before its end.", work.clock.now())
        uow.jobs.finish(instance.instance_id, str(instance.lease_token), state)
        uow.jobs.set_state(job.job_id, job_state)
        _audit(uow, instance, f"DmvFile{state}", {"file": file.file_name, "outcomes": uow.dmv_files.counts(file.file_id)}, work)
        uow.commit()
    return state


def _audit(uow: UnitOfWork, instance: JobInstance, action: str, new: dict[str, object], work: DmvFileWork) -> None:
    record_change(uow, at=work.clock.now(), actor=f"job:{instance.job_id}", action=action, subject=("job", instance.job_id), new=new)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
