"""A county takes a voter of another county over with a new affidavit (UC01.11.02, EWS-09): what is asked, judged, and becomes of the record. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from votecal_soap.domain.batches import FailureReason, FieldError, Severity
from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.judgement import AfterSteps, entail, in_their_order
from votecal_soap.domain.match_cases import TransferOut
from votecal_soap.domain.new_voters import confidential_too_early
from votecal_soap.domain.registrations import ASKED_FOR, id_taken, missing
from votecal_soap.domain.translation import HOME_PRECINCT_FIELDS, MAILING_FIELDS, Translator
from votecal_soap.domain.voters import FIELD_INDEX, Confidential, Voter, VoterStatus

TRANSFERRED: Final = "Voter Transferred by Registration"
"""The activity."""

_OF_THE_OLD_HOME: Final[Mapping[str, None]] = dict.fromkeys((*MAILING_FIELDS, *HOME_PRECINCT_FIELDS))
"""What a new affidavit that is silent on it empties: it belonged to the residence that was left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferVoter:
    """Whom the county has seen in a search, in which version, and what the new affidavit says, in the county's own codes."""

    state_voter_id: int
    base_version: int
    ems_voter_id: str
    given: Mapping[str, str | None]
    """Texts by the voter's field."""
    confidential: Confidential | None = None
    basis: str | None = None


class TransferOutcome(StrEnum):
    """What became of it."""

    TRANSFERRED = "Transferred"
    REFUSED = "Refused"


class TransferResult(NamedTuple):
    """The answer: the voter's record and the move, or why not; warnings go with each."""

    outcome: TransferOutcome
    state_voter_id: int
    ems_voter_id: str
    errors: tuple[FieldError, ...]
    reasons: tuple[FailureReason, ...] = ()
    """Of a refusal: the first that blocks first (VRU-17)."""
    voter: Voter | None = None
    transfer: TransferOut | None = None


class JudgedTransfer(NamedTuple):
    """The affidavit's values in the state's form, what it gave, every broken rule, and why the move is refused."""

    values: dict[str, Any]
    given: tuple[str, ...]
    errors: tuple[FieldError, ...]
    reasons: tuple[FailureReason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What judging needs to know beside the request: the record named, and the gaining county's voter who bears the id already."""

    voter: Voter | None
    bearer: Voter | None
    county_code: str
    now: datetime
    today: date
    update_pending: bool
    """Whether the gaining county has not taken a message about the voter (VRU-13)."""


def judge_transfer(command: TransferVoter, translator: Translator, circumstances: Circumstances) -> JudgedTransfer:
    """Translate and judge, by the rules of a registration."""
    voter, today = circumstances.voter, circumstances.today
    errors: list[FieldError] = []
    fields, translated = translator.values(tuple(command.given), tuple(command.given.values()), errors)
    values: dict[str, Any] = dict(zip(fields, translated, strict=True))
    errors += id_taken(circumstances.bearer) + missing(values, errors) + _deficient(values) + confidential_too_early(command.confidential, today)
    reasons = [FailureReason.VOTER_NOT_FOUND] if voter is None else _blocking(command, voter, circumstances)
    if voter is not None:
        errors += _against_the_record(command, voter, circumstances.county_code, values)
    fatal = [error.reason for error in errors if error.severity is Severity.FATAL]
    values["status"] = values.get("status") or VoterStatus.ACTIVE.value
    return JudgedTransfer(values, fields, tuple(errors), in_their_order([*reasons, *fatal]))


def _blocking(command: TransferVoter, voter: Voter, circumstances: Circumstances) -> list[FailureReason]:
    reasons = []
    if voter.transfer_pending_until is not None and voter.transfer_pending_until > circumstances.now:
        reasons.append(FailureReason.VOTER_PENDING_TRANSFER)
    if circumstances.update_pending or command.base_version < voter.version:
        reasons.append(FailureReason.STATE_UPDATE_PENDING)
    return reasons


def _against_the_record(command: TransferVoter, voter: Voter, county_code: str, values: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    if voter.merged_into is not None:
        text = f"The record was merged into the newer one {voter.merged_into}: take that one over."
        errors.append(FieldError("RecordMerged", "StateVoterId", Severity.FATAL, text, FailureReason.STATE_UPDATE_PENDING))
    elif voter.county_code == county_code:
        errors.append(FieldError("AlreadyInCounty", "StateVoterId", Severity.FATAL, "The voter is this county's; send changes as an update."))
    if voter.status == VoterStatus.DECLINED:
        text = "This registration was declined and never was one; register the voter as new."
        errors.append(FieldError("RegistrationClosed", "StateVoterId", Severity.FATAL, text))
    if command.base_version > voter.version:
        errors.append(FieldError("BaseVersionUnknown", "BaseVersion", Severity.FATAL, "The state's record has not reached this version."))
    registered = values.get("registration_date")
    if isinstance(registered, date) and voter.registration_date is not None and registered < voter.registration_date:
        text = "The voter has registered since; an older affidavit moves nobody."
        errors.append(FieldError("AffidavitOlderThanRecord", "Registration/RegistrationDate", Severity.FATAL, text))
    return errors


def _deficient(values: Mapping[str, Any]) -> list[FieldError]:
    """2 CCR 19071: what is deficient never overwrites a record."""
    text = "A registration that lacks this changes no existing record: complete it, or register it apart."
    return [FieldError("DeficientTransfer", ref, Severity.FATAL, text) for name, ref in ASKED_FOR.items() if values.get(name) is None]


def unlike() -> FieldError:
    """The affidavit is not of the person of the record."""
    text = "The affidavit is too unlike this record: choose another, or register the voter as new."
    return FieldError("TransferNotAMatch", "StateVoterId", Severity.FATAL, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHome:
    """Where the voter goes, from when, and until when the losing county may take the move back (VRU-15)."""

    county_code: str
    ems_voter_id: str
    confidential: Confidential | None
    pending_until: datetime
    today: date


def transferred(voter: Voter, values: Mapping[str, Any], home: NewHome, after_steps: AfterSteps) -> Change:
    """The record's next version: what the affidavit says, in the gaining county; numbers that changed go to DMV, and a card is due."""
    wanted: dict[str, Any] = {**_OF_THE_OLD_HOME, "status_reason": None, **values, "county_code": home.county_code, "ems_voter_id": home.ems_voter_id}
    if home.confidential is not None and voter.confidentiality is None:
        wanted |= {"confidentiality": home.confidential.kind.value, "confidential_since": home.confidential.since}
    changed = tuple(name for name, value in wanted.items() if voter[FIELD_INDEX[name]] != value)
    row: list[Any] = list(voter)
    for name in changed:
        row[FIELD_INDEX[name]] = wanted[name]
    row[FIELD_INDEX["version"]] += 1
    row[FIELD_INDEX["effective_date"]] = max(voter.effective_date, min(values["registration_date"], home.today))
    row[FIELD_INDEX["transfer_pending_until"]] = home.pending_until
    entailed = entail(row, changed, after_steps)
    card_due = int(values["status"] == VoterStatus.ACTIVE)
    if row[FIELD_INDEX["vnc_due"]] != card_due:
        row[FIELD_INDEX["vnc_due"]] = card_due
    named = {*changed, *entailed, "transfer_pending_until", *(["vnc_due"] if voter.vnc_due != card_due else [])}
    return Change(Voter._make(row), tuple(sorted(named, key=FIELD_INDEX.__getitem__)))
