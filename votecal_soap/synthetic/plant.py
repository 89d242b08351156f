"""Prepares the database for a made-up batch: what must stand there so that the planted reasons occur (VRU-13, VRU-15)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from votecal_soap.contract.message_payloads import render_idv_result
from votecal_soap.domain.ems_messages import MessageType, NewMessage
from votecal_soap.domain.voters import Voter
from votecal_soap.synthetic.batch_truth import Truth
from votecal_soap.synthetic.scenarios import PLANTED, Scenario
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory, VoterChange

ACTOR: Final = "votecal generate"
TRANSFER_TIME: Final = timedelta(days=10)
CHUNK: Final = 500


def plant(truths: Iterable[Truth], unit_of_work: UnitOfWorkFactory, now: datetime) -> int:
    """Prepare every voter of a batch that needs it, chunk by chunk; how many."""
    due = (truth for truth in truths if truth.scenario in PLANTED)
    planted = 0
    while chunk := list(islice(due, CHUNK)):
        with unit_of_work() as uow:
            _plant_chunk(uow, chunk, now)
            uow.commit()
        planted += len(chunk)
    return planted


def _plant_chunk(uow: UnitOfWork, chunk: list[Truth], now: datetime) -> None:
    voters = {int(voter.state_voter_id): voter for voter in uow.voters.lock_by_state_id([truth.state_voter_id for truth in chunk if truth.state_voter_id])}
    changes = []
    for truth, voter in _found(chunk, voters):
        change = _change(truth.scenario, voter, now)
        changes.append(change)
        if truth.scenario is Scenario.MESSAGE_OPEN:
            uow.messages.add([_message(change.after)], now)
        record_change(
            uow,
            at=now,
            actor=ACTOR,
            action="PlantScenario",
            subject=("voter", voter.state_voter_id),
            county_code=voter.county_code,
            new={"scenario": truth.scenario},
        )
    uow.voters.save_changes(changes, now)


def _found(chunk: list[Truth], voters: dict[int, Voter]) -> Iterator[tuple[Truth, Voter]]:
    for truth in chunk:
        if truth.state_voter_id in voters:
            yield truth, voters[truth.state_voter_id]


def _change(scenario: Scenario, voter: Voter, now: datetime) -> VoterChange:
    if scenario is Scenario.TRANSFER_PENDING:
        return VoterChange(voter, voter._replace(transfer_pending_until=now + TRANSFER_TIME), ("transfer_pending_until",))
    if scenario is Scenario.OLD_BASE_VERSION:
        return VoterChange(voter, voter._replace(version=voter.version + 1, vnc_due=1 - voter.vnc_due), ("vnc_due",))
    return VoterChange(voter, voter._replace(message_sequence=voter.message_sequence + 1), ())


def _message(voter: Voter) -> NewMessage:
    """A change that the county did not make itself and has not taken."""
    return NewMessage(
        county_code=voter.county_code,
        message_type=MessageType.IDV_RESULT,
        dedup_key=f"planted:{voter.state_voter_id}:{voter.message_sequence}",
        payload=render_idv_result("DriversLicense", voter.drivers_license_status or "NotVerified", voter.drivers_license_verified_on),
        blocks_updates=1,
        state_voter_id=voter.state_voter_id,
        voter_sequence=voter.message_sequence,
        ems_voter_id=voter.ems_voter_id,
        record_version=voter.version,
        job_id=None,
        record_sequence=None,
    )
