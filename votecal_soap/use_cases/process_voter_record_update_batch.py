"""UC04.14.01, Process Voter Record Update Batch: step 4, from the file received to the last message (VRU-06 to VRU-21)."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from votecal_soap.clock import Clock, legal_date
from votecal_soap.contract.batch_expansion import ExpansionLimits, expand
from votecal_soap.contract.batch_file import BatchExpectation
from votecal_soap.contract.batch_integrity import check_digest
from votecal_soap.contract.batch_reader import RecordBlock
from votecal_soap.contract.batch_source import BatchSource, ReadingRules, open_batch, read_blocks, reading_process
from votecal_soap.domain.batches import BatchRecord
from votecal_soap.domain.jobs import DataKind, InstanceState, Job, JobInstance, JobState, StopRequest
from votecal_soap.domain.judgement import AfterSteps, Circumstances
from votecal_soap.domain.rule_parameters import CODE_TABLES
from votecal_soap.domain.rules import STATEWIDE, Reference, RuleBook, rule_book
from votecal_soap.domain.statewide import shipped_rules
from votecal_soap.domain.uploads import Compression, Upload
from votecal_soap.errors import ErrorCode, InvalidRequest, NotFound
from votecal_soap.storage import disk_of
from votecal_soap.use_cases.apply_batch_chunk import apply_chunk
from votecal_soap.use_cases.ports import AuditEntry, Spool, UnitOfWork, UnitOfWorkFactory

BATCH_TYPE = "VoterRecordUpdate"


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSettings:
    """How a batch is processed. `parsers` 0 reads in the same process, 1 in one beside it."""

    chunk_records: int
    parsers: int
    limits: ExpansionLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchWork:
    """What processing needs, passed down from the worker. `should_stop` is asked between chunks."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    spool: Spool
    settings: BatchSettings
    should_stop: Callable[[], StopRequest | None]


def process(instance: JobInstance, work: BatchWork) -> InstanceState:
    """Process the file of a claimed run, from its beginning or from the last committed record; the state it ends in."""
    job, upload, rules = _prepare(instance, work)
    try:
        source = _receive(instance, job, upload, work)
    except InvalidRequest as refusal:
        return _refuse(instance, job, refusal, work)
    stopped = _apply_all(instance, job, source, rules, work)
    return _finish(instance, job, work, stopped)


def _prepare(instance: JobInstance, work: BatchWork) -> tuple[Job, Upload, ReadingRules]:
    with work.unit_of_work() as uow:
        job, upload = uow.jobs.get(instance.job_id), uow.uploads.get(instance.upload_id or 0)
        if job is None or job.county_code is None or upload is None:
            raise NotFound(ErrorCode.JOB_NOT_FOUND, "The run's job or upload is gone.")
        uow.jobs.set_state(job.job_id, JobState.PROCESSING)
        rules = reading_rules(uow, job.county_code, work.clock, batch_type=BATCH_TYPE, kinds=job.data_kinds, election_id=job.election_id)
        uow.commit()
    return job, upload, rules


def reading_rules(
    uow: UnitOfWork,
    county_code: str,
    clock: Clock,
    *,
    batch_type: str,
    kinds: frozenset[DataKind],
    election_id: str | None,
    book_of: Callable[[str, str | None], RuleBook] = rule_book,
) -> ReadingRules:
    """A county's rules with the reference data that they look up (VRU-08, OPS-04); `book_of` may remember what it has read."""
    return ReadingRules(
        book=book_of(uow.reference.rules_text(STATEWIDE) or shipped_rules(), uow.reference.rules_text(county_code)),
        reference=Reference(
            codes={kind: frozenset(uow.reference.codes(kind)) for kind in CODE_TABLES},
            precincts=uow.reference.precinct_codes(county_code),
            elections=frozenset(election.election_id for election in uow.reference.elections()),
            today=legal_date(clock.now()),
        ),
        batch_type=batch_type,
        kinds=kinds,
        election_id=election_id,
    )


def _receive(instance: JobInstance, job: Job, upload: Upload, work: BatchWork) -> BatchSource:
    """Integrity first: digest of the bytes sent, unpacking within limits, well-formedness, header, count (VRU-06, VRU-18)."""
    sent = work.spool.path(upload.upload_id)
    check_digest(sent, upload.sha256)
    plain = _plain_file(sent, upload, work)
    expected = BatchExpectation(county_code=str(job.county_code), batch_type=BATCH_TYPE, job_id=job.job_id, record_count=upload.record_count)
    source = open_batch(plain, expected, in_halves=work.settings.parsers > 0)
    with work.unit_of_work() as uow:
        uow.jobs.set_record_count(instance.instance_id, str(instance.lease_token), source.shape.record_count)
        uow.commit()
    return source


