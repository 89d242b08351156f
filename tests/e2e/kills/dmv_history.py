"""Says what is wrong with the history that a file of DMV's left behind: each record one outcome, and all that follows from it once (COA-36)."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .rows import Rows, each_once

ENDED_BY_THE_JOB = {"AutomaticMatch", "AlreadyCurrent"}
WAITED_FOR_A_COUNTY = {"PotentialMatch", "Replaced"}
ACTIVITY = {"ChangeOfAddress": "DMV COA Match", "NewRegistration": "DMV Registration Match"}


@dataclass(frozen=True, kw_only=True)
class DmvFileExpected:
    """What is known beforehand: the file's records, and which of them break its schema or repeat an earlier one."""

    job_id: int
    record_count: int
    unreadable: frozenset[int]
    repeated: frozenset[int]


@dataclass(frozen=True)
class _File:
    """The job's own rows: work items, and their cases, transfers and letters by what they belong to."""

    rows: Rows
    expected: DmvFileExpected
    items: Mapping[int, Any]
    cases: Mapping[int, Sequence[Any]]
    transfers: Mapping[int, Sequence[Any]]
    sent_away: frozenset[int]

    @property
    def matched(self) -> Iterator[tuple[Any, Any]]:
        """Each case with its item."""
        return ((case, item) for number, item in self.items.items() for case in self.cases.get(number, ()))


def faults(rows: Rows, expected: DmvFileExpected) -> list[str]:
    """Everything that is wrong, in words; empty when the history is right."""
    file = _gathered(rows, expected)
    return [*_records(file), *_counts(file), *_cases(file), *_messages(file), *_changes(file), *_people(file), *_end(file)]


def _gathered(rows: Rows, expected: DmvFileExpected) -> _File:
    items = {row.work_item_id: row for row in rows["dmv_work_item"] if row.job_id == expected.job_id}
    cases, transfers = defaultdict(list), defaultdict(list)
    for row in rows["match_case"]:
        cases[row.work_item_id].append(row)
    for row in rows["transfer_out"]:
        transfers[row.case_id].append(row)
    sent_away = frozenset(row.work_item_id for row in rows["mailing"] if row.mailing_kind == "OutOfState")
    return _File(rows, expected, items, cases, transfers, sent_away)


def _records(file: _File) -> Iterator[str]:
    expected = file.expected
    fresh = set(range(1, expected.record_count + 1)) - expected.unreadable - expected.repeated
    yield from each_once("work item of record", fresh, [item.record_sequence for item in file.items.values()])
    refused = [row.record_sequence for row in file.rows["batch_record_outcome"] if row.job_id == expected.job_id]
    yield from each_once("refusal of record", expected.unreadable, refused)
    signatures = [item.signature_id for item in file.items.values() if item.signature_id is not None]
    yield from each_once("signature", signatures, [row.signature_id for row in file.rows["dmv_signature"]])


def _outcome(file: _File, item) -> str:
    """How the record was counted when it was decided on."""
    if item.disposition == "AutomaticMatch":
        return "ProvisionalMatch" if any(case.case_state == "Provisional" for case in file.cases.get(item.work_item_id, ())) else "AutomaticMatch"
    if item.disposition == "NoMatch" and item.work_item_id in file.sent_away:
        return "NoMatchOutOfState"
    if item.disposition == "NoMatch" and item.county_code is None:
        return "NoMatchWithoutCounty"
    return "PotentialMatch" if item.disposition in WAITED_FOR_A_COUNTY else item.disposition


def _counts(file: _File) -> Iterator[str]:
    """The file's counts are what counting gives."""
    outcomes = Counter(_outcome(file, item) for item in file.items.values())
    outcomes += Counter(Unreadable=len(file.expected.unreadable), Duplicate=len(file.expected.repeated))
    (file_row,) = (row for row in file.rows["dmv_file"] if row.job_id == file.expected.job_id)
    counted = Counter({row.outcome: row.record_count for row in file.rows["dmv_file_count"] if row.file_id == file_row.file_id})
    yield from each_once("count of", outcomes.elements(), counted.elements())
    scored = sum(row.record_count for row in file.rows["dmv_file_score"] if row.file_id == file_row.file_id)
    if scored != len(file.items):
        yield f"{scored} records are in the histogram and {len(file.items)} have a work item"


