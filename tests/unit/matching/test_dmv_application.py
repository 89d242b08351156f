from datetime import date

import pytest
from fakes.dmv import NEW_HOME, OLD_HOME, a_record, a_voter

from votecal_soap.domain.dmv_application import Application, applied, cancelled, is_current, is_older
from votecal_soap.domain.dmv_records import DmvRecordKind, MailingAddress
from votecal_soap.domain.judgement import AfterSteps
from votecal_soap.domain.rules import rule_book
from votecal_soap.domain.statewide import shipped_rules

TODAY = date(2026, 3, 10)
AFTER_STEPS = AfterSteps(rule_book(shipped_rules(), None))
REGISTRATION = DmvRecordKind.NEW_REGISTRATION
MAIL = MailingAddress(mailing_line1="PO BOX 1", mailing_city="RENO", mailing_state="NV", mailing_zip_code="89501")


def residence(voter):
    return tuple(getattr(voter, name) for name in NEW_HOME._fields)


@pytest.fixture
def apply(desk):
    def act(record, voter=None, county="19", **precinct):
        application = Application(record=record, received=desk.received(record), county_code=county, today=TODAY, **precinct)
        return applied(voter or a_voter(), application, AFTER_STEPS)

    return act


@pytest.fixture
def current(desk):
    return lambda record, voter: is_current(voter, record, desk.received(record))


@pytest.mark.requirement("COA-08")
def test_the_voter_moves_to_the_dmv_address_in_a_new_version(apply):
    after, changed = apply(a_record())
    assert residence(after) == NEW_HOME
    assert (after.version, after.effective_date) == (2, date(2026, 3, 1))
    assert {"house_number", "street_name", "residence_zip_code"} <= set(changed)


@pytest.mark.requirement("COA-08")
def test_every_field_named_as_changed_differs_and_no_other_does(apply):
    before = a_voter()
    after, changed = apply(a_record(), before)
    kept = {"version", "effective_date"}
    assert {name for name in before._fields if getattr(before, name) != getattr(after, name)} - kept == set(changed)


@pytest.mark.requirement("COA-08")
def test_parts_of_the_old_address_do_not_stay_in_the_new_one(apply):
    after, _ = apply(a_record(), a_voter(house_number_suffix="B", street_pre_direction="N", unit_type="APT"))
    assert (after.house_number_suffix, after.street_pre_direction, after.unit_type) == (None, None, None)


@pytest.mark.requirement("COA-08")
def test_a_precinct_that_no_longer_fits_is_cleared(apply):
    after, _ = apply(a_record())
    assert (after.home_precinct, after.home_precinct_part) == (None, None)


@pytest.mark.requirement("COA-08")
def test_a_move_within_the_house_keeps_the_precinct(apply):
    after, _ = apply(a_record(new_address=OLD_HOME._replace(unit_number="9")))
    assert (after.unit_number, after.home_precinct, after.home_precinct_part) == ("9", "000123", "1")


@pytest.mark.requirement("COA-33")
def test_the_precinct_that_a_county_names_is_kept(apply):
    after, _ = apply(a_record(), home_precinct="000777", home_precinct_part=None)
    assert (after.home_precinct, after.home_precinct_part) == ("000777", None)


@pytest.mark.requirement("COA-11")
def test_a_card_is_due_after_a_move(apply):
    assert apply(a_record()).after.vnc_due == 1


@pytest.mark.requirement("COA-11")
def test_a_move_to_another_county_gives_up_the_old_countys_id(apply):
    after, changed = apply(a_record(), county="37")
    assert (after.county_code, after.ems_voter_id) == ("37", None)
    assert {"county_code", "ems_voter_id"} <= set(changed)


@pytest.mark.requirement("COA-11")
def test_the_same_house_in_another_county_has_no_precinct(apply):
    after, _ = apply(a_record(new_address=OLD_HOME._replace(unit_number="9")), county="37")
    assert after.home_precinct is None


@pytest.mark.requirement("COA-08")
def test_a_mailing_address_that_was_sent_replaces_the_old_one_and_one_that_was_not_stays(apply):
    before = a_voter(mailing_line1="OLD BOX", mailing_line2="REAR")
    sent, _ = apply(a_record(mailing_address=MAIL), before)
    assert (sent.mailing_line1, sent.mailing_line2, sent.mailing_city) == ("PO BOX 1", None, "RENO")
    unsent, _ = apply(a_record(mailing_address=MailingAddress()), before)
    assert (unsent.mailing_line1, unsent.mailing_line2) == ("OLD BOX", "REAR")


@pytest.mark.requirement("COA-08")
def test_a_change_of_address_changes_no_name(apply):
    after, _ = apply(a_record(first_name="ANNA", party="DEM", phone="2135550101"))
    assert (after.first_name, after.party, after.phone) == ("ANA", None, None)


@pytest.mark.requirement("COA-38")
def test_a_new_registration_brings_all_data_that_was_received(apply):
    given = a_record(kind=REGISTRATION, last_name="GARCIA LOPEZ", party="DEM", phone="(213) 555-0101", email="a@b.org", language="en", gender="F", ssn4="1234")
    after, _ = apply(given)
    assert (after.last_name, after.party, after.phone, after.email) == ("GARCIA LOPEZ", "DEM", "2135550101", "a@b.org")
    assert (after.language, after.gender, after.ssn4, after.registration_date) == ("en", "F", "1234", date(2026, 3, 1))


