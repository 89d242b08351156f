"""What is done with a DMV record once the Search Service has answered (COA-07, COA-13, COA-14, COA-20, COA-30, COA-38): pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from votecal_soap.domain.county_of_address import Placement
from votecal_soap.domain.dmv_application import is_current, is_older
from votecal_soap.domain.dmv_records import DmvRecord
from votecal_soap.domain.dmv_values import Received
from votecal_soap.domain.match_cases import PotentialReason
from votecal_soap.domain.matching import Band, Match, MatchSettings, band
from votecal_soap.domain.voters import ENDED, Voter

CERTAIN: Final = 100
"""The confidence that only a single exact DL/ID hit has (COA-05)."""


class Verdict(StrEnum):
    """What is done with a DMV record."""

    AUTOMATIC = "Automatic"  # applied to the one match
    ALREADY_CURRENT = "AlreadyCurrent"  # the one match says all this already
    POTENTIAL = "Potential"  # each match waits for a county
    NO_MATCH = "NoMatch"


class DmvDecision(NamedTuple):
    """The verdict, and the matches that it is about; each potential one with the reason why a county decides."""

    verdict: Verdict
    matches: tuple[tuple[Match, PotentialReason | None], ...]


class VoterFacts(NamedTuple):
    """What must be known of a voter found. `moved_on` is the day of the last change of address, if there was one."""

    voter: Voter
    confidential: bool
    moved_on: date | None


class RecordFacts(NamedTuple):
    """What must be known of the record."""

    record: DmvRecord
    received: Received
    placement: Placement
    now: datetime


def decide(matches: Sequence[Match], settings: MatchSettings, facts: RecordFacts, voters: Mapping[int, VoterFacts]) -> DmvDecision:
    """Decide from the matches, best first; one whose voter is not among `voters` is no longer there."""
    found = [match for match in matches if match.state_voter_id in voters and band(match.confidence, settings) is not Band.IGNORED]
    if not found:
        return DmvDecision(Verdict.NO_MATCH, ())
    chosen = _the_one([match for match in found if band(match.confidence, settings) is Band.AUTOMATIC])
    if chosen is None:
        return DmvDecision(Verdict.POTENTIAL, tuple((match, _potential_reason(match, settings)) for match in found))
    if is_current(voters[chosen.state_voter_id].voter, facts.record, facts.received):
        return DmvDecision(Verdict.ALREADY_CURRENT, ((chosen, None),))
    held_back = _held_back(voters[chosen.state_voter_id], facts)
    if held_back is None:
        return DmvDecision(Verdict.AUTOMATIC, ((chosen, None),))
    return DmvDecision(Verdict.POTENTIAL, tuple((match, held_back if match is chosen else _potential_reason(match, settings)) for match in found))


def _the_one(automatic: Sequence[Match]) -> Match | None:
    """The only one, or the only one that is the exact DL/ID match (COA-13)."""
    if len(automatic) == 1:
        return automatic[0]
    exact = [match for match in automatic if match.same_drivers_license and match.confidence == CERTAIN]
    return exact[0] if len(exact) == 1 else None


def _potential_reason(match: Match, settings: MatchSettings) -> PotentialReason:
    return PotentialReason.SEVERAL_VOTERS if band(match.confidence, settings) is Band.AUTOMATIC else PotentialReason.BELOW_AUTOMATIC


def _held_back(found: VoterFacts, facts: RecordFacts) -> PotentialReason | None:
    """Why a match at or above the automatic threshold is left to the county all the same; the gravest reason first."""
    voter = found.voter
    reasons = (
        (PotentialReason.CONFIDENTIAL_VOTER, found.confidential),
        (PotentialReason.NOT_REGISTERED, voter.status in ENDED),
        (PotentialReason.UPDATE_PENDING, voter.transfer_pending_until is not None and voter.transfer_pending_until > facts.now),
        (PotentialReason.OUT_OF_STATE, facts.placement.out_of_state),
        (PotentialReason.COUNTY_UNCLEAR, facts.placement.county_code is None),
        (PotentialReason.ADDRESS_UNUSABLE, not facts.received.has_residence),
        (PotentialReason.OLDER_THAN_RECORD, is_older(voter, facts.record, found.moved_on)),
    )
    return next((reason for reason, holds in reasons if holds), None)
