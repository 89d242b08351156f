"""EWS-14: SOS makes a voter confidential or ends it, and what that means the same moment in search, cases, messages and lists."""

import json
from datetime import date, timedelta

import pytest
from fakes.dmv import NEW_HOME, OLD_HOME, a_record, a_voter

from db.tables import audit_entry, ems_message, voter_match
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.domain.match_cases import MailingKind
from votecal_soap.domain.matching import MatchField, MatchingFunction
from votecal_soap.domain.voters import Confidential, Confidentiality
from votecal_soap.errors import ErrorCode, InvalidRequest, NotAllowed, NotFound
from votecal_soap.use_cases.explain_match import ExplainMatch, explain_match
from votecal_soap.use_cases.list_confidential_voters import ConfidentialVoterQuery, list_confidential_voters
from votecal_soap.use_cases.set_confidentiality import SetConfidentiality, set_confidentiality

from .dmv_runs import NOW, TODAY
from .mailing_files import export, lines
from .test_match_case_deadlines import keep_deadlines
from .test_voter_search import search  # noqa: F401 - a fixture

ONE, TWO = 100_000_001, 100_000_002
AT_HOME = {"house_number": OLD_HOME.house_number, "street": "OLD AVE", "city": OLD_HOME.residence_city, "zip_code": OLD_HOME.residence_zip_code}
WHO = {"first_name": "ANA", "last_name": "GARCIA", "date_of_birth": date(1970, 1, 2)}


@pytest.fixture
def staffed(runs):
    with runs.factory() as uow:
        uow.reference.save_staff_user(StaffUser(user_name="ada", role=Role.SOS_ADMINISTRATOR, county_code=None))
        uow.reference.save_staff_user(StaffUser(user_name="cleo", role=Role.AUTHORISED_COUNTY_USER, county_code="19"))
        uow.commit()
    return runs


def change(runs, kind=Confidentiality.SAFE_AT_HOME, since=TODAY, *, uid=ONE, by="ada"):
    confidential = None if kind is None else Confidential(kind, since)
    return set_confidentiality(SetConfidentiality(state_voter_id=uid, confidential=confidential, acting_user=by), runs.factory(), runs.clock)


def listed(runs, **given):
    return list_confidential_voters(ConfidentialVoterQuery(acting_user=given.pop("by", "ada"), **given), runs.factory(), runs.clock)


@pytest.mark.requirement("EWS-14", "OPS-02", "OPS-04")
@pytest.mark.parametrize("kind", list(Confidentiality))
def test_a_voter_is_made_confidential_with_version_activity_audit_and_a_message_to_her_county(staffed, kind):
    staffed.add_voters(a_voter())
    changed = change(staffed, kind, TODAY - timedelta(days=3))
    assert changed == staffed.voter(ONE)
    assert (changed.version, changed.confidentiality, changed.confidential_since) == (2, kind, TODAY - timedelta(days=3))
    assert staffed.versions(ONE) == [1, 2]
    assert staffed.activities(ONE) == ["Confidentiality Set"]
    (entry,) = staffed.rows(audit_entry, action="SetConfidentiality")
    assert (entry.actor, entry.subject_id, json.loads(entry.detail)["new"]["confidentiality"]) == ("ada", str(ONE), kind)
    (told,) = staffed.rows(ems_message)
    assert (told.county_code, told.message_type, told.record_version, told.blocks_updates) == ("19", "ConfidentialityChanged", 2, 1)
    assert "<ConfidentialSince>2026-03-07</ConfidentialSince>" in told.payload


@pytest.mark.requirement("EWS-14")
def test_what_is_so_already_changes_nothing_and_tells_nobody(staffed):
    staffed.add_voters(a_voter())
    change(staffed)
    before = staffed.everything()
    change(staffed)
    assert staffed.everything() == before
    change(staffed, None)
    assert (staffed.voter(ONE).version, staffed.voter(ONE).confidentiality, staffed.voter(ONE).confidential_since) == (3, None, None)
    assert "<Confidentiality>" not in staffed.payloads()[-1]
    before = staffed.everything()
    change(staffed, None)
    assert staffed.everything() == before


@pytest.mark.requirement("EWS-14")
@pytest.mark.parametrize(
    ("given", "refusal", "code"),
    [
        ({"by": "sam"}, NotAllowed, ErrorCode.NOT_AUTHORISED),
        ({"by": "cleo"}, NotAllowed, ErrorCode.NOT_AUTHORISED),
        ({"by": "nobody"}, NotAllowed, ErrorCode.NOT_AUTHORISED),
        ({"uid": 999_999_999}, NotFound, ErrorCode.VOTER_NOT_FOUND),
        ({"since": TODAY + timedelta(days=1)}, InvalidRequest, ErrorCode.VALUE_WRONG),
        ({"kind": Confidentiality.PUBLIC_SAFETY, "since": date(2024, 3, 10)}, InvalidRequest, ErrorCode.VALUE_WRONG),
    ],
)
def test_only_an_administrator_sets_only_what_can_be_true(staffed, given, refusal, code):
    staffed.add_voters(a_voter())
    before = staffed.everything()
    with pytest.raises(refusal) as caught:
        change(staffed, **given)
    assert caught.value.code is code
    assert staffed.everything() == before


