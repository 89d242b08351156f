"""Two records that may be one voter (DUP-01): what the detection finds, before it is a match case."""

from enum import StrEnum
from typing import NamedTuple

from votecal_soap.domain.matching import Criterion


class DuplicateCause(StrEnum):
    """What made two records a pair."""

    VERIFIED_LICENSE = "VerifiedLicense"  # one DL/ID that DMV verified for both, whatever the names (DUP-01(a))
    LIKENESS = "Likeness"  # likely the same person (DUP-01(b))
    REGISTRATION = "Registration"  # a county registered a voter as new over this candidate (DUP-04, S4.23)


class DuplicatePair(NamedTuple):
    """An unordered pair of records with what made it; the lower UID stands first, so that a pair has one spelling."""

    state_voter_id: int
    other_state_voter_id: int
    confidence: int
    """0 to 100."""
    criteria: tuple[Criterion, ...]
    cap: str | None
    """The name of the rule that held the confidence down, if one did."""
    same_drivers_license: bool
    """Whether both records bear the same DL/ID."""
    verified_license: bool
    """Whether DMV verified that DL/ID for both (DUP-01(a))."""
