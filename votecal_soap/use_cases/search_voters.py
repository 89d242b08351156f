"""UC01.21.01 Run Statewide Voter Search through EMS (EWS-08): ranked, explained, and no way to guess an SSN4."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.credentials import keyed_hash
from votecal_soap.domain.confidentiality import as_seen_by
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.matching import Match, MatchField, MatchingFunction, MatchSettings, Person
from votecal_soap.domain.voter_searches import FoundVoter, VoterSearch, is_enough
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, InvalidRequest, Unavailable
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.search_service import search_service

RESULT_LIMIT: Final = 50
LEAST_CONFIDENCE: Final = 1
CERTAIN: Final = 100

SSN4_TRIES: Final = 5
"""Different SSN4 that one credential may try for one voter, or one person looked for, within the window."""
SSN4_WINDOW: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """What a search uses beside the request; `key` keys the digests of what was tried."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    key: bytes


def search_voters(search: VoterSearch, caller: Caller, searching: Searching) -> list[FoundVoter]:
    """Voters who may be the one looked for, best first, as far as the caller may see them (EWS-14).

    Raises:
        InvalidRequest: SEARCH_TOO_LITTLE when it could fit too many; an SSN4 does not count.
        Unavailable: THROTTLED when too many different SSN4 were tried.
    """
    _check(search)
    with searching.unit_of_work(read_only=True) as uow:
        settings = uow.matching.settings(MatchingFunction.REGISTRATION_SEARCH)
        found = _found(uow, search, caller, settings)
    _spend_tries(search, found, caller, searching)
    today = legal_date(searching.clock.now())
    seen = [FoundVoter(as_seen_by(voter, caller.county_code, today), match, _is_exact(match)) for voter, match in found]
    _audit(seen, caller, searching)
    return seen


def _check(search: VoterSearch) -> None:
    if search.limit is not None and not 1 <= search.limit <= RESULT_LIMIT:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"A search answers 1 to {RESULT_LIMIT} voters.", ref="MaximumVoters")
    if not is_enough(search):
        text = (
            "This is too little to search by. Give a UID, your own voter id, a DL/ID, or a last name with a first name, date of birth or address;"
            " or a first name with a date of birth. An SSN4 may be added to these; it does not replace them."
        )
        raise InvalidRequest(ErrorCode.SEARCH_TOO_LITTLE, text)


def _found(uow: UnitOfWork, search: VoterSearch, caller: Caller, settings: MatchSettings) -> list[tuple[Voter, Match]]:
    if search.state_voter_id is not None:
        return [(voter, _by_id(voter)) for voter in uow.voters.by_state_id([search.state_voter_id])]
    if search.ems_voter_id is not None:
        own = uow.voters.by_ems_id(caller.county_code, search.ems_voter_id)
        return [] if own is None else [(own, _by_id(own))]
    matches = search_service(uow).search([search.person], uow.matching, settings, viewer_county=caller.county_code).matches[0]
    best = [match for match in matches if match.confidence >= LEAST_CONFIDENCE][: search.limit or RESULT_LIMIT]
    voters = {int(voter.state_voter_id): voter for voter in uow.voters.by_state_id([match.state_voter_id for match in best])}
    return [(voters[match.state_voter_id], _guarded(match)) for match in best if match.state_voter_id in voters]


def _by_id(voter: Voter) -> Match:
    """A record found by its own id needs no criteria."""
    return Match(state_voter_id=voter.state_voter_id, confidence=CERTAIN, score=0.0, criteria=(), cap=None, same_drivers_license=False)


def _guarded(match: Match) -> Match:
    """Without the word on the SSN4: who may not read a number is not told either whether a guess was right."""
    return match._replace(criteria=tuple(criterion for criterion in match.criteria if criterion.field is not MatchField.SSN4))


def _is_exact(match: Match) -> bool:
    return match.confidence == CERTAIN


def _spend_tries(search: VoterSearch, found: Sequence[tuple[Voter, Match]], caller: Caller, searching: Searching) -> None:
    """Count the SSN4 against the person looked for and every voter found, before anything is answered."""
    if not search.person.ssn4:
        return
    now = searching.clock.now()
    tried = keyed_hash(search.person.ssn4, searching.key)
    subjects = [_subject(search.person), *(f"voter:{voter.state_voter_id}" for voter, _ in found)]
    with searching.unit_of_work() as uow:
        digests = sorted(keyed_hash(subject, searching.key) for subject in subjects)
        tries = [uow.search_probes.note(caller.username, digest, tried, at=now, since=now - SSN4_WINDOW) for digest in digests]
        uow.commit()
    if max(tries) > SSN4_TRIES:
        text = "Too many different SSN4 were tried for this person. Search without the SSN4, or again after the window has passed."
        raise Unavailable(ErrorCode.THROTTLED, text, ref="Ssn4", retry_after_seconds=int(SSN4_WINDOW.total_seconds()))


def _subject(person: Person) -> str:
    return "|".join(str(part or "").strip().upper() for part in (person.last_name, person.first_name, person.date_of_birth))


def _audit(found: Sequence[FoundVoter], caller: Caller, searching: Searching) -> None:
    """Who looked, and whose records of other counties they saw (OPS-02); never what was looked for."""
    elsewhere = [int(item.voter.state_voter_id) for item in found if item.voter.county_code != caller.county_code]
    with searching.unit_of_work() as uow:
        record_change(
            uow,
            at=searching.clock.now(),
            actor=actor(caller),
            action="SearchVoters",
            subject=("County", caller.county_code),
            county_code=caller.county_code,
            new={"found": len(found), "of_other_counties": elsewhere},
        )
        uow.commit()
