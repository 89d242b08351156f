"""UC04.14.01 steps 4.1 to 4.3 for one chunk of records: judged in file order, written in one transaction (VRU-07 to VRU-20).

Whatever the chunk changes, tells and counts is committed together with the position reached, or not at all.
"""

import json.encoder
from collections import Counter
from collections.abc import Sequence
from typing import Final

from votecal_soap.contract.message_payloads import render_batch_record_result
from votecal_soap.domain.batches import BatchRecord, Outcome
from votecal_soap.domain.jobs import Job, JobInstance
from votecal_soap.domain.judgement import Circumstances, Judgement, judge, judge_elsewhere
from votecal_soap.domain.voters import FIELD_INDEX, Voter, VotingPrecinct
from votecal_soap.use_cases.ports import JudgedChunk, JudgedRecord, UnitOfWork, VoterChange

ACTIVITY = "Voter Record Updated by Batch"
_quoted: Final = json.encoder.encode_basestring


class _Chunk:
    """What a chunk will write, gathered in file order."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self.changes: list[VoterChange] = []
        self.precincts: list[tuple[int, int, VotingPrecinct]] = []
        self.records: list[JudgedRecord] = []

    def gather(self, voter: Voter | None, precinct: VotingPrecinct | None, judgement: Judgement) -> None:
        outcome, after = judgement.outcome, judgement.after
        payload = render_batch_record_result(self._job.job_id, outcome)
        if voter is None or after is None:
            self.records.append(JudgedRecord(outcome, None, payload, None, None))
            return
        self.changes.append(VoterChange(voter, after, judgement.changed))
        basis = changes = None
        if outcome.outcome is Outcome.APPLIED:
            basis = self._basis(outcome.sequence, judgement)
            changes = _old_and_new(voter, after, precinct, judgement)
        if judgement.voting_precinct is not None:
            self.precincts.append((after.state_voter_id, after.version, judgement.voting_precinct))
        self.records.append(JudgedRecord(outcome, after.message_sequence, payload, basis, changes))

    def _basis(self, sequence: int, judgement: Judgement) -> str:
        changed = ", ".join(judgement.changed)
        if judgement.voting_precinct is not None:
            changed += f"{', ' if changed else ''}voting precinct for {judgement.voting_precinct.election_id}"
        return f"Job {self._job.job_id}, record {sequence}: {changed}"[:400]


def _old_and_new(voter: Voter, after: Voter, precinct: VotingPrecinct | None, judgement: Judgement) -> str:
    """JSON of each changed field with its old and new value; written by hand, for a dictionary's encoder costs three times as much."""
    pairs = [f'"{name}": [{_json(voter[FIELD_INDEX[name]])}, {_json(after[FIELD_INDEX[name]])}]' for name in judgement.changed]
    if judgement.voting_precinct is not None:
        old, new = (place and "/".join(filter(None, place)) for place in (precinct, judgement.voting_precinct))
        pairs.append(f'"voting_precinct": [{_json(old)}, {_json(new)}]')
    return "{" + ", ".join(pairs) + "}"


def _json(value: object) -> str:
    return "null" if value is None else _quoted(str(value))


class _Known:
    """The voters of a chunk as they stand, record by record."""

    def __init__(self, uow: UnitOfWork, records: Sequence[BatchRecord], job: Job, county_code: str) -> None:
        state_ids = sorted({record.state_voter_id for record in records if record.state_voter_id is not None})
        ems_ids = sorted({record.ems_voter_id for record in records if record.state_voter_id is None and record.ems_voter_id is not None})
        # Locked in one turn, in the order of the UIDs: who locked in two could hold what another waits for, and wait for what it holds.
        named = sorted({*state_ids, *uow.voters.uids(county_code, ems_ids)}) if ems_ids else state_ids
        voters = uow.voters.lock_by_state_id(named, county_code) if named else []
        self.voters = {voter.state_voter_id: voter for voter in voters}
        self.by_ems_id = {voter.ems_voter_id: voter.state_voter_id for voter in voters}
        # Another county's records are neither locked nor read: two counties' batches can never wait for each other.
        self._elsewhere = uow.voters.existing([uid for uid in state_ids if uid not in self.voters])
        self._blocked = uow.messages.voters_with_blocking(county_code, sorted(self.voters))
        self._behind = self._changed_by_others(uow, records, job)
        wanted = [record for record in records if record.voting_precinct is not None]
        self.precincts = uow.voters.voting_precincts(job.election_id, sorted(self.voters)) if wanted and job.election_id else {}

    def _changed_by_others(self, uow: UnitOfWork, records: Sequence[BatchRecord], job: Job) -> set[tuple[int, int]]:
        """(UID, base version) where the state has a later version that this batch did not write (VRU-13)."""
        doubtful: set[tuple[int, int]] = set()
        for record in records:
            voter = self.of(record)
            if voter is not None and record.base_version is not None and record.base_version < voter.version:
                doubtful.add((voter.state_voter_id, record.base_version))
        return uow.voters.changed_by_others(job.job_id, sorted(doubtful)) if doubtful else set()

    def is_elsewhere(self, record: BatchRecord) -> bool:
        """Whether the record names another county's voter (VRU-14)."""
        return record.state_voter_id in self._elsewhere

    def update_pending(self, record: BatchRecord, uid: int | None) -> bool:
        """Whether the state holds a change of the voter that the county has not taken (VRU-13)."""
        return uid in self._blocked or (uid, record.base_version) in self._behind

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
    chunk = _Chunk(job)
    for record in records:
        voter = known.of(record)
        uid = None if voter is None else voter.state_voter_id
        precinct = None if uid is None else known.precincts.get(uid)
        if known.is_elsewhere(record):
            judgement = judge_elsewhere(record)
        else:
            judgement = judge(record, voter, circumstances, update_pending=known.update_pending(record, uid), voting_precinct=precinct)
        chunk.gather(voter, precinct, judgement)
        known.advance(judgement)
    _write(uow, chunk, instance, job, circumstances, position)


def _write(uow: UnitOfWork, chunk: _Chunk, instance: JobInstance, job: Job, circumstances: Circumstances, position: int) -> None:
    now = circumstances.now
    uow.voters.save_changes(chunk.changes, now, job.job_id)
    uow.voters.save_voting_precincts(chunk.precincts, now)
    uow.batches.keep(
        JudgedChunk(
            job_id=job.job_id,
            county_code=circumstances.county_code,
            activity_type=ACTIVITY,
            audit_action="VoterUpdated",
            at=now,
            day=circumstances.today,
            records=chunk.records,
        )
    )
    uow.jobs.save_progress(
        instance.instance_id,
        str(instance.lease_token),
        position=position,
        records_processed=chunk.records[-1].outcome.sequence,
        counts=Counter((record.outcome.outcome, record.outcome.reason) for record in chunk.records),
    )
