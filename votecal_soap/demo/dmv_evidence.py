"""What is seen on the way through DMV's files, and where their records stand at the state and in the counties' EMS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from votecal_soap.bootstrap import Application
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.demo.dmv_account import Place, RecordFound, place_of
from votecal_soap.demo.dmv_file import Arrival
from votecal_soap.demo.dmv_making import Planted
from votecal_soap.demo.dmv_situations import DmvFileNumber, DmvSituation, Home
from votecal_soap.demo.findings import SampleMessage
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.jobs import JobState
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.domain.matching import Band, band
from votecal_soap.domain.voters import Voter, VoterStatus
from votecal_soap.use_cases.ports import WorkItem
from votecal_soap.use_cases.search_for_drivers import driver
from votecal_soap.use_cases.search_service import search_service

EXPLAINED: Final = DmvSituation.OTHER_MIDDLE_NAME
LOOKED_THROUGH: Final = 1_000
_ACTIVE, _INACTIVE, _CANCELLED = "A", "I", "C"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedCase:
    """The explained case as it waited for its county, and the message that told of it."""

    case: MatchCase
    message: SampleMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class DmvEvidence:
    """What was seen on the first day; `lost` are the cases that an EMS forgot."""

    planted: Sequence[Planted]
    arrival: Arrival
    offered: OfferedCase
    rivals: int
    """Voters at or above the automatic threshold for the record with the exact licence, before it was processed."""
    refused: Mapping[str, JobState]
    unfinished_job: int
    lost: int
    answered: Voter | None
    """The voter of the explained case, once the county has answered."""


def offered_case(application: Application, job_id: int, planted: Sequence[Planted]) -> OfferedCase:
    """The case that is explained, and the message that tells its county of it, before the county has polled."""
    item = of_situation(planted, EXPLAINED)
    voter = item.voters[0]
    work_item = work_items(application, {DmvFileNumber.FIRST: job_id}, planted)[place_of(item)]
    with application.unit_of_work(read_only=True) as uow:
        (case,) = uow.match_cases.of_work_items([work_item.work_item_id])
        queued = uow.messages.page(voter.county_code, LOOKED_THROUGH, with_payload=True)
    told = next(each for each in queued if each.message_type == MessageType.POTENTIAL_MATCH and each.state_voter_id == int(voter.state_voter_id))
    message = SampleMessage(message_id=told.message_id, message_type=told.message_type, situation=EXPLAINED, payload=told.payload or "")
    return OfferedCase(case=case, message=message)


def voters_above_threshold(application: Application, planted: Sequence[Planted], situation: DmvSituation) -> int:
    """How many voters the Search Service finds at or above the automatic threshold for a record."""
    record = of_situation(planted, situation).record
    with application.unit_of_work(read_only=True) as uow:
        settings = uow.matching.settings(record.kind.matching_function)
        (matches,) = search_service(uow).search([driver(record)], uow.matching, settings).matches
    return sum(band(match.confidence, settings) is Band.AUTOMATIC for match in matches)


def voter_now(application: Application, planted: Sequence[Planted], situation: DmvSituation) -> Voter | None:
    """The voter of a record as the state has her."""
    with application.unit_of_work(read_only=True) as uow:
        return uow.voters.get(uid_of(of_situation(planted, situation)))


def of_situation(planted: Sequence[Planted], situation: DmvSituation) -> Planted:
    """The record of a situation, the first if there are several."""
    return next(item for item in planted if item.situation is situation)


def work_items(application: Application, jobs: Mapping[DmvFileNumber, int], planted: Sequence[Planted]) -> dict[Place, WorkItem]:
    """By the record's place; the demonstration's database holds no others. Signatures are numbered among them."""
    files = {job_id: file for file, job_id in jobs.items()}
    with application.unit_of_work(read_only=True) as uow:
        items = uow.work_items.by_ids(range(1, 4 * len(planted)))
    return {(files[item.job_id], item.record.sequence): item for item in items.values() if item.job_id in files}


def cases_of(application: Application, items: Mapping[Place, WorkItem]) -> list[MatchCase]:
    """All match cases of these work items."""
    with application.unit_of_work(read_only=True) as uow:
        return uow.match_cases.of_work_items([item.work_item_id for item in items.values()])


def records_found(
    application: Application, planted: Sequence[Planted], items: Mapping[Place, WorkItem], databases: Mapping[str, EmsDatabase]
) -> dict[Place, RecordFound]:
    """Where each record stands."""
    cases = cases_of(application, items)
    with application.unit_of_work(read_only=True) as uow:
        voters = {int(voter.state_voter_id): voter for voter in uow.voters.by_state_id([uid_of(item) for item in planted if item.voters])}
    found = {}
    for item in planted:
        work_item = items.get(place_of(item))
        states = () if work_item is None else tuple(case.state for case in cases if case.work_item_id == work_item.work_item_id)
        home = _home(item, planted, databases, voters[uid_of(item)]) if item.voters else Home.NOBODYS
        found[place_of(item)] = RecordFound(disposition=work_item and work_item.disposition, cases=states, home=home)
    return found


def uid_of(item: Planted) -> int:
    """The state's id of the voter who moves."""
    return int(item.voters[0].state_voter_id)


def _home(item: Planted, planted: Sequence[Planted], databases: Mapping[str, EmsDatabase], at_state: Voter) -> Home | None:
    """What the counties' own records say; None when they do not agree on anything that may be."""
    voter, *others = item.voters
    if not all(_is_as_before(other, databases[other.county_code]) for other in others):
        return None
    if _is_as_before(voter, databases[voter.county_code]):
        return Home.OLD
    status, _ = _row(databases[voter.county_code], voter)
    gaining = databases.get(item.gaining_county)
    if status == _INACTIVE:
        return Home.AWAY
    if item.gaining_county != voter.county_code and status != _CANCELLED:
        return None
    if at_state.status == VoterStatus.CANCELLED:
        return Home.ENDED if gaining is None or _row(gaining, voter) == (None, None) else None
    addresses = {other.record.new_address.house_number for other in planted if other.voters == item.voters}
    is_there = gaining is None or (_row(gaining, voter)[0] == _ACTIVE and _row(gaining, voter)[1] in addresses)
    return Home.NEW if is_there else None


def _row(ems: EmsDatabase, voter: Voter) -> tuple[str | None, str | None]:
    row = ems.connection.execute("SELECT reg_stat, res_house_no FROM voters WHERE state_uid = ?", (int(voter.state_voter_id),)).fetchone()
    return (None, None) if row is None else (row[0], row[1])


def _is_as_before(voter: Voter, ems: EmsDatabase) -> bool:
    status, house_number = _row(ems, voter)
    return house_number == voter.house_number and status == voter.status[:1]
