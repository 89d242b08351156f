"""UC03.21.01: each situation of a DMV record once, from the file to the rows that it leaves behind."""

from datetime import date

import pytest
from fakes.dmv import NEW_HOME, OLD_HOME, a_record, a_voter

from db.tables import audit_entry, ems_message, mailing, potential_voter, voter_match
from votecal_soap.domain.dmv_records import DmvRecordKind, SignatureImage
from votecal_soap.domain.matching import CrossCountyMode, MatchField, MatchingFunction, MatchingMode, MatchSettings
from votecal_soap.use_cases.ports import Blackout

from .dmv_runs import NOW, TODAY

ONE, TWO = 100_000_001, 100_000_002
SAN_DIEGO = NEW_HOME._replace(residence_city="SAN DIEGO", residence_zip_code="92101")
NEVADA = NEW_HOME._replace(residence_city="RENO", residence_state="NV", residence_zip_code="89501")
REGISTRATION = DmvRecordKind.NEW_REGISTRATION
IMAGE = SignatureImage("image/png", b"\x89PNG a signature")
COA = MatchingFunction.DMV_COA


def by_name(sequence=1, **changes):
    """A record that matches by name, birth and old home, without a licence."""
    return a_record(sequence, drivers_license=None, **changes)


def a_stranger(sequence=1, **changes):
    return a_record(
        sequence,
        **{
            "drivers_license": f"Z99{sequence:05}",
            "first_name": "ZEBULON",
            "last_name": "QUACKENBUSH",
            "date_of_birth": date(1933, 7, 8),
            "old_address": None,
            **changes,
        },
    )


def configure(runs, *, settings=None, mode=None, cross_county=None, blackout=None):
    with runs.factory() as uow:
        if settings:
            uow.matching.save_settings(MatchSettings(**{"function": COA, **settings}), NOW, "ada")
        if mode:
            uow.matching.save_mode(mode, COA, MatchingMode.PROVISIONAL, NOW, "ada")
        if cross_county:
            uow.matching.save_cross_county(cross_county, NOW, "ada")
        if blackout:
            uow.matching.add_blackout(blackout, NOW, "ada")
        uow.commit()


@pytest.mark.requirement("COA-03", "COA-07", "COA-08", "COA-09", "COA-10", "COA-05")
def test_a_certain_match_moves_the_voter_and_closes_the_work_item(runs):
    runs.add_voters(a_voter(), a_voter(TWO, first_name="PEDRO", last_name="LOPEZ", date_of_birth=date(1950, 5, 5)))
    assert runs.run(a_record(county_code="19")) == {"AutomaticMatch": 1}
    voter = runs.voter(ONE)
    assert (voter.house_number, voter.street_name, voter.version, voter.vnc_due, voter.home_precinct) == ("12", "NEW", 2, 1, None)
    (item,) = runs.items()
    assert (item.item_status, item.disposition, item.county_code, item.transaction_id, item.top_confidence) == (
        "Closed",
        "AutomaticMatch",
        "19",
        "T00000001",
        100,
    )
    (case,) = runs.cases()
    assert (case.case_state, case.case_type, case.is_automatic, case.before_version, case.applied_version) == ("Accepted", "DmvCoa", 1, 1, 2)
    assert runs.activities(ONE) == ["DMV COA Match"]
    assert runs.voter(TWO).version == 1


@pytest.mark.requirement("COA-09", "OPS-03")
def test_the_basis_names_criteria_confidence_and_transaction_and_no_value(runs):
    runs.add_voters(a_voter())
    runs.run(a_record())
    basis = runs.basis(ONE)
    assert basis.startswith("DMV transaction T00000001, confidence 100: ")
    assert "Same DL/ID number" in basis
    assert not any(value in basis for value in ("GARCIA", "A0000001", "1970", "OLD", "NEW"))


