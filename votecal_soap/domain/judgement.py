"""Decides what becomes of one batch record (VRU-09 to VRU-19): pure, the same for batches and single updates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import compress
from operator import itemgetter, ne
from typing import Any, Final, NamedTuple

from votecal_soap.domain.batches import BatchRecord, FailureReason, FieldError, Outcome, RecordOutcome, Severity
from votecal_soap.domain.rules import RuleBook
from votecal_soap.domain.voters import FIELD_INDEX, REGISTRATION_FIELDS, VerificationStatus, Voter, VoterStatus, VotingPrecinct

ORDER: Final = {reason: place for place, reason in enumerate(FailureReason)}
IDENTITY_FIELDS: Final = frozenset({"first_name", "middle_name", "last_name", "suffix", "date_of_birth"})
_CLOSED: Final = frozenset({VoterStatus.CANCELLED, VoterStatus.DECLINED})
_REGISTERED: Final = frozenset({VoterStatus.ACTIVE, VoterStatus.INACTIVE})


def in_their_order(reasons: Iterable[FailureReason]) -> tuple[FailureReason, ...]:
    """Each once, the first that blocks first (VRU-17)."""
    return tuple(sorted(set(reasons), key=ORDER.__getitem__))


class Judgement(NamedTuple):
    """What to do about a record: its outcome, and the voter's next record when one is known.

    `changed` names the fields that differ from the current record; empty unless the outcome is Applied.
    `voting_precinct` is set when a new one is to be kept.
    """

    outcome: RecordOutcome
    after: Voter | None
    changed: tuple[str, ...]
    voting_precinct: VotingPrecinct | None


class AfterSteps:
    """What a set of changed fields entails (VRU-19); worked out once a set, for a batch has few of them."""

    def __init__(self, book: RuleBook) -> None:
        """Take the rules on voter notification cards from a county's book."""
        self._book = book
        self._known: dict[tuple[str, ...], tuple[tuple[str, ...], bool]] = {}

    def of(self, changed: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
        """The numbers to verify again, and whether a card is due."""
        known = self._known.get(changed)
        if known is None:
            known = self._known[changed] = self._work_out(set(changed))
        return known

    def _work_out(self, names: set[str]) -> tuple[tuple[str, ...], bool]:
        renamed = not names.isdisjoint(IDENTITY_FIELDS)
        numbers = tuple(number for number in ("drivers_license", "ssn4") if renamed or number in names)
        return numbers, not names.isdisjoint(self._book.vnc_fields) and not names <= self._book.vnc_suppressed_when_only


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What judging needs to know beside the record and the voter."""

    county_code: str
    after_steps: AfterSteps
    now: datetime
    today: date
    may_begin_anew: bool = False
    """Whether a registration that has ended begins again by a later day of registration: by a call of its own, never by a batch (VRU-19)."""


def judge(
    record: BatchRecord,
    voter: Voter | None,
    circumstances: Circumstances,
    *,
    update_pending: bool,
    voting_precinct: VotingPrecinct | None,
) -> Judgement:
    """Judge a record against the voter's current record and voting precinct.

    `update_pending` says whether the state holds a change that the county has not taken (VRU-13).
    """
    errors = list(record.errors)
    reasons = _blocking(record, voter, circumstances, update_pending)
    if voter is not None:
        errors += _against_the_voter(record, voter, circumstances)
    if errors:
        reasons += [error.reason for error in errors if error.severity is Severity.FATAL]
    if reasons or voter is None:
        return _failed(record, voter, reasons, errors)
    return _applied(record, voter, circumstances, errors, voting_precinct)


def _blocking(record: BatchRecord, voter: Voter | None, circumstances: Circumstances, update_pending: bool) -> list[FailureReason]:
    if voter is None:
        unreadable = any(error.reason is FailureReason.RECORD_UNREADABLE for error in record.errors)
        return [] if unreadable else [FailureReason.VOTER_NOT_FOUND]
    reasons = []
    if voter.transfer_pending_until is not None and voter.transfer_pending_until > circumstances.now:
        reasons.append(FailureReason.VOTER_PENDING_TRANSFER)
    if update_pending:
        reasons.append(FailureReason.STATE_UPDATE_PENDING)
    return reasons


def _against_the_voter(record: BatchRecord, voter: Voter, circumstances: Circumstances) -> list[FieldError]:
    if voter.merged_into is not None:
        # The old UID resolves to the newer record, but what the county says of the old one is not said of that (DLR-12).
        text = f"The record was merged into the newer one {voter.merged_into}: cancel it as merged, and send that one, if it is yours."
        return [FieldError("RecordMerged", "StateVoterId", Severity.FATAL, text, FailureReason.STATE_UPDATE_PENDING)]
    errors = []
    if record.base_version is not None and record.base_version > voter.version:
        errors.append(FieldError("BaseVersionUnknown", "BaseVersion", Severity.FATAL, "The state's record has not reached this version."))
    if record.state_voter_id is not None and record.ems_voter_id is not None and voter.ems_voter_id not in (None, record.ems_voter_id):
        text = "The state knows this UID under another county id; an update never reassigns one."
        errors.append(FieldError("EmsVoterIdMismatch", "EmsVoterId", Severity.FATAL, text))
    if voter.status in _CLOSED and "status" in record.fields and record.values["status"] != voter.status and not _begins_anew(record, voter, circumstances):
        errors.append(
            FieldError("RegistrationClosed", "Registration/Status", Severity.FATAL, "An update never registers a voter: this registration has ended.")
        )
    return errors


def _begins_anew(record: BatchRecord, voter: Voter, circumstances: Circumstances) -> bool:
    registered = record.values.get("registration_date")
    return circumstances.may_begin_anew and isinstance(registered, date) and (voter.registration_date is None or registered > voter.registration_date)


def judge_elsewhere(record: BatchRecord) -> Judgement:
    """Judge a record that names another county's voter: that is told, and nothing else of the voter (VRU-14, EWS-01)."""
    reasons = [FailureReason.VOTER_DOES_NOT_BELONG, *(error.reason for error in record.errors if error.severity is Severity.FATAL)]
    return _failed(record, None, reasons, list(record.errors))


def _failed(record: BatchRecord, voter: Voter | None, reasons: list[FailureReason], errors: list[FieldError]) -> Judgement:
    ordered = in_their_order(reasons)
    outcome = RecordOutcome(
        sequence=record.sequence,
        outcome=Outcome.FAILED,
        reason=ordered[0],
        further_reasons=ordered[1:],
        state_voter_id=record.state_voter_id if voter is None else voter.state_voter_id,
        ems_voter_id=record.ems_voter_id if voter is None else voter.ems_voter_id,
        version=None if voter is None else voter.version,
        errors=tuple(errors),
    )
    after = None if voter is None else voter._replace(message_sequence=voter.message_sequence + 1)
    return Judgement(outcome, after, (), None)


def _applied(record: BatchRecord, voter: Voter, circumstances: Circumstances, errors: list[FieldError], current: VotingPrecinct | None) -> Judgement:
    changed = _changed(record, voter)
    precinct = record.voting_precinct if record.voting_precinct != current else None
    row: list[Any] = list(voter)
    row[_MESSAGE_SEQUENCE] += 1
    if not changed and precinct is None:
        outcome = _outcome(record, voter, Outcome.UNCHANGED, voter.version, errors)
        return Judgement(outcome, Voter._make(row), (), None)
    for name in changed:
        row[FIELD_INDEX[name]] = record.given[record.fields.index(name)]
    row[_VERSION] += 1
    row[_EFFECTIVE_DATE] = _effective_date(record, voter, circumstances.today, errors)
    entailed = entail(row, changed, circumstances.after_steps)
    if "status" in changed:
        entailed += _begun(row, voter, circumstances.after_steps)
    outcome = _outcome(record, voter, Outcome.APPLIED, row[_VERSION], errors)
    return Judgement(outcome, Voter._make(row), changed + entailed, precinct)


def _changed(record: BatchRecord, voter: Voter) -> tuple[str, ...]:
    """The fields that differ; compared in C, for this runs over each field of each record."""
    fields, given = record.fields, record.given
    if not fields:
        return ()
    current = _getter(fields)(voter)
    return () if current == given else tuple(compress(fields, map(ne, current, given)))


@lru_cache(256)
def _getter(names: tuple[str, ...]) -> Callable[[Voter], Any]:
    # A getter of one name would give the value itself: the slice of the name keeps it in a tuple.
    return itemgetter(*(FIELD_INDEX[name] for name in names)) if len(names) > 1 else itemgetter(slice(FIELD_INDEX[names[0]], FIELD_INDEX[names[0]] + 1))


_MESSAGE_SEQUENCE: Final = FIELD_INDEX["message_sequence"]
_VERSION: Final = FIELD_INDEX["version"]
_EFFECTIVE_DATE: Final = FIELD_INDEX["effective_date"]


def _outcome(record: BatchRecord, voter: Voter, outcome: Outcome, version: int, errors: list[FieldError]) -> RecordOutcome:
    return RecordOutcome(record.sequence, outcome, None, (), voter.state_voter_id, voter.ems_voter_id, version, tuple(errors))


def _effective_date(record: BatchRecord, voter: Voter, today: date, errors: list[FieldError]) -> date:
    """Never earlier than the latest change's, so that as-of answers stay right; never in the future (VRU-10)."""
    wanted = record.effective_date or today
    if wanted > today:
        errors.append(FieldError("EffectiveDateInFuture", "EffectiveDate", Severity.NON_FATAL, "The effective date is later than today; today is kept."))
        wanted = today
    if wanted < voter.effective_date:
        if record.effective_date is not None:
            errors.append(FieldError("EffectiveDateTooEarly", "EffectiveDate", Severity.NON_FATAL, "A later change is in force already; its date is kept."))
        wanted = voter.effective_date
    return wanted


def entail(row: list[Any], changed: tuple[str, ...], after_steps: AfterSteps) -> tuple[str, ...]:
    """Verify numbers again and mark a card as due in the new row; the fields that this changed."""
    numbers, card = after_steps.of(changed)
    if not numbers and not card:
        return ()
    wanted: dict[str, object] = {"vnc_due": 1} if card else {}
    for number in numbers:
        wanted[f"{number}_status"] = VerificationStatus.PENDING.value if row[FIELD_INDEX[number]] else None
        wanted[f"{number}_verified_on"] = None
    entailed = [name for name, value in wanted.items() if row[FIELD_INDEX[name]] != value]
    for name in entailed:
        row[FIELD_INDEX[name]] = wanted[name]
    return tuple(entailed)


def _begun(row: list[Any], voter: Voter, after_steps: AfterSteps) -> tuple[str, ...]:
    """What a registration that begins entails as a new one does, in the new row: a card, and DMV is asked about numbers of which it never was (IDV-01)."""
    if row[FIELD_INDEX["status"]] != VoterStatus.ACTIVE or voter.status in _REGISTERED:
        return ()
    wanted: dict[str, object] = {}
    if after_steps.of(tuple(name for name in REGISTRATION_FIELDS if row[FIELD_INDEX[name]] is not None))[1]:
        wanted["vnc_due"] = 1
    for number in ("drivers_license", "ssn4"):
        if row[FIELD_INDEX[number]] and row[FIELD_INDEX[f"{number}_status"]] is None:
            wanted[f"{number}_status"] = VerificationStatus.PENDING.value
    entailed = tuple(name for name, value in wanted.items() if row[FIELD_INDEX[name]] != value)
    for name in entailed:
        row[FIELD_INDEX[name]] = wanted[name]
    return entailed