def _plain_file(sent: Path, upload: Upload, work: BatchWork) -> Path:
    if upload.compression is Compression.NONE:
        return sent
    plain = work.spool.work_path(upload.upload_id)
    if not plain.exists():
        with disk_of("the spool (unpacked files)"):
            expand(sent, plain, upload.compression, work.settings.limits)
    return plain


def _refuse(instance: JobInstance, job: Job, refusal: InvalidRequest, work: BatchWork) -> InstanceState:
    """Refuse the file whole: nothing was applied, and the county may send a mended one (VRU-18)."""
    now = work.clock.now()
    with work.unit_of_work() as uow:
        uow.jobs.finish(
            instance.instance_id,
            str(instance.lease_token),
            InstanceState.REFUSED,
            error_code=refusal.code,
            error_text=refusal.text,
            error_ref=refusal.ref,
        )
        uow.jobs.set_state(job.job_id, JobState.FILE_REFUSED)
        uow.audit.add([AuditEntry(now, f"job:{job.job_id}", "FileRefused", "Job", str(job.job_id), job.county_code, None, f'{{"code":"{refusal.code}"}}')])
        uow.commit()
    return InstanceState.REFUSED


def _apply_all(instance: JobInstance, job: Job, source: BatchSource, rules: ReadingRules, work: BatchWork) -> StopRequest | None:
    after_steps = AfterSteps(rules.book)
    with _reading(source, rules, instance, work.settings.parsers) as blocks, not_collecting():
        for records, position in _chunks(blocks, work.settings.chunk_records):
            if stopped := work.should_stop():
                return stopped
            now = work.clock.now()
            circumstances = Circumstances(county_code=str(job.county_code), after_steps=after_steps, now=now, today=legal_date(now))
            with work.unit_of_work() as uow:
                apply_chunk(uow, instance, job, circumstances, records, position)
                uow.commit()
    return None


@contextmanager
def not_collecting() -> Iterator[None]:
    """Leave cycles alone while a batch runs: nothing here forms any, and the collector walks every waiting record (measured: a quarter of the time)."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _reading(source: BatchSource, rules: ReadingRules, instance: JobInstance, parsers: int) -> AbstractContextManager[Iterator[RecordBlock]]:
    read = partial(reading_process if parsers and _is_large(source) else _reading_here, source, rules)
    return read(instance.position, instance.records_processed)


def _is_large(source: BatchSource) -> bool:
    # Below this a process costs more to start than it saves.
    return source.shape.record_count > 20_000


@contextmanager
def _reading_here(source: BatchSource, rules: ReadingRules, position: int, records_processed: int) -> Iterator[Iterator[RecordBlock]]:
    yield read_blocks(source, rules, position, records_processed)


def _chunks(blocks: Iterator[RecordBlock], size: int) -> Iterator[tuple[Sequence[BatchRecord], int]]:
    """Blocks joined until they hold `size` records: one transaction each, with the position after it."""
    waiting: list[BatchRecord] = []
    position = 0
    for block in blocks:
        waiting += block.records
        position = block.position
        if len(waiting) >= size:
            yield waiting, position
            waiting = []
    if waiting:
        yield waiting, position


def _finish(instance: JobInstance, job: Job, work: BatchWork, stopped: StopRequest | None) -> InstanceState:
    ends = {
        None: (InstanceState.COMPLETED, JobState.COMPLETED),
        StopRequest.PAUSE: (InstanceState.PAUSED, JobState.PAUSED),
        StopRequest.CANCEL: (InstanceState.CANCELLED, JobState.CANCELLED),
    }
    state, job_state = ends[stopped]
    with work.unit_of_work() as uow:
        if state is InstanceState.COMPLETED and job.election_id is not None:
            # It reads all the county's voters: counted once, here, and not at each question.
            count = uow.voters.count_without_voting_precinct(str(job.county_code), job.election_id)
            uow.jobs.set_without_precinct_count(instance.instance_id, str(instance.lease_token), count)
        uow.jobs.finish(instance.instance_id, str(instance.lease_token), state)
        uow.jobs.set_state(job.job_id, job_state)
        now = work.clock.now()
        uow.audit.add([AuditEntry(now, f"job:{job.job_id}", f"Batch{state}", "Job", str(job.job_id), job.county_code, None, None)])
        uow.commit()
    return state
