"""`votecal county voter|update|transfer|…`: a clerk's work on one voter, against the state on a real socket, and both sides alike (EWS-09 to EWS-12)."""

import json
from datetime import date, timedelta
from functools import partial

import pytest
from fakes.dmv import a_voter

from votecal_soap.clock import legal_date
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_answers import TransferDecision
from votecal_soap.domain.rules import RuleBooks
from votecal_soap.domain.voter_transfers import TransferVoter
from votecal_soap.use_cases.accept_transfer_out import accept_transfer_out
from votecal_soap.use_cases.reverse_transfer_out import reverse_transfer_out
from votecal_soap.use_cases.transfer_voter import transfer_voter

from .test_clerk_commands import _logging_as_before, county  # noqa: F401 - fixtures
from .test_registration_over_soap import form, row_of  # noqa: F401 - a fixture

SAN_DIEGO = Caller(username="sd", county_code="37", credential_expires_at=None)
PENDING = timedelta(days=10)


def at_the_state(state, act, command, caller=SAN_DIEGO):
    """San Diego calls, for it has no EMS here."""
    with state.application.unit_of_work() as uow:
        result = act(command, caller, uow, state.application.clock, PENDING)
        uow.commit()
    return result


def of_the_state(state, uid):
    with state.application.unit_of_work(read_only=True) as uow:
        return uow.voters.get(uid)


@pytest.fixture
def stranger(state, ems):
    """The person of the form, registered in San Diego."""
    uid = 100_900_001
    about = {"first_name": "ZENOBIA", "last_name": "QUACKENBUSH", "date_of_birth": date(1971, 2, 3), "drivers_license": "Z7654321"}
    with state.application.unit_of_work() as uow:
        voter = a_voter(uid, county_code="37", ems_voter_id="SD-1", message_sequence=0, **about)
        uow.voters.add_voters([voter], state.application.clock.now())
        uow.commit()
    return uid


@pytest.mark.requirement("EWS-09", "EWS-06", "EWS-10")
def test_a_clerk_changes_a_voter_in_the_countys_codes_and_both_sides_are_alike(state, ems, county, voters):  # noqa: F811
    voter = voters[0]
    number, uid = voter.ems_voter_id, int(voter.state_voter_id)
    assert county("update", number, "--last-name", "Quackenbush", "--party", "G", "--basis", "married").strip() == f"Voter {number}: Applied."
    after = of_the_state(state, uid)
    assert (after.last_name, after.party, after.version, after.first_name) == ("QUACKENBUSH", "GRN", 2, voter.first_name)
    assert row_of(ems, number, "nm_last, pty_cd, base_version, changed_kinds, clerk_note") == ("Quackenbush", "G", 2, 0, None)
    assert state.queued() == 0
    shown = json.loads(county("voter", uid, "--section", "Identity", "--section", "Activity", "--json"))
    assert (shown["voter"]["texts"]["LastName"], shown["current_version"], shown["entries"][-1]["kind"]) == ("QUACKENBUSH", 2, "Activity")
    assert "QUACKENBUSH" in county("voter", uid)
    assert voter.last_name in county("voter", uid, "--version", 1)


@pytest.mark.requirement("EWS-09", "VRU-16", "VRU-13")
def test_what_the_state_refuses_stays_marked_and_the_mended_data_goes_out_with_the_next_word(state, ems, county, voters):  # noqa: F811
    voter = voters[0]
    number = voter.ems_voter_id
    assert "FailedValidation" in county("update", number, "--license", "12", "--basis", "a slip")
    assert row_of(ems, number, "clerk_note, base_version, changed_kinds <> 0") == ("DriversLicenseFormat", 1, 1)
    assert "Applied" in county("update", number, "--license", "B7654321", "--basis", "mended")
    assert (of_the_state(state, int(voter.state_voter_id)).drivers_license, row_of(ems, number, "clerk_note")) == ("B7654321", (None,))
    assert "no field surname" in county("update", number, "--clear", "surname", "--basis", "x", code=2)
    assert "VC-2006" in county("update", "NOBODY", "--sex", "1", "--basis", "x", code=1)


@pytest.mark.requirement("EWS-09", "EWS-11", "VRU-15")
def test_a_clerk_takes_a_voter_over_and_hears_that_the_move_stands(state, ems, county, form, stranger):  # noqa: F811
    assert "Another county" in county("voter", stranger)
    number = json.loads(county("transfer", stranger, "--form", form, "--basis", "chosen from the candidates", "--json"))["subject"].split()[1]
    assert row_of(ems, number, "state_uid, base_version, reg_stat") == (stranger, 2, "A")
    assert (of_the_state(state, stranger).county_code, of_the_state(state, stranger).ems_voter_id) == ("19", number)
    assert "VoterPendingTransfer" in county("update", number, "--party", "G", "--basis", "too soon")
    (transfer_id,) = ems.connection.execute("SELECT transfer_id FROM state_transfers").fetchone()
    at_the_state(state, accept_transfer_out, TransferDecision(transfer_id=transfer_id))
    assert "Applied" in county("update", number, "--basis", "again")
    assert ems.connection.execute("SELECT transfer_state FROM state_transfers").fetchone() == ("Accepted",)


