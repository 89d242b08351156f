"""Settles the account of the duplicates, and what else must hold, each in a sentence."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Final

from votecal_soap.bootstrap import Application
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.demo.county_rounds import Heard, Office
from votecal_soap.demo.findings import Check, SampleMessage, compare_answers
from votecal_soap.demo.pair_account import PairAccount, PairFound, count_pair_outcomes, count_pairs
from votecal_soap.demo.pair_cast import PlantedPair
from votecal_soap.demo.pair_evidence import LOOKED_THROUGH, PairEvidence, answers_by_rule, case_of, ems_rows, notified, pairs_found
from votecal_soap.demo.pair_situations import EXPECTED, PairSituation, Standing
from votecal_soap.demo.population import COUNTY
from votecal_soap.domain.jobs import JobState
from votecal_soap.domain.match_cases import CaseState
from votecal_soap.domain.voter_children import Activity
from votecal_soap.domain.voters import VerificationStatus
from votecal_soap.use_cases import list_jobs
from votecal_soap.use_cases.list_jobs import JobReport
from votecal_soap.use_cases.merge_voters import MERGED, UNDONE
from votecal_soap.use_cases.open_duplicate_cases import PairOutcome

_TOLD: Final = ("Criteria", "Confidence", "OtherVoter", "FirstName", "LastName", "DateOfBirth", "StateVoterId", "RegistrationDate", "DueOn")
"""Elements of a PotentialDuplicate."""

_SETTLED: Final = frozenset({PairOutcome.KNOWN, PairOutcome.IGNORED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ending:
    """Where all stands at the end."""

    application: Application
    evidence: PairEvidence
    found: Mapping[PlantedPair, PairFound]
    first: JobReport
    again: JobReport
    ours: EmsDatabase
    heard: Heard

    @property
    def merged(self) -> list[PlantedPair]:
        """Pairs whose records are one."""
        return [pair for pair, end in self.found.items() if end.standing is Standing.ONE]


def settle_pairs(application: Application, offices: Mapping[str, Office], evidence: PairEvidence, heard: Heard) -> PairAccount:
    """Compare what was planted with where the state and the counties have it."""
    first, again = (list_jobs.report(job_id, application.unit_of_work(read_only=True)) for job_id in (evidence.job_id, evidence.again_job_id))
    with ExitStack() as stack:
        databases = {county: stack.enter_context(EmsDatabase(office.ems_database)) for county, office in offices.items()}
        rows = ems_rows(databases.values(), (uid for pair in evidence.pairs for uid in pair.uids))
        found = pairs_found(application, evidence, rows)
        said = answers_by_rule(databases.values(), [case_of(application, pair).case_id for pair in evidence.pairs])
        ending = _Ending(application=application, evidence=evidence, found=found, first=first, again=again, ours=databases[COUNTY], heard=heard)
        return PairAccount(
            job_id=evidence.job_id,
            situations=count_pairs(evidence.pairs, found),
            outcomes=count_pair_outcomes(evidence.cast.pairs, _outcomes(first)),
            answered=compare_answers((answer for pair in evidence.pairs for answer in EXPECTED[pair.situation].ruled), said),
            words=tuple(evidence.words),
            message=_after_clearing(application, evidence.message),
            checks=tuple(Check(text=text, holds=holds) for part in (_job, _told, _records, _undone) for text, holds in part(ending)),
        )


def _job(ending: _Ending) -> Iterator[tuple[str, bool]]:
    yield "the duplicate job is completed", ending.first.job.state is JobState.COMPLETED
    outcomes = count_pair_outcomes(ending.evidence.cast.pairs, _outcomes(ending.first))
    others = {count.outcome: count.at_state - count.planted for count in outcomes if count.at_state != count.planted}
    yield (
        f"pairs of the population that it left to their counties: {others.get(PairOutcome.OPENED, 0)}; that it merged: none (DUP-07)",
        (not others.keys() - {PairOutcome.OPENED} and others.get(PairOutcome.OPENED, 0) >= 0),
    )
    changed = {outcome for outcome, pairs in _outcomes(ending.again).items() if pairs} - _SETTLED
    yield (
        "the job that runs again opens and merges nothing: a rejected pair does not come back (DUP-01)",
        (ending.again.job.state is JobState.COMPLETED and not changed),
    )


def _told(ending: _Ending) -> Iterator[tuple[str, bool]]:
    payload = ending.evidence.message.payload
    yield (
        "a county is told criteria, confidence, and name, birth, UID and registration of the other record too (DUP-02)",
        (all(f"<{name}>" in payload for name in _TOLD) and payload.count("<LastName>") > 1),
    )
    yield "both counties could import every message of pairs and merges", ending.heard.all_taken
    rejected = {pair.situation for pair in ending.evidence.pairs if any("RejectedByUser" in answer for answer in EXPECTED[pair.situation].ruled)}
    yield (
        f"SOS's administrators were told of {len(rejected)} first rejections on a verified DL/ID (DUP-06)",
        (set(notified(ending.application, ending.evidence)) == rejected),
    )


def _records(ending: _Ending) -> Iterator[tuple[str, bool]]:
    older, newer = [pair.older_id for pair in ending.merged], [pair.newer_id for pair in ending.merged]
    with ending.application.unit_of_work(read_only=True) as uow:
        children = uow.children.of_voters(sorted({*older, *newer}))
        activities = uow.voters.activity_counts(newer)
        ours = {int(voter.state_voter_id) for voter in uow.voters.by_state_id(newer) if voter.county_code == COUNTY}
    copies = [child for child in children if child.state_voter_id in newer and child.merge_case_id is not None and child.in_force]
    # What is noted of the merge itself comes after it, and stays; so do the record's own versions, which are no rows of children.
    stored = (child for child in children if child.state_voter_id in older and child.child_id is not None)
    left = [child for child in stored if child.in_force and not isinstance(child.content, Activity)]
    yield (
        f"{len(copies)} addresses, votes, images, contacts and activities were copied to newer records, and none but the merge's own is left behind (DLR-09)",
        (bool(copies) and not left),
    )
    yield (
        f"each of {len(newer)} newer records has its activity, and each older UID resolves to it (DLR-08, DLR-12)",
        (all(activities.get((uid, MERGED), 0) >= 1 for uid in newer) and bool(newer)),
    )
    pulled = ending.ours.connection.execute("SELECT count(*) FROM merged_data").fetchone()[0]
    own = sum(child.state_voter_id in ours for child in copies)
    yield f"Los Angeles pulled the {own} that are its own, images with their bytes (DLR-15)", pulled == own > 0


def _undone(ending: _Ending) -> Iterator[tuple[str, bool]]:
    application, pairs = ending.application, {pair.situation: pair for pair in ending.evidence.pairs}
    back, twice = pairs[PairSituation.TAKEN_BACK], pairs[PairSituation.NUMBER_GIVEN_TWICE]
    with application.unit_of_work(read_only=True) as uow:
        record = uow.merges.get(case_of(application, back).case_id)
        activities = uow.voters.activity_counts(list(back.uids))
        marked = uow.voters.get(twice.newer_id)
        copies = [child for child in uow.children.of_voters(back.uids) if child.merge_case_id is not None and child.in_force]
    yield (
        "the merge that was taken back left no copy in force, and both records tell of it (DLR-19)",
        (record is not None and record.undone_at is not None and not copies and all(activities.get((uid, UNDONE)) == 1 for uid in back.uids)),
    )
    yield (
        "the number that DMV gave twice is marked not verified on the record that SOS named (DLR-18)",
        (marked is not None and marked.drivers_license_status == VerificationStatus.NOT_VERIFIED),
    )
    waiting = {situation for situation, state in notified(application, ending.evidence).items() if state is CaseState.REJECTED_BY_USER}
    yield "two reviews are left for whoever signs in to the console", waiting == {PairSituation.NEITHER_AGREES, PairSituation.REGISTERED_OVER}


def _outcomes(report: JobReport) -> Mapping[str, int]:
    return {} if report.detection is None else report.detection.progress.outcomes


def _after_clearing(application: Application, message: SampleMessage) -> SampleMessage:
    with application.unit_of_work(read_only=True) as uow:
        offered = {each.message_id for each in uow.messages.page(COUNTY, LOOKED_THROUGH, with_payload=False)}
        kept = {message_id for message_id, _, _ in uow.messages.by_ids(COUNTY, [message.message_id])}
    return replace(message, still_offered=message.message_id in offered, still_kept=message.message_id in kept)
