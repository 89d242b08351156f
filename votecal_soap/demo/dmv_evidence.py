"""Gathers where the records of DMV's file stand once the counties have answered, and settles their account."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from votecal_soap.bootstrap import Application
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.demo.dmv_account import DmvAccount, ExplainedCase, RecordFound, count_dmv_outcomes, count_records
from votecal_soap.demo.dmv_file import Answered
from votecal_soap.demo.dmv_planting import Planted
from votecal_soap.demo.dmv_situations import EXPECTED, DmvSituation, Home
from votecal_soap.demo.findings import Check, SampleMessage
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.jobs import JobState
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases import list_jobs
from votecal_soap.use_cases.ports import WorkItem

EXPLAINED: Final = DmvSituation.OTHER_MIDDLE_NAME
_LOOKED_THROUGH: Final = 1_000
_ACTIVE, _INACTIVE, _CANCELLED = "A", "I", "C"


@dataclass(frozen=True, slots=True, kw_only=True)
class DmvEvidence:
    """What was seen on the way: the explained case as it waited for its county."""

    job_id: int
    planted: Sequence[Planted]
    waiting: MatchCase
    message: SampleMessage


def offered_case(application: Application, job_id: int, planted: Sequence[Planted]) -> DmvEvidence:
    """The case that is explained, and the message that tells its county of it, before the county has polled."""
    voter = _of(planted, EXPLAINED).voters[0]
    items = _work_items(application, planted)
    item = items[_of(planted, EXPLAINED).record.sequence]
    with application.unit_of_work(read_only=True) as uow:
        (case,) = uow.match_cases.of_work_items([item.work_item_id])
        queued = uow.messages.page(voter.county_code, _LOOKED_THROUGH, with_payload=True)
    told = next(each for each in queued if each.message_type == MessageType.POTENTIAL_MATCH and each.state_voter_id == int(voter.state_voter_id))
    message = SampleMessage(message_id=told.message_id, message_type=told.message_type, situation=EXPLAINED, payload=told.payload or "")
    return DmvEvidence(job_id=job_id, planted=planted, waiting=case, message=message)


def settle_dmv(
    evidence: DmvEvidence, application: Application, ems_databases: Mapping[str, Path], answered: Answered, refused: Mapping[str, JobState]
) -> DmvAccount:
    """Compare what was planted with where the state and the counties have it."""
    planted = evidence.planted
    report = list_jobs.report(evidence.job_id, application.unit_of_work(read_only=True))
    outcomes = report.dmv_file.outcomes if report.dmv_file else {}
    scores = report.dmv_file.scores if report.dmv_file else {}
    with ExitStack() as stack:
        databases = {county: stack.enter_context(EmsDatabase(path)) for county, path in ems_databases.items()}
        found = _found(application, planted, databases)
        answer = _answer(databases[evidence.waiting.county_code], evidence.waiting.case_id)
        alike = _cases_alike(application, planted, databases)
    return DmvAccount(
        job_id=evidence.job_id,
        situations=count_records(planted, found),
        outcomes=count_dmv_outcomes(planted, outcomes),
        scores=scores,
        answered=answered.answers,
        checks=(
            Check(text="the job of DMV's file is completed", holds=report.job.state is JobState.COMPLETED),
            Check(text="the same file once more and a file with a wrong count are refused", holds=set(refused.values()) == {JobState.FILE_REFUSED}),
            Check(text="both counties could import every message", holds=answered.all_taken),
            Check(text="every match case stands in its county's EMS as at the state", holds=alike),
            Check(text="the histogram counts every record that was searched for", holds=sum(scores.values()) == _searched_for(planted)),
        ),
        explained=_explained(evidence, application, answer),
    )


def _of(planted: Sequence[Planted], situation: DmvSituation) -> Planted:
    return next(item for item in planted if item.situation is situation)


def _searched_for(planted: Sequence[Planted]) -> int:
    return sum(EXPECTED[item.situation].disposition is not None for item in planted)


def _work_items(application: Application, planted: Sequence[Planted]) -> dict[int, WorkItem]:
    """By the record's sequence; the demonstration's database holds no others."""
    with application.unit_of_work(read_only=True) as uow:
        items = uow.work_items.by_ids(range(1, 2 * len(planted) + 1))
    return {item.record.sequence: item for item in items.values()}


def _found(application: Application, planted: Sequence[Planted], databases: Mapping[str, EmsDatabase]) -> dict[int, RecordFound]:
    items = _work_items(application, planted)
    cases = _cases(application, planted)
    found = {}
    for planted_one in planted:
        item = items.get(planted_one.record.sequence)
        states = () if item is None else tuple(case.state for case in cases if case.work_item_id == item.work_item_id)
        disposition = None if item is None else item.disposition
        found[planted_one.record.sequence] = RecordFound(disposition=disposition, cases=states, home=_home(planted_one, planted, databases))
    return found


def _cases(application: Application, planted: Sequence[Planted]) -> list[MatchCase]:
    ids = [item.work_item_id for item in _work_items(application, planted).values()]
    with application.unit_of_work(read_only=True) as uow:
        return uow.match_cases.of_work_items(ids)


def _home(item: Planted, planted: Sequence[Planted], databases: Mapping[str, EmsDatabase]) -> Home | None:
    """What the counties' own records say; None when they do not agree on anything that may be."""
    if not item.voters:
        return Home.NOBODYS
    if all(_is_as_before(voter, databases[voter.county_code]) for voter in item.voters):
        return Home.OLD
    (voter,) = item.voters
    losing = _row(databases[voter.county_code], voter)
    if losing[0] == _INACTIVE:
        return Home.AWAY
    if item.gaining_county != voter.county_code and losing[0] != _CANCELLED:
        return None
    addresses = {other.record.new_address.house_number for other in planted if other.voters == item.voters}
    gaining = databases.get(item.gaining_county)
    is_there = gaining is None or (_row(gaining, voter)[0] == _ACTIVE and _row(gaining, voter)[1] in addresses)
    return Home.NEW if is_there else None