@pytest.mark.requirement("COA-08", "COA-11", "EWS-06")
def test_the_county_is_told_and_asked_for_a_precinct(runs):
    runs.add_voters(a_voter())
    runs.run(a_record())
    (message,) = runs.rows(ems_message)
    assert (message.county_code, message.message_type, message.blocks_updates, message.voter_sequence, message.record_version) == (
        "19",
        "AutomaticMatchApplied",
        1,
        5,
        2,
    )
    assert "<HomePrecinctNeeded>true</HomePrecinctNeeded>" in message.payload
    assert "<Confidence>100</Confidence>" in message.payload
    assert "Same DL/ID number" in message.payload


@pytest.mark.requirement("COA-11")
def test_a_move_to_another_county_takes_the_voter_there_and_tells_both(runs):
    runs.add_voters(a_voter())
    assert runs.run(a_record(new_address=SAN_DIEGO)) == {"AutomaticMatch": 1}
    voter = runs.voter(ONE)
    assert (voter.county_code, voter.ems_voter_id, voter.vnc_due, voter.transfer_pending_until) == ("37", None, 1, None)
    assert sorted(runs.messages()) == [("19", "TransferOut", ONE), ("37", "TransferIn", ONE)]
    (transfer,) = runs.transfers()
    assert (transfer.losing_county, transfer.gaining_county, transfer.is_provisional, transfer.case_id) == ("19", "37", 0, runs.cases()[0].case_id)
    out, into = sorted(runs.rows(ems_message), key=lambda row: row.county_code)
    assert (out.blocks_updates, out.ems_voter_id, into.ems_voter_id, into.voter_sequence - out.voter_sequence) == (1, "LA1", None, 1)
    assert all("<Confidence>" in row.payload and "<Criteria>" in row.payload for row in (out, into))
    assert runs.rows(voter_match, state_voter_id=ONE)[0].county_code == "37"


@pytest.mark.requirement("COA-11")
@pytest.mark.parametrize(("county", "zip_code"), [("37", "90012"), (None, "90600"), (None, "99999"), ("99", "90012")])
def test_an_unclear_county_is_left_to_the_voters_own(runs, county, zip_code):
    runs.add_voters(a_voter())
    assert runs.run(a_record(county_code=county, new_address=NEW_HOME._replace(residence_zip_code=zip_code))) == {"PotentialMatch": 1}
    (case,) = runs.cases()
    assert (case.case_state, case.potential_reason, case.county_code) == ("Open", "CountyUnclear", "19")
    assert runs.voter(ONE).street_name == "OLD"


@pytest.mark.requirement("COA-11", "COA-35")
def test_a_registration_may_be_cancelled_instead_and_the_voter_invited(runs):
    configure(runs, cross_county=CrossCountyMode.CANCEL_AND_INVITE)
    runs.add_voters(a_voter(vnc_due=1))
    assert runs.run(a_record(new_address=SAN_DIEGO)) == {"AutomaticMatch": 1}
    voter = runs.voter(ONE)
    assert (voter.status, voter.status_reason, voter.county_code, voter.street_name, voter.vnc_due) == ("Cancelled", "Moved Out Of County", "19", "OLD", 0)
    assert runs.messages() == [("19", "AutomaticMatchApplied", ONE)]
    assert [(row.mailing_kind, row.state_voter_id, row.county_code) for row in runs.rows(mailing)] == [("ReRegistrationInvitation", ONE, "37")]


@pytest.mark.requirement("COA-12")
@pytest.mark.parametrize("county", ["19", "37"])
def test_either_county_of_a_move_may_want_it_provisional(runs, county):
    configure(runs, mode=county)
    runs.add_voters(a_voter())
    assert runs.run(a_record(new_address=SAN_DIEGO)) == {"ProvisionalMatch": 1}
    voter = runs.voter(ONE)
    assert (voter.county_code, voter.street_name, (voter.transfer_pending_until - NOW).days) == ("37", "NEW", 10)
    assert [row.case_state for row in runs.cases()] == ["Provisional"]
    assert [(row.transfer_state, row.is_provisional) for row in runs.transfers()] == [("Open", 1)]
    assert all("<Provisional>true</Provisional>" in text and "<WithheldByBlackout>false" in text for text in runs.payloads())


