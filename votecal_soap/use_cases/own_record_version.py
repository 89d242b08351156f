"""What a county has to know of its voter after a decision of its own, for no message will tell it (EWS-06)."""

from votecal_soap.domain.counties import Caller
from votecal_soap.use_cases.ports import UnitOfWork


def own_record_version(uow: UnitOfWork, state_voter_id: int, caller: Caller) -> int | None:
    """The version of the voter's record as it is now; None when the voter is another county's."""
    voter = uow.voters.get(state_voter_id)
    return None if voter is None or voter.county_code != caller.county_code else voter.version
