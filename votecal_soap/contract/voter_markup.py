"""A voter and the criteria of a match, as messages and answers tell them (`xsd/ems-integration.xsd`).

What a county may see of a confidential voter is decided before: an address that is empty is left out here. DL/ID, SSN4,
the county's own id, contact data and mailing address go to the voter's own county only, whoever calls.
"""

from collections.abc import Iterable
from functools import lru_cache
from operator import itemgetter
from typing import Final

from votecal_soap.contract.dmv_record_markup import day, render_mailing, render_residence
from votecal_soap.contract.markup import branch, leaf, leaves
from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.domain.voters import FIELD_INDEX, Confidentiality, Voter

_NAMES: Final = ("Prefix", "FirstName", "MiddleName", "LastName", "Suffix")
_PARTICULARS: Final = ("Gender", "Language", "Party", "Phone", "Email")
_names, _particulars, _residence, _mailing = (
    itemgetter(slice(FIELD_INDEX[first], FIELD_INDEX[last] + 1))
    for first, last in (
        ("prefix", "suffix"),
        ("gender", "email"),
        (ResidenceAddress._fields[0], ResidenceAddress._fields[-1]),
        (MailingAddress._fields[0], MailingAddress._fields[-1]),
    )
)
"""Neighbours in a voter's record."""

MATCH_FIELDS: Final = {field: "".join(word.capitalize() for word in field.split("_")) for field in MatchField}
"""Field to its name on the wire."""

CONFIDENTIALITIES: Final[dict[str, str]] = {
    Confidentiality.COURT_ORDER: "CourtOrder",
    Confidentiality.PUBLIC_SAFETY: "PublicSafety",
    Confidentiality.SAFE_AT_HOME: "SafeAtHome",
}
"""Kind to its name on the wire: an enumeration there has no underscores."""


def render_voter(voter: Voter, *, reader_county: str, with_identification: bool, name: str = "Voter") -> str:
    """`Voter`, or another element of its type; `with_identification` adds DL/ID and SSN4 for the voter's own county."""
    own = voter.county_code == reader_county
    residence = _residence(voter)
    return "".join(
        (
            f"<{name}><StateVoterId>{voter.state_voter_id}</StateVoterId>",
            leaf("CountyCode", voter.county_code),
            leaf("EmsVoterId", voter.ems_voter_id) if own else "",
            f"<RecordVersion>{voter.version}</RecordVersion>",
            leaf("Status", voter.status),
            leaf("StatusReason", voter.status_reason) if own else "",
            day("RegistrationDate", voter.registration_date),
            leaves(_NAMES, _names(voter)),
            day("DateOfBirth", voter.date_of_birth),
            leaves(("DriversLicense", "Ssn4"), (voter.drivers_license, voter.ssn4)) if own and with_identification else "",
            leaves(_PARTICULARS, _particulars(voter)) if own else "",
            render_residence("ResidenceAddress", residence if any(residence) else None),
            _whereabouts(voter) if own else "",
            f"</{name}>",
        )
    )


def _whereabouts(voter: Voter) -> str:
    mailing = _mailing(voter)
    return "".join(
        (
            render_mailing("MailingAddress", mailing if any(mailing) else None),
            _precinct(voter) if voter.home_precinct else "",
            *(render_confidentiality(voter) if voter.confidentiality else ()),
        )
    )


def render_confidentiality(voter: Voter) -> tuple[str, str]:
    """`Confidentiality` and `ConfidentialSince`, empty unless the voter is confidential."""
    kind = CONFIDENTIALITIES[voter.confidentiality] if voter.confidentiality else None
    return leaf("Confidentiality", kind), day("ConfidentialSince", voter.confidential_since)


def _precinct(voter: Voter) -> str:
    return branch("HomePrecinct", leaf("PrecinctCode", voter.home_precinct), leaf("PrecinctPart", voter.home_precinct_part))


def render_criteria(criteria: Iterable[Criterion]) -> str:
    """`Criteria` (S4.4, S10.11)."""
    return f"<Criteria>{''.join(map(_criterion, criteria))}</Criteria>"


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
