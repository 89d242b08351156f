"""Which pairs of records are planted for the duplicate job, and what must come of each (DUP-01 to DUP-07, DLR-07 to DLR-19)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from votecal_soap.domain.match_cases import CaseState
from votecal_soap.domain.sos_work_items import SosItemOutcome
from votecal_soap.use_cases.open_duplicate_cases import PairOutcome


class PairSituation(StrEnum):
    """A pair's situation; each planted pair is in exactly one."""

    MERGED_AT_ONCE = "MergedAtOnce"
    MERGED_PROVISIONALLY = "MergedProvisionally"
    KNOWN_TO_DMV = "KnownToDmv"
    TAKEN_BACK = "TakenBack"
    ONE_HOME = "OneHome"
    ONE_LICENCE = "OneLicence"
    NAMESAKES = "Namesakes"
    UNSURE = "Unsure"
    NUMBER_GIVEN_TWICE = "NumberGivenTwice"
    NEITHER_AGREES = "NeitherAgrees"
    ONE_COUNTY = "OneCounty"
    REGISTERED_OVER = "RegisteredOver"


class Standing(StrEnum):
    """What both sides, the state and each county's EMS, say of the two records."""

    ONE = "One"  # the older is cancelled, Merged to Newer Duplicate, and its UID resolves to the newer
    TWO = "Two"  # both are as they were


class Review(StrEnum):
    """Whether the pair came to SOS (DLR-05), and how that ended."""

    NONE = "None"
    OPEN = "Open"
    MERGED = SosItemOutcome.ACCEPTED.value
    REJECTED = SosItemOutcome.REJECTED.value


class PairExpected(NamedTuple):
    """What the job must make of a pair, how it comes about, what the counties answer by their rule, and where all stands at the end."""

    found: PairOutcome | None
    """None: the county's own registration makes the case, before the job looks."""
    state: CaseState
    standing: Standing
    about: str
    ruled: tuple[str, ...] = ()
    review: Review = Review.NONE


_ACCEPTS: Final = ("DecideMatchCase Accept Accepted",)
_REJECTS: Final = ("DecideMatchCase Reject RejectedByUser",)
_BOTH_REJECT: Final = _REJECTS * 2


def _merged(found: PairOutcome, about: str, ruled: tuple[str, ...] = (), review: Review = Review.NONE) -> PairExpected:
    return PairExpected(found, CaseState.ACCEPTED, Standing.ONE, about, ruled, review)


def _parted(state: CaseState, about: str, ruled: tuple[str, ...] = (), review: Review = Review.NONE) -> PairExpected:
    return PairExpected(PairOutcome.OPENED, state, Standing.TWO, about, ruled, review)


EXPECTED: Final[Mapping[PairSituation, PairExpected]] = {
    PairSituation.MERGED_AT_ONCE: _merged(PairOutcome.MERGED, "twice in Los Angeles, which lets certain pairs be merged"),
    PairSituation.MERGED_PROVISIONALLY: _merged(
        PairOutcome.PROVISIONALLY_MERGED, "once in Sierra, which wants its word: its registration ends when it accepts", _ACCEPTS
    ),
    PairSituation.KNOWN_TO_DMV: _merged(PairOutcome.PROVISIONALLY_MERGED, "those whom DMV's first file found in both counties: the same", _ACCEPTS),
    PairSituation.TAKEN_BACK: PairExpected(
        PairOutcome.PROVISIONALLY_MERGED,
        CaseState.REJECTED,
        Standing.TWO,
        "once in Sierra, which accepts; but Los Angeles's clerk takes the merge back: as before",
        _ACCEPTS,
    ),
    PairSituation.ONE_HOME: _merged(PairOutcome.OPENED, "another middle name at one home, no number: Los Angeles accepts", _ACCEPTS),
    PairSituation.ONE_LICENCE: _merged(PairOutcome.OPENED, "one verified DL/ID, another surname and birth: the rule leaves it, a clerk accepts"),
    PairSituation.NAMESAKES: _parted(CaseState.REJECTED, "one birth and a name that many have, no number: the rule leaves it, a clerk rejects"),
    PairSituation.UNSURE: _parted(CaseState.OPEN, "the same, left for a clerk"),
    PairSituation.NUMBER_GIVEN_TWICE: _parted(
        CaseState.REJECTED, "two people on one verified DL/ID: both counties reject, SOS too, and marks one number", _BOTH_REJECT, Review.REJECTED
    ),
    PairSituation.NEITHER_AGREES: _parted(CaseState.REJECTED_BY_USER, "the same, left for SOS", _BOTH_REJECT, Review.OPEN),
    PairSituation.ONE_COUNTY: _merged(
        PairOutcome.OPENED, "two names on one verified DL/ID, both in Los Angeles: it rejects, SOS finds one person", _REJECTS, Review.MERGED
    ),
    PairSituation.REGISTERED_OVER: PairExpected(
        None,
        CaseState.REJECTED_BY_USER,
        Standing.TWO,
        "Los Angeles registers a new voter on the DL/ID of one of Sierra, who rejects it too: left for SOS",
        _REJECTS,
        Review.OPEN,
    ),
}
"""In the order in which they are told."""