@pytest.mark.requirement("COA-12")
def test_a_provisional_cancellation_waits_for_the_county(runs):
    configure(runs, mode="19", cross_county=CrossCountyMode.CANCEL_AND_INVITE)
    runs.add_voters(a_voter())
    assert runs.run(a_record(new_address=SAN_DIEGO)) == {"ProvisionalMatch": 1}
    assert (runs.voter(ONE).status, runs.voter(ONE).version) == ("Active", 1)
    assert runs.messages() == [("19", "ProvisionalMatchApplied", ONE)]
    assert (runs.cases()[0].case_state, runs.rows(mailing), runs.activities(ONE)) == ("Provisional", [], ["DMV COA Match"])


@pytest.mark.requirement("COA-12")
def test_a_move_within_a_provisional_county_applies_at_once(runs):
    configure(runs, mode="19")
    runs.add_voters(a_voter())
    assert runs.run(a_record()) == {"AutomaticMatch": 1}
    assert runs.messages() == [("19", "AutomaticMatchApplied", ONE)]


@pytest.mark.requirement("JOB-04")
@pytest.mark.parametrize("county", [None, "19", "37"])
def test_a_blackout_makes_a_cancellation_wait_and_the_message_says_so(runs, county):
    configure(runs, blackout=Blackout(0, county, COA, TODAY, TODAY, "Primary"))
    runs.add_voters(a_voter())
    assert runs.run(a_record(new_address=SAN_DIEGO)) == {"ProvisionalMatch": 1}
    assert all("<WithheldByBlackout>true</WithheldByBlackout>" in text for text in runs.payloads())


@pytest.mark.requirement("JOB-04")
@pytest.mark.parametrize(
    "blackout",
    [
        Blackout(0, None, COA, date(2026, 3, 11), date(2026, 4, 1), "later"),
        Blackout(0, "01", COA, TODAY, TODAY, "elsewhere"),
        Blackout(0, None, MatchingFunction.DUPLICATE_VOTER, TODAY, TODAY, "another function"),
    ],
    ids=["later", "elsewhere", "another function"],
)
def test_a_blackout_of_other_days_counties_or_functions_holds_nothing_back(runs, blackout):
    configure(runs, blackout=blackout)
    runs.add_voters(a_voter())
    assert runs.run(a_record(new_address=SAN_DIEGO)) == {"AutomaticMatch": 1}


@pytest.mark.requirement("COA-30", "COA-32", "COA-06", "COA-37")
def test_a_match_between_the_thresholds_waits_for_the_county(runs):
    configure(runs, settings={"automatic": 100})
    runs.add_voters(a_voter())
    assert runs.run(by_name()) == {"PotentialMatch": 1}
    (item,) = runs.items()
    (case,) = runs.cases()
    assert (item.item_status, item.disposition) == ("Open", "PotentialMatch")
    assert (case.case_state, case.potential_reason, case.county_code, case.due_on) == ("Open", "BelowAutomatic", "19", date(2026, 3, 17))
    assert runs.activities(ONE) == ["Potential DMV COA Match"]
    assert (runs.voter(ONE).version, runs.voter(ONE).street_name) == (1, "OLD")
    (message,) = runs.rows(ems_message)
    assert (message.message_type, message.blocks_updates, message.voter_sequence) == ("PotentialMatch", 0, 5)
    told = ("<Criteria>", f"<Confidence>{case.confidence}</Confidence>", "<LastName>GARCIA</LastName>", "<DateOfBirth>1970-01-02</DateOfBirth>")
    told += (f"<StateVoterId>{ONE}</StateVoterId>", "<RegistrationDate>2020-05-01</RegistrationDate>", "<NewAddress><HouseNumber>12</HouseNumber>")
    assert all(part in message.payload for part in told)


