from datetime import date

import pytest

from votecal_soap.contract.csv_cells import neutral
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, MailingAddress, ResidenceAddress
from votecal_soap.domain.mailing_lists import LetterSettings, MailingSubject, columns, line, residence_line
from votecal_soap.domain.match_cases import MailingKind
from votecal_soap.domain.voters import Confidentiality, Voter

NEW = ResidenceAddress(house_number="12", street_name="OAK", street_type="ST", residence_city="DAVIS", residence_state="CA", residence_zip_code="95616")
BOX = MailingAddress(mailing_line1="PO BOX 7", mailing_city="DAVIS", mailing_state="CA", mailing_zip_code="95617")
ANN = Voter(*(None,) * len(Voter._fields))._replace(
    state_voter_id=100_000_001,
    county_code="19",
    ems_voter_id="LA-1",
    first_name="ANN",
    last_name="LEE",
    language="es",
    house_number="1",
    street_name="ELM",
    residence_city="BURBANK",
    residence_state="CA",
    residence_zip_code="91501",
    home_precinct="P1",
    status="Active",
)
HIDDEN = ANN._replace(confidentiality=Confidentiality.SAFE_AT_HOME.value, confidential_since=date(2020, 1, 1))
RECORD = DmvRecord(**dict.fromkeys(DmvRecord._fields))._replace(
    sequence=1,
    transaction_id="T1",
    kind=DmvRecordKind.CHANGE_OF_ADDRESS,
    transaction_date=date(2026, 2, 27),
    first_name="ANNE",
    last_name="LEE",
    language="fr",
    new_address=NEW,
)
SETTINGS = LetterSettings(today=date(2026, 3, 2), registration_link="https://register.example/", blank_form=True)


def cells(kind, subject, settings=SETTINGS):
    return dict(zip(columns(kind, settings), line(kind, subject, settings), strict=True))


@pytest.mark.requirement("COA-35")
@pytest.mark.parametrize("kind", MailingKind)
def test_every_list_has_a_heading_for_each_cell_and_an_addressee(kind):
    told = cells(kind, MailingSubject("34", ANN, 7, RECORD, "which house?"))
    assert (told["CountyCode"], told["LastName"], told["AddressLine1"], told["City"]) == ("34", "LEE", "12 OAK ST", "DAVIS")


@pytest.mark.requirement("COA-20", "COA-35")
def test_a_person_whom_nobody_knows_is_addressed_as_dmv_said():
    told = cells(MailingKind.POTENTIAL_VOTER, MailingSubject("57", None, 7, RECORD))
    assert (told["WorkItemId"], told["FirstName"], told["Language"], told["ZipCode"]) == (7, "ANNE", "fr", "95616")


@pytest.mark.requirement("COA-35")
def test_mail_goes_to_the_mailing_address_if_there_is_one():
    told = cells(MailingKind.NON_MATCH_NOTICE, MailingSubject("57", None, 7, RECORD._replace(mailing_address=BOX)))
    assert (told["AddressLine1"], told["ZipCode"], told["DmvTransactionDate"]) == ("PO BOX 7", "95617", date(2026, 2, 27))
    card = cells(MailingKind.VNC_DUE, MailingSubject("19", ANN._replace(**BOX._asdict())))
    assert (card["AddressLine1"], card["Precinct"], card["EmsVoterId"], card["Confidential"]) == ("PO BOX 7", "P1", "LA-1", "no")


@pytest.mark.requirement("COA-35")
def test_a_card_names_the_polling_place_if_places_are_configured():
    assert "PollingPlace" not in columns(MailingKind.VNC_DUE, SETTINGS)
    places = LetterSettings(today=SETTINGS.today, registration_link="", blank_form=True, polling_places={("19", "P1"): "City Hall"})
    assert cells(MailingKind.VNC_DUE, MailingSubject("19", ANN), places)["PollingPlace"] == "City Hall"
    assert cells(MailingKind.VNC_DUE, MailingSubject("19", ANN._replace(home_precinct=None)), places)["PollingPlace"] is None
    assert "PollingPlace" not in columns(MailingKind.OUT_OF_STATE, places)


@pytest.mark.requirement("COA-35")
def test_an_invitation_has_the_language_the_form_and_the_link():
    told = cells(MailingKind.RE_REGISTRATION_INVITATION, MailingSubject("34", ANN, 7, RECORD))
    assert (told["Language"], told["BlankForm"], told["RegistrationLink"]) == ("es", "yes", "https://register.example/")
    without = LetterSettings(today=SETTINGS.today, registration_link="", blank_form=False)
    assert cells(MailingKind.RE_REGISTRATION_INVITATION, MailingSubject("34", ANN), without)["BlankForm"] == "no"


@pytest.mark.requirement("COA-33", "COA-35")
def test_a_follow_up_letter_says_what_the_county_could_not_place():
    told = cells(MailingKind.UNPRECINCTABLE_FOLLOW_UP, MailingSubject("34", ANN, 7, RECORD._replace(mailing_address=BOX), "which house?"))
    assert (told["Comment"], told["UnplacedAddress"], told["UnplacedZipCode"], told["AddressLine1"]) == ("which house?", "12 OAK ST", "95616", "PO BOX 7")


@pytest.mark.requirement("EWS-14")
@pytest.mark.parametrize("kind", MailingKind)
def test_where_a_confidential_voter_lives_stands_in_no_list(kind):
    moved = MailingSubject("19", HIDDEN, 7, RECORD, None)
    for subject in (moved, moved._replace(record=None)):
        told = [str(cell) for cell in line(kind, subject, SETTINGS)]
        assert not {"12 OAK ST", "1 ELM", "DAVIS", "BURBANK", "95616", "91501"} & set(told)
    boxed = cells(kind, moved._replace(record=RECORD._replace(mailing_address=BOX)))
    assert (boxed["AddressLine1"], boxed["LastName"]) == ("PO BOX 7", "LEE")
    assert cells(kind, moved._replace(voter=HIDDEN._replace(**BOX._asdict()), record=None))["AddressLine1"] == "PO BOX 7"


@pytest.mark.requirement("EWS-14")
def test_a_status_that_has_ended_hides_nothing():
    officer = HIDDEN._replace(confidentiality=Confidentiality.PUBLIC_SAFETY.value, confidential_since=date(2024, 3, 2))
    assert cells(MailingKind.VNC_DUE, MailingSubject("19", officer))["AddressLine1"] == "1 ELM"
    assert cells(MailingKind.VNC_DUE, MailingSubject("19", officer._replace(confidential_since=date(2024, 3, 3))))["AddressLine1"] is None


def test_a_residence_is_written_as_on_an_envelope():
    whole = NEW._replace(house_number_suffix="A", street_pre_direction="N", street_post_direction="E", unit_type="APT", unit_number="4")
    assert residence_line(whole) == "12A N OAK ST E APT 4"
    assert residence_line(ResidenceAddress(house_number="12")) is None


@pytest.mark.requirement("OPS-05")
def test_a_cell_is_never_a_formula():
    assert [neutral(cell) for cell in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1")] == ["'=1+1", "'+1", "'-1", "'@x", "'\t=1", "'\r=1"]
    assert [neutral(cell) for cell in ("LEE", "A=B", 7, date(2026, 3, 2), None, "")] == ["LEE", "A=B", "7", "2026-03-02", "", ""]
