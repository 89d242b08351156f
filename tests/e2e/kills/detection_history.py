"""Says what is wrong with the history that duplicate detection left behind: each pair one case, and each merge whole and once (DUP-01, DUP-07)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .rows import Rows, each_once

OUTCOME = {"Open": "Opened", "Accepted": "Merged", "Provisional": "ProvisionallyMerged"}


@dataclass(frozen=True, kw_only=True)
class DetectionExpected:
    """What is known beforehand: the pairs of the roll, the lower UID first."""

    job_id: int
    pairs: frozenset[tuple[int, int]]


@dataclass(frozen=True)
class _Run:
    """The job's own rows."""

    rows: Rows
    expected: DetectionExpected
    cases: Sequence[Any]
    merges: Mapping[int, Any]


def faults(rows: Rows, expected: DetectionExpected) -> list[str]:
    """Everything that is wrong, in words; empty when the history is right."""
    cases = [row for row in rows["match_case"] if row.other_voter_id is not None]
    run = _Run(rows, expected, cases, {row.case_id: row for row in rows["merge_record"]})
    return [*_pairs(run), *_partitions(run), *_merges(run), *_messages(run), *_changes(run), *_end(run)]


def _pairs(run: _Run) -> Iterator[str]:
    yield from each_once("case of pair", run.expected.pairs, [(case.state_voter_id, case.other_voter_id) for case in run.cases])
    yield from (f"case {case.case_id} is {case.case_state}" for case in run.cases if case.case_state not in OUTCOME)


def _partitions(run: _Run) -> Iterator[str]:
    """All are done, and their counts are what counting gives."""
    for row in run.rows["duplicate_partition"]:
        if not row.done or row.next_state_voter_id != row.last_state_voter_id + 1:
            yield f"partition {row.partition_number} stands at {row.next_state_voter_id} and ends with {row.last_state_voter_id}"
    outcomes: Counter[str] = Counter()
    for row in run.rows["duplicate_partition_count"]:
        outcomes[row.outcome] += row.pair_count
    yield from each_once("count of", [OUTCOME.get(case.case_state) for case in run.cases], outcomes.elements())


def _merges(run: _Run) -> Iterator[str]:
    """A merge for each case that was applied, and both records are as it says."""
    merged = [case.case_id for case in run.cases if case.case_state != "Open"]
    yield from each_once("merge of case", merged, [row.case_id for row in run.rows["merge_record"]])
    states = {case.case_id: case.case_state for case in run.cases}
    gone = {row.older_voter_id: row.newer_voter_id for row in run.merges.values() if states.get(row.case_id) == "Accepted"}
    for row in run.rows["voter"]:
        if row.merged_into != gone.get(row.state_voter_id):
            yield f"voter {row.state_voter_id} is merged into {row.merged_into}, and the merges say {gone.get(row.state_voter_id)}"
    for row in run.merges.values():
        if (row.older_change is None) != (states.get(row.case_id) == "Provisional") or (row.completed_at is None) != (row.older_change is None):
            yield f"the merge of case {row.case_id} is half done"


def _messages(run: _Run) -> Iterator[str]:
    """Each county concerned is told of each case, once."""
    counties = {row.state_voter_id: row.county_code for row in run.rows["voter"]}
    owed = [key for case in run.cases for key in _told(run, case, counties)]
    yield from each_once("message", owed, [row.dedup_key for row in run.rows["ems_message"] if row.job_id == run.expected.job_id])


def _told(run: _Run, case, counties: Mapping[int, str]) -> Iterator[str]:
    merge = run.merges.get(case.case_id)
    if merge is not None:
        yield f"PAIR:{case.case_id}:1:{merge.older_voter_id}:{'MergeProvisional' if merge.older_change is None else 'MergedIntoNewer'}"
        yield f"PAIR:{case.case_id}:1:{merge.newer_voter_id}:MergeReceived"
        return
    yield f"PAIR:{case.case_id}:1:{case.state_voter_id}:PotentialDuplicate"
    if counties.get(case.other_voter_id) != counties.get(case.state_voter_id):
        yield f"PAIR:{case.case_id}:1:{case.other_voter_id}:PotentialDuplicate"


def _changes(run: _Run) -> Iterator[str]:
    """Each record that a merge changed has one version, one activity and one audit entry of it."""
    job_id, rows = run.expected.job_id, run.rows
    changed = [row.newer_voter_id for row in run.merges.values()] + [row.older_voter_id for row in run.merges.values() if row.older_change is not None]
    yield from each_once("version of voter", changed, [row.state_voter_id for row in rows["voter_version"] if row.job_id == job_id])
    yield from each_once("activity of voter", changed, [row.state_voter_id for row in rows["voter_activity"] if row.job_id == job_id])
    audited = [int(row.subject_id) for row in rows["audit_entry"] if row.action == "MergeVoters"]
    yield from each_once("audit entry of voter", changed, audited)


def _end(run: _Run) -> Iterator[str]:
    """The job ended once, with all that helped."""
    rows, job_id = run.rows, run.expected.job_id
    yield from each_once("audit entry", ["DetectDuplicates"], [row.action for row in rows["audit_entry"] if row.action == "DetectDuplicates"])
    for name in ("job", "job_instance"):
        yield from (f"{name} is {row.state}" for row in rows[name] if row.job_id == job_id and row.state != "Completed")
    yield from (f"run {row.run_id} of detection has no end" for row in rows["duplicate_run"] if row.finished_at is None)