@pytest.mark.requirement("COA-04", "COA-06")
def test_only_the_fields_configured_are_searched_by(runs):
    configure(runs, settings={"fields": frozenset({MatchField.DRIVERS_LICENSE})})
    runs.add_voters(a_voter())
    assert runs.run(by_name()) == {"NoMatch": 1}


@pytest.mark.requirement("COA-13")
def test_of_several_certain_voters_none_is_moved(runs):
    runs.add_voters(a_voter(), a_voter(TWO, drivers_license="A0000001"))
    assert runs.run(a_record()) == {"PotentialMatch": 1}
    assert [(row.state_voter_id, row.case_state) for row in runs.cases()] == [(ONE, "Open"), (TWO, "Open")]
    assert {runs.voter(uid).version for uid in (ONE, TWO)} == {1}
    assert sorted(runs.messages()) == [("19", "PotentialMatch", ONE), ("19", "PotentialMatch", TWO)]


@pytest.mark.requirement("COA-14")
def test_the_present_address_is_noted_and_nobody_is_told(runs):
    runs.add_voters(a_voter())
    assert runs.run(a_record(new_address=OLD_HOME, transaction_date=date(2010, 1, 1))) == {"AlreadyCurrent": 1}
    assert (runs.voter(ONE), runs.messages(), runs.versions(ONE)) == (a_voter(), [], [1])
    assert (runs.cases()[0].case_state, runs.items()[0].disposition, runs.items()[0].item_status) == ("Accepted", "AlreadyCurrent", "Closed")
    assert runs.activities(ONE) == ["DMV COA Match"]


@pytest.mark.requirement("COA-14")
def test_an_older_record_than_the_last_move_waits_for_the_county(runs):
    runs.add_voters(a_voter())
    runs.run(a_record(transaction_date=date(2026, 3, 5)), name="newer.xml")
    late = a_record(2, transaction_date=date(2026, 3, 4), new_address=SAN_DIEGO)
    assert runs.run(late, name="older.xml") == {"PotentialMatch": 1}
    assert (runs.cases()[-1].potential_reason, runs.voter(ONE).street_name, runs.voter(ONE).county_code) == ("OlderThanRecord", "NEW", "19")


@pytest.mark.requirement("COA-14")
def test_a_later_change_of_anything_else_does_not_make_a_record_old(runs):
    runs.add_voters(a_voter(effective_date=date(2026, 3, 9)))
    assert runs.run(a_record()) == {"AutomaticMatch": 1}
    assert runs.voter(ONE).effective_date == date(2026, 3, 9)


@pytest.mark.requirement("COA-14")
def test_a_known_voter_who_left_the_state_waits_for_the_county(runs):
    runs.add_voters(a_voter())
    assert runs.run(a_record(new_address=NEVADA)) == {"PotentialMatch": 1}
    assert (runs.cases()[0].potential_reason, runs.items()[0].county_code) == ("OutOfState", None)


@pytest.mark.requirement("COA-20", "COA-21")
def test_a_record_of_nobody_goes_to_its_county_and_is_kept_as_a_potential_voter(runs):
    runs.add_voters(a_voter())
    assert runs.run(a_stranger()) == {"NoMatch": 1}
    (item,) = runs.items()
    assert (item.item_status, item.disposition, item.county_code, item.last_name) == ("Closed", "NoMatch", "19", "QUACKENBUSH")
    assert [row.work_item_id for row in runs.rows(potential_voter)] == [item.work_item_id]
    assert (runs.messages(), runs.cases()) == ([("19", "UnresolvedDmvCoa", None)], [])
    assert "<LastName>QUACKENBUSH</LastName>" in runs.payloads()[0]


