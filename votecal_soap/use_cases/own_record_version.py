"""What a county has to know of its voter after a decision of its own, for no message will tell it (EWS-06)."""

from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_answers import OwnRecord
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.use_cases.ports import UnitOfWork


def own_record_version(uow: UnitOfWork, state_voter_id: int, caller: Caller) -> int | None:
    """The version of the voter's record as it is now; None when the voter is another county's."""
    voter = uow.voters.get(state_voter_id)
    return None if voter is None or voter.county_code != caller.county_code else voter.version


def own_record_of_case(uow: UnitOfWork, case: MatchCase, caller: Caller) -> OwnRecord:
    """The voter of a case; of two the caller's own, the lower UID first."""
    uids = [uid for uid in (case.state_voter_id, case.other_state_voter_id) if uid is not None]
    versions = {uid: own_record_version(uow, uid, caller) for uid in uids}
    own = next((uid for uid, version in versions.items() if version is not None), case.state_voter_id)
    return OwnRecord(own, versions[own])
