"""Gathers what the account needs while the batch goes its way, and settles it at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from votecal_soap.bootstrap import Application
from votecal_soap.clock import legal_date
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.queue_consumer import Drained
from votecal_soap.county.work_list import record_results
from votecal_soap.demo.account import Account, VoterHistory, count_outcomes, count_situations
from votecal_soap.demo.findings import Check, SampleMessage
from votecal_soap.demo.population import COUNTY, DISSOLVED, Population, resident
from votecal_soap.demo.situations import EXPECTED, Situation
from votecal_soap.domain.batches import Outcome
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.jobs import JobState
from votecal_soap.domain.voters import REGISTRATION_FIELDS, VERSION_FIELDS, Voter
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases import list_jobs

_LOOKED_THROUGH: Final = 20_000
"""Open messages among which samples are looked for: planted voters stand near the beginning of the file."""

_SAMPLES: Final = (
    (Situation.DMV_ANSWER_WAITING, MessageType.IDV_RESULT),
    (Situation.NAME_CHANGED, MessageType.BATCH_RECORD_APPLIED),
    (Situation.PHONE_TOO_SHORT, MessageType.BATCH_RECORD_APPLIED),
    (Situation.NOTHING_NEW, MessageType.BATCH_RECORD_UNCHANGED),
    (Situation.LAST_NAME_LOST, MessageType.BATCH_RECORD_FAILED),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was seen on the way."""

    job_id: int
    before: Voter | None
    messages: Sequence[SampleMessage] = ()
    queue_before: int = 0
    drained: Drained = field(default_factory=Drained)


def voter_of_interest(people: Population, situations: Mapping[str, Situation]) -> str:
    """The county's id of a voter whose name and precinct both change."""
    renamed = [resident(voter) for voter in people.voters() if situations[voter.ems_voter_id] is Situation.NAME_CHANGED]
    return next((voter for voter in renamed if voter.precinct_number <= DISSOLVED), renamed[0]).ems_voter_id


def offered_samples(application: Application, situations: Mapping[str, Situation]) -> tuple[SampleMessage, ...]:
    """A few messages as they wait for the county."""
    found: dict[tuple[Situation | None, str], SampleMessage] = {}
    with application.unit_of_work(read_only=True) as uow:
        for message in uow.messages.page(COUNTY, _LOOKED_THROUGH, with_payload=True):
            situation = situations.get(message.ems_voter_id or "")
            sample = SampleMessage(message_id=message.message_id, message_type=message.message_type, situation=situation, payload=message.payload or "")
            found.setdefault((situation, message.message_type), sample)
    return tuple(found[wanted] for wanted in _SAMPLES if wanted in found)


def settle(evidence: Evidence, application: Application, ems_database: Path, situations: Mapping[str, Situation], seconds: Mapping[str, float]) -> Account:
    """Compare what was planted with what the state counted and what the county imported."""
    with EmsDatabase(ems_database) as ems:
        results = list(record_results(ems, evidence.job_id))
    report = list_jobs.report(evidence.job_id, application.unit_of_work(read_only=True))
    history = _history(evidence, application)
    with application.unit_of_work(read_only=True) as uow:
        queue_after = uow.messages.depth(COUNTY)
    return Account(
        job_id=evidence.job_id,
        situations=count_situations(situations, results),
        outcomes=count_outcomes(situations, report.counts, results),
        checks=tuple(_checks(evidence, report, history, situations, queue_after)),
        messages=_after_clearing(evidence.messages, application),
        history=history,
        queue_before=evidence.queue_before,
        queue_after=queue_after,
        imported=dict(evidence.drained.imported),
        seconds=dict(seconds),
    )


def _checks(evidence: Evidence, report: list_jobs.JobReport, history: VoterHistory, situations: Mapping[str, Situation], queue_after: int) -> list[Check]:
    drained = evidence.drained
    missing = sum(EXPECTED[situation].outcome is Outcome.FAILED and situation is not Situation.NOT_AT_THE_STATE for situation in situations.values())
    is_next = history.after.version == history.before.version + 1
    is_right = (
        is_next and _is_same(history.as_of_yesterday, history.before, REGISTRATION_FIELDS) and _is_same(history.as_of_today, history.after, VERSION_FIELDS)
    )
    return [
        Check(text="the job is completed", holds=report.job.state is JobState.COMPLETED),
        Check(text="the county could import every message", holds=not drained.failed and not drained.left_for_person),
        Check(text="the county's queue is empty at the end", holds=queue_after == 0),
        Check(text="the voter's record answers rightly as of yesterday and as of today", holds=is_right),
        Check(
            text=f"registered voters still without a voting precinct: {report.without_voting_precinct} of {missing} planted",
            holds=report.without_voting_precinct == missing,
        ),
    ]


def _after_clearing(messages: Sequence[SampleMessage], application: Application) -> tuple[SampleMessage, ...]:
    ids = [message.message_id for message in messages]
    with application.unit_of_work(read_only=True) as uow:
        offered = {message.message_id for message in uow.messages.page(COUNTY, _LOOKED_THROUGH, with_payload=False)}
        kept = {message_id for message_id, _, _ in uow.messages.by_ids(COUNTY, ids)}
    return tuple(replace(message, still_offered=message.message_id in offered, still_kept=message.message_id in kept) for message in messages)


def _history(evidence: Evidence, application: Application) -> VoterHistory:
    today = legal_date(application.clock.now())
    yesterday = today - timedelta(days=1)
    before = _there(evidence.before)
    with application.unit_of_work(read_only=True) as uow:
        return VoterHistory(
            before=before,
            after=_there(uow.voters.get(before.state_voter_id)),
            yesterday=yesterday,
            as_of_yesterday=uow.voters.version_as_of(before.state_voter_id, yesterday),
            today=today,
            as_of_today=uow.voters.version_as_of(before.state_voter_id, today),
        )


def _is_same(version: Voter | None, voter: Voter, fields: Sequence[str]) -> bool:
    return version is not None and all(getattr(version, name) == getattr(voter, name) for name in fields)


def _there(voter: Voter | None) -> Voter:
    if voter is None:
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "The voter of the account is gone.")
    return voter
