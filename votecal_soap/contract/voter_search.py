"""The messages of a search for voters: `SearchVoters` of `xsd/ems-integration.xsd` to domain values and back (EWS-08)."""

from collections.abc import Sequence
from datetime import date

from lxml import etree

from votecal_soap.contract.elements import optional_number, optional_text
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.pages import fill_page
from votecal_soap.contract.voter_markup import render_criteria, render_voter
from votecal_soap.domain.matching import Person
from votecal_soap.domain.voter_searches import FoundVoter, VoterSearch


def read_voter_search(request: etree._Element) -> VoterSearch:
    """SearchVoters; an element that is empty or blank says nothing."""

    def given(name: str) -> str | None:
        return (optional_text(request, name) or "").strip() or None

    born = given("DateOfBirth")
    person = Person(
        first_name=given("FirstName"),
        middle_name=given("MiddleName"),
        last_name=given("LastName"),
        suffix=given("Suffix"),
        date_of_birth=None if born is None else date.fromisoformat(born),
        gender=given("Gender"),
        drivers_license=given("DriversLicense"),
        ssn4=given("Ssn4"),
        house_number=given("HouseNumber"),
        street=given("Street"),
        unit_number=given("UnitNumber"),
        city=given("City"),
        zip_code=given("ZipCode"),
    )
    return VoterSearch(
        person=person,
        state_voter_id=optional_number(request, "StateVoterId"),
        ems_voter_id=given("EmsVoterId"),
        limit=optional_number(request, "MaximumVoters"),
    )


def render_found_voters(found: Sequence[FoundVoter], reader_county: str, byte_limit: int | None) -> str:
    """SearchVotersResponse, best first, below a size: the weakest are left out."""
    voters = fill_page((render_found_voter(voter, reader_county) for voter in found), byte_limit)
    return branch("SearchVotersResponse", branch("FoundVoters", *voters), namespace=EMS_INTEGRATION)


def render_found_voter(found: FoundVoter, reader_county: str) -> str:
    """`FoundVoter`, as the reader may see the record."""
    return branch(
        "FoundVoter",
        leaf("ExactMatch", found.exact),
        leaf("Confidence", found.match.confidence),
        render_criteria(found.match.criteria),
        leaf("Cap", found.match.cap),
        render_voter(found.voter, reader_county=reader_county, with_identification=False),
    )
