"""Confidential voters (EWS-14): who may be told where they live."""

from datetime import date
from typing import Any, Final

from votecal_soap.domain.dmv_records import ResidenceAddress
from votecal_soap.domain.due_dates import public_safety_end
from votecal_soap.domain.voters import Confidentiality, Voter

_WHEREABOUTS: Final[dict[str, Any]] = dict.fromkeys((*ResidenceAddress._fields, "email", "phone"))


def is_confidential(voter: Voter, today: date) -> bool:
    """Whether residence, e-mail and phone are for the voter's own county only."""
    if voter.confidentiality is None:
        return False
    ends = ends_on(voter)
    return ends is None or today < ends


def ends_on(voter: Voter) -> date | None:
    """The day on which the status ends by itself; None when it does not."""
    since = voter.confidential_since
    return public_safety_end(since) if voter.confidentiality == Confidentiality.PUBLIC_SAFETY and since else None


def as_seen_by(voter: Voter, county_code: str, today: date) -> Voter:
    """The record as a county may see it."""
    if voter.county_code == county_code or not is_confidential(voter, today):
        return voter
    return voter._replace(**_WHEREABOUTS)
