"""Who on the roll may be the person that a county registers: the state searches itself (EWS-09, S4.3, S4.4, S4.23)."""

from collections.abc import Sequence
from typing import NamedTuple

from votecal_soap.domain.matching import Band, Match, MatchField, MatchingFunction, Person, band
from votecal_soap.domain.voters import VoterStatus
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.search_service import search_service


class Candidate(NamedTuple):
    """A voter who may be the person: as a county is shown it, and as the case has it."""

    shown: Match
    """Found without the SSN4, so that no answer tells whether a guess at it was right (EWS-08)."""
    full: Match


def registration_candidates(uow: UnitOfWork, person: Person, viewer_county: str) -> list[Candidate]:
    """At or above the manual threshold, or of the same DL/ID whatever the confidence (DUP-04), best first.

    A confidential voter's address counts as missing for another county (EWS-14).
    """
    settings = uow.matching.settings(MatchingFunction.REGISTRATION_SEARCH)
    people = [person._replace(ssn4=None), person]
    without, full = search_service(uow).search(people, uow.matching, settings, viewer_county=viewer_county).matches
    complete = {match.state_voter_id: match for match in full}
    shown = [match for match in without if match.same_drivers_license or band(match.confidence, settings) is not Band.IGNORED]
    declined = _declined(uow, shown)
    shown = [match for match in shown if match.state_voter_id not in declined]
    return [Candidate(_without_ssn4(match), complete.get(match.state_voter_id, match)) for match in shown]


def _declined(uow: UnitOfWork, matches: Sequence[Match]) -> set[int]:
    """A registration that was declined is kept apart: it never was one (S4.9)."""
    return {int(voter.state_voter_id) for voter in uow.voters.by_state_id([match.state_voter_id for match in matches]) if voter.status == VoterStatus.DECLINED}


def _without_ssn4(match: Match) -> Match:
    return match._replace(criteria=tuple(criterion for criterion in match.criteria if criterion.field is not MatchField.SSN4))


def unseen(candidates: Sequence[Candidate], seen: frozenset[int]) -> list[Candidate]:
    """Those that the county has not seen."""
    return [candidate for candidate in candidates if candidate.shown.state_voter_id not in seen]
