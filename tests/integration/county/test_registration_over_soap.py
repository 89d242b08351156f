"""UC01.24.01 from end to end: a clerk's form, the EMS, the state over SOAP, whom it finds, and both sides alike (EWS-07, EWS-09, DLR-15)."""

import hashlib
import json
from datetime import date

import pytest

from votecal_soap.county.clerk import Clerk
from votecal_soap.county.state_client import StateClient
from votecal_soap.county.synchronise import synchronise
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.domain.duplicate_cases import ReviewDecision
from votecal_soap.domain.match_cases import CaseState
from votecal_soap.domain.voter_children import Document, DocumentKind, NewChild
from votecal_soap.errors import Unavailable
from votecal_soap.use_cases.ports import DocumentContent
from votecal_soap.use_cases.pull_merged_data import INLINE_BYTES
from votecal_soap.use_cases.review_duplicate import review_duplicate

from .test_clerk_commands import _logging_as_before, county  # noqa: F401 - fixtures

FORM = """
first_name = "Zenobia"
last_name = "Quackenbush"
born = "1971-02-03"
license = "Z7654321"
sex = "2"
party = "D"
house_number = "12"
street = "Main"
street_type = "Street"
city = "Los Angeles"
zip = "90012"
registered = "2026-01-05"
"""


@pytest.fixture
def form(tmp_path):
    path = tmp_path / "affidavit.toml"
    path.write_text(FORM)
    return path


def row_of(ems, number, columns):
    return ems.connection.execute(f"SELECT {columns} FROM voters WHERE voter_num = ?", (number,)).fetchone()


@pytest.mark.requirement("EWS-09", "EWS-06", "VRU-08")
def test_a_clerk_registers_a_voter_in_the_countys_codes_and_both_sides_are_alike(state, ems, county, form):  # noqa: F811
    told = json.loads(county("register", "--form", form, "--json"))
    assert (told["result"], told["candidates"]) == ("Registered", [])
    with state.application.unit_of_work(read_only=True) as uow:
        voter = uow.voters.get(told["state_uid"])
    assert (voter.ems_voter_id, voter.last_name, voter.party, voter.street_type, voter.status) == (told["voter"], "QUACKENBUSH", "DEM", "ST", "Active")
    assert row_of(ems, told["voter"], "state_uid, base_version, state_status, dl_verif, changed_since_sync") == (
        told["state_uid"],
        1,
        "Registered",
        "Pending",
        0,
    )
    assert state.queued() == 0


@pytest.mark.requirement("EWS-09", "DUP-04", "S4.23")
def test_a_clerk_looks_at_whom_the_state_finds_and_then_says_that_it_is_none_of_them(state, ems, county, form, voters):  # noqa: F811
    known = voters[0]
    given = ("--first-name", known.first_name, "--last-name", known.last_name, "--born", known.date_of_birth, "--license", known.drivers_license or "B0000009")
    shown = json.loads(county("register", "--form", form, *given, "--json"))
    assert shown["result"] == "CandidatesFound"
    assert int(known.state_voter_id) in [found["voter"]["state_voter_id"] for found in shown["candidates"]]
    assert "--none-of-them" in county("register", "--voter", shown["voter"])
    done = json.loads(county("register", "--voter", shown["voter"], "--none-of-them", "--json"))
    assert (done["result"], done["candidates"], row_of(ems, shown["voter"], "state_uid")) == ("Registered", [], (done["state_uid"],))
    assert "Refused" in county("register", "--voter", shown["voter"])
    assert row_of(ems, shown["voter"], "clerk_note, state_uid") == ("AlreadyRegistered", done["state_uid"])


@pytest.mark.requirement("EWS-09", "VRU-16")
def test_a_refusal_is_noted_for_the_clerk_and_the_mended_form_is_sent_under_the_same_number(ems, county, form):  # noqa: F811
    told = json.loads(county("register", "--form", form, "--license", "12", "--json"))
    assert told["result"] == "Refused"
    assert row_of(ems, told["voter"], "state_uid, state_status, clerk_note") == (None, "Refused", "DriversLicenseFormat")
    ems.connection.execute("UPDATE voters SET dl_num = 'Z7654321' WHERE voter_num = ?", (told["voter"],))
    assert json.loads(county("register", "--voter", told["voter"], "--json"))["result"] == "Registered"


def test_a_form_that_is_wrong_enters_nobody(ems, county, form, tmp_path):  # noqa: F811
    before = ems.voter_count()
    form.write_text('surname = "Garcia"')
    assert "no field surname" in county("register", "--form", form, code=2)
    assert "last name" in county("register", "--first-name", "Ana", code=2)
    assert "as 1970-01-02" in county("register", "--last-name", "Garcia", "--born", "yesterday", code=2)
    assert "either a form or --voter" in county("register", "--last-name", "Garcia", "--voter", "LA-1", code=2)
    assert "VC-2006" in county("register", "--voter", "NOBODY", code=1)
    assert ems.voter_count() == before


