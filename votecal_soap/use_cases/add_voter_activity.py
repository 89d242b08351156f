"""EWS-12 A county enters something in a voter's activity history (S4.22, S6.13, S7.3)."""

from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_activities import ACTIVITY_TYPES, AddVoterActivity, NotedActivity
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.own_voters import own_voter
from votecal_soap.use_cases.ports import NewActivity, UnitOfWork

ACTION: Final = "AddVoterActivity"


def add_voter_activity(command: AddVoterActivity, caller: Caller, uow: UnitOfWork, clock: Clock) -> NotedActivity:
    """Enter it; the record's version stays. The caller of this commits.

    Raises:
        NotFound: VOTER_NOT_FOUND, also for another county's voter.
    """
    now = clock.now()
    if command.activity_date > legal_date(now):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "What is entered has happened: the day lies ahead.", ref="ActivityDate")
    voter = own_voter(uow, command.state_voter_id, caller)
    uid, activity_type = int(voter.state_voter_id), ACTIVITY_TYPES[command.activity]
    basis = command.basis or f"Entered by county {caller.county_code}"
    entry = NewActivity(uid, caller.county_code, activity_type, command.activity_date, basis, voter.version, None)
    uow.voters.add_activities([entry], now)
    told = {"activity": command.activity, "on": command.activity_date}
    record_change(uow, at=now, actor=actor(caller), action=ACTION, subject=("Voter", uid), county_code=caller.county_code, new=told)
    return NotedActivity(uid, voter.version, command.activity, command.activity_date)
