"""A voter whom a county may change: its own, in force (EWS-01)."""

from votecal_soap.domain.counties import Caller
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases.merged_voters import current_records
from votecal_soap.use_cases.ports import UnitOfWork


def own_voter(uow: UnitOfWork, state_voter_id: int, caller: Caller) -> Voter:
    """The record in force of the UID, which may be that of a record merged into it; another county's is not told apart from none."""
    voter = current_records(uow, [state_voter_id]).get(state_voter_id)
    if voter is None or voter.county_code != caller.county_code:
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "There is no such voter of this county.", ref="StateVoterId")
    return voter
