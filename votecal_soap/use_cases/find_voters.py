"""UC01.21.01 A person at SOS or in a county finds a voter in the console: by id, or by what is known of the person (EWS-08)."""

from dataclasses import dataclass
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import StaffUser
from votecal_soap.domain.matching import Match, MatchingFunction
from votecal_soap.domain.voter_searches import VoterSearch, is_enough
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.console_access import SEES_CONFIDENTIAL, as_person_sees, known_person, note_looks, sees_county
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.search_service import search_service

RESULTS: Final = 25
LEAST_CONFIDENCE: Final = 1
_NOBODYS: Final = "00"
"""A viewer's county that no voter has: confidential voters are hidden from whoever may not see them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenVoter:
    """A voter who may be the one looked for; `match` is None for one who was asked for by id."""

    voter: Voter
    match: Match | None
    may_open: bool


def find_voters(search: VoterSearch, user_name: str, uow: UnitOfWork, clock: Clock) -> list[SeenVoter]:
    """Best first; who searched and whom they saw is audited, what they looked for is not (OPS-02, OPS-03).

    Raises:
        InvalidRequest: SEARCH_TOO_LITTLE when it could fit too many.
    """
    if not is_enough(search):
        text = "This is too little to search by. Give a UID, a DL/ID, or a last name with a first name, date of birth or address."
        raise InvalidRequest(ErrorCode.SEARCH_TOO_LITTLE, text)
    with uow:
        person = known_person(uow, user_name)
        found = _by_id(uow, search) if search.state_voter_id is not None else _matched(uow, search, person)
        seen = [_seen(item, match, person, clock) for item, match in found]
        note_looks(uow, person, clock, "SearchVoters", [item for item, _ in found])
        subject = ("staff_user", person.user_name)
        record_change(uow, at=clock.now(), actor=person.user_name, action="SearchVoters", subject=subject, new={"found": len(seen)})
        uow.commit()
    return seen


def _by_id(uow: UnitOfWork, search: VoterSearch) -> list[tuple[Voter, Match | None]]:
    return [(voter, None) for voter in uow.voters.by_state_id([int(search.state_voter_id or 0)])]


def _matched(uow: UnitOfWork, search: VoterSearch, person: StaffUser) -> list[tuple[Voter, Match | None]]:
    viewer = None if person.role in SEES_CONFIDENTIAL else person.county_code or _NOBODYS
    settings = uow.matching.settings(MatchingFunction.REGISTRATION_SEARCH)
    matches = search_service(uow).search([search.person], uow.matching, settings, viewer_county=viewer).matches[0]
    best = [match for match in matches if match.confidence >= LEAST_CONFIDENCE][:RESULTS]
    voters = {int(voter.state_voter_id): voter for voter in uow.voters.by_state_id([match.state_voter_id for match in best])}
    return [(voters[match.state_voter_id], match) for match in best if match.state_voter_id in voters]


def _seen(voter: Voter, match: Match | None, person: StaffUser, clock: Clock) -> SeenVoter:
    return SeenVoter(voter=as_person_sees(voter, person, clock), match=match, may_open=sees_county(person, voter.county_code))