@pytest.mark.requirement("COA-38")
def test_what_a_registration_leaves_out_stays(apply):
    after, _ = apply(a_record(kind=REGISTRATION), a_voter(middle_name="MARIA", party="NPP", ssn4="4321"))
    assert (after.middle_name, after.party, after.ssn4) == ("MARIA", "NPP", "4321")


@pytest.mark.requirement("COA-38", "VRU-19")
def test_a_new_name_is_verified_with_dmv_again(apply):
    after, _ = apply(a_record(kind=REGISTRATION, last_name="LOPEZ"), a_voter(ssn4="4321", ssn4_status="Verified"))
    assert (after.drivers_license_status, after.drivers_license_verified_on, after.ssn4_status) == ("Pending", None, "Pending")


@pytest.mark.requirement("COA-38", "VRU-19")
def test_a_move_alone_verifies_nothing_again(apply):
    assert apply(a_record()).after.drivers_license_status == "Verified"


@pytest.mark.requirement("COA-38")
def test_a_value_that_breaks_a_rule_is_left_out_and_named(desk, apply):
    given = a_record(kind=REGISTRATION, party="NOSUCH", phone="123")
    assert [error.code for error in desk.received(given).refused] == ["PartyUnknown", "PhoneFormat"]
    after, _ = apply(given, a_voter(party="DEM", phone="2135550100"))
    assert (after.party, after.phone) == ("DEM", "2135550100")


@pytest.mark.requirement("COA-08")
@pytest.mark.parametrize("wrong", [{"street_name": None}, {"residence_city": None}, {"street_name": "PO BOX 7"}, {"street_type": "WAYWARD"}])
def test_an_address_that_breaks_a_rule_is_kept_out_whole(desk, wrong):
    assert not desk.received(a_record(new_address=NEW_HOME._replace(**wrong))).has_residence


@pytest.mark.requirement("COA-08")
@pytest.mark.parametrize("name", ["X" * 200, "陳", "😀", "NULL", "NA", "Y"])
def test_any_name_is_translated_without_breaking(desk, name):
    values = desk.received(a_record(kind=REGISTRATION, last_name=name)).values
    assert values.get("last_name") in {None, name}


@pytest.mark.requirement("VRU-10")
def test_the_new_version_is_never_dated_before_the_last_nor_after_today(apply):
    assert apply(a_record(), a_voter(effective_date=date(2026, 3, 5))).after.effective_date == date(2026, 3, 5)
    assert apply(a_record(transaction_date=date(2027, 1, 1))).after.effective_date == TODAY


@pytest.mark.requirement("COA-08")
def test_an_inactive_voter_who_moves_is_active_again(apply):
    after, _ = apply(a_record(), a_voter(status="Inactive", status_reason="Mail Returned"))
    assert (after.status, after.status_reason) == ("Active", None)


@pytest.mark.requirement("COA-11", "COA-35")
def test_a_cancelled_voter_keeps_the_old_record_and_no_card_is_due():
    before = a_voter(vnc_due=1)
    after, changed = cancelled(before, a_record(), TODAY)
    assert (after.status, after.status_reason, after.vnc_due, after.version) == ("Cancelled", "Moved Out Of County", 0, 2)
    assert residence(after) == residence(before)
    assert set(changed) == {"status", "status_reason", "vnc_due"}


@pytest.mark.requirement("COA-14")
def test_an_address_is_the_present_one_however_city_unit_and_zip_are_spelled(current):
    spelled = OLD_HOME._replace(residence_city="BURBANK HILLS", residence_zip_code="91501-1234", residence_state=None, unit_type="UNIT")
    assert current(a_record(new_address=spelled), a_voter())
    assert not current(a_record(new_address=OLD_HOME._replace(unit_number="2")), a_voter())
    assert not current(a_record(new_address=OLD_HOME._replace(residence_zip_code="91502")), a_voter())


@pytest.mark.requirement("COA-14")
def test_without_a_zip_the_city_tells_addresses_apart(current):
    assert current(a_record(new_address=OLD_HOME._replace(residence_zip_code=None)), a_voter())
    assert not current(a_record(new_address=OLD_HOME._replace(residence_zip_code=None, residence_city="GLENDALE")), a_voter())


@pytest.mark.requirement("COA-14")
def test_a_new_mailing_address_is_news_though_the_residence_is_not(current, apply):
    given = a_record(new_address=OLD_HOME._replace(residence_city="BURBANK HILLS"), mailing_address=MAIL)
    assert not current(given, a_voter())
    after, _ = apply(given)
    assert (after.residence_city, after.mailing_line1, after.home_precinct) == ("BURBANK", "PO BOX 1", "000123")


@pytest.mark.requirement("COA-38")
def test_a_registration_is_news_unless_it_says_nothing_new(current):
    given = a_record(kind=REGISTRATION, new_address=OLD_HOME)
    assert not current(given, a_voter())
    assert current(given, a_voter(registration_date=date(2026, 3, 1), drivers_license="A0000001"))


@pytest.mark.requirement("COA-14")
def test_a_record_is_older_than_a_later_move_or_registration():
    assert is_older(a_voter(), a_record(), date(2026, 3, 2))
    assert is_older(a_voter(registration_date=date(2026, 3, 2)), a_record(), None)
    assert not is_older(a_voter(registration_date=date(2026, 3, 1)), a_record(), date(2026, 3, 1))
