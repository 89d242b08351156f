"""EWS-14 SOS administrators see who is confidential, and whose status ends soon; each look is audited (OPS-02)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.confidentiality import ends_on
from votecal_soap.domain.due_dates import applied_by
from votecal_soap.domain.voters import Confidentiality, Voter
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork

PAGE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidentialVoterQuery:
    """Of which county, or all; `ending_within`: only those whose status ends by itself so soon."""

    acting_user: str
    county_code: str | None = None
    ending_within: timedelta | None = None
    after_state_voter_id: int = 0
    limit: int = PAGE


class ConfidentialVoter(NamedTuple):
    """Who is confidential, why, and until when if it ends by itself; no name and no address."""

    state_voter_id: int
    county_code: str
    kind: Confidentiality
    since: date | None
    ends_on: date | None


def list_confidential_voters(query: ConfidentialVoterQuery, uow: UnitOfWork, clock: Clock) -> list[ConfidentialVoter]:
    """A page in UID order; one that is full may have another behind its last UID."""
    if not 1 <= query.limit <= PAGE:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"A page holds 1 to {PAGE} voters.", ref="limit")
    now = clock.now()
    with uow:
        require_role(uow, query.acting_user, ADMINISTRATORS)
        page = uow.voters.confidential(query.county_code, _applied_by(query, legal_date(now)), query.after_state_voter_id, query.limit)
        found = [_told(voter) for voter in page]
        seen = {"voters": [voter.state_voter_id for voter in found]}
        subject = ("County", query.county_code or "all")
        record_change(uow, at=now, actor=query.acting_user, action="ListConfidentialVoters", subject=subject, county_code=query.county_code, new=seen)
        uow.commit()
    return found


def _told(voter: Voter) -> ConfidentialVoter:
    kind = Confidentiality(str(voter.confidentiality))
    return ConfidentialVoter(int(voter.state_voter_id), voter.county_code, kind, voter.confidential_since, ends_on(voter))


def _applied_by(query: ConfidentialVoterQuery, today: date) -> date | None:
    return None if query.ending_within is None else applied_by(today + query.ending_within)