def _cases(file: _File) -> Iterator[str]:
    for number, item in file.items.items():
        cases = file.cases.get(number, ())
        least, most = (1, 1) if item.disposition in ENDED_BY_THE_JOB else (1, 50) if item.disposition in WAITED_FOR_A_COUNTY else (0, 0)
        if not least <= len(cases) <= most:
            yield f"work item {number} ended as {item.disposition} with {len(cases)} cases"
        states = {case.case_state for case in cases}
        allowed = {"PotentialMatch": {"Open"}, "Replaced": {"Replaced"}}.get(item.disposition, {"Accepted", "Provisional"})
        if not states <= allowed or (item.item_status == "Open") != (item.disposition == "PotentialMatch"):
            yield f"work item {number} is {item.item_status} as {item.disposition} and its cases are {sorted(states)}"
    yield from (f"case of work item {number}, which is not there" for number in file.cases if number not in file.items)


def _messages(file: _File) -> Iterator[str]:
    """Everybody concerned is told of each case and each record that is nobody's, once."""
    owed = [key for case, item in file.matched for key in _told_of_case(file, case, item)]
    for number, item in file.items.items():
        if item.disposition in ("NoMatch", "RegistrationPending") and item.county_code is not None:
            owed.append(f"DMV:{number}:{'DmvRegistrationPending' if item.record_kind == 'NewRegistration' else 'UnresolvedDmvCoa'}")
    told = [row.dedup_key for row in file.rows["ems_message"] if row.job_id == file.expected.job_id]
    yield from each_once("message", owed, told)


def _told_of_case(file: _File, case, item) -> Iterator[str]:
    if case.case_state in ("Open", "Replaced"):
        yield f"CASE:{case.case_id}:1:{case.county_code}:PotentialMatch"
    if case.case_state == "Replaced":
        yield f"CASE:{case.case_id}:2:{case.county_code}:MatchCaseReplaced"
    if item.disposition == "AutomaticMatch":
        moves = file.transfers.get(case.case_id, ())
        for move in moves:
            yield f"TRANSFER:{move.transfer_id}:{move.losing_county}:TransferOut"
            yield f"TRANSFER:{move.transfer_id}:{move.gaining_county}:TransferIn"
        if not moves:
            yield f"CASE:{case.case_id}:1:{case.county_code}:AutomaticMatchApplied"


def _changes(file: _File) -> Iterator[str]:
    """A version, with its audit entry, exactly where a record changed something; an activity for each case; a transfer for each move."""
    job_id, rows = file.expected.job_id, file.rows
    steps = [(case.state_voter_id, case.applied_version) for case, _ in file.matched if case.applied_version != case.before_version]
    yield from each_once("version of this job", steps, [(row.state_voter_id, row.version) for row in rows["voter_version"] if row.job_id == job_id])
    by_job = [row for row in rows["audit_entry"] if row.actor == f"job:{job_id}"]
    audited = [int(row.subject_id) for row in by_job if row.action == "ApplyDmvMatch"]
    yield from each_once("audit entry of voter", [uid for uid, _ in steps], audited)
    replaced = [case.case_id for case, _ in file.matched if case.case_state == "Replaced"]
    yield from each_once("audit entry of replaced case", replaced, [int(row.subject_id) for row in by_job if row.action == "ReplaceMatchCase"])
    noted = [(case.state_voter_id, _activity(case, item)) for case, item in file.matched]
    found = [(row.state_voter_id, row.activity_type) for row in rows["voter_activity"] if row.job_id == job_id]
    yield from each_once("activity", noted, found)
    counties = {(row.state_voter_id, row.version): row.county_code for row in rows["voter_version"]}
    moved = [case.case_id for case, _ in file.matched if case.applied_version and counties.get((case.state_voter_id, case.applied_version)) != case.county_code]
    yield from each_once("transfer of case", moved, [move.case_id for moves in file.transfers.values() for move in moves])


def _activity(case, item) -> str:
    activity = ACTIVITY[item.record_kind]
    return f"Potential {activity}" if case.case_state in ("Open", "Replaced") else activity


def _people(file: _File) -> Iterator[str]:
    """Whom nobody knows is kept for a letter, and an address in no county asks SOS."""
    nobody = [number for number, item in file.items.items() if item.disposition == "NoMatch"]
    yield from each_once("potential voter of work item", nobody, [row.work_item_id for row in file.rows["potential_voter"]])
    unplaced = [number for number in nobody if _outcome(file, file.items[number]) == "NoMatchWithoutCounty"]
    yield from each_once("work item of SOS for", unplaced, [row.dmv_work_item_id for row in file.rows["sos_work_item"]])


def _end(file: _File) -> Iterator[str]:
    """The job ended once."""
    job_id, rows = file.expected.job_id, file.rows
    ends = [row.action for row in rows["audit_entry"] if row.actor == f"job:{job_id}" and row.action.startswith("DmvFile")]
    yield from each_once("audit entry", ["DmvFileCompleted"], ends)
    states = [row.state for name in ("job", "job_instance", "dmv_file") for row in rows[name] if row.job_id == job_id]
    yield from each_once("state of job, run and file", ["Completed"] * 3, states)
