"""UC03.21.01 steps 2 to 6 for one chunk of records: searched for in one go, decided, written in one transaction (COA-02 to COA-38).

A record sees what an earlier one did to the voters that it may be about: a chunk in which a voter comes twice is done in
several turns, and each turn is written before the next is searched for. Who was found before the transaction began
(`search_ahead`) is believed as far as nothing has happened since that a search would see.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from votecal_soap.domain.batches import FailureReason, Outcome, RecordOutcome
from votecal_soap.domain.dmv_files import DmvOutcome
from votecal_soap.domain.dmv_records import UnreadableDmvRecord
from votecal_soap.domain.jobs import JobInstance
from votecal_soap.domain.matching import Match
from votecal_soap.search.met_keys import NO_KEYS, NumberedKeys
from votecal_soap.search.service import SearchService
from votecal_soap.use_cases.dmv_turn import DmvTurn
from votecal_soap.use_cases.early_search import ReadChunk, ReadRecord, still_true
from votecal_soap.use_cases.matching_circumstances import MatchingCircumstances
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.search_for_drivers import NOBODY_SOUGHT, search_for_drivers


@dataclass(frozen=True, slots=True, kw_only=True)
class DmvRun:
    """A run over a file: whose it is, and what searches."""

    instance: JobInstance
    file_id: int
    service: SearchService
    weights_version: str


def apply_chunk(uow: UnitOfWork, run: DmvRun, circumstances: MatchingCircumstances, chunk: ReadChunk, given_keys: NumberedKeys = NO_KEYS) -> NumberedKeys:
    """Decide on and write a chunk in the unit of work given; the caller commits.

    `given_keys` are the match keys that earlier chunks of this run gave to voters; those that this chunk gave come back.
    """
    waiting = _not_seen(uow, chunk.readable)
    counts = Counter({DmvOutcome.UNREADABLE: len(chunk.unreadable), DmvOutcome.DUPLICATE: len(chunk.readable) - len(waiting)})
    scores: Counter[int] = Counter()
    found, given = still_true(uow, chunk.early, circumstances.settings, given_keys), NO_KEYS
    while waiting:
        unsought = [read.record for read in waiting if read.record.sequence not in found.matches]
        found |= search_for_drivers(unsought, run.service, uow.matching, circumstances.settings)
        uow.matching.report_capped(list(dict.fromkeys(found.capped)), circumstances.now)
        turn = DmvTurn(uow, run.instance.job_id, run.weights_version, circumstances).take(waiting, found)
        counts.update(turn.outcomes)
        scores.update(best_confidence(found.matches[read.record.sequence]) for read in turn.settled)
        waiting, found, given = turn.waiting, NOBODY_SOUGHT, given | turn.given_keys
    uow.jobs.add_outcomes(run.instance.job_id, [_refusal(record) for record in chunk.unreadable])
    _keep_progress(uow, run, chunk.last_sequence, counts, scores)
    return given


def best_confidence(matches: Sequence[Match]) -> int:
    """Of the best match; 0 when there is none."""
    return matches[0].confidence if matches else 0


def _not_seen(uow: UnitOfWork, records: Sequence[ReadRecord]) -> list[ReadRecord]:
    """Those that no work item and no record before them in the chunk repeats (COA-02)."""
    seen = uow.work_items.seen([read.keyed for read in records])
    known: set[str | None] = {None}
    fresh = []
    for read in records:
        record, repeat_key = read.keyed
        keys = {record.transaction_id, repeat_key} - {None}
        if record.sequence not in seen and known.isdisjoint(keys):
            known |= keys
            fresh.append(read)
    return fresh


def _refusal(record: UnreadableDmvRecord) -> RecordOutcome:
    return RecordOutcome(record.sequence, Outcome.FAILED, FailureReason.RECORD_UNREADABLE, (), None, None, None, record.errors)


def _keep_progress(uow: UnitOfWork, run: DmvRun, last_sequence: int, counts: Counter[DmvOutcome], scores: Counter[int]) -> None:
    uow.dmv_files.add_counts(run.file_id, {outcome: count for outcome, count in counts.items() if count})
    uow.dmv_files.add_scores(run.file_id, scores)
    token = str(run.instance.lease_token)
    uow.jobs.save_progress(run.instance.instance_id, token, position=0, records_processed=last_sequence, counts={})