@pytest.mark.requirement("EWS-14", "COA-05")
def test_search_hides_her_home_from_other_counties_from_the_same_moment_and_shows_it_again(staffed, search):  # noqa: F811
    staffed.add_voters(a_voter())

    def seen_from(county_code):
        (found,) = search(county_code=county_code, **WHO, **AT_HOME)
        address = next(criterion for criterion in found.match.criteria if criterion.field is MatchField.ADDRESS)
        return found.voter.street_name, address.contribution > 0

    assert seen_from("37") == ("OLD", True)
    change(staffed)
    assert [row.confidential for row in staffed.rows(voter_match)] == [1]
    assert (seen_from("37"), seen_from("19")) == ((None, False), ("OLD", True))
    change(staffed, None)
    assert [row.confidential for row in staffed.rows(voter_match)] == [0]
    assert seen_from("37") == ("OLD", True)


@pytest.mark.requirement("EWS-14", "COA-14")
def test_dmv_does_not_move_her_by_itself_from_the_same_moment(staffed):
    staffed.add_voters(a_voter())
    change(staffed)
    assert staffed.run(a_record()) == {"PotentialMatch": 1}
    assert (staffed.cases()[0].potential_reason, staffed.voter(ONE).street_name) == ("ConfidentialVoter", "OLD")
    change(staffed, None)
    assert staffed.run(a_record(2, new_address=NEW_HOME._replace(house_number="99")), name="b.xml") == {"AutomaticMatch": 1}


@pytest.mark.requirement("EWS-14", "COA-35")
def test_her_card_goes_to_her_mailing_address_or_to_none(staffed):
    box = {"mailing_line1": "PO BOX 7", "mailing_city": "SACRAMENTO", "mailing_state": "CA", "mailing_zip_code": "95814"}
    staffed.add_voters(a_voter(vnc_due=1, **box), a_voter(TWO, ems_voter_id="LA2", vnc_due=1))
    for uid in (ONE, TWO):
        change(staffed, uid=uid)
    boxed, bare = lines(export(staffed, MailingKind.VNC_DUE))
    assert (boxed["Confidential"], boxed["AddressLine1"], boxed["City"]) == ("yes", "PO BOX 7", "SACRAMENTO")
    assert {bare[name] for name in ("AddressLine1", "City", "ZipCode")} == {""}


@pytest.mark.requirement("EWS-14", "OPS-02")
def test_administrators_list_who_is_confidential_and_whose_status_ends_soon(staffed):
    officer = {"confidentiality": Confidentiality.PUBLIC_SAFETY.value}
    staffed.add_voters(
        a_voter(ONE, confidentiality=Confidentiality.COURT_ORDER.value, confidential_since=date(2010, 1, 1)),
        a_voter(TWO, ems_voter_id="LA2", confidential_since=date(2024, 4, 1), **officer),
        a_voter(100_000_003, county_code="37", ems_voter_id="SD3", confidential_since=date(2026, 1, 1), **officer),
        a_voter(100_000_004, ems_voter_id="LA4"),
    )
    assert [(voter.state_voter_id, voter.ends_on) for voter in listed(staffed)] == [(ONE, None), (TWO, date(2026, 4, 1)), (100_000_003, date(2028, 1, 1))]
    assert [voter.state_voter_id for voter in listed(staffed, county_code="37")] == [100_000_003]
    assert [voter.state_voter_id for voter in listed(staffed, ending_within=timedelta(days=60))] == [TWO]
    assert [voter.state_voter_id for voter in listed(staffed, after_state_voter_id=ONE, limit=1)] == [TWO]
    entries = [(row.actor, json.loads(row.detail)["new"]["voters"]) for row in staffed.rows(audit_entry, action="ListConfidentialVoters")]
    assert entries[1:3] == [("ada", [100_000_003]), ("ada", [TWO])]
    with pytest.raises(NotAllowed):
        listed(staffed, by="sam")


@pytest.mark.requirement("EWS-14")
def test_an_officers_record_is_shown_by_the_day_and_compared_by_the_job_of_that_day(staffed, search):  # noqa: F811
    """The way of erring is the safe one: between midnight and the job an address that might be compared is not."""
    staffed.add_voters(a_voter(confidentiality=Confidentiality.PUBLIC_SAFETY.value, confidential_since=date(2024, 3, 11)))
    assert search(county_code="37", state_voter_id=ONE)[0].voter.street_name is None
    staffed.clock.instant = NOW + timedelta(days=1)
    (shown,) = search(county_code="37", **WHO, **AT_HOME)
    assert shown.voter.street_name == "OLD"
    before_the_job = shown.match.score
    keep_deadlines(staffed)
    assert search(county_code="37", **WHO, **AT_HOME)[0].match.score > before_the_job


@pytest.mark.requirement("EWS-14", "COA-05")
@pytest.mark.parametrize(("by", "says"), [("ada", True), ("sam", False)])
def test_whether_her_home_agrees_is_explained_to_administrators_alone(staffed, by, says):
    staffed.add_voters(a_voter(confidentiality=Confidentiality.SAFE_AT_HOME.value, confidential_since=TODAY), a_voter(TWO, ems_voter_id="LA2"))
    command = ExplainMatch(left=ONE, right=TWO, function=MatchingFunction.DUPLICATE_VOTER, acting_user=by)
    match = explain_match(command, staffed.factory(), staffed.clock).match
    (address,) = (criterion for criterion in match.criteria if criterion.field is MatchField.ADDRESS)
    assert (address.contribution != 0) is says
