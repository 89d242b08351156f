"""A voter and the criteria of a match, as messages and answers tell them (`xsd/ems-integration.xsd`).

What a county may see of a confidential voter is decided before: an address that is empty is left out here. DL/ID, SSN4,
the county's own id, contact data and mailing address go to the voter's own county only, whoever calls.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from votecal_soap.contract.dmv_record_markup import day, render_mailing, render_residence
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.domain.voters import FIELD_INDEX, Confidentiality, Voter

_RESIDENCE: Final = slice(FIELD_INDEX[ResidenceAddress._fields[0]], FIELD_INDEX[ResidenceAddress._fields[-1]] + 1)
"""A voter's residence in its record."""

MATCH_FIELDS: Final = {field: "".join(word.capitalize() for word in field.split("_")) for field in MatchField}
"""Field to its name on the wire."""

CONFIDENTIALITIES: Final[dict[str, str]] = {
    Confidentiality.COURT_ORDER: "CourtOrder",
    Confidentiality.PUBLIC_SAFETY: "PublicSafety",
    Confidentiality.SAFE_AT_HOME: "SafeAtHome",
}
"""Kind to its name on the wire: an enumeration there has no underscores."""


def render_voter(voter: Voter, *, reader_county: str, with_identification: bool) -> str:
    """`Voter`; `with_identification` adds DL/ID and SSN4 for the voter's own county."""
    own = voter.county_code == reader_county
    return branch(
        "Voter",
        leaf("StateVoterId", voter.state_voter_id),
        leaf("CountyCode", voter.county_code),
        leaf("EmsVoterId", voter.ems_voter_id if own else None),
        leaf("RecordVersion", voter.version),
        leaf("Status", voter.status),
        leaf("StatusReason", voter.status_reason if own else None),
        day("RegistrationDate", voter.registration_date),
        leaf("Prefix", voter.prefix),
        leaf("FirstName", voter.first_name),
        leaf("MiddleName", voter.middle_name),
        leaf("LastName", voter.last_name),
        leaf("Suffix", voter.suffix),
        day("DateOfBirth", voter.date_of_birth),
        _identification(voter) if own and with_identification else "",
        _particulars(voter) if own else "",
        render_residence("ResidenceAddress", _given(ResidenceAddress._make(tuple(voter)[_RESIDENCE]))),
        _whereabouts(voter) if own else "",
    )


def _identification(voter: Voter) -> str:
    return leaf("DriversLicense", voter.drivers_license) + leaf("Ssn4", voter.ssn4)


def _particulars(voter: Voter) -> str:
    return "".join(
        (
            leaf("Gender", voter.gender),
            leaf("Language", voter.language),
            leaf("Party", voter.party),
            leaf("Phone", voter.phone),
            leaf("Email", voter.email),
        )
    )


def _whereabouts(voter: Voter) -> str:
    mailing = MailingAddress(*(getattr(voter, name) for name in MailingAddress._fields))
    precinct = branch("HomePrecinct", leaf("PrecinctCode", voter.home_precinct), leaf("PrecinctPart", voter.home_precinct_part))
    return "".join(
        (
            render_mailing("MailingAddress", mailing if any(mailing) else None),
            precinct if voter.home_precinct else "",
            *render_confidentiality(voter),
        )
    )


def render_confidentiality(voter: Voter) -> tuple[str, str]:
    """`Confidentiality` and `ConfidentialSince`, empty unless the voter is confidential."""
    kind = CONFIDENTIALITIES[voter.confidentiality] if voter.confidentiality else None
    return leaf("Confidentiality", kind), day("ConfidentialSince", voter.confidential_since)


def _given(address: ResidenceAddress) -> ResidenceAddress | None:
    return address if any(address) else None


def render_criteria(criteria: Iterable[Criterion]) -> str:
    """`Criteria` (S4.4, S10.11)."""
    return branch("Criteria", *map(_criterion, criteria))


@lru_cache(4096)
def _criterion(criterion: Criterion) -> str:
    # A file of DMV's has few different ones, and each message ten of them.
    return branch(
        "Criterion",
        leaf("MatchField", MATCH_FIELDS[criterion.field]),
        leaf("Level", criterion.level),
        leaf("Contribution", f"{criterion.contribution:.2f}"),
        leaf("Text", criterion.text),
    )
