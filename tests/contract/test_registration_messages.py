"""A registration in a message is that of the batch file; requests become commands, results become answers that keep the schema (EWS-09)."""

from datetime import date

import pytest
from lxml import etree

from votecal_soap.contract.flatten import flattened_schema
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.registrations import read_registration, render_registration_result
from votecal_soap.contract.schemas import MessageSchema
from votecal_soap.domain.batches import FailureReason, FieldError, Severity
from votecal_soap.domain.matching import Match
from votecal_soap.domain.registrations import RegisterVoter, RegistrationOutcome, RegistrationResult
from votecal_soap.domain.voter_searches import FoundVoter
from votecal_soap.domain.voters import Confidential, Confidentiality

from .match_samples import CRITERIA, OTHER, VOTER

XS = {"xs": "http://www.w3.org/2001/XMLSchema"}
SCHEMA = MessageSchema("ems-integration.xsd")
BATCH = "voter-record-update-batch.xsd"


def elements(schema_file):
    """The elements of Registration with their types, but for those that only an initial load or only a message has."""
    found = flattened_schema(schema_file).xpath('//xs:complexType[@name="Registration"]/xs:sequence/xs:element', namespaces=XS)
    return [(item.get("name"), item.get("type"), item.get("minOccurs")) for item in found if item.get("name") != "Confidential"]


@pytest.mark.requirement("EWS-09", "VRU-09")
def test_a_registration_in_a_message_has_the_elements_and_bounds_of_the_batch_files():
    assert elements("ems-integration.xsd") == elements(BATCH)
    assert len(elements(BATCH)) == 15


def read(registration, more=""):
    content = f"<TransactionId>R-1</TransactionId><EmsVoterId>SAC-1</EmsVoterId><Registration>{registration}</Registration>{more}"
    request = etree.fromstring(f'<RegisterVoter xmlns="{EMS_INTEGRATION}">{content}</RegisterVoter>')
    assert SCHEMA.violations(request) == ()
    return read_registration(request)


@pytest.mark.requirement("EWS-09", "EWS-14")
def test_a_registration_is_read_with_who_was_seen_and_why_it_is_confidential():
    told = "<Confidential><Confidentiality>CourtOrder</Confidentiality><ConfidentialSince>2026-01-02</ConfidentialSince></Confidential>"
    home = "<ResidenceAddress><StreetName>Main</StreetName></ResidenceAddress>"
    seen = "<SeenCandidates><StateVoterId>100000007</StateVoterId></SeenCandidates>"
    command = read(f"<Name><LastName>Garcia</LastName></Name><DateOfBirth>1970-01-02</DateOfBirth>{home}{told}", seen)
    given = {name: text for name, text in command.given.items() if text is not None}
    assert given == {"last_name": "Garcia", "date_of_birth": "1970-01-02", "street_name": "Main"}
    assert "first_name" in command.given
    assert (command.confidential, command.seen) == (Confidential(Confidentiality.COURT_ORDER, date(2026, 1, 2)), frozenset({100000007}))
    assert read("") == RegisterVoter(ems_voter_id="SAC-1", given={})


def answer(result, byte_limit=48 << 10):
    found = etree.fromstring(render_registration_result(result, "19", byte_limit))
    assert SCHEMA.violations(found) == ()
    return found


FOUND = FoundVoter(OTHER, Match(OTHER.state_voter_id, 87, 3.0, CRITERIA, None, same_drivers_license=False), exact=False)


@pytest.mark.requirement("EWS-09", "VRU-17")
def test_each_outcome_keeps_the_schema():
    warning = FieldError("PhoneFormat", "Registration/Phone", Severity.NON_FATAL, "A phone number has ten digits.")
    fatal = FieldError("HomePrecinctNotFound", None, Severity.FATAL, "No such precinct.", FailureReason.PRECINCT_NOT_FOUND)
    registered = answer(RegistrationResult(RegistrationOutcome.REGISTERED, "LA-7", (warning,), VOTER, case_ids=(3, 4)))
    assert [item.text for item in registered.iterfind(".//{*}MatchCaseId")] == ["3", "4"]
    refused = answer(RegistrationResult(RegistrationOutcome.REFUSED, "LA-7", (fatal, fatal._replace(reason=FailureReason.FAILED_VALIDATION))))
    assert [item.text for item in refused.iterfind(".//{*}FailureReason")] == ["FailedValidation", "PrecinctNotFound"]


@pytest.mark.requirement("EWS-09", "EWS-14")
def test_candidates_are_shown_as_in_a_search_and_below_a_size():
    found = answer(RegistrationResult(RegistrationOutcome.CANDIDATES_FOUND, "LA-7", (), candidates=(FOUND, FOUND)))
    assert len(found.findall(".//{*}FoundVoter")) == 2
    assert found.find(".//{*}DriversLicense") is None
    assert len(answer(RegistrationResult(RegistrationOutcome.CANDIDATES_FOUND, "LA-7", (), candidates=(FOUND, FOUND)), 2500).findall(".//{*}FoundVoter")) == 1