@pytest.mark.requirement("COA-21")
def test_without_a_county_it_is_a_work_item_of_sos(runs):
    assert runs.run(a_stranger(new_address=NEW_HOME._replace(residence_zip_code="99999"))) == {"NoMatchWithoutCounty": 1}
    assert runs.messages() == []
    with runs.factory(read_only=True) as uow:
        assert [item.work_item_id for item in uow.work_items.unresolved_of_sos(10)] == [runs.items()[0].work_item_id]


@pytest.mark.requirement("COA-21", "COA-35")
def test_out_of_state_it_is_counted_and_listed(runs):
    assert runs.run(a_stranger(new_address=NEVADA)) == {"NoMatchOutOfState": 1}
    assert [(row.mailing_kind, row.work_item_id) for row in runs.rows(mailing)] == [("OutOfState", runs.items()[0].work_item_id)]
    assert runs.messages() == []
    with runs.factory(read_only=True) as uow:
        assert not uow.work_items.unresolved_of_sos(10)


@pytest.mark.requirement("COA-31")
@pytest.mark.parametrize("automatic", [100, 50], ids=["potential again", "automatic now"])
@pytest.mark.parametrize("together", [True, False], ids=["one file", "two files"])
def test_a_newer_record_takes_the_place_of_one_that_waits(runs, automatic, together):
    configure(runs, settings={"automatic": 100})
    runs.add_voters(a_voter())
    newer = by_name(2, transaction_date=date(2026, 3, 2), new_address=NEW_HOME._replace(house_number="99"))
    if together and automatic == 100:
        runs.run(by_name(), newer)
    else:
        runs.run(by_name(), name="first.xml")
        configure(runs, settings={"automatic": automatic})
        runs.run(newer, name="second.xml")
    first, second = runs.items()
    assert (first.item_status, first.disposition) == ("Closed", "Replaced")
    assert second.disposition == ("PotentialMatch" if automatic == 100 else "AutomaticMatch")
    assert [row.case_state for row in runs.cases()] == ["Replaced", "Open" if automatic == 100 else "Accepted"]
    last = "PotentialMatch" if automatic == 100 else "AutomaticMatchApplied"
    assert [kind for _, kind, _ in runs.messages()] == ["PotentialMatch", "MatchCaseReplaced", last]
    assert [row.voter_sequence for row in runs.rows(ems_message)] == [5, 6, 7]


@pytest.mark.requirement("COA-31")
def test_all_cases_of_a_replaced_item_are_closed_and_their_counties_told(runs):
    configure(runs, settings={"automatic": 100})
    runs.add_voters(a_voter(), a_voter(TWO, county_code="37", ems_voter_id="SD2"))
    runs.run(by_name(), name="first.xml")
    assert len(runs.cases(case_state="Open")) == 2
    runs.run(a_record(2, transaction_date=date(2026, 3, 2)), name="second.xml")
    assert [row.case_state for row in runs.cases(work_item_id=1)] == ["Replaced", "Replaced"]
    assert ("37", "MatchCaseReplaced", TWO) in runs.messages()


@pytest.mark.requirement("COA-38")
def test_a_new_registration_of_a_known_voter_brings_all_its_data_and_the_signature(runs):
    runs.add_voters(a_voter())
    given = a_record(kind=REGISTRATION, party="DEM", email="ana@example.org", phone="2135550101", signature=IMAGE)
    assert runs.run(given) == {"AutomaticMatch": 1}
    voter = runs.voter(ONE)
    assert (voter.party, voter.email, voter.phone, voter.registration_date) == ("DEM", "ana@example.org", "2135550101", date(2026, 3, 1))
    assert (runs.cases()[0].case_type, runs.activities(ONE)) == ("DmvRegistration", ["DMV Registration Match"])
    with runs.factory(read_only=True) as uow:
        signature_id = uow.work_items.signature_of(ONE)
        assert signature_id is not None
        assert uow.work_items.signature(signature_id) == IMAGE


