"""COA-35 from the DMV record or the flag to the line in the printer's file, on SQLite and PostgreSQL."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from fakes.dmv import NEW_HOME, a_record, a_voter

from db.tables import audit_entry
from votecal_soap.domain.match_cases import MailingKind
from votecal_soap.domain.matching import CrossCountyMode
from votecal_soap.domain.voters import Confidentiality
from votecal_soap.errors import InvalidRequest
from votecal_soap.use_cases.export_mailing_list import export_again
from votecal_soap.use_cases.mailing_subjects import waiting_lines

from .dmv_runs import NOW, TODAY
from .mailing_files import SETTINGS, command, export, lines

ONE, TWO, THREE = 100_000_001, 100_000_002, 100_000_003
STRANGER = {"drivers_license": "Z9900001", "first_name": "ZEBULON", "last_name": "=QUACKENBUSH", "date_of_birth": date(1933, 7, 8), "old_address": None}


@pytest.fixture
def cards(runs):
    """Three voters who are due a card: two of county 19, one of 37."""
    runs.add_voters(a_voter(ONE, vnc_due=1), a_voter(TWO, vnc_due=1), a_voter(THREE, vnc_due=1, county_code="37", ems_voter_id="SD3"))
    runs.add_voters(a_voter(100_000_004), a_voter(100_000_005, vnc_due=1, status="Cancelled"))
    return runs


@pytest.mark.requirement("COA-35")
def test_a_card_is_listed_once_and_leaves_no_version(cards):
    first = export(cards, MailingKind.VNC_DUE, county_code="19")
    assert [row["StateVoterId"] for row in lines(first)] == [str(ONE), str(TWO)]
    assert export(cards, MailingKind.VNC_DUE, county_code="19") is None
    assert [row["StateVoterId"] for row in lines(export(cards, MailingKind.VNC_DUE))] == [str(THREE)]
    assert (cards.voter(ONE).vnc_due, cards.voter(ONE).version, cards.versions(ONE)) == (0, 1, [1])
    assert cards.activities(ONE) == ["VNC Listed For Mailing"]
    assert cards.voter(100_000_005).vnc_due == 1


@pytest.mark.requirement("OPS-05", "OPS-02", "OPS-03")
def test_a_list_is_its_owners_alone_and_audited_without_a_persons_data(cards):
    exported = export(cards, MailingKind.VNC_DUE)
    assert exported.path.stat().st_mode & 0o777 == 0o600
    assert exported.path.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in exported.path.parent.iterdir()] == [exported.path.name]
    (entry,) = cards.rows(audit_entry, action="ExportMailingList")
    assert (entry.actor, entry.subject_id) == ("sam", "VncDue")
    assert json.loads(entry.detail)["new"] == {"file": exported.path.name, "kind": "VncDue", "lines": 3}


@pytest.mark.requirement("COA-35")
def test_what_waits_is_counted_by_list(cards):
    cards.run(a_record(**STRANGER, county_code="19"))
    with cards.factory(read_only=True) as uow:
        assert waiting_lines(uow, None) == {kind: {"VncDue": 3, "PotentialVoter": 1}.get(kind, 0) for kind in MailingKind}
        assert waiting_lines(uow, "37") == {kind: {"VncDue": 1}.get(kind, 0) for kind in MailingKind}


@pytest.mark.requirement("COA-20", "COA-35", "OPS-05")
def test_a_potential_voter_is_listed_once_unless_a_county_names_the_voter(runs):
    runs.run(a_record(1, **STRANGER, county_code="19"), a_record(2, **{**STRANGER, "drivers_license": "Z9900002", "first_name": "ADA"}))
    named, other = (row.work_item_id for row in runs.items())
    with runs.factory() as uow:
        uow.work_items.withdraw_potential_voter(named, NOW)
        uow.commit()
    (row,) = lines(export(runs, MailingKind.POTENTIAL_VOTER))
    assert (row["WorkItemId"], row["FirstName"], row["LastName"]) == (str(other), "ADA", "'=QUACKENBUSH")
    assert export(runs, MailingKind.POTENTIAL_VOTER) is None


@pytest.mark.requirement("COA-35", "COA-11")
def test_a_voter_whose_registration_ended_by_a_move_is_invited_and_gets_no_other_letter(runs):
    runs.add_voters(a_voter(language="es"))
    with runs.factory() as uow:
        uow.matching.save_cross_county(CrossCountyMode.CANCEL_AND_INVITE, NOW, "ada")
        uow.commit()
    san_diego = NEW_HOME._replace(residence_city="SAN DIEGO", residence_zip_code="92101")
    runs.run(a_record(new_address=san_diego, county_code="37"))
    (row,) = lines(export(runs, MailingKind.RE_REGISTRATION_INVITATION))
    assert (row["StateVoterId"], row["Language"], row["BlankForm"], row["RegistrationLink"]) == (str(ONE), "es", "yes", "https://register.example/")
    assert (row["CountyCode"], row["City"]) == ("37", "SAN DIEGO")
    assert [export(runs, kind) for kind in MailingKind] == [None] * len(MailingKind)


@pytest.mark.requirement("COA-35", "OPS-02")
def test_a_list_is_written_again_by_its_name(cards):
    first = export(cards, MailingKind.VNC_DUE, county_code="19")
    before = first.path.read_bytes()
    first.path.unlink()
    again = export_again(command(cards, MailingKind.VNC_DUE), first.path.name, cards.factory, cards.clock)
    assert (again.path, again.line_count, again.path.read_bytes()) == (first.path, 2, before)
    assert cards.activities(ONE) == ["VNC Listed For Mailing"]
    assert len(cards.rows(audit_entry, action="ExportMailingListAgain")) == 1
    for kind, name in ((MailingKind.VNC_DUE, "../vnc.csv"), (MailingKind.OUT_OF_STATE, first.path.name)):
        with pytest.raises(InvalidRequest, match="No such list"):
            export_again(command(cards, kind), name, cards.factory, cards.clock)


@pytest.mark.requirement("COA-35")
def test_an_export_that_breaks_off_marks_nothing_and_leaves_no_list(cards, monkeypatch):
    monkeypatch.setattr("votecal_soap.use_cases.export_mailing_list._audit", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(cards, MailingKind.VNC_DUE)
    monkeypatch.undo()
    assert not list((cards.folder / "export").glob("*.csv"))
    assert len(lines(export(cards, MailingKind.VNC_DUE))) == 3


@pytest.mark.requirement("COA-35")
def test_a_long_list_is_read_page_by_page(cards, monkeypatch):
    monkeypatch.setattr("votecal_soap.use_cases.mailing_subjects.PAGE", 2)
    cards.run(*(a_record(number, **{**STRANGER, "drivers_license": f"Z99{number:05}"}, county_code="19") for number in range(1, 6)))
    people = export(cards, MailingKind.POTENTIAL_VOTER)
    assert people.line_count == len({row["WorkItemId"] for row in lines(people)}) == 5
    assert len(lines(export(cards, MailingKind.VNC_DUE))) == 3
    people.path.unlink()
    assert export_again(command(cards, MailingKind.POTENTIAL_VOTER), people.path.name, cards.factory, cards.clock).line_count == 5


@pytest.mark.requirement("EWS-14")
def test_a_confidential_voters_card_has_no_residence(runs):
    hidden = {"confidentiality": Confidentiality.COURT_ORDER.value, "confidential_since": TODAY - timedelta(days=9_000)}
    voter = a_voter(vnc_due=1, **hidden)
    runs.add_voters(voter)
    exported = export(runs, MailingKind.VNC_DUE)
    (row,) = lines(exported)
    assert (row["Confidential"], row["LastName"], row["AddressLine1"], row["City"]) == ("yes", "GARCIA", "", "")
    assert str(voter.street_name) not in exported.path.read_text()


@pytest.mark.requirement("COA-35")
def test_a_card_names_the_polling_place_of_its_precinct(cards):
    settings = replace(SETTINGS, polling_places={("19", "000123"): "City Hall, +1 floor"})
    exported = export(cards, MailingKind.VNC_DUE, settings=settings)
    assert [row["PollingPlace"] for row in lines(exported)] == ["City Hall, +1 floor"] * 2 + [""]
