"""IDV-01 DMV's answers come back: each updates its voter and tells the county, in one transaction a chunk.

An answer is applied once by its request id, so that a file may be imported again after a crash, or by mistake.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.contract.identity_file_reader import check_identity_file, read_answers
from votecal_soap.contract.identity_files import ANSWERS
from votecal_soap.contract.message_payloads import render_idv_result
from votecal_soap.domain.ems_messages import MessageType, NewMessage
from votecal_soap.domain.identity import ANSWERED_FIELDS, AnswerOutcome, IdentityAnswer, answered, judge_answer
from votecal_soap.domain.voters import FIELD_INDEX, Voter
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import NewActivity, UnitOfWork, UnitOfWorkFactory, VoterChange

CHUNK: Final = 500
REPORTED: Final = 1_000
"""Answers that were not applied are listed up to this number, counted beyond it."""

ACTIVITY: Final = "Identity Verification Answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportIdentityAnswers:
    """Which file, the key of the subject digests, and who imports."""

    file: Path
    digest_key: bytes
    actor: str


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """How many answers came to what, and the request ids of those that were not applied."""

    counts: Counter[AnswerOutcome] = field(default_factory=Counter)
    not_applied: list[tuple[int, AnswerOutcome]] = field(default_factory=list)

    def add(self, request_id: int, outcome: AnswerOutcome) -> None:
        """Count an answer, and list it if it was not applied."""
        self.counts[outcome] += 1
        if outcome is not AnswerOutcome.APPLIED and len(self.not_applied) < REPORTED:
            self.not_applied.append((request_id, outcome))


def import_identity_answers(command: ImportIdentityAnswers, unit_of_work: UnitOfWorkFactory, clock: Clock) -> ImportReport:
    """Judge the whole file, then apply its answers; a file that is wrong raises InvalidRequest and changes nothing."""
    check_identity_file(command.file, ANSWERS)
    report = ImportReport()
    rest = read_answers(command.file)
    while answers := list(islice(rest, CHUNK)):
        with unit_of_work() as uow:
            outcomes = _import_chunk(uow, answers, command, clock.now())
            uow.commit()
        for answer, outcome in zip(answers, outcomes, strict=True):
            report.add(answer.request_id, outcome)
    return report


class _Chunk:
    """The requests and voters of some answers, as they stand answer by answer."""

    def __init__(self, uow: UnitOfWork, answers: Sequence[IdentityAnswer]) -> None:
        request_ids = sorted({answer.request_id for answer in answers})
        uids = sorted({request.state_voter_id for request in uow.identity.by_ids(request_ids).values()})
        self.voters = {int(voter.state_voter_id): voter for voter in uow.voters.lock_by_state_id(uids)}
        # Read again under the voters' locks: another import of the same answers may just have ended.
        self.requests = uow.identity.by_ids(request_ids)
        self.closed: list[tuple[int, str]] = []
        self.changes: list[VoterChange] = []
        self.activities: list[NewActivity] = []
        self.messages: list[NewMessage] = []

    def close(self, request_id: int, answer: str) -> None:
        self.closed.append((request_id, answer))
        self.requests[request_id] = self.requests[request_id]._replace(answer=answer)


def _import_chunk(uow: UnitOfWork, answers: Sequence[IdentityAnswer], command: ImportIdentityAnswers, now: datetime) -> list[AnswerOutcome]:
    chunk = _Chunk(uow, answers)
    outcomes = [_take(uow, chunk, answer, command, now) for answer in answers]
    uow.identity.answer(chunk.closed, now)
    uow.voters.save_changes(chunk.changes, now)
    uow.voters.add_activities(chunk.activities, now)
    uow.messages.add(chunk.messages, now)
    record_change(
        uow,
        at=now,
        actor=command.actor,
        action="ImportIdentityAnswers",
        subject=("import", command.file.stem[:60]),
        new={outcome.value: count for outcome, count in Counter(outcomes).items()},
    )
    return outcomes


def _take(uow: UnitOfWork, chunk: _Chunk, answer: IdentityAnswer, command: ImportIdentityAnswers, now: datetime) -> AnswerOutcome:
    request = chunk.requests.get(answer.request_id)
    if request is None or request.kind != answer.kind or request.state_voter_id not in chunk.voters:
        return AnswerOutcome.REQUEST_UNKNOWN
    if request.answer is not None:
        return AnswerOutcome.ALREADY_ANSWERED
    before, today = chunk.voters[request.state_voter_id], legal_date(now)
    outcome = judge_answer(answer, before, command.digest_key, today)
    if outcome is AnswerOutcome.SUBJECT_CHANGED:
        chunk.close(request.request_id, outcome.value)
    elif outcome is AnswerOutcome.APPLIED:
        chunk.close(request.request_id, answer.status.value)
        after = chunk.voters[request.state_voter_id] = answered(before, answer, today)
        _gather(uow, chunk, VoterChange(before, after, ANSWERED_FIELDS[answer.kind]), answer, command.actor, now)
    return outcome


def _gather(uow: UnitOfWork, chunk: _Chunk, change: VoterChange, answer: IdentityAnswer, actor: str, now: datetime) -> None:
    after = change.after
    chunk.changes.append(change)
    basis = f"DMV's answer to request {answer.request_id}: {answer.kind} {answer.status}"
    chunk.activities.append(NewActivity(after.state_voter_id, after.county_code, ACTIVITY, answer.answered_on, basis, after.version, None))
    chunk.messages.append(_message(after, answer))
    record_change(
        uow,
        at=now,
        actor=actor,
        action="IdentityVerificationAnswered",
        subject=("voter", after.state_voter_id),
        county_code=after.county_code,
        old=_values(change.before, change.changed),
        new=_values(after, change.changed),
    )


def _values(voter: Voter, names: Sequence[str]) -> dict[str, object]:
    return {name: voter[FIELD_INDEX[name]] for name in names}


def _message(voter: Voter, answer: IdentityAnswer) -> NewMessage:
    return NewMessage(
        county_code=voter.county_code,
        message_type=MessageType.IDV_RESULT,
        dedup_key=f"IDV:{answer.request_id}",
        payload=render_idv_result(answer.kind.value, answer.status.value, answer.answered_on),
        # The county did not make this change itself: until it has taken it, its own updates wait (VRU-13).
        blocks_updates=1,
        state_voter_id=voter.state_voter_id,
        voter_sequence=voter.message_sequence,
        ems_voter_id=voter.ems_voter_id,
        record_version=voter.version,
        job_id=None,
        record_sequence=None,
    )
