"""UC01.21.01 Run Statewide Voter Search through EMS (EWS-08): ranked, explained, and no way to guess an SSN4."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from votecal_soap.clock import Clock, legal_date
from votecal_soap.credentials import keyed_hash
from votecal_soap.domain.confidentiality import as_seen_by, is_confidential
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.matching import Match, MatchField, MatchingFunction, MatchSettings, Person
from votecal_soap.domain.voter_searches import FoundVoter, VoterSearch, is_enough
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, InvalidRequest, Unavailable
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.merged_voters import current_records
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.search_service import search_service

RESULT_LIMIT: Final = 50
LEAST_CONFIDENCE: Final = 1
CERTAIN: Final = 100

SSN4_TRIES: Final = 5
"""Different SSN4 that one county, by all its credentials, may try for one voter, or one person looked for, within the window."""
SSN4_WINDOW: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """What a search uses beside the request; `key` keys the digests of what was tried."""

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    key: bytes


class _Found(NamedTuple):
    """Voters to answer with, and the UIDs of all whose place in the answer an SSN4 could have changed."""

    voters: list[tuple[Voter, Match]]
    touched: list[int]


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
    _spend_tries(search, found.touched, caller, searching)
    today = legal_date(searching.clock.now())
    _audit(found.voters, caller, searching, today)
    return [FoundVoter(as_seen_by(voter, caller.county_code, today), match, _is_exact(match)) for voter, match in found.voters]


def _check(search: VoterSearch) -> None:
    if search.limit is not None and not 1 <= search.limit <= RESULT_LIMIT:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"A search answers 1 to {RESULT_LIMIT} voters.", ref="MaximumVoters")
    if not is_enough(search):
        text = (
            "This is too little to search by. Give a UID, your own voter id, a DL/ID, or a last name with a first name, date of birth or address;"
            " or a first name with a date of birth. An SSN4 may be added to these; it does not replace them."
        )
        raise InvalidRequest(ErrorCode.SEARCH_TOO_LITTLE, text)


def _found(uow: UnitOfWork, search: VoterSearch, caller: Caller, settings: MatchSettings) -> _Found:
    if search.state_voter_id is not None:
        return _known(list(current_records(uow, [search.state_voter_id]).values()))
    if search.ems_voter_id is not None:
        own = uow.voters.by_ems_id(caller.county_code, search.ems_voter_id)
        # A record that was merged is the newer one now, whoever's that is (DLR-12).
        return _known([] if own is None else list(current_records(uow, [int(own.state_voter_id)]).values()))
    # Who is found is decided without the SSN4: it may confirm a person, and whoever it could confirm is counted.
    people = [search.person._replace(ssn4=None), *([search.person] if search.person.ssn4 else [])]
    matches = search_service(uow).search(people, uow.matching, settings, viewer_county=caller.county_code).matches
    touched = {match.state_voter_id for match in _worth(matches[0], RESULT_LIMIT)}
    best = _worth([match for match in matches[-1] if match.state_voter_id in touched], search.limit or RESULT_LIMIT)
    voters = {int(voter.state_voter_id): voter for voter in uow.voters.by_state_id([match.state_voter_id for match in best])}
    return _Found([(voters[match.state_voter_id], _guarded(match)) for match in best if match.state_voter_id in voters], sorted(touched))


def _known(voters: Sequence[Voter]) -> _Found:
    return _Found([(voter, _by_id(voter)) for voter in voters], [int(voter.state_voter_id) for voter in voters])


def _worth(matches: Sequence[Match], limit: int) -> list[Match]:
    return [match for match in matches if match.confidence >= LEAST_CONFIDENCE][:limit]


def _by_id(voter: Voter) -> Match:
    """A record found by its own id needs no criteria."""
    return Match(state_voter_id=voter.state_voter_id, confidence=CERTAIN, score=0.0, criteria=(), cap=None, same_drivers_license=False)


def _guarded(match: Match) -> Match:
    """Without the word on the SSN4: who may not read a number is not told either whether a guess was right."""
    return match._replace(criteria=tuple(criterion for criterion in match.criteria if criterion.field is not MatchField.SSN4))


def _is_exact(match: Match) -> bool:
    return match.confidence == CERTAIN


def _spend_tries(search: VoterSearch, touched: Sequence[int], caller: Caller, searching: Searching) -> None:
    """Count the SSN4 against the person looked for and every voter it could confirm, before anything is answered."""
    if not search.person.ssn4:
        return
    now = searching.clock.now()
    tried = keyed_hash(search.person.ssn4, searching.key)
    subjects = [_subject(search.person), *(f"voter:{uid}" for uid in touched)]
    with searching.unit_of_work() as uow:
        digests = sorted(keyed_hash(subject, searching.key) for subject in subjects)
        tries = uow.search_probes.note(caller.username, digests, tried, at=now, since=now - SSN4_WINDOW)
        uow.commit()
    if tries > SSN4_TRIES:
        text = "Too many different SSN4 were tried for this person. Search without the SSN4, or again after the window has passed."
        raise Unavailable(ErrorCode.THROTTLED, text, ref="Ssn4", retry_after_seconds=int(SSN4_WINDOW.total_seconds()))


def _subject(person: Person) -> str:
    return "|".join(str(part or "").strip().upper() for part in (person.last_name, person.first_name, person.date_of_birth))


def _audit(found: Sequence[tuple[Voter, Match]], caller: Caller, searching: Searching, today: date) -> None:
    """Who looked, and which records of other counties and of confidential voters they saw (OPS-02); never what was looked for."""
    elsewhere = [int(voter.state_voter_id) for voter, _ in found if voter.county_code != caller.county_code]
    confidential = [int(voter.state_voter_id) for voter, _ in found if is_confidential(voter, today)]
    with searching.unit_of_work() as uow:
        record_change(
            uow,
            at=searching.clock.now(),
            actor=actor(caller),
            action="SearchVoters",
            subject=("County", caller.county_code),
            county_code=caller.county_code,
            new={"found": len(found), "of_other_counties": elsewhere, "confidential": confidential},
        )
        uow.commit()
