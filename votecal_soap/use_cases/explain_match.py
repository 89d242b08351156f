"""COA-05, OPS-02: why two records on the roll would match, or would not; a view of two voters, and so it leaves a trace."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.confidentiality import as_seen_by
from votecal_soap.domain.counties import StaffUser
from votecal_soap.domain.matching import Match, MatchingFunction, MatchSettings
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.search.standardising import voter_person
from votecal_soap.search.weights import MatchWeights
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, SOS_ROLES, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.search_service import search_service, weights_in_force

NO_COUNTY: Final = ""
"""Of SOS: no voter is its own county's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainMatch:
    """Which two voters, as which matching function would see them, for whom."""

    left: int
    right: int
    function: MatchingFunction
    acting_user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedMatch:
    """The match, and what it was judged by."""

    match: Match
    settings: MatchSettings
    weights: MatchWeights


def explain_match(command: ExplainMatch, uow: UnitOfWork, clock: Clock) -> ExplainedMatch:
    """Compare two voters; nothing is decided.

    Raises:
        NotFound: VOTER_NOT_FOUND.
        NotAllowed: for whoever is not of SOS, for the voters may be another county's, or confidential (EWS-14).
    """
    with uow:
        person = require_role(uow, command.acting_user, SOS_ROLES)
        left, right = (_seen_by(person, _voter(uid, uow), legal_date(clock.now())) for uid in (command.left, command.right))
        settings = uow.matching.settings(command.function)
        match = search_service(uow, command.function).explain(voter_person(left), voter_person(right), settings)
        for seen in (left, right):
            record_change(
                uow,
                at=clock.now(),
                actor=command.acting_user,
                action="ExplainMatch",
                subject=("voter", seen.state_voter_id),
                county_code=seen.county_code,
                new={"compared": [command.left, command.right], "function": command.function},
            )
        weights = weights_in_force(uow, command.function)
        uow.commit()
    return ExplainedMatch(match=match._replace(state_voter_id=command.right), settings=settings, weights=weights)


def _seen_by(person: StaffUser, voter: Voter, today: date) -> Voter:
    """Where a confidential voter lives is for administrators: to others it is as if nobody knew, in every level and score (EWS-14)."""
    return voter if person.role in ADMINISTRATORS else as_seen_by(voter, NO_COUNTY, today)


def _voter(state_voter_id: int, uow: UnitOfWork) -> Voter:
    found = uow.voters.get(state_voter_id)
    if found is None:
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "There is no such voter.", ref=str(state_voter_id))
    return found