@pytest.mark.requirement("EWS-07", "EWS-09")
def test_a_registration_whose_answer_was_lost_is_sent_again_and_registers_once(state, ems, office, client, monkeypatch):
    clerk = Clerk(office, client)
    voter = clerk.enter(
        {"nm_last": "Quackenbush", "birth_dt": "1971-02-03", "res_house_no": "1", "res_street": "Main", "res_city": "Burbank", "reg_dt": "2026-01-05"}
    )
    register, lost = StateClient.register_voter, []

    def losing(self, transaction_id, new):
        answer = register(self, transaction_id, new)
        if len(lost) < 2:
            lost.append(answer)
            raise Unavailable("VC-5001", "The answer was lost.")
        return answer

    monkeypatch.setattr(StateClient, "register_voter", losing)
    assert clerk.register(voter) == "Registered"
    assert [answer.state_voter_id for answer in lost] == [row_of(ems, voter.number, "state_uid")[0]] * 2


@pytest.fixture
def merged(state, office, client, county, form, voters):  # noqa: F811
    """A clerk registers a voter anew over her own record of the same number, and SOS finds that both are one: the older and the newer UID, and the case."""
    older = next(voter for voter in voters if voter.drivers_license)
    known = ("--first-name", older.first_name, "--last-name", older.last_name, "--born", older.date_of_birth, "--license", older.drivers_license)
    number = json.loads(county("register", "--form", form, *known, "--json"))["voter"]
    newer = json.loads(county("register", "--voter", number, "--none-of-them", "--json"))["state_uid"]
    (case,) = [case for case in Clerk(office, client).cases([CaseState.REJECTED_BY_USER]) if case.duplicate.cause == "Registration"]
    with state.application.unit_of_work() as uow:
        uow.reference.save_staff_user(StaffUser(user_name="sam", role=Role.SOS_USER, county_code=None))
        decision = ReviewDecision(case_id=case.case_id, expected_version=case.case_version, same_person=True, basis="asked DMV")
        review_duplicate(decision, "sam", uow, state.application.clock)
        uow.commit()
    return int(older.state_voter_id), newer, case.case_id


def allow(state):
    with state.application.unit_of_work() as uow:
        uow.matching.save_merged_data_pull("19", True, state.application.clock.now(), "ada")
        uow.commit()


def add_large_scan(state, newer, case_id):
    """A merge's copy as large as one may be that is sent with its bytes."""
    content = bytes(INLINE_BYTES)
    sha256 = hashlib.sha256(content).hexdigest()
    now = state.application.clock.now()
    with state.application.unit_of_work() as uow:
        uow.children.add_contents([DocumentContent(sha256, content)], now)
        uow.children.add([NewChild(newer, Document(DocumentKind.OTHER, "image/tiff", sha256, "Scan", date(2010, 5, 1)), "Document:99", case_id)], now)
        uow.commit()


@pytest.mark.requirement("DLR-15", "DUP-04", "EWS-12")
def test_the_county_cancels_its_older_record_and_pulls_what_the_merge_added(state, ems, settings, merged):
    older, newer, case_id = merged
    allow(state)
    add_large_scan(state, newer, case_id)
    report = synchronise(settings)
    assert {"MergedIntoNewer", "MergeReceived"} <= set(report.imported)
    cancelled = ems.connection.execute("SELECT reg_stat, reg_stat_rsn FROM voters WHERE state_uid = ?", (older,)).fetchone()
    assert cancelled == ("C", "Merged to Newer Duplicate")
    pulled = ems.connection.execute("SELECT case_id, state_uid, kind FROM merged_data").fetchall()
    assert (case_id, newer, "PastAddress") in pulled
    assert report.merged_items == len(pulled)
    (kept,) = ems.connection.execute("SELECT data FROM merged_data WHERE kind = 'OtherDocument' OR data LIKE '%OtherDocument%'").fetchall()
    assert len(kept[0]) > INLINE_BYTES


@pytest.mark.requirement("DLR-15")
def test_a_clerk_pulls_what_was_refused_before_once_sos_has_set_it(state, ems, settings, county, merged):  # noqa: F811
    _, _, case_id = merged
    assert synchronise(settings).merged_items == 0
    assert "VC-3005" in county("pull", case_id, code=1)
    allow(state)
    assert json.loads(county("pull", case_id, "--json"))["items"] == len(ems.connection.execute("SELECT 1 FROM merged_data").fetchall()) > 0
