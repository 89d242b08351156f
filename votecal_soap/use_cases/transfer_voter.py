"""UC01.11.02 Transfer Voter, UC01.24.01: a county takes a matched voter of another county over with a new affidavit (EWS-09, VRU-15, S4.21).

Unlike a registration it opens no cases with other candidates (S4.23): no record comes into being, and a move that is reversed would leave cases on
the strength of another person's affidavit. The detection of duplicates compares the moved voter, as any changed one.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.contract.batch_elements import REFS
from votecal_soap.domain.confidentiality import as_seen_by
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.judgement import AfterSteps
from votecal_soap.domain.match_cases import TransferOut, TransferState
from votecal_soap.domain.match_notices import TransferNotice
from votecal_soap.domain.matching import Match
from votecal_soap.domain.new_voters import first_version
from votecal_soap.domain.registrations import REGISTRATION
from votecal_soap.domain.rules import RuleBooks
from votecal_soap.domain.translation import Translator
from votecal_soap.domain.voter_transfers import (
    TRANSFERRED,
    Circumstances,
    JudgedTransfer,
    NewHome,
    TransferOutcome,
    TransferResult,
    TransferVoter,
    judge_transfer,
    transferred,
    unlike,
)
from votecal_soap.domain.voters import Voter
from votecal_soap.search.standardising import voter_person
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.match_messages import criteria_for, tell_of_transfer
from votecal_soap.use_cases.pairs_of_movers import pass_on_pairs
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.process_voter_record_update_batch import reading_rules
from votecal_soap.use_cases.registration_candidates import registration_candidates

ACTION: Final = "TransferVoter"
_NOBODY: Final = 0
"""The UID of a person who has none yet: a search needs none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """One transfer under way."""

    command: TransferVoter
    caller: Caller
    uow: UnitOfWork
    now: datetime
    today: date
    transfer_pending: timedelta


def transfer_voter(command: TransferVoter, caller: Caller, uow: UnitOfWork, clock: Clock, transfer_pending: timedelta, books: RuleBooks) -> TransferResult:
    """Move the voter, or answer why not; the losing county accepts or reverses within `transfer_pending`. The caller of this commits.

    `books` remembers rules from call to call.

    Raises:
        Unavailable: SCHEMA_OUTDATED while voters have no match keys, for the affidavit could not be compared.
    """
    now = clock.now()
    desk = _Desk(command=command, caller=caller, uow=uow, now=now, today=legal_date(now), transfer_pending=transfer_pending)
    rules = reading_rules(uow, caller.county_code, clock, batch_type=REGISTRATION, kinds=frozenset(DataKind), election_id=None, book_of=books.of)
    translator = Translator(rules.book, rules.reference, batch_type=REGISTRATION, kinds=rules.kinds, refs=REFS)
    voter = next(iter(uow.voters.lock_by_state_id([command.state_voter_id])), None)
    judged = _judged(desk, translator, voter)
    if voter is None or judged.reasons:
        return _refused(desk, judged, voter)
    match = _match(desk, judged, voter)
    if match is None:
        return _refused(desk, judged._replace(errors=(*judged.errors, unlike()), reasons=(unlike().reason,)), voter)
    return _moved(desk, judged, voter, match, AfterSteps(rules.book))


def _judged(desk: _Desk, translator: Translator, voter: Voter | None) -> JudgedTransfer:
    command, county_code = desk.command, desk.caller.county_code
    bearer = desk.uow.voters.by_ems_id(county_code, command.ems_voter_id)
    # One who moved out of here before comes back under her former id, unless the message of that is not taken yet.
    pending = bool(desk.uow.messages.voters_with_blocking(county_code, [command.state_voter_id]))
    around = Circumstances(voter=voter, bearer=bearer, county_code=county_code, now=desk.now, today=desk.today, update_pending=pending)
    return judge_transfer(command, translator, around)


def _refused(desk: _Desk, judged: JudgedTransfer, voter: Voter | None) -> TransferResult:
    command = desk.command
    own = voter if voter is not None and voter.county_code == desk.caller.county_code else None
    return TransferResult(TransferOutcome.REFUSED, command.state_voter_id, command.ems_voter_id, judged.errors, judged.reasons, own)


def _match(desk: _Desk, judged: JudgedTransfer, voter: Voter) -> Match | None:
    """How like the affidavit is to the record, as the county may know it; None below the manual threshold, unless both bear one DL/ID."""
    person = first_version(
        judged.values,
        state_voter_id=_NOBODY,
        county_code=desk.caller.county_code,
        ems_voter_id=None,
        effective_date=desk.today,
        confidential=None,
    )
    found = registration_candidates(desk.uow, voter_person(person), desk.caller.county_code)
    return next((candidate.shown for candidate in found if candidate.shown.state_voter_id == voter.state_voter_id), None)


def _moved(desk: _Desk, judged: JudgedTransfer, voter: Voter, match: Match, after_steps: AfterSteps) -> TransferResult:
    """Record, move, activity, audit and the losing county's message in one transaction; the gaining county is told nothing (EWS-06)."""
    command, uow, uid = desk.command, desk.uow, int(voter.state_voter_id)
    home = NewHome(
        county_code=desk.caller.county_code,
        ems_voter_id=command.ems_voter_id,
        confidential=command.confidential,
        pending_until=desk.now + desk.transfer_pending,
        today=desk.today,
    )
    effects = MatchEffects([voter], actor=actor(desk.caller), at=desk.now, day=desk.today)
    effects.change(transferred(voter, judged.values, home, after_steps), ACTION)
    told = "; ".join(criterion.text for criterion in match.criteria if criterion.contribution)
    remark = f"{command.basis}; " if command.basis else ""
    effects.note(uid, TRANSFERRED, f"{remark}from county {voter.county_code}, confidence {match.confidence}: {told}")
    transfer = _transfer(desk, judged, voter, home, effects.voters[uid].version)
    effects.transfers.append(transfer)
    effects.audit(ACTION, ("TransferOut", transfer.transfer_id), desk.caller.county_code, old={"county": voter.county_code}, new={"basis": command.basis})
    _tell_losing_county(effects, transfer, voter, match, command.basis)
    pass_on_pairs(uow, effects)
    effects.write(uow)
    after = effects.voters[uid]
    return TransferResult(TransferOutcome.TRANSFERRED, uid, command.ems_voter_id, judged.errors, voter=after, transfer=transfer)


def _transfer(desk: _Desk, judged: JudgedTransfer, voter: Voter, home: NewHome, applied_version: int) -> TransferOut:
    return TransferOut(
        transfer_id=desk.uow.match_cases.reserve_ids(1),
        state_voter_id=int(voter.state_voter_id),
        losing_county=voter.county_code,
        gaining_county=home.county_code,
        case_id=None,
        state=TransferState.OPEN,
        provisional=True,
        opened_at=desk.now,
        pending_until=home.pending_until,
        decided_at=None,
        decided_by=None,
        before_version=voter.version,
        applied_version=applied_version,
        given_fields=judged.given,
    )


def _tell_losing_county(effects: MatchEffects, transfer: TransferOut, before: Voter, match: Match, basis: str | None) -> None:
    losing, after = transfer.losing_county, effects.voters[transfer.state_voter_id]
    notice = TransferNotice(
        transfer,
        None,
        voter=as_seen_by(after, losing, effects.day),
        confidence=match.confidence,
        criteria=criteria_for(match.criteria, after, losing, effects.day),
        basis=basis,
    )
    tell_of_transfer(effects, MessageType.TRANSFER_OUT, notice, county_code=losing, ems_voter_id=before.ems_voter_id)