def _row(ems: EmsDatabase, voter: Voter) -> tuple[str | None, str | None]:
    row = ems.connection.execute("SELECT reg_stat, res_house_no FROM voters WHERE state_uid = ?", (int(voter.state_voter_id),)).fetchone()
    return (None, None) if row is None else (row[0], row[1])


def _is_as_before(voter: Voter, ems: EmsDatabase) -> bool:
    status, house_number = _row(ems, voter)
    return house_number == voter.house_number and status == voter.status[:1]


def _cases_alike(application: Application, planted: Sequence[Planted], databases: Mapping[str, EmsDatabase]) -> bool:
    at_state = {case.case_id: (case.county_code, case.state.value) for case in _cases(application, planted)}
    for county, ems in databases.items():
        known = ems.connection.execute("SELECT case_id, case_state FROM state_cases WHERE county_code = ?", (county,)).fetchall()
        waiting = {case_id for case_id, (owner, state) in at_state.items() if owner == county and state == "Open"}
        if any(at_state.get(case_id) != (county, state) for case_id, state in known) or not waiting <= {case_id for case_id, _ in known}:
            return False
    return True


def _answer(ems: EmsDatabase, case_id: int) -> str:
    row = ems.connection.execute(
        "SELECT decision, basis, result FROM state_answers WHERE operation = 'DecideMatchCase' AND subject_id = ?", (case_id,)
    ).fetchone()
    return "none" if row is None else f"{row[0]}: {row[1]}. The state: {row[2]}"


def _explained(evidence: DmvEvidence, application: Application, answer: str) -> ExplainedCase:
    before = _of(evidence.planted, EXPLAINED).voters[0]
    with application.unit_of_work(read_only=True) as uow:
        after = uow.voters.get(int(before.state_voter_id))
        offered = {message.message_id for message in uow.messages.page(before.county_code, _LOOKED_THROUGH, with_payload=False)}
        kept = {message_id for message_id, _, _ in uow.messages.by_ids(before.county_code, [evidence.message.message_id])}
    if after is None:
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "The voter of the explained case is gone.")
    message = SampleMessage(
        message_id=evidence.message.message_id,
        message_type=evidence.message.message_type,
        situation=EXPLAINED,
        payload=evidence.message.payload,
        still_offered=evidence.message.message_id in offered,
        still_kept=evidence.message.message_id in kept,
    )
    return ExplainedCase(situation=EXPLAINED, case=evidence.waiting, message=message, answer=answer, before=before, after=after)
