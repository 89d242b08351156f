"""Registration of a new voter by a county (UC01.24.01, EWS-09): what is asked, what is judged, what is answered. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final, NamedTuple

from votecal_soap.domain.batches import FailureReason, FieldError, Severity
from votecal_soap.domain.judgement import in_their_order
from votecal_soap.domain.new_voters import confidential_too_early
from votecal_soap.domain.translation import Translator
from votecal_soap.domain.voter_searches import FoundVoter
from votecal_soap.domain.voters import Confidential, Voter, VoterStatus

REGISTRATION: Final = "Registration"
"""The `batch_types` of rules that hold for RegisterVoter alone."""

REGISTERED: Final = "Voter Registered"
"""The activity; it counts for which of two records is the newer (DLR-07)."""

DEFICIENT: Final = "Registration Deficient"
"""Status reason of a registration that lacks something which the law asks for."""

_NEEDED: Final = {"last_name": "Registration/Name/LastName", "registration_date": "Registration/RegistrationDate"}
"""Without these there is nothing to register."""

ASKED_FOR: Final = {"date_of_birth": "Registration/DateOfBirth", "street_name": "Registration/ResidenceAddress"}
"""Without these the registration is deficient: kept apart as Pending until the voter has sent them (S2.13)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterVoter:
    """A county registers somebody as new: all it knows, in its own codes, and the UIDs of candidates that it saw and did not choose."""

    ems_voter_id: str
    given: Mapping[str, str | None]
    """Texts by the voter's field."""
    confidential: Confidential | None = None
    seen: frozenset[int] = frozenset()


class RegistrationOutcome(StrEnum):
    """What became of a registration."""

    REGISTERED = "Registered"
    CANDIDATES_FOUND = "CandidatesFound"  # nobody was registered: the county has not seen who it may be
    REFUSED = "Refused"


class RegistrationResult(NamedTuple):
    """The answer: the record, candidates, or why not; warnings go with each."""

    outcome: RegistrationOutcome
    ems_voter_id: str
    errors: tuple[FieldError, ...]
    voter: Voter | None = None
    """Registered now, or before under the county's id."""
    candidates: tuple[FoundVoter, ...] = ()
    case_ids: tuple[int, ...] = ()

    @property
    def reasons(self) -> tuple[FailureReason, ...]:
        """Of a refusal: the reasons, the first that blocks first (VRU-17)."""
        return in_their_order(error.reason for error in self.errors if error.severity is Severity.FATAL)


class JudgedRegistration(NamedTuple):
    """The values in the state's form, and every broken rule."""

    values: dict[str, Any]
    errors: tuple[FieldError, ...]

    @property
    def is_refused(self) -> bool:
        """Whether a fatal rule is broken (VRU-09)."""
        return any(error.severity is Severity.FATAL for error in self.errors)


def judge_registration(command: RegisterVoter, translator: Translator, existing: Voter | None, today: date) -> JudgedRegistration:
    """Translate and judge what the county sent, by the rules of a batch record (VRU-08, VRU-09); `existing` is its voter with this id."""
    errors: list[FieldError] = []
    fields, given = translator.values(tuple(command.given), tuple(command.given.values()), errors)
    values: dict[str, Any] = dict(zip(fields, given, strict=True))
    errors += id_taken(existing) + missing(values, errors) + confidential_too_early(command.confidential, today)
    deficient = _deficient(values)
    values["status"] = values.get("status") or VoterStatus.ACTIVE.value
    if deficient:
        values |= {"status": VoterStatus.PENDING.value, "status_reason": values.get("status_reason") or DEFICIENT}
    return JudgedRegistration(values, (*errors, *deficient))


def id_taken(existing: Voter | None) -> list[FieldError]:
    """The county's own id is a voter's already."""
    if existing is None:
        return []
    text = "The county's voter with this EmsVoterId is registered already; send changes as an update, and another person under another id."
    return [FieldError("AlreadyRegistered", "EmsVoterId", Severity.FATAL, text)]


def missing(values: Mapping[str, Any], told: Sequence[FieldError]) -> list[FieldError]:
    """What nobody is registered without; `told` is not told again."""
    refs = {error.ref for error in told}
    return [
        FieldError("RequiredForRegistration", ref, Severity.FATAL, "Nobody is registered without this.")
        for name, ref in _NEEDED.items()
        if values.get(name) is None and ref not in refs
    ]


def _deficient(values: Mapping[str, Any]) -> list[FieldError]:
    return [
        FieldError("DeficientRegistration", ref, Severity.NON_FATAL, "This is missing: the registration is kept as Pending until it is sent.")
        for name, ref in ASKED_FOR.items()
        if values.get(name) is None
    ]
