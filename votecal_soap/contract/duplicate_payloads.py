"""Renders what a notice says of two records that may be one voter (DUP-02, EWS-14)."""

from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.voter_markup import render_voter
from votecal_soap.domain.match_notices import DuplicateDetail


def render_duplicate(duplicate: DuplicateDetail, *, reader_county: str) -> str:
    """`Duplicate`, the last element of a `MatchNotice`."""
    return branch(
        "Duplicate",
        render_voter(duplicate.other_voter, reader_county=reader_county, with_identification=True, name="OtherVoter"),
        leaf("Round", duplicate.round_number),
        leaf("DuplicateCause", duplicate.cause.value),
        leaf("SameDriversLicense", duplicate.same_drivers_license),
        leaf("AskedCountyCode", duplicate.asked_county),
        leaf("RejectedByCountyCode", duplicate.first_rejected_by),
        leaf("NewerStateVoterId", duplicate.newer_id),
        leaf("OlderStateVoterId", duplicate.older_id),
    )