@pytest.mark.requirement("COA-38")
def test_a_new_registration_of_nobody_goes_to_its_county_with_all_its_data(runs):
    assert runs.run(a_stranger(kind=REGISTRATION, party="NPP", signature=IMAGE)) == {"RegistrationPending": 1}
    assert runs.messages() == [("19", "DmvRegistrationPending", None)]
    payload = runs.payloads()[0]
    assert all(part in payload for part in ("<Party>NPP</Party>", "<LastName>QUACKENBUSH</LastName>", "<Signature>", "<MediaType>image/png</MediaType>"))
    assert (runs.items()[0].disposition, runs.rows(potential_voter)) == ("RegistrationPending", [])


@pytest.mark.requirement("COA-38", "COA-06")
def test_a_registration_is_matched_by_its_own_settings(runs):
    configure(runs, settings={"function": MatchingFunction.DMV_REGISTRATION, "automatic": 100})
    runs.add_voters(a_voter())
    assert runs.run(by_name(kind=REGISTRATION), by_name(2, transaction_date=date(2026, 3, 2))) == {"PotentialMatch": 1, "AutomaticMatch": 1}
    assert [row.case_type for row in runs.cases()] == ["DmvRegistration", "DmvCoa"]


@pytest.mark.requirement("EWS-14")
def test_a_confidential_voter_is_not_moved_but_her_county_is_told(runs):
    runs.add_voters(a_voter(confidentiality="SafeAtHome2166_5"))
    assert runs.run(a_record(new_address=SAN_DIEGO)) == {"PotentialMatch": 1}
    assert (runs.cases()[0].potential_reason, runs.voter(ONE).street_name) == ("ConfidentialVoter", "OLD")
    assert runs.messages() == [("19", "PotentialMatch", ONE)]


@pytest.mark.requirement("VRU-10", "COA-08")
def test_a_voter_who_moves_twice_in_one_file_ends_at_the_last_address(runs):
    runs.add_voters(a_voter())
    moves = [a_record(n, transaction_date=date(2026, 3, n), new_address=NEW_HOME._replace(house_number=str(n))) for n in (1, 2, 3)]
    assert runs.run(*moves) == {"AutomaticMatch": 3}
    assert (runs.voter(ONE).house_number, runs.versions(ONE)) == ("3", [1, 2, 3, 4])
    assert [row.voter_sequence for row in runs.rows(ems_message)] == [5, 6, 7]


@pytest.mark.requirement("COA-08")
def test_an_address_that_the_rules_refuse_waits_for_the_county(runs):
    runs.add_voters(a_voter())
    assert runs.run(a_record(new_address=NEW_HOME._replace(street_name="PO BOX 7"))) == {"PotentialMatch": 1}
    assert runs.cases()[0].potential_reason == "AddressUnusable"


@pytest.mark.requirement("COA-20")
@pytest.mark.parametrize("name", ["X", "X" * 60, "陳大文", "😀", "NULL", "NA", "", "'; DROP TABLE voter; --"])
def test_any_name_is_a_counted_outcome(runs, name):
    runs.add_voters(a_voter())
    outcomes = runs.run(a_stranger(first_name=name, last_name=name))
    assert outcomes == {"NoMatch": 1}
    assert len(runs.items()) == 1


@pytest.mark.requirement("COA-20")
def test_a_record_without_identifying_data_is_nobodys(runs):
    runs.add_voters(a_voter())
    nobody = dict.fromkeys(("first_name", "last_name", "date_of_birth", "drivers_license", "old_address"))
    assert runs.run(a_record(**nobody)) == {"NoMatch": 1}


@pytest.mark.requirement("OPS-02")
def test_what_was_changed_is_in_the_audit_with_old_and_new_values(runs):
    runs.add_voters(a_voter())
    runs.run(a_record())
    (entry,) = runs.rows(audit_entry, action="ApplyDmvMatch")
    assert (entry.subject_id, entry.actor) == (str(ONE), "job:1")
    assert '"street_name": "OLD"' in entry.detail
    assert '"street_name": "NEW"' in entry.detail
