"""Initial load of a county's voters (`votecal load voters`): UID, version 1, no messages; resumable and repeatable, refusals reported.

The file is that of `xsd/voter-record-update-batch.xsd` with BatchType InitialLoad; the county's rules translate it.
"""

import hashlib
import json
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from votecal_soap.clock import Clock, legal_date
from votecal_soap.contract.batch_file import BatchExpectation
from votecal_soap.contract.batch_reader import RecordBlock
from votecal_soap.contract.batch_source import ReadingRules, open_batch, read_blocks
from votecal_soap.domain.batches import INITIAL_LOAD, BatchRecord, FieldError, Severity
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.new_voters import confidential_too_early, first_version
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases.ports import AuditEntry, LoadProgress, UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.process_voter_record_update_batch import reading_rules

CHUNK_RECORDS = 10_000
ALREADY_LOADED: Final = "AlreadyLoaded"
_NEEDED = {
    "last_name": "Registration/Name/LastName",
    "date_of_birth": "Registration/DateOfBirth",
    "street_name": "Registration/ResidenceAddress/StreetName",
    "registration_date": "Registration/RegistrationDate",
    "status": "Registration/Status",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A record that was not loaded: its place in the file, and every error."""

    sequence: int
    ems_voter_id: str | None
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a load did, and in `before` what an earlier, interrupted run of the same file had done."""

    record_count: int
    loaded: int
    refused: int
    already_there: int
    before: LoadProgress


def _heed_nothing(_: bool) -> None:
    """What is done with a beginning that nobody asked to hear of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCommand:
    """Which file, for which county, by whom. Refusals and progress (records done, of) are told as they come.

    `on_begin` hears before them whether an interrupted run is resumed.
    """

    county_code: str
    file: Path
    actor: str
    on_refusal: Callable[[Refusal], None]
    on_progress: Callable[[int, int], None]
    on_begin: Callable[[bool], None] = _heed_nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class _Load:
    command: LoadCommand
    unit_of_work: UnitOfWorkFactory
    clock: Clock
    sha256: str


class _Sorted(NamedTuple):
    good: list[BatchRecord]
    refusals: list[Refusal]
    already_there: int


def load_voters(command: LoadCommand, unit_of_work: UnitOfWorkFactory, clock: Clock) -> LoadReport:
    """Load the file; killed and started again, it goes on after the last committed chunk.

    A file that was read to its end is read from its beginning: what was refused may pass by rules mended since.
    """
    expected = BatchExpectation(county_code=command.county_code, batch_type=INITIAL_LOAD, job_id=None, record_count=None)
    source = open_batch(command.file, expected)
    total = source.shape.record_count
    with command.file.open("rb") as file:
        load = _Load(command=command, unit_of_work=unit_of_work, clock=clock, sha256=hashlib.file_digest(file, "sha256").hexdigest())
    rules, before = _prepare(load, total)
    command.on_begin(before.records > 0)
    command.on_progress(before.records, total)
    done = before
    for records, position in _chunks(read_blocks(source, rules, before.position, before.records)):
        done = _load_chunk(load, records, position, done)
        command.on_progress(done.records, total)
    return LoadReport(
        record_count=total,
        loaded=done.loaded - before.loaded,
        refused=done.refused - before.refused,
        already_there=done.already_there - before.already_there,
        before=before,
    )


def _prepare(load: _Load, record_count: int) -> tuple[ReadingRules, LoadProgress]:
    county_code = load.command.county_code
    with load.unit_of_work(read_only=True) as uow:
        if uow.reference.county(county_code) is None:
            raise NotFound(ErrorCode.COUNTY_NOT_FOUND, "There is no such county; load the reference data first.", ref=county_code)
        rules = reading_rules(uow, county_code, load.clock, batch_type=INITIAL_LOAD, kinds=frozenset(DataKind), election_id=None)
        before = uow.loads.progress(county_code, load.sha256)
    return rules, before if before.records < record_count else LoadProgress()


def _chunks(blocks: Iterable[RecordBlock]) -> Iterator[tuple[Sequence[BatchRecord], int]]:
    """Blocks joined until they make a transaction, with the position after it."""
    waiting: list[BatchRecord] = []
    position = 0
    for block in blocks:
        waiting += block.records
        position = block.position
        if len(waiting) >= CHUNK_RECORDS:
            yield waiting, position
            waiting = []
    if waiting:
        yield waiting, position


def _load_chunk(load: _Load, records: Sequence[BatchRecord], position: int, before: LoadProgress) -> LoadProgress:
    now, county_code = load.clock.now(), load.command.county_code
    with load.unit_of_work() as uow:
        found = _sorted_out(uow, county_code, records, legal_date(now))
        first = uow.voters.reserve_state_voter_ids(len(found.good)) if found.good else 0
        voters = [_voter(record, first + number, county_code, legal_date(now)) for number, record in enumerate(found.good)]
        uow.voters.add_voters(voters, now)
        counts = {"loaded": len(found.good), "refused": len(found.refusals), "already_there": found.already_there}
        detail = json.dumps({"file_sha256": load.sha256, **counts, "last_record": records[-1].sequence})
        uow.audit.add([AuditEntry(now, load.command.actor, "VotersLoaded", "County", county_code, county_code, None, detail)])
        done = LoadProgress(position, records[-1].sequence, before.loaded + len(found.good), before.refused + len(found.refusals))
        uow.loads.save_progress(county_code, load.sha256, done)
        # Told before the commit: a kill in between tells them twice, and never not at all.
        for refusal in found.refusals:
            load.command.on_refusal(refusal)
        uow.commit()
    return done


def _sorted_out(uow: UnitOfWork, county_code: str, records: Sequence[BatchRecord], today: date) -> _Sorted:
    ids = sorted({record.ems_voter_id for record in records if record.ems_voter_id})
    births: dict[str | None, object] = {voter.ems_voter_id: voter.date_of_birth for voter in uow.voters.lock_by_ems_id(county_code, ids)}
    found = _Sorted([], [], 0)
    for record in records:
        errors = [*record.errors, *_missing(record), *_taken(record, births), *confidential_too_early(record.confidential, today)]
        fatal = {error.code for error in errors if error.severity is Severity.FATAL}
        # The date of birth tells a voter who was loaded before from another one under the same county id.
        if fatal == {ALREADY_LOADED} and births[record.ems_voter_id] == record.values["date_of_birth"]:
            found = found._replace(already_there=found.already_there + 1)
        elif fatal:
            found.refusals.append(Refusal(sequence=record.sequence, ems_voter_id=record.ems_voter_id, errors=tuple(errors)))
        else:
            found.good.append(record)
            births[record.ems_voter_id] = record.values["date_of_birth"]
    return found


def _missing(record: BatchRecord) -> list[FieldError]:
    # A field whose rule is broken has its own error already; an unreadable record has no fields at all.
    told = {error.ref for error in record.errors}
    if any(error.severity is Severity.FATAL for error in record.errors):
        return []
    return [
        FieldError("RequiredForLoad", ref, Severity.FATAL, "An initial load needs this for each voter.")
        for name, ref in _NEEDED.items()
        if record.values.get(name) is None and ref not in told
    ]


def _taken(record: BatchRecord, taken: Container[str | None]) -> list[FieldError]:
    if record.state_voter_id is not None or record.ems_voter_id is None:
        return [FieldError("EmsVoterIdOnly", "EmsVoterId", Severity.FATAL, "An initial load gives the county's id; the state assigns the UID.")]
    if record.ems_voter_id in taken:
        return [FieldError("AlreadyLoaded", "EmsVoterId", Severity.FATAL, "The state has a voter with this county id.")]
    return []


def _voter(record: BatchRecord, state_voter_id: int, county_code: str, today: date) -> Voter:
    values: dict[str, Any] = record.values
    return first_version(
        values,
        state_voter_id=state_voter_id,
        county_code=county_code,
        ems_voter_id=record.ems_voter_id,
        effective_date=min(record.effective_date or values["registration_date"], today),
        confidential=record.confidential,
    )
