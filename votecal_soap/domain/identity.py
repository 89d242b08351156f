"""Identity verification with DMV (IDV-01): what goes out, what comes back, and what an answer does to a voter."""

from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

from votecal_soap.credentials import keyed_hash
from votecal_soap.domain.voters import VerificationStatus, Voter

DIGEST_LENGTH: Final = 32


class IdentificationKind(StrEnum):
    """What is verified."""

    DRIVERS_LICENSE = "DriversLicense"  # or state id: one format in California
    SSN4 = "Ssn4"


class IdentityCheck(NamedTuple):
    """One request to DMV. `subject_digest` stands for the data that it is about."""

    request_id: int
    kind: IdentificationKind
    number: str
    first_name: str | None
    middle_name: str | None
    last_name: str | None
    suffix: str | None
    date_of_birth: date | None
    subject_digest: str


class IdentityAnswer(NamedTuple):
    """One answer of DMV's; `Pending` means that another follows."""

    request_id: int
    kind: IdentificationKind
    subject_digest: str
    status: VerificationStatus
    answered_on: date


class AnswerOutcome(StrEnum):
    """What became of an answer."""

    APPLIED = "Applied"
    STILL_PENDING = "StillPending"  # DMV has not decided; the request stays open
    REQUEST_UNKNOWN = "RequestUnknown"
    ALREADY_ANSWERED = "AlreadyAnswered"
    SUBJECT_CHANGED = "SubjectChanged"  # number, name or date of birth are others by now; asked anew at the next export
    DATE_IN_FUTURE = "DateInFuture"


ANSWERED_FIELDS: Final[dict[IdentificationKind, tuple[str, ...]]] = {
    IdentificationKind.DRIVERS_LICENSE: ("drivers_license_status", "drivers_license_verified_on"),
    IdentificationKind.SSN4: ("ssn4_status", "ssn4_verified_on"),
}
"""The voter's fields that an answer sets."""


def number_of(voter: Voter, kind: IdentificationKind) -> str | None:
    """The voter's number of this kind."""
    return voter.drivers_license if kind is IdentificationKind.DRIVERS_LICENSE else voter.ssn4


def status_of(voter: Voter, kind: IdentificationKind) -> str | None:
    """What is known of the voter's number of this kind."""
    return voter.drivers_license_status if kind is IdentificationKind.DRIVERS_LICENSE else voter.ssn4_status


def pending_kinds(voter: Voter) -> list[IdentificationKind]:
    """What of this voter waits for DMV."""
    return [kind for kind in IdentificationKind if number_of(voter, kind) and status_of(voter, kind) == VerificationStatus.PENDING]


def identity_check(request_id: int, voter: Voter, kind: IdentificationKind, digest_key: bytes) -> IdentityCheck:
    """The request for a voter's number."""
    return IdentityCheck(
        request_id=request_id,
        kind=kind,
        number=number_of(voter, kind) or "",
        first_name=voter.first_name,
        middle_name=voter.middle_name,
        last_name=voter.last_name,
        suffix=voter.suffix,
        date_of_birth=voter.date_of_birth,
        subject_digest=subject_digest(voter, kind, digest_key),
    )


def subject_digest(voter: Voter, kind: IdentificationKind, key: bytes) -> str:
    """Stands for what DMV is asked about; keyed, because SSN4 has only ten thousand values to try."""
    parts = (kind, number_of(voter, kind), voter.first_name, voter.middle_name, voter.last_name, voter.suffix, voter.date_of_birth)
    return keyed_hash("\x1f".join(str(part or "") for part in parts), key)[:DIGEST_LENGTH]


def judge_answer(answer: IdentityAnswer, voter: Voter, key: bytes, today: date) -> AnswerOutcome:
    """What becomes of an answer to an open request about this voter."""
    if answer.subject_digest != subject_digest(voter, answer.kind, key) or answer.kind not in pending_kinds(voter):
        return AnswerOutcome.SUBJECT_CHANGED
    if answer.answered_on > today:
        return AnswerOutcome.DATE_IN_FUTURE
    return AnswerOutcome.STILL_PENDING if answer.status is VerificationStatus.PENDING else AnswerOutcome.APPLIED


def answered(voter: Voter, answer: IdentityAnswer, today: date) -> Voter:
    """The voter's next version, with DMV's word."""
    after = voter._replace(
        version=voter.version + 1,
        # A later change may be in force already: as-of answers stay right only if dates never fall.
        effective_date=max(today, voter.effective_date),
        message_sequence=voter.message_sequence + 1,
    )
    if answer.kind is IdentificationKind.DRIVERS_LICENSE:
        return after._replace(drivers_license_status=answer.status.value, drivers_license_verified_on=answer.answered_on)
    return after._replace(ssn4_status=answer.status.value, ssn4_verified_on=answer.answered_on)
