"""UC04.14.01 steps 4.1 to 4.3 for one chunk of records: judged in file order, written in one transaction (VRU-07 to VRU-20).

Whatever the chunk changes, tells and counts is committed together with the position reached, or not at all.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from votecal_soap.contract.message_payloads import render_batch_record_result
from votecal_soap.domain.batches import BatchRecord, Outcome, RecordOutcome
from votecal_soap.domain.ems_messages import MessageType, NewMessage
from votecal_soap.domain.jobs import Job, JobInstance
from votecal_soap.domain.judgement import Circumstances, Judgement, judge
from votecal_soap.domain.voters import FIELD_INDEX, Voter, VotingPrecinct
from votecal_soap.use_cases.ports import AuditEntry, NewActivity, UnitOfWork, VoterChange

ACTIVITY = "Voter Record Updated by Batch"
_TYPES = {
    Outcome.APPLIED: MessageType.BATCH_RECORD_APPLIED,
    Outcome.UNCHANGED: MessageType.BATCH_RECORD_UNCHANGED,
    Outcome.FAILED: MessageType.BATCH_RECORD_FAILED,
}

# Made once: json.dumps with options makes an encoder each time.
_AS_JSON: Final = json.JSONEncoder(default=str, ensure_ascii=False, check_circular=False).encode


@dataclass(slots=True, kw_only=True)
class _Chunk:
    """What a chunk will write, gathered in file order."""

    changes: list[VoterChange] = field(default_factory=list)
    precincts: list[tuple[int, int, VotingPrecinct]] = field(default_factory=list)
    activities: list[NewActivity] = field(default_factory=list)
    audits: list[AuditEntry] = field(default_factory=list)
    messages: list[NewMessage] = field(default_factory=list)
    outcomes: list[RecordOutcome] = field(default_factory=list)


class _Judged(NamedTuple):
    record: BatchRecord
    voter: Voter | None
    precinct: VotingPrecinct | None
    judgement: Judgement


class _Known:
    """The voters of a chunk as they stand, record by record."""

    def __init__(self, uow: UnitOfWork, records: Sequence[BatchRecord], job: Job, county_code: str) -> None:
        state_ids = sorted({record.state_voter_id for record in records if record.state_voter_id is not None})
        ems_ids = sorted({record.ems_voter_id for record in records if record.state_voter_id is None and record.ems_voter_id is not None})
        voters = uow.voters.lock_by_state_id(state_ids) if state_ids else []
        if ems_ids:
            voters += uow.voters.lock_by_ems_id(county_code, ems_ids)
        self.voters = {voter.state_voter_id: voter for voter in voters}
        self.by_ems_id = {voter.ems_voter_id: voter.state_voter_id for voter in voters if voter.county_code == county_code}
        self.blocked = uow.messages.voters_with_blocking(county_code, sorted(self.voters)) | self._behind(uow, records, job)
        wanted = [record for record in records if record.voting_precinct is not None]
        self.precincts = uow.voters.voting_precincts(job.election_id, sorted(self.voters)) if wanted and job.election_id else {}

    def _behind(self, uow: UnitOfWork, records: Sequence[BatchRecord], job: Job) -> set[int]:
        """Voters whose base version is older than a version that this batch did not write (VRU-13)."""
        doubtful: dict[int, int] = {}
        for record in records:
            voter = self.of(record)
            if voter is not None and record.base_version is not None and record.base_version < voter.version:
                known = doubtful.get(voter.state_voter_id, record.base_version)
                doubtful[voter.state_voter_id] = min(known, record.base_version)
        return uow.voters.changed_by_others(job.job_id, sorted(doubtful.items())) if doubtful else set()

    def of(self, record: BatchRecord) -> Voter | None:
        if record.state_voter_id is not None:
            return self.voters.get(record.state_voter_id)  # type: ignore[call-overload, no-any-return] # an int is a StateVoterId here
        uid = self.by_ems_id.get(record.ems_voter_id)
        return None if uid is None else self.voters[uid]

    def advance(self, judgement: Judgement) -> None:
        """Let the next record of the same voter meet what this one made (VRU-07)."""
        if judgement.after is not None:
            self.voters[judgement.after.state_voter_id] = judgement.after
            if judgement.voting_precinct is not None:
                self.precincts[judgement.after.state_voter_id] = judgement.voting_precinct


def apply_chunk(uow: UnitOfWork, instance: JobInstance, job: Job, circumstances: Circumstances, records: Sequence[BatchRecord], position: int) -> None:
    """Judge and write a chunk in the unit of work given; the caller commits."""
    known = _Known(uow, records, job, circumstances.county_code)
    chunk = _Chunk()
    for record in records:
        voter = known.of(record)
        uid = None if voter is None else voter.state_voter_id
        precinct = None if uid is None else known.precincts.get(uid)
        judgement = judge(record, voter, circumstances, update_pending=uid in known.blocked, voting_precinct=precinct)
        _gather(chunk, _Judged(record, voter, precinct, judgement), job, circumstances)
        known.advance(judgement)
    _write(uow, chunk, instance, job, circumstances, position)


def _gather(chunk: _Chunk, judged: _Judged, job: Job, circumstances: Circumstances) -> None:
    outcome, after = judged.judgement.outcome, judged.judgement.after
    if judged.voter is not None and after is not None:
        chunk.changes.append(VoterChange(judged.voter, after, judged.judgement.changed))
        if outcome.outcome is Outcome.APPLIED:
            _gather_change(chunk, judged, after, job, circumstances)
    chunk.outcomes.append(outcome)
    chunk.messages.append(
        NewMessage(
            circumstances.county_code,
            _TYPES[outcome.outcome],
            f"VRU:{job.job_id}:{outcome.sequence:09d}",
            render_batch_record_result(job.job_id, outcome),
            0,
            None if after is None else after.state_voter_id,
            None if after is None else after.message_sequence,
            outcome.ems_voter_id,
            outcome.version,
            job.job_id,
            outcome.sequence,
        )
    )


def _gather_change(chunk: _Chunk, judged: _Judged, after: Voter, job: Job, circumstances: Circumstances) -> None:
    uid, sequence, before = after.state_voter_id, judged.record.sequence, judged.voter
    changed, precinct = judged.judgement.changed, judged.judgement.voting_precinct
    detail: dict[str, Any] = {name: [before[FIELD_INDEX[name]], after[FIELD_INDEX[name]]] for name in changed} if before else {}
    basis = f"Job {job.job_id}, record {sequence}: {', '.join(changed)}"
    if precinct is not None:
        chunk.precincts.append((uid, after.version, precinct))
        detail["voting_precinct"] = [judged.precinct, precinct]
        basis += f"{', ' if changed else ''}voting precinct for {precinct.election_id}"
    county, text = circumstances.county_code, _AS_JSON(detail)
    chunk.activities.append(NewActivity(uid, county, ACTIVITY, circumstances.today, basis[:400], after.version, job.job_id))
    chunk.audits.append(AuditEntry(circumstances.now, f"job:{job.job_id}", "VoterUpdated", "Voter", str(uid), county, f"{job.job_id}/{sequence}", text))


def _write(uow: UnitOfWork, chunk: _Chunk, instance: JobInstance, job: Job, circumstances: Circumstances, position: int) -> None:
    now = circumstances.now
    uow.voters.save_changes(chunk.changes, now, job.job_id)
    uow.voters.save_voting_precincts(chunk.precincts, now)
    uow.voters.add_activities(chunk.activities, now)
    uow.audit.add(chunk.audits)
    uow.jobs.add_outcomes(job.job_id, chunk.outcomes)
    uow.messages.add(chunk.messages, now)
    uow.jobs.save_progress(
        instance.instance_id,
        str(instance.lease_token),
        position=position,
        records_processed=chunk.outcomes[-1].sequence,
        counts=Counter((outcome.outcome, outcome.reason) for outcome in chunk.outcomes),
    )
