"""Pairs at or above the automatic threshold are merged, or provisionally merged by the counties' setting (DUP-07, S10.8).

Provisionally merged, everything applies and is announced at once: the older record's children are copied, and the newer
record is as after a merge. But the older record stays registered and in the roll, with its own children, until its county
accepts; then its registration ends as Merged to Newer Duplicate. If that county rejects, everything is taken back.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from votecal_soap.domain.confidentiality import is_confidential
from votecal_soap.domain.duplicates import DuplicatePair
from votecal_soap.domain.match_cases import CaseState, MatchCase, PotentialReason
from votecal_soap.domain.matching import MatchingFunction, MatchingMode
from votecal_soap.domain.voters import Voter, VoterStatus
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.matching_circumstances import Withheld, blackout_holds
from votecal_soap.use_cases.merge_voters import MergeOrder, merge_pair, obstacle, order_by_age
from votecal_soap.use_cases.new_pair_cases import PairOpening, new_pair_case
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.replace_cases_of_merged import replace_cases_of_merged

_FUNCTION: Final = MatchingFunction.DUPLICATE_VOTER
_REGISTERED: Final = frozenset({VoterStatus.ACTIVE.value, VoterStatus.INACTIVE.value})


def reason_against(uow: UnitOfWork, effects: MatchEffects, voters: tuple[Voter, Voter]) -> PotentialReason | None:
    """Why a pair above the automatic threshold is left to the counties all the same."""
    if any(is_confidential(voter, effects.day) for voter in voters):
        return PotentialReason.CONFIDENTIAL_VOTER
    if any(voter.status not in _REGISTERED for voter in voters):
        return PotentialReason.NOT_REGISTERED
    found = obstacle(uow, 0, voters, effects.at)
    return None if found is None else found.reason


class Withholding:
    """When a cancellation waits: by the counties' modes and the blackouts, each read once for many pairs (COA-12, JOB-04)."""

    def __init__(self, uow: UnitOfWork, today: date) -> None:
        """Read the blackouts; modes are read as counties come."""
        self._uow = uow
        self._today = today
        self._blackouts = uow.matching.blackouts()
        self._modes: dict[str, MatchingMode] = {}

    def of(self, voters: tuple[Voter, Voter]) -> Withheld:
        """Provisional wins if either county says so, or a blackout holds for either."""
        counties = sorted({voter.county_code for voter in voters})
        by_blackout = any(blackout_holds(blackout, self._today, counties, (_FUNCTION,)) for blackout in self._blackouts)
        by_mode = any(self._mode(county) is MatchingMode.PROVISIONAL for county in counties)
        return Withheld(by_blackout or by_mode, by_blackout)

    def _mode(self, county_code: str) -> MatchingMode:
        if county_code not in self._modes:
            self._modes[county_code] = self._uow.matching.mode(county_code, _FUNCTION)
        return self._modes[county_code]


def merge_automatically(
    uow: UnitOfWork, effects: MatchEffects, pair: DuplicatePair, opening: PairOpening, withheld: Withheld, related: Sequence[MatchCase]
) -> MatchCase:
    """The case, Accepted or Provisional, with its records merged and both counties told; `related` are other cases of the two that wait."""
    _, older = order_by_age(uow, (effects.voters[pair.state_voter_id], effects.voters[pair.other_state_voter_id]))
    begun = replace(
        opening,
        state=CaseState.PROVISIONAL if withheld.provisional else CaseState.ACCEPTED,
        asked_county=older.county_code if withheld.provisional else None,
        due_on=opening.due_on if withheld.provisional else None,
        automatic=True,
    )
    case = new_pair_case(uow, effects, pair, begun)
    order = MergeOrder(case=case, complete=not withheld.provisional, basis="", withheld_by_blackout=withheld.by_blackout)
    record = merge_pair(uow, effects, order)
    if opening.due_on is not None:
        replace_cases_of_merged(uow, effects, record, related, opening.due_on)
    return case
