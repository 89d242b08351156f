"""Who is asked about a pair of records, and what a county's or SOS's word leads to (DUP-01, DUP-03, DUP-04, DLR-18): pure."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from votecal_soap.domain.dmv_records import ResidenceAddress
from votecal_soap.domain.match_cases import CaseState, MatchCase
from votecal_soap.domain.voters import VerificationStatus, Voter

DECIDING_FIELDS: Final = (
    *("first_name", "middle_name", "last_name", "suffix", "date_of_birth", "drivers_license", "ssn4"),
    *ResidenceAddress._fields,
)
"""What a pair is made of (DUP-01): a rejected one comes back only when one of these changes on either record, or its DL/ID becomes verified."""

LICENSE_FORMAT: Final = re.compile(r"[A-Z][0-9]{7}")
"""As the statewide rules have it (DriversLicenseFormat); what a person of SOS types is refused where a county's word only gets a warning."""

WITH_COUNTIES: Final = frozenset({CaseState.OPEN, CaseState.REJECTED_BY_USER, CaseState.PROVISIONAL})
"""States in which a case may wait for a county."""


def deciding_digest(one: Voter, other: Voter) -> str:
    """A digest of both records' deciding fields, whichever of them is named first."""
    first, second = sorted((one, other), key=lambda voter: voter.state_voter_id)
    shown = [[str(getattr(voter, name) or "") for name in DECIDING_FIELDS] + [str(_is_verified(voter))] for voter in (first, second)]
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def bear_one_license(one: Voter, other: Voter) -> bool:
    """Whether both records bear the same DL/ID now."""
    return one.drivers_license is not None and one.drivers_license == other.drivers_license


def bear_one_verified_license(one: Voter, other: Voter) -> bool:
    """Whether DMV verified the one DL/ID for both (DUP-01(a), S4.7)."""
    return bear_one_license(one, other) and _is_verified(one) and _is_verified(other)


def _is_verified(voter: Voter) -> bool:
    return voter.drivers_license_status == VerificationStatus.VERIFIED


def awaited(county_code: str, other_county: str | None, asked_county: str | None) -> frozenset[str]:
    """The counties whose word a case awaits, as it is kept."""
    return frozenset({asked_county} if asked_county else filter(None, (county_code, other_county)))


def may_decide(case: MatchCase, voters: Sequence[Voter]) -> frozenset[str]:
    """The counties that may decide now: those asked that still have one of the voters; where none has, those who have them."""
    owners = frozenset(voter.county_code for voter in voters)
    if case.state not in WITH_COUNTIES or is_with_sos(case):
        return frozenset()
    asked = awaited(case.county_code, case.other_county, case.asked_county) if case.asked_county else owners
    return (asked & owners) or owners


def is_with_sos(case: MatchCase) -> bool:
    """Whether both counties have rejected, or the one that there is, so that SOS reviews it (DLR-04)."""
    return case.state is CaseState.REJECTED_BY_USER and case.asked_county is None


class Rejection(NamedTuple):
    """Where a county's rejection leads: to the end, to the other county, or to SOS."""

    state: CaseState
    asked_county: str | None
    is_first: bool


def rejected_by(case: MatchCase, county_code: str, voters: Sequence[Voter]) -> Rejection:
    """One rejection ends it, unless both bear one DL/ID: then the other county is asked, and its rejection goes to SOS (DUP-03)."""
    one, other = voters
    is_first = case.first_rejected_by is None
    if not bear_one_license(one, other):
        return Rejection(CaseState.REJECTED, None, is_first)
    others = {voter.county_code for voter in voters} - {county_code}
    return Rejection(CaseState.REJECTED_BY_USER, next(iter(others), None) if is_first else None, is_first)


class RejectionCause(StrEnum):
    """Why two records bore one number, or were taken for one person (DLR-18)."""

    MISTAKEN_REJECTION = "MistakenRejection"  # the counties were wrong: the case is accepted
    FRAUD = "Fraud"
    ASSIGNED_TWICE = "AssignedTwice"  # DMV gave two people one number
    WRONG_BEFORE_VOTECAL = "WrongBeforeVoteCal"  # a wrong number came with an old record
    OTHER = "Other"


class LicenseAction(StrEnum):
    """What SOS does about a record's DL/ID (DLR-18)."""

    NOT_VERIFIED = "NotVerified"
    CHANGE = "Change"
    REMOVE = "Remove"


class LicenseCorrection(NamedTuple):
    """A correction of one record's DL/ID; `drivers_license` goes with a change."""

    state_voter_id: int
    action: LicenseAction
    drivers_license: str | None = None

    @property
    def problem(self) -> str | None:
        """What is wrong with it, in words."""
        if (self.action is LicenseAction.CHANGE) != bool(self.drivers_license):
            return "A number goes with a change, and with nothing else."
        if self.drivers_license and not LICENSE_FORMAT.fullmatch(self.drivers_license):
            return "A California DL/ID is one letter and seven digits."
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecision:
    """SOS's decision on a case as it saw it: one person, or two and why."""

    case_id: int
    expected_version: int
    same_person: bool
    basis: str
    cause: RejectionCause | None = None
    corrections: tuple[LicenseCorrection, ...] = ()
