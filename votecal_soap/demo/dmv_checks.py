"""What else must hold once DMV's files are done, beside the counts: each in a sentence."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from votecal_soap.bootstrap import Application
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.demo.county_rounds import Heard
from votecal_soap.demo.dmv_account import Place, place_of
from votecal_soap.demo.dmv_configuration import NOT_COMPARED
from votecal_soap.demo.dmv_deadlines import Deadlines
from votecal_soap.demo.dmv_evidence import DmvEvidence, of_situation, uid_of
from votecal_soap.demo.dmv_expected import EXPECTED
from votecal_soap.demo.dmv_killing import Killed
from votecal_soap.demo.dmv_letters import Letters, voters_who_moved
from votecal_soap.demo.dmv_making import Planted
from votecal_soap.demo.dmv_situations import DmvFileNumber, DmvSituation
from votecal_soap.demo.findings import Check, ClerksWord
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.jobs import JobState
from votecal_soap.domain.match_cases import CaseState, CaseType, MailingKind, MatchCase, PotentialReason, TransferState
from votecal_soap.use_cases.apply_dmv_match import ACTIVITY
from votecal_soap.use_cases.export_mailing_list import FAILURE_NOTICE
from votecal_soap.use_cases.list_jobs import JobReport
from votecal_soap.use_cases.ports import WorkItem
from votecal_soap.use_cases.settle_dmv_record import POTENTIAL_ACTIVITY

_MATCHED: Final = frozenset({*ACTIVITY.values(), *POTENTIAL_ACTIVITY.values()})

_TOLD: Final = ("Criteria", "Confidence", "FirstName", "LastName", "DateOfBirth", "StateVoterId", "RegistrationDate", "NewAddress", "DueOn")
"""Elements of a PotentialMatch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Everything that was seen, and where all stands at the end."""

    application: Application
    evidence: DmvEvidence
    reports: Mapping[DmvFileNumber, JobReport]
    items: Mapping[Place, WorkItem]
    cases: Sequence[MatchCase]
    databases: Mapping[str, EmsDatabase]
    heard: Heard
    deadlines: Deadlines
    killed: Killed
    letters: Letters
    words: Sequence[ClerksWord]
    scores: Mapping[int, int]

    @property
    def planted(self) -> Sequence[Planted]:
        """The records."""
        return self.evidence.planted


def checks(ending: Ending) -> tuple[Check, ...]:
    """All of them, in the order of the days."""
    return tuple(Check(text=text, holds=holds) for part in (_files, _items, _counties, _passed_days, _letters) for text, holds in part(ending))


def _files(ending: Ending) -> Iterator[tuple[str, bool]]:
    arrival = ending.evidence.arrival
    yield (
        "the first file is waited for, left alone while half written, and taken once it is whole (COA-01)",
        (arrival.waited_for and arrival.left_alone_half_written),
    )
    yield (
        "the same file again, a wrong count, broken XML and another schema version are refused whole (COA-01)",
        (set(ending.evidence.refused.values()) == {JobState.FILE_REFUSED}),
    )
    yield "the jobs of all four files are completed", all(report.job.state is JobState.COMPLETED for report in ending.reports.values())
    killed = ending.killed
    yield f"a worker was killed after {killed.done} of {killed.records} records, and another ended the file (COA-36)", killed.in_the_middle


def _items(ending: Ending) -> Iterator[tuple[str, bool]]:
    searched = [item for item in ending.planted if EXPECTED[item.situation].disposition is not None]
    sent = {place_of(item): item.record._replace(signature=None) for item in searched}
    yield (
        f"{len(searched)} records that are neither unreadable nor seen before have one work item each, with all that DMV sent (COA-03)",
        ({place: item.record for place, item in ending.items.items()} == sent),
    )
    yield "the histogram counts every record that was searched for", sum(ending.scores.values()) == len(searched)
    coa = [case for case in ending.cases if case.case_type is CaseType.DMV_COA]
    yield (
        f"no change of address was matched by {NOT_COMPARED}, which SOS took out of its fields; new registrations were (COA-04)",
        (
            not any(criterion.field is NOT_COMPARED for case in coa for criterion in case.criteria)
            and any(criterion.field is NOT_COMPARED for case in ending.cases for criterion in case.criteria)
        ),
    )
    twice = {case.potential_reason for case in ending.cases if case.state_voter_id in _uids(ending, DmvSituation.REGISTERED_TWICE)}
    yield (
        f"{ending.evidence.rivals} voters stood above the threshold where one had the very licence; where two had it, neither moved by itself (COA-13)",
        (ending.evidence.rivals > 1 and twice == {PotentialReason.SEVERAL_VOTERS}),
    )
    noted = Counter(kind for (_, kind), count in _activities(ending).items() for _ in range(count))
    matched = sum(noted[kind] for kind in _MATCHED)
    yield (
        f"{matched} activities tell of matches: one for each case, one more for each that a county accepted (COA-09, S6.4)",
        (matched == len(ending.cases) + _accepted_by_counties(ending)),
    )
    with ending.application.unit_of_work(read_only=True) as uow:
        kept = uow.work_items.signature_of(uid_of(of_situation(ending.planted, DmvSituation.REGISTERED_AGAIN)))
    yield "the signature of the voter who registered anew is kept (COA-38)", kept is not None


def _counties(ending: Ending) -> Iterator[tuple[str, bool]]:
    yield "both counties could import every message", ending.heard.all_taken
    yield f"{ending.evidence.lost} cases that an EMS had lost were found again with ListMatchCases", 0 < ending.evidence.lost == ending.heard.recovered
    yield "every match case stands in its county's EMS as at the state", _cases_alike(ending)
    payload = ending.evidence.offered.message.payload
    yield (
        "the county was told criteria, confidence, name, birth, UID, registration and new address of the case told in full (COA-32)",
        (all(f"<{name}>" in payload for name in _TOLD)),
    )


def _passed_days(ending: Ending) -> Iterator[tuple[str, bool]]:
    deadlines = ending.deadlines
    left = Counter(case.county_code for case in ending.cases if case.state is CaseState.OPEN)
    announced = ending.heard.imported[MessageType.MATCH_CASE_OVERDUE]
    flagged = sum(ems.connection.execute("SELECT count(*) FROM state_cases WHERE overdue = 1").fetchone()[0] for ems in ending.databases.values())
    yield (
        f"{left.total()} cases are overdue, counted per county, and announced once though the job ran twice (COA-37)",
        (deadlines.overdue == left and announced == flagged == left.total() > 0),
    )
    yield (
        "a move that nobody answered stood after ten days, and one inside a blackout did not (COA-12, JOB-04)",
        ((deadlines.unanswered, deadlines.unanswered_in_blackout) == (TransferState.ACCEPTED, TransferState.OPEN)),
    )
    yield "a file whose other half never came is refused (COA-01)", deadlines.unfinished is JobState.FILE_REFUSED


def _letters(ending: Ending) -> Iterator[tuple[str, bool]]:
    voters = ending.letters.voters
    cast = {int(voter.state_voter_id) for item in ending.planted for voter in item.voters}
    cards = [uid for uid in voters[MailingKind.VNC_DUE] if uid in cast]
    moved = voters_who_moved(ending.planted)
    yield f"each of the {len(moved)} voters who moved is in the list of cards once, and nobody else of them (COA-11, COA-35)", (sorted(cards) == sorted(moved))
    invited = set(voters[MailingKind.RE_REGISTRATION_INVITATION])
    others = {uid for kind, uids in voters.items() if kind is not MailingKind.RE_REGISTRATION_INVITATION for uid in uids}
    yield "who is invited to register gets no other letter (COA-35)", bool(invited) and not invited & others
    unplaced = uid_of(of_situation(ending.planted, DmvSituation.BOX_AS_HOME))
    yield (
        "the failure notice to a known voter is noted once, though its list was written twice (S6.12)",
        (_activities(ending).get((unplaced, FAILURE_NOTICE)) == 1),
    )


def _uids(ending: Ending, situation: DmvSituation) -> set[int]:
    return {int(voter.state_voter_id) for voter in of_situation(ending.planted, situation).voters}


def _activities(ending: Ending) -> dict[tuple[int, str], int]:
    with ending.application.unit_of_work(read_only=True) as uow:
        return uow.voters.activity_counts(sorted({int(voter.state_voter_id) for item in ending.planted for voter in item.voters}))


def _accepted_by_counties(ending: Ending) -> int:
    by_clerks = sum(word.expected == "Accept Accepted" for word in ending.words)
    by_rule = sum(answer.endswith("Accept Accepted") for item in ending.planted for answer in EXPECTED[item.situation].ruled)
    return by_clerks + by_rule


def _cases_alike(ending: Ending) -> bool:
    at_state = {case.case_id: (case.county_code, case.state.value) for case in ending.cases}
    for county, ems in ending.databases.items():
        known = ems.connection.execute("SELECT case_id, case_state FROM state_cases WHERE county_code = ?", (county,)).fetchall()
        waiting = {case_id for case_id, (owner, state) in at_state.items() if owner == county and state == CaseState.OPEN}
        if any(at_state.get(case_id) != (county, state) for case_id, state in known) or not waiting <= {case_id for case_id, _ in known}:
            return False
    return True
