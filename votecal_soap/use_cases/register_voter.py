"""UC01.24.01 State Update Record, Register: a county registers a voter as new (EWS-09, DUP-04, S4.23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.contract.batch_elements import REFS
from votecal_soap.domain.confidentiality import as_seen_by, is_confidential
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.due_dates import due_on
from votecal_soap.domain.duplicates import DuplicatePair
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.judgement import AfterSteps
from votecal_soap.domain.new_voters import first_version
from votecal_soap.domain.registrations import (
    REGISTERED,
    REGISTRATION,
    JudgedRegistration,
    RegisterVoter,
    RegistrationOutcome,
    RegistrationResult,
    judge_registration,
)
from votecal_soap.domain.rules import RuleBook, RuleBooks
from votecal_soap.domain.translation import Translator
from votecal_soap.domain.voter_searches import FoundVoter
from votecal_soap.domain.voters import REGISTRATION_FIELDS, Voter, VoterStatus
from votecal_soap.search.standardising import voter_person
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.pairs_of_registration import open_pairs_of_registration
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.process_voter_record_update_batch import reading_rules
from votecal_soap.use_cases.registration_candidates import Candidate, registration_candidates, unseen
from votecal_soap.use_cases.search_service import weights_in_force
from votecal_soap.use_cases.search_voters import CERTAIN, RESULT_LIMIT

_NOBODY: Final = 0
"""The UID of a person who has none yet: a search needs none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """One registration under way."""

    command: RegisterVoter
    caller: Caller
    uow: UnitOfWork
    now: datetime
    today: date


def register_voter(command: RegisterVoter, caller: Caller, uow: UnitOfWork, clock: Clock, books: RuleBooks) -> RegistrationResult:
    """Register, or answer why not, or whom the county has to look at first; the caller of this commits. `books` remembers rules from call to call.

    Raises:
        Unavailable: SCHEMA_OUTDATED while voters have no match keys, for candidates would not be found.
    """
    now = clock.now()
    desk = _Desk(command=command, caller=caller, uow=uow, now=now, today=legal_date(now))
    rules = reading_rules(uow, caller.county_code, clock, batch_type=REGISTRATION, kinds=frozenset(DataKind), election_id=None, book_of=books.of)
    translator = Translator(rules.book, rules.reference, batch_type=REGISTRATION, kinds=rules.kinds, refs=REFS)
    existing = uow.voters.by_ems_id(caller.county_code, command.ems_voter_id)
    judged = judge_registration(command, translator, existing, desk.today)
    if judged.is_refused:
        return RegistrationResult(RegistrationOutcome.REFUSED, command.ems_voter_id, judged.errors, existing)
    candidates = registration_candidates(uow, voter_person(_record(desk, judged, rules.book, _NOBODY)), caller.county_code)
    if new_to_county := unseen(candidates, command.seen):
        return _to_be_seen(desk, judged, new_to_county)
    return _registered(desk, judged, candidates, _record(desk, judged, rules.book, uow.voters.reserve_state_voter_ids(1)))


def _record(desk: _Desk, judged: JudgedRegistration, book: RuleBook, state_voter_id: int) -> Voter:
    values = judged.values
    _, card_due = AfterSteps(book).of(tuple(name for name, value in values.items() if value is not None))
    return first_version(
        values,
        state_voter_id=state_voter_id,
        county_code=desk.caller.county_code,
        ems_voter_id=desk.command.ems_voter_id,
        effective_date=min(values["registration_date"], desk.today),
        confidential=desk.command.confidential,
        card_due=card_due and values["status"] == VoterStatus.ACTIVE,
    )


def _to_be_seen(desk: _Desk, judged: JudgedRegistration, candidates: Sequence[Candidate]) -> RegistrationResult:
    """Who it may be, as the county may see them; that it saw them is audited (OPS-02)."""
    best = candidates[:RESULT_LIMIT]
    records = {int(voter.state_voter_id): voter for voter in desk.uow.voters.by_state_id([item.shown.state_voter_id for item in best])}
    county_code = desk.caller.county_code
    found = [
        FoundVoter(as_seen_by(records[item.shown.state_voter_id], county_code, desk.today), item.shown, item.shown.confidence == CERTAIN)
        for item in best
        if item.shown.state_voter_id in records
    ]
    record_change(
        desk.uow,
        at=desk.now,
        actor=actor(desk.caller),
        action="ViewCandidates",
        subject=("County", county_code),
        county_code=county_code,
        new={
            "found": len(found),
            "of_other_counties": [uid for uid, voter in records.items() if voter.county_code != county_code],
            "confidential": [uid for uid, voter in records.items() if is_confidential(voter, desk.today)],
        },
    )
    return RegistrationResult(RegistrationOutcome.CANDIDATES_FOUND, desk.command.ems_voter_id, judged.errors, candidates=tuple(found))


def _registered(desk: _Desk, judged: JudgedRegistration, candidates: Sequence[Candidate], voter: Voter) -> RegistrationResult:
    """Record, activity, audit, and the cases with those who were not chosen, in one transaction; the county itself is told nothing (EWS-06)."""
    uow, uid = desk.uow, int(voter.state_voter_id)
    others = uow.voters.lock_by_state_id(sorted(item.shown.state_voter_id for item in candidates))
    uow.voters.add_voters([voter], desk.now)
    effects = MatchEffects([voter, *others], actor=actor(desk.caller), at=desk.now, day=desk.today)
    effects.note(uid, REGISTERED, f"Registered as new by county {voter.county_code}; candidates seen and not chosen: {len(candidates)}")
    given = {name: value for name in REGISTRATION_FIELDS if (value := getattr(voter, name)) is not None}
    effects.audit("RegisterVoter", ("Voter", uid), voter.county_code, old={}, new=given)
    in_force = {int(other.state_voter_id) for other in others if other.merged_into is None}
    pairs = [_pair(uid, item) for item in candidates if item.shown.state_voter_id in in_force]
    day = due_on(desk.today, uow.matching.holidays())
    cases = open_pairs_of_registration(uow, effects, uid, pairs, weights_version=weights_in_force(uow).version, due_on=day)
    effects.write(uow)
    case_ids = tuple(case.case_id for case in cases)
    return RegistrationResult(RegistrationOutcome.REGISTERED, desk.command.ems_voter_id, judged.errors, voter, case_ids=case_ids)


def _pair(registered_id: int, candidate: Candidate) -> DuplicatePair:
    match = candidate.full
    one, other = sorted((registered_id, int(match.state_voter_id)))
    # DMV is yet to be asked about the new record's number, so that it is not verified for both.
    return DuplicatePair(one, other, match.confidence, match.criteria, match.cap, match.same_drivers_license, verified_license=False)
