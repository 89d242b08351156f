"""DLR-03, DLR-05 SOS users read pairs of records: one in full, or those of one verified DL/ID that still wait for counties."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.confidentiality import as_seen_by
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.domain.duplicates import DuplicateCause
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.domain.merging import MergeRecord
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.duplicate_messages import criteria_for, voters_of
from votecal_soap.use_cases.merge_voters import order_by_age
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory

PAGE_LIMIT: Final = 200
_NO_COUNTY: Final = "00"
"""Whose voter nobody is: a confidential voter's whereabouts are not shown to it."""


class PairInFull(NamedTuple):
    """Both records as this user may see them, the newer first, with the case and the merge it made."""

    case: MatchCase
    newer: Voter
    older: Voter
    merge: MergeRecord | None


def read_pair(case_id: int, user_name: str, unit_of_work: UnitOfWorkFactory, clock: Clock) -> PairInFull:
    """One pair, for an SOS user; the view is audited (OPS-02). Where a confidential voter lives is for administrators (EWS-14)."""
    with unit_of_work() as uow:
        user = require_role(uow, user_name, SOS_ROLES)
        case = uow.match_cases.get(case_id)
        if case is None or case.other_state_voter_id is None:
            raise NotFound(ErrorCode.CASE_NOT_FOUND, "There is no such case of two voters.", ref="case")
        pair = _in_full(uow, case, user, clock)
        for uid in voters_of(case):
            record_change(uow, at=clock.now(), actor=user_name, action="ViewVoter", subject=("Voter", uid), new={"case": case_id})
        uow.commit()
    return pair


def _in_full(uow: UnitOfWork, case: MatchCase, user: StaffUser, clock: Clock) -> PairInFull:
    one, other = uow.voters.by_state_id(voters_of(case))
    merge = uow.merges.get(case.case_id)
    records = {int(voter.state_voter_id): voter for voter in (one, other)}
    newer, older = order_by_age(uow, (one, other)) if merge is None else (records[merge.newer_id], records[merge.older_id])
    if user.role is Role.SOS_ADMINISTRATOR:
        return PairInFull(case, newer, older, merge)
    today = legal_date(clock.now())
    criteria = criteria_for(case.criteria, (one, other), _NO_COUNTY, today)
    return PairInFull(case._replace(criteria=criteria), as_seen_by(newer, _NO_COUNTY, today), as_seen_by(older, _NO_COUNTY, today), merge)


def open_pairs_of_verified_license(after_case_id: int, limit: int, user_name: str, unit_of_work: UnitOfWorkFactory) -> Sequence[MatchCase]:
    """Detected pairs of one verified DL/ID that wait for their counties, by id (DLR-05)."""
    if not 1 <= limit <= PAGE_LIMIT:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"A page holds 1 to {PAGE_LIMIT} cases.", ref="limit")
    with unit_of_work(read_only=True) as uow:
        require_role(uow, user_name, SOS_ROLES)
        return uow.match_cases.open_by_cause(DuplicateCause.VERIFIED_LICENSE, after_case_id, limit)
