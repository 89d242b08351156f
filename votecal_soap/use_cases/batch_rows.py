"""The rows that a judged chunk stands for, one by one: what a database writes that has no faster way (VRU-10 to VRU-12)."""

from collections.abc import Iterator

from votecal_soap.domain.batches import Outcome
from votecal_soap.domain.ems_messages import MessageType, NewMessage
from votecal_soap.use_cases.ports import AuditEntry, JudgedChunk, NewActivity

MESSAGE_TYPES = {
    Outcome.APPLIED: MessageType.BATCH_RECORD_APPLIED,
    Outcome.UNCHANGED: MessageType.BATCH_RECORD_UNCHANGED,
    Outcome.FAILED: MessageType.BATCH_RECORD_FAILED,
}


def activities(chunk: JudgedChunk) -> Iterator[NewActivity]:
    """An activity entry for each applied record."""
    for outcome, _, _, basis, _ in chunk.records:
        if basis is not None and outcome.state_voter_id is not None and outcome.version is not None:
            yield NewActivity(outcome.state_voter_id, chunk.county_code, chunk.activity_type, chunk.day, basis, outcome.version, chunk.job_id)


def audits(chunk: JudgedChunk) -> Iterator[AuditEntry]:
    """An audit entry for each applied record."""
    for outcome, _, _, _, changes in chunk.records:
        if changes is not None:
            reference = f"{chunk.job_id}/{outcome.sequence}"
            actor, uid = f"job:{chunk.job_id}", str(outcome.state_voter_id)
            yield AuditEntry(chunk.at, actor, chunk.audit_action, "Voter", uid, chunk.county_code, reference, changes)


def messages(chunk: JudgedChunk) -> Iterator[NewMessage]:
    """A message for each record. A batch's results never block the county's updates (VRU-13)."""
    for outcome, voter_sequence, payload, _, _ in chunk.records:
        yield NewMessage(
            chunk.county_code,
            MESSAGE_TYPES[outcome.outcome],
            dedup_key(chunk.job_id, outcome.sequence),
            payload,
            0,
            outcome.state_voter_id,
            voter_sequence,
            outcome.ems_voter_id,
            outcome.version,
            chunk.job_id,
            outcome.sequence,
        )


def dedup_key(job_id: int, sequence: int) -> str:
    """One message a record of a job, whatever happens."""
    return f"VRU:{job_id}:{sequence:09d}"
