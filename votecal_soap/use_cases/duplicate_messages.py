"""What counties are told of two records that may be one voter, and of merges (DUP-02, DLR-15, DLR-19, EWS-14)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from votecal_soap.contract.match_payloads import render_match_notice
from votecal_soap.domain.confidentiality import as_seen_by, is_confidential
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import MatchCase, PotentialReason
from votecal_soap.domain.match_notices import DuplicateDetail, MatchNotice
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.domain.merging import MergeRecord
from votecal_soap.domain.voters import Voter
from votecal_soap.use_cases.match_effects import MatchEffects


class PairSight(NamedTuple):
    """A case of two voters as counties are told of it, with its merge if one stands."""

    case: MatchCase
    merge: MergeRecord | None = None
    withheld_by_blackout: bool = False


def pair_basis(case: MatchCase, remark: str, *, by: str | None = None) -> str:
    """Why two records were taken for one voter's, without any value: case, confidence, criteria, and the decider's words.

    `by`: what a county said, and which, for both records are told of it.
    """
    told = "; ".join(criterion.text for criterion in case.criteria if criterion.contribution)
    return f"Match case {case.case_id}, confidence {case.confidence}{f', {by}' if by else ''}: {remark or told}"


def duplicate_notice(sight: PairSight, own: Voter, other: Voter, *, reader_county: str, today: date) -> MatchNotice:
    """The case as one county may see it; `own` is the record that stands first in the notice."""
    case = sight.case
    return MatchNotice(
        case_id=case.case_id,
        case_type=case.case_type,
        case_state=case.state,
        case_version=case.version,
        county_code=case.asked_county or own.county_code,
        confidence=case.confidence,
        criteria=criteria_for(case.criteria, (own, other), reader_county, today),
        cap=case.cap,
        potential_reason=None if case.potential_reason is None else PotentialReason(case.potential_reason),
        due_on=case.due_on,
        work_item_id=None,
        dmv_transaction_id=None,
        dmv_transaction_date=None,
        voter=as_seen_by(own, reader_county, today),
        new_address=None,
        new_mailing_address=None,
        new_county=None,
        home_precinct_needed=False,
        withheld_by_blackout=sight.withheld_by_blackout,
        basis=case.basis,
        duplicate=_detail(sight, as_seen_by(other, reader_county, today)),
    )


def _detail(sight: PairSight, other: Voter) -> DuplicateDetail:
    case, merge = sight.case, sight.merge
    if case.round_number is None or case.cause is None:
        raise ValueError("a case of two voters has a round and a cause")
    return DuplicateDetail(
        other_voter=other,
        round_number=case.round_number,
        cause=case.cause,
        same_drivers_license=case.same_drivers_license,
        asked_county=case.asked_county,
        first_rejected_by=case.first_rejected_by,
        newer_id=None if merge is None else merge.newer_id,
        older_id=None if merge is None else merge.older_id,
    )


def criteria_for(criteria: tuple[Criterion, ...], voters: Iterable[Voter], reader_county: str | None, today: date) -> tuple[Criterion, ...]:
    """Whether addresses agree tells an address: nobody hears it of a confidential voter but that voter's county; SOS (None) hears all."""
    hidden = any(voter.county_code != reader_county and is_confidential(voter, today) for voter in voters)
    if reader_county is None or not hidden:
        return criteria
    return tuple(criterion for criterion in criteria if criterion.field is not MatchField.ADDRESS)


def tell_of_pair(
    effects: MatchEffects, message_type: MessageType, sight: PairSight, state_voter_id: int, *, blocks_updates: bool = False, other: Voter | None = None
) -> None:
    """Tell the county of one of the two voters, about that voter; `other` is the other record where the effects do not have it."""
    case = sight.case
    own = effects.voters[state_voter_id]
    other = other or effects.voters[other_of(case, state_voter_id)]
    notice = duplicate_notice(sight, own, other, reader_county=own.county_code, today=effects.day)
    effects.tell(
        own.county_code,
        message_type,
        render_match_notice(notice, reader_county=own.county_code),
        dedup_key=f"PAIR:{case.case_id}:{case.version}:{state_voter_id}:{message_type}",
        state_voter_id=state_voter_id,
        ems_voter_id=own.ems_voter_id,
        blocks_updates=blocks_updates,
    )


def tell_counties(effects: MatchEffects, message_type: MessageType, sight: PairSight, *, besides: str | None = None) -> None:
    """Tell each county of the two voters once, but for the one that knows."""
    told = {besides}
    for uid in voters_of(sight.case):
        county_code = effects.voters[uid].county_code
        if county_code not in told:
            tell_of_pair(effects, message_type, sight, uid)
        told.add(county_code)


def voters_of(case: MatchCase) -> tuple[int, int]:
    """The UIDs of a pair, the lower one first."""
    if case.other_state_voter_id is None:
        raise ValueError("not a case of two voters")
    return case.state_voter_id, case.other_state_voter_id


def other_of(case: MatchCase, state_voter_id: int) -> int:
    """The other UID of a pair."""
    one, other = voters_of(case)
    return other if one == state_voter_id else one
