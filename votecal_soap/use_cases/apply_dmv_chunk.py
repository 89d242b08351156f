"""UC03.21.01 steps 2 to 6 for one chunk of records: searched for in one go, decided, written in one transaction (COA-02 to COA-38).

A record sees what an earlier one of the same voter did: a chunk in which a voter comes twice is done in several turns,
and each turn is written before the next is searched for.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from votecal_soap.domain.batches import FailureReason, Outcome, RecordOutcome
from votecal_soap.domain.dmv_files import DmvOutcome, score_bucket
from votecal_soap.domain.dmv_records import DmvRecord, UnreadableDmvRecord
from votecal_soap.domain.dmv_repeats import repeat_key
from votecal_soap.domain.jobs import JobInstance
from votecal_soap.domain.matching import Band, Match, band
from votecal_soap.search.service import SearchService
from votecal_soap.use_cases.dmv_turn import DmvTurn
from votecal_soap.use_cases.matching_circumstances import MatchingCircumstances
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.search_for_drivers import search_for_drivers

Matches = Mapping[int, Sequence[Match]]
"""By the record's sequence, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DmvRun:
    """A run over a file: whose it is, and what searches."""

    instance: JobInstance
    file_id: int
    service: SearchService
    weights_version: str


def apply_chunk(uow: UnitOfWork, run: DmvRun, circumstances: MatchingCircumstances, records: Sequence[DmvRecord | UnreadableDmvRecord]) -> None:
    """Decide on and write a chunk in the unit of work given; the caller commits."""
    unreadable = [record for record in records if isinstance(record, UnreadableDmvRecord)]
    readable = [record for record in records if isinstance(record, DmvRecord)]
    waiting = _not_seen(uow, readable)
    counts = Counter({DmvOutcome.UNREADABLE: len(unreadable), DmvOutcome.DUPLICATE: len(readable) - len(waiting)})
    scores: Counter[int] = Counter()
    while waiting:
        found, capped = search_for_drivers(waiting, run.service, uow.matching, circumstances.settings)
        uow.matching.report_capped(list(dict.fromkeys(capped)), circumstances.now)
        now, waiting = _take_turn(waiting, found, circumstances)
        later = {match.state_voter_id for record in waiting for match in _worth_a_case(record, found, circumstances)}
        counts.update(DmvTurn(uow, run.instance.job_id, run.weights_version, circumstances).apply(now, found, later))
        scores.update(score_bucket(best_confidence(found[record.sequence])) for record in now)
    uow.jobs.add_outcomes(run.instance.job_id, [_refusal(record) for record in unreadable])
    _keep_progress(uow, run, records[-1].sequence, counts, scores)


def best_confidence(matches: Sequence[Match]) -> int:
    """Of the best match; 0 when there is none."""
    return matches[0].confidence if matches else 0


def _not_seen(uow: UnitOfWork, records: Sequence[DmvRecord]) -> list[DmvRecord]:
    """Those that no work item and no record before them in the chunk repeats (COA-02)."""
    seen = uow.work_items.seen(records)
    known: set[str | None] = {None}
    fresh = []
    for record in records:
        keys = {record.transaction_id, repeat_key(record)} - {None}
        if record.sequence not in seen and known.isdisjoint(keys):
            known |= keys
            fresh.append(record)
    return fresh


def _take_turn(records: Sequence[DmvRecord], found: Matches, circumstances: MatchingCircumstances) -> tuple[list[DmvRecord], list[DmvRecord]]:
    """The records whose voters no earlier one may touch, and those that wait, still in file order."""
    now: list[DmvRecord] = []
    later: list[DmvRecord] = []
    touched: set[int] = set()
    for record in records:
        voters = {match.state_voter_id for match in _worth_a_case(record, found, circumstances)}
        (now if touched.isdisjoint(voters) else later).append(record)
        touched |= voters
    return now, later


def _worth_a_case(record: DmvRecord, found: Matches, circumstances: MatchingCircumstances) -> list[Match]:
    settings = circumstances.settings[record.kind.matching_function]
    return [match for match in found[record.sequence] if band(match.confidence, settings) is not Band.IGNORED]


def _refusal(record: UnreadableDmvRecord) -> RecordOutcome:
    return RecordOutcome(record.sequence, Outcome.FAILED, FailureReason.RECORD_UNREADABLE, (), None, None, None, record.errors)


def _keep_progress(uow: UnitOfWork, run: DmvRun, last_sequence: int, counts: Counter[DmvOutcome], scores: Counter[int]) -> None:
    uow.dmv_files.add_counts(run.file_id, {outcome: count for outcome, count in counts.items() if count})
    uow.dmv_files.add_scores(run.file_id, scores)
    token = str(run.instance.lease_token)
    uow.jobs.save_progress(run.instance.instance_id, token, position=0, records_processed=last_sequence, counts={})
