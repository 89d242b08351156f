"""A registration that a county declined (UC01.11.04, S4.9): kept with what the affidavit says, apart from every registration. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, NamedTuple

from votecal_soap.domain.batches import FailureReason, FieldError, Severity
from votecal_soap.domain.judgement import in_their_order
from votecal_soap.domain.new_voters import first_version
from votecal_soap.domain.registrations import id_taken
from votecal_soap.domain.translation import Translator
from votecal_soap.domain.voters import Confidential, Voter, VoterStatus

DECLINED: Final = "Registration Declined"
"""The activity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterDeclinedVoter:
    """What the affidavit says, in the county's own codes, and why it was declined."""

    ems_voter_id: str
    given: Mapping[str, str | None]
    """Texts by the voter's field."""
    reason: str
    confidential: Confidential | None = None


class DeclinedOutcome(StrEnum):
    """What became of it."""

    DECLINED = "Declined"
    REFUSED = "Refused"


class DeclinedVoter(NamedTuple):
    """The answer: the record, or why it was not kept; warnings go with each."""

    outcome: DeclinedOutcome
    ems_voter_id: str
    errors: tuple[FieldError, ...]
    voter: Voter | None = None

    @property
    def reasons(self) -> tuple[FailureReason, ...]:
        """Of a refusal: the reasons, the first that blocks first (VRU-17)."""
        return in_their_order([error.reason for error in self.errors if error.severity is Severity.FATAL])


class JudgedDecline(NamedTuple):
    """The values that can be kept, and what was said of the others."""

    values: dict[str, Any]
    errors: tuple[FieldError, ...]

    @property
    def is_refused(self) -> bool:
        """Whether it cannot be kept at all."""
        return any(error.severity is Severity.FATAL for error in self.errors)


def judge_decline(command: EnterDeclinedVoter, translator: Translator, bearer: Voter | None) -> JudgedDecline:
    """Translate; a value that breaks a rule may be why it was declined, so it is left out with a warning, and refuses nothing."""
    broken: list[FieldError] = []
    # The status is Declined, whatever is said: no rule is asked about it.
    given = {name: text for name, text in command.given.items() if name not in ("status", "status_reason")}
    fields, translated = translator.values(tuple(given), tuple(given.values()), broken)
    values: dict[str, Any] = dict(zip(fields, translated, strict=True))
    errors = [error._replace(severity=Severity.NON_FATAL) for error in broken] + id_taken(bearer)
    if values.get("last_name") is None:
        errors.append(FieldError("RequiredForRegistration", "Registration/Name/LastName", Severity.FATAL, "Nobody is entered without this."))
    return JudgedDecline({**values, "status": VoterStatus.DECLINED.value, "status_reason": command.reason}, tuple(errors))


def declined_voter(command: EnterDeclinedVoter, values: Mapping[str, Any], *, state_voter_id: int, county_code: str, today: date) -> Voter:
    """The record; DMV is not asked about its numbers, and no card is due."""
    voter = first_version(
        values,
        state_voter_id=state_voter_id,
        county_code=county_code,
        ems_voter_id=command.ems_voter_id,
        effective_date=today,
        confidential=command.confidential,
    )
    return voter._replace(drivers_license_status=None, ssn4_status=None)
