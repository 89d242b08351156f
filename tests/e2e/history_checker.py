"""Says what is wrong with the history that a batch left behind: every record exactly one outcome, told of exactly once.

`read_history` takes the rows from the database, `faults` judges them: it needs no database, so that its own test can
plant each fault. What it knows beforehand is how many records the file has and where each voter stood.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, Engine, case, select

from db.tables import audit_entry, batch_outcome_count, batch_record_outcome, ems_message, ems_queue, voter, voter_activity, voter_version, voting_precinct

from .kills.rows import each_once

APPLIED = "Applied"


class OutcomeRow(NamedTuple):
    """What became of a record."""

    sequence: int
    outcome: str
    reason: str | None
    state_voter_id: int | None
    version: int | None


class MessageRow(NamedTuple):
    """A message, of this job or not; `record_sequence` None when of no record."""

    message_id: int
    county_code: str
    is_open: bool
    message_type: str
    state_voter_id: int | None
    voter_sequence: int | None
    record_version: int | None
    job_id: int | None
    record_sequence: int | None


class VoterRow(NamedTuple):
    """Where a voter stands."""

    version: int
    message_sequence: int


@dataclass(frozen=True, kw_only=True)
class History:
    """The rows that a batch touches. Versions, activities and precincts are (UID, version); those of `versions` are all there are."""

    job_id: int
    outcomes: tuple[OutcomeRow, ...]
    messages: tuple[MessageRow, ...]
    voters: Mapping[int, VoterRow]
    versions: tuple[tuple[int, int], ...]
    job_versions: tuple[tuple[int, int], ...]
    activities: tuple[tuple[int, int], ...]
    precincts: tuple[tuple[int, int], ...]
    audits: tuple[str, ...]
    depths: Mapping[str, int]
    counts: Mapping[tuple[str, str], int]


def read_voters(engine: Engine) -> dict[int, VoterRow]:
    """Where each voter stands now."""
    with engine.connect() as connection:
        return _voters(connection)


def _voters(connection: Connection) -> dict[int, VoterRow]:
    rows = connection.execute(select(voter.c.state_voter_id, voter.c.version, voter.c.message_sequence))
    return {uid: VoterRow(version, sequence) for uid, version, sequence in rows}


def read_history(engine: Engine, job_id: int) -> History:
    """All rows, read at once."""
    of_outcome = batch_record_outcome.c
    outcomes = select(of_outcome.record_sequence, of_outcome.outcome, of_outcome.reason, of_outcome.state_voter_id, of_outcome.record_version)
    of_message = ems_message.c
    about = (of_message.message_type, of_message.state_voter_id, of_message.voter_sequence, of_message.record_version, of_message.job_id)
    is_open = case((of_message.queue_county.is_not(None), 1), else_=0)
    messages = select(of_message.message_id, of_message.county_code, is_open, *about, of_message.record_sequence)
    with engine.connect() as connection:

        def rows(statement):
            return tuple(map(tuple, connection.execute(statement)))

        return History(
            job_id=job_id,
            outcomes=tuple(map(OutcomeRow._make, rows(outcomes.where(of_outcome.job_id == job_id)))),
            messages=tuple(map(MessageRow._make, rows(messages))),
            voters=_voters(connection),
            versions=rows(select(voter_version.c.state_voter_id, voter_version.c.version)),
            job_versions=rows(select(voter_version.c.state_voter_id, voter_version.c.version).where(voter_version.c.job_id == job_id)),
            activities=rows(select(voter_activity.c.state_voter_id, voter_activity.c.record_version).where(voter_activity.c.job_id == job_id)),
            precincts=rows(select(voting_precinct.c.state_voter_id, voting_precinct.c.version)),
            audits=tuple(connection.execute(select(audit_entry.c.correlation_id).where(audit_entry.c.action == "VoterUpdated")).scalars()),
            depths=dict(rows(select(ems_queue.c.county_code, ems_queue.c.open_count))),
            counts={
                (outcome, reason): count
                for outcome, reason, count in rows(
                    select(batch_outcome_count.c.outcome, batch_outcome_count.c.reason, batch_outcome_count.c.record_count).where(
                        batch_outcome_count.c.job_id == job_id
                    )
                )
            },
        )


def faults(history: History, record_count: int, before: Mapping[int, VoterRow]) -> list[str]:
    """Everything that is wrong, in words; empty when the history is right. `before` is where each voter stood."""
    return [
        *each_once("outcome of record", range(1, record_count + 1), [row.sequence for row in history.outcomes]),
        *_versions(history, before),
        *_messages(history),
        *_order(history, before),
        *_counters(history),
    ]


def _versions(history: History, before: Mapping[int, VoterRow]) -> Iterator[str]:
    """A version step exactly where a record changed something, each with its activity and audit entry."""
    reached = {uid: row.version for uid, row in before.items()}
    steps: list[tuple[int, int]] = []
    for row in sorted(history.outcomes):
        uid = row.state_voter_id
        if uid not in reached:
            continue
        if row.outcome == APPLIED:
            reached[uid] += 1
            steps.append((uid, reached[uid]))
        if row.version not in (None, reached[uid]):
            yield f"record {row.sequence} tells version {row.version} and the voter has {reached[uid]}"
    yield from each_once("version of this job", steps, history.job_versions)
    yield from each_once("activity", steps, history.activities)
    yield from each_once("version", [(uid, version) for uid, last in reached.items() for version in range(1, last + 1)], history.versions)
    yield from each_once("current version", reached.items(), [(uid, row.version) for uid, row in history.voters.items()])
    yield from (f"voting precinct {key} has no version of this job" for key in set(history.precincts) - set(steps))
    audited = [f"{history.job_id}/{row.sequence}" for row in history.outcomes if row.outcome == APPLIED]
    yield from each_once("audit entry", audited, history.audits)


def _messages(history: History) -> Iterator[str]:
    """One message for each outcome, and it says the same."""
    told = [row for row in history.messages if row.job_id == history.job_id]
    outcomes = Counter((row.sequence, f"BatchRecord{row.outcome}", row.version) for row in history.outcomes)
    yield from each_once("message", outcomes.elements(), [(row.record_sequence, row.message_type, row.record_version) for row in told])


def _order(history: History, before: Mapping[int, VoterRow]) -> Iterator[str]:
    """Each voter's messages are numbered without a gap, in the order of the file, and none came to the queue before an older."""
    by_voter: defaultdict[int, list[MessageRow]] = defaultdict(list)
    for row in sorted(history.messages):
        if row.state_voter_id is not None and row.voter_sequence is not None:
            by_voter[row.state_voter_id].append(row)
    for uid, voter_row in history.voters.items():
        rows = by_voter.pop(uid, [])
        if [row.voter_sequence for row in rows] != list(range(1, voter_row.message_sequence + 1)):
            yield f"messages of voter {uid} are not numbered 1 to {voter_row.message_sequence} in the order of the queue"
        of_job = [row.record_sequence or 0 for row in rows if row.job_id == history.job_id]
        if of_job != sorted(of_job):
            yield f"messages of voter {uid} are not in the order of the file"
        if len(of_job) != voter_row.message_sequence - before[uid].message_sequence:
            yield f"voter {uid} got {len(of_job)} messages of this job and the record counts otherwise"
    yield from (f"message about voter {uid}, who does not exist" for uid in by_voter)


def _counters(history: History) -> Iterator[str]:
    """The counters are what counting gives."""
    yield from each_once("open messages of county", [row.county_code for row in history.messages if row.is_open], Counter(history.depths).elements())
    outcomes = [(row.outcome, row.reason or "-") for row in history.outcomes]
    yield from each_once("count of", outcomes, Counter(history.counts).elements())
