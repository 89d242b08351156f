"""EWS-12, S7.3, S7.7 A county printed voter notification cards: they are due no more, unless a record has changed since."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_activities import ConfirmVncPrinted, PrintedCard, PrintedCardOutcome, PrintedCardResult
from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.rules import STATEWIDE, RuleBook, rule_book
from votecal_soap.domain.statewide import shipped_rules
from votecal_soap.domain.voters import FIELD_INDEX, Voter
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.ports import NewActivity, UnitOfWork

ACTION: Final = "ConfirmVncPrinted"
ACTIVITY: Final = "VNC Printed"


def confirm_vnc_printed(command: ConfirmVncPrinted, caller: Caller, uow: UnitOfWork, clock: Clock) -> list[PrintedCardResult]:
    """What became of each card, in the order of the request, each voter once. The caller of this commits."""
    now = clock.now()
    if command.printed_on > legal_date(now):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "What was printed was printed by today.", ref="PrintedOn")
    cards = {card.state_voter_id: card for card in command.cards}
    voters = {int(voter.state_voter_id): voter for voter in uow.voters.lock_by_state_id(sorted(cards), caller.county_code)}
    book = rule_book(uow.reference.rules_text(STATEWIDE) or shipped_rules(), uow.reference.rules_text(caller.county_code))
    results = [_result(uow, card, voters, book) for card in cards.values()]
    _write(uow, command, caller, voters, results, now)
    return results


def _result(uow: UnitOfWork, card: PrintedCard, voters: Mapping[int, Voter], book: RuleBook) -> PrintedCardResult:
    voter = voters.get(card.state_voter_id)
    if voter is None or voter.merged_into is not None:
        return PrintedCardResult(card.state_voter_id, PrintedCardOutcome.VOTER_NOT_FOUND)
    outcome = PrintedCardOutcome.CONFIRMED if voter.vnc_due else PrintedCardOutcome.NOT_DUE
    if voter.vnc_due and _shows_what_was(uow, card, voter, book):
        outcome = PrintedCardOutcome.STILL_DUE
    return PrintedCardResult(card.state_voter_id, outcome, voter.version)


def _shows_what_was(uow: UnitOfWork, card: PrintedCard, voter: Voter, book: RuleBook) -> bool:
    """Whether something that a card is due for has changed since the version that it shows."""
    if card.record_version is None or card.record_version == voter.version:
        return False
    shown = uow.voters.version(card.state_voter_id, card.record_version)
    return shown is None or any(shown[FIELD_INDEX[name]] != voter[FIELD_INDEX[name]] for name in book.vnc_fields)


def _write(uow: UnitOfWork, command: ConfirmVncPrinted, caller: Caller, voters: Mapping[int, Voter], results: list[PrintedCardResult], now: datetime) -> None:
    """A card is no part of a version: what is due changes, and the version stays, as when a list of cards is exported (COA-35)."""
    effects = MatchEffects(voters.values(), actor=actor(caller), at=now, day=legal_date(now))
    printed = [result for result in results if result.outcome is not PrintedCardOutcome.VOTER_NOT_FOUND]
    for uid, outcome, _ in printed:
        if outcome is PrintedCardOutcome.CONFIRMED:
            effects.change(Change(voters[uid]._replace(vnc_due=0), ("vnc_due",)), ACTION)
    effects.write(uow)
    noted = [NewActivity(uid, caller.county_code, ACTIVITY, command.printed_on, outcome.value, voters[uid].version, None) for uid, outcome, _ in printed]
    uow.voters.add_activities(noted, now)
