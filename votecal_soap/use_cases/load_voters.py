"""Initial load of a county's voters (`votecal load voters`): UID, version 1, no messages; resumable, refusals reported.

The file is that of `xsd/voter-record-update-batch.xsd` with BatchType InitialLoad; the county's rules translate it.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from votecal_soap.clock import Clock, legal_date
from votecal_soap.contract.batch_file import BatchExpectation
from votecal_soap.contract.batch_source import BatchSource, open_batch, read_blocks
from votecal_soap.domain.batches import BatchRecord, FieldError, Severity
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.voters import REGISTRATION_FIELDS, StateVoterId, VerificationStatus, Voter
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases.ports import AuditEntry, UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.process_voter_record_update_batch import reading_rules

BATCH_TYPE = "InitialLoad"
CHUNK_RECORDS = 10_000
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
    """What a load did. `skipped` records had been loaded by an earlier, interrupted run of the same file."""

    record_count: int
    loaded: int
    refused: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadCommand:
    """Which file, for which county, by whom. Refusals and progress (records done, of) are told as they come."""

    county_code: str
    file: Path
    actor: str
    on_refusal: Callable[[Refusal], None]
    on_progress: Callable[[int, int], None]


def load_voters(command: LoadCommand, unit_of_work: UnitOfWorkFactory, clock: Clock) -> LoadReport:
    """Load the file; killed and started again, it goes on after the last committed chunk."""
    expected = BatchExpectation(county_code=command.county_code, batch_type=BATCH_TYPE, job_id=None, record_count=None)
    source = open_batch(command.file, expected)
    with command.file.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with unit_of_work(read_only=True) as uow:
        if uow.reference.county(command.county_code) is None:
            raise NotFound(ErrorCode.COUNTY_NOT_FOUND, "There is no such county; load the reference data first.", ref=command.county_code)
        rules = reading_rules(uow, command.county_code, clock, batch_type=BATCH_TYPE, kinds=frozenset(DataKind), election_id=None)
        position, skipped = uow.loads.position(command.county_code, sha256)
    loaded = refused = 0
    waiting: list[BatchRecord] = []
    for block in read_blocks(source, rules, position, skipped):
        waiting += block.records
        if len(waiting) >= CHUNK_RECORDS:
            done = _load_chunk(command, unit_of_work, clock, waiting, sha256, block.position)
            loaded, refused, waiting = loaded + done[0], refused + done[1], []
            command.on_progress(skipped + loaded + refused, source.shape.record_count)
        position = block.position
    if waiting:
        done = _load_chunk(command, unit_of_work, clock, waiting, sha256, position)
        loaded, refused = loaded + done[0], refused + done[1]
    command.on_progress(skipped + loaded + refused, source.shape.record_count)
    return _report(source, loaded, refused, skipped)


def _report(source: BatchSource, loaded: int, refused: int, skipped: int) -> LoadReport:
    return LoadReport(record_count=source.shape.record_count, loaded=loaded, refused=refused, skipped=skipped)


def _load_chunk(
    command: LoadCommand, unit_of_work: UnitOfWorkFactory, clock: Clock, records: Sequence[BatchRecord], sha256: str, position: int
) -> tuple[int, int]:
    now = clock.now()
    with unit_of_work() as uow:
        good, refusals = _sorted_out(uow, command.county_code, records)
        first = uow.voters.reserve_state_voter_ids(len(good)) if good else 0
        voters = [_voter(record, first + number, command.county_code, legal_date(now)) for number, record in enumerate(good)]
        uow.voters.add_voters(voters, now)
        uow.loads.save_position(command.county_code, sha256, position, records[-1].sequence)
        detail = f'{{"file_sha256":"{sha256}","loaded":{len(good)},"refused":{len(refusals)},"last_record":{records[-1].sequence}}}'
        uow.audit.add([AuditEntry(now, command.actor, "VotersLoaded", "County", command.county_code, command.county_code, None, detail)])
        uow.commit()
    for refusal in refusals:
        command.on_refusal(refusal)
    return len(good), len(refusals)


def _sorted_out(uow: UnitOfWork, county_code: str, records: Sequence[BatchRecord]) -> tuple[list[BatchRecord], list[Refusal]]:
    ids = sorted({record.ems_voter_id for record in records if record.ems_voter_id})
    taken = {voter.ems_voter_id for voter in uow.voters.lock_by_ems_id(county_code, ids)}
    good: list[BatchRecord] = []
    refusals: list[Refusal] = []
    for record in records:
        errors = [*record.errors, *_missing(record), *_taken(record, taken)]
        if any(error.severity is Severity.FATAL for error in errors):
            refusals.append(Refusal(sequence=record.sequence, ems_voter_id=record.ems_voter_id, errors=tuple(errors)))
        else:
            good.append(record)
            taken.add(record.ems_voter_id)
    return good, refusals


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


def _taken(record: BatchRecord, taken: set[str | None]) -> list[FieldError]:
    if record.state_voter_id is not None or record.ems_voter_id is None:
        return [FieldError("EmsVoterIdOnly", "EmsVoterId", Severity.FATAL, "An initial load gives the county's id; the state assigns the UID.")]
    if record.ems_voter_id in taken:
        return [FieldError("AlreadyLoaded", "EmsVoterId", Severity.FATAL, "The state has a record with this county id.")]
    return []


def _voter(record: BatchRecord, state_voter_id: int, county_code: str, today: date) -> Voter:
    values: dict[str, Any] = {name: record.values.get(name) for name in REGISTRATION_FIELDS}
    return Voter(
        state_voter_id=StateVoterId(state_voter_id),
        county_code=county_code,
        ems_voter_id=record.ems_voter_id,
        version=1,
        effective_date=min(record.effective_date or values["registration_date"], today),
        **values,
        drivers_license_status=VerificationStatus.PENDING.value if values["drivers_license"] else None,
        drivers_license_verified_on=None,
        ssn4_status=VerificationStatus.PENDING.value if values["ssn4"] else None,
        ssn4_verified_on=None,
        vnc_due=0,
        message_sequence=0,
        transfer_pending_until=None,
    )