@pytest.mark.requirement("EWS-11", "S4.21")
def test_a_voter_who_is_somebody_else_gets_another_uid_in_the_ems_too(state, ems, county, form, stranger):  # noqa: F811
    number = json.loads(county("transfer", stranger, "--form", form, "--basis", "chosen", "--json"))["subject"].split()[1]
    (transfer_id,) = ems.connection.execute("SELECT transfer_id FROM state_transfers").fetchone()
    new_uid = at_the_state(state, reverse_transfer_out, TransferDecision(transfer_id=transfer_id, basis="another person")).new_state_voter_id
    assert "Applied" in county("update", number, "--party", "G", "--basis", "her own record")
    assert row_of(ems, number, "state_uid, base_version") == (new_uid, 2)
    assert (of_the_state(state, new_uid).party, of_the_state(state, stranger).county_code) == ("GRN", "37")


@pytest.mark.requirement("EWS-11", "S4.21")
def test_a_clerk_takes_back_a_move_that_was_accepted(state, ems, county, voters):  # noqa: F811
    voter = voters[0]
    uid, number = int(voter.state_voter_id), voter.ems_voter_id
    given = {"first_name": voter.first_name, "last_name": voter.last_name, "date_of_birth": str(voter.date_of_birth), "house_number": "9", "street_name": "Elm"}
    given |= {"residence_city": "San Diego", "residence_state": "CA", "residence_zip_code": "92101"}
    given |= {"registration_date": legal_date(state.application.clock.now()).isoformat()}
    given |= {"drivers_license": voter.drivers_license} if voter.drivers_license else {"middle_name": voter.middle_name}
    moved = at_the_state(state, partial(transfer_voter, books=RuleBooks()), TransferVoter(state_voter_id=uid, base_version=1, ems_voter_id="SD-7", given=given))
    assert county("accept-move", moved.transfer.transfer_id).strip().endswith("Accepted.")
    assert row_of(ems, number, "reg_stat") == ("C",)
    assert county("undo-move", moved.transfer.transfer_id, "--basis", "her namesake").strip().endswith("Reversed.")
    county("cases")
    assert row_of(ems, number, "reg_stat, base_version") == ("A", 3)
    assert of_the_state(state, uid).county_code == "19"


@pytest.mark.requirement("EWS-09", "EWS-12", "S7.3", "S6.13")
def test_a_clerk_declines_notes_and_confirms(state, ems, county, form, voters):  # noqa: F811
    declined = json.loads(county("decline", "--form", form, "--reason", "Not Signed", "--json"))
    number = declined["subject"].split()[1]
    (uid,) = row_of(ems, number, "state_uid")
    assert (declined["result"], row_of(ems, number, "reg_stat"), of_the_state(state, uid).status_reason) == ("Declined", ("D",), "Not Signed")
    known = voters[0].ems_voter_id
    assert "MailReturned" in county("activity", known, "mailreturned", "--on", "2026-03-01", "--basis", "RCP")
    assert "MailReturned" in county("activity", known, "MailReturned", "--on", "2026-03-01")
    assert "Write it as" in county("activity", known, "MailReturned", "--on", "yesterday", code=2)
    shown = json.loads(county("voter", int(voters[0].state_voter_id), "--section", "Activity", "--json"))
    assert [entry["data"]["ActivityType"] for entry in shown["entries"]].count("Mail Returned") == 2
    county("update", known, "--last-name", "Quackenbush", "--basis", "married")
    assert json.loads(county("vnc-printed", known, "--json")) == {known: "Confirmed"}
    assert "NotDue" in county("vnc-printed", known)


@pytest.mark.requirement("EWS-12")
def test_a_clerk_sends_a_large_affidavit_and_fetches_it(county, voters, tmp_path):  # noqa: F811
    voter = voters[0]
    sent, fetched = tmp_path / "affidavit.pdf", tmp_path / "copy.pdf"
    sent.write_bytes(b"%PDF-1.4 " + bytes(range(256)) * 5_000)
    entry_id = json.loads(county("attach", voter.ems_voter_id, sent, "--json"))["result"].split()[-1]
    assert f"{sent.stat().st_size} bytes" in county("image", int(voter.state_voter_id), entry_id, fetched)
    assert fetched.read_bytes() == sent.read_bytes()
    assert fetched.stat().st_mode & 0o077 == 0
    text = tmp_path / "notes.txt"
    text.write_text("no image")
    assert "VC-1401" in county("attach", voter.ems_voter_id, text, code=1)
