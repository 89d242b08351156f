"""Translation and filtering are data: what a county's rules may say, and what they do."""

from datetime import date

import pytest

from db import tables
from votecal_soap.contract.batch_elements import REFS
from votecal_soap.domain.batches import FailureReason, FieldError, Severity
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.rules import BOOKS_REMEMBERED, DATE_FIELDS, Reference, RuleBooks, rule_book
from votecal_soap.domain.statewide import shipped_rules
from votecal_soap.domain.translation import Translator
from votecal_soap.domain.voters import FIELD_LENGTHS, VotingPrecinct
from votecal_soap.errors import ErrorCode, InvalidRequest

REFERENCE = Reference(
    codes={
        "Party": frozenset({"DEM", "REP", "NPP"}),
        "Suffix": frozenset({"JR"}),
        "StreetType": frozenset({"ST"}),
        "Gender": frozenset({"F"}),
        "Language": frozenset({"eng"}),
    },
    precincts=frozenset({"000123"}),
    elections=frozenset({"2026G", "2026P"}),
    today=date(2026, 11, 21),
)
COUNTY = """
[[rule]]
fields = ["party"]
action = "translate"
table = { D = "DEM", DECLINED = "NPP" }

[[rule]]
fields = ["home_precinct", "voting_precinct"]
action = "replace"
pattern = '^(\\d{4})-?A?$'
replacement = '00\\1'
"""


def translator(county: str | None = COUNTY, kinds: frozenset[DataKind] = frozenset(DataKind), batch_type: str = "VoterRecordUpdate") -> Translator:
    return Translator(rule_book(shipped_rules(), county), REFERENCE, batch_type=batch_type, kinds=kinds, refs=REFS)


def read(given: dict[str, str | None], **options: object) -> tuple[dict[str, object], list[FieldError]]:
    errors: list[FieldError] = []
    fields, values = translator(**options).values(tuple(given), tuple(given.values()), errors)  # type: ignore[arg-type]
    return dict(zip(fields, values, strict=True)), errors


@pytest.mark.requirement("VRU-08")
def test_a_countys_codes_become_the_states():
    values, errors = read({"party": "D", "home_precinct": "0123-A", "home_precinct_part": None, "residence_zip_code": "900121234"})
    assert values == {"party": "DEM", "home_precinct": "000123", "home_precinct_part": None, "residence_zip_code": "90012-1234"}
    assert errors == []


@pytest.mark.requirement("VRU-08")
def test_text_is_tidied_and_put_in_upper_case_before_it_is_judged():
    values, errors = read({"last_name": "  de la   Cruz ", "first_name": "", "suffix": "Jr."})
    assert (values, errors) == ({"last_name": "DE LA CRUZ", "first_name": None, "suffix": "JR"}, [])


@pytest.mark.requirement("VRU-09")
def test_a_fatal_rule_names_code_place_and_remedy_and_never_the_value():
    values, errors = read({"drivers_license": "XX99"})
    assert values == {}
    assert [(e.code, e.ref, e.severity) for e in errors] == [("DriversLicenseFormat", "Registration/DriversLicense", Severity.FATAL)]
    assert "XX99" not in errors[0].text


@pytest.mark.requirement("VRU-09")
def test_a_non_fatal_rule_leaves_its_field_out_and_keeps_the_rest():
    values, errors = read({"party": "WHIG", "phone": "(213) 555-0100"})
    assert values == {"phone": "2135550100"}
    assert [(e.code, e.severity) for e in errors] == [("PartyUnknown", Severity.NON_FATAL)]


@pytest.mark.requirement("VRU-09")
def test_a_value_of_which_nothing_is_left_is_wrong_and_clears_nothing():
    values, errors = read({"phone": "none", "last_name": "?"})
    assert (values, {e.code for e in errors}) == ({}, {"PhoneFormat", "NameHasWrongCharacters"})


@pytest.mark.requirement("VRU-09")
def test_a_fault_in_part_of_an_address_keeps_the_whole_old_address():
    values, errors = read({"house_number": "12", "street_name": "Main", "street_type": "Wharf", "residence_city": "Bishop", "email": "a@example.org"})
    assert values == {"email": "a@example.org"}
    assert [e.code for e in errors] == ["StreetTypeUnknown"]


@pytest.mark.requirement("VRU-09")
def test_all_errors_of_a_record_are_listed_at_once():
    _, errors = read({"last_name": "", "date_of_birth": "1850-01-01", "ssn4": "12", "residence_state": "NV", "status": "Cancelled"})
    assert {e.code for e in errors} == {"LastNameMissing", "DateOfBirthOutOfRange", "Ssn4Format", "ResidenceNotInCalifornia", "StatusNotByBatch"}


@pytest.mark.requirement("VRU-09")
def test_a_county_may_change_the_severity_of_a_statewide_rule():
    own = '[[rule]]\nfields=["party"]\naction="one_of"\ncodes="Party"\ncode="PartyUnknown"\ntext="Unknown."\nseverity="Fatal"\n'
    _, errors = read({"party": "WHIG"}, county=own)
    assert [(e.code, e.severity) for e in errors] == [("PartyUnknown", Severity.FATAL)]


@pytest.mark.requirement("VRU-03", "VRU-16")
def test_data_of_a_kind_that_was_not_authorised_fails_the_record():
    _, errors = read({"party": "D", "last_name": "Lee"}, kinds=frozenset({DataKind.PARTY}))
    assert [(e.code, e.reason, e.severity) for e in errors] == [("KindNotAuthorised", FailureReason.FAILED_VALIDATION, Severity.FATAL)]


@pytest.mark.requirement("VRU-17")
def test_a_precinct_and_an_election_are_looked_up():
    errors: list[FieldError] = []
    good = translator().voting_precinct(VotingPrecinct("2026G", "0123", None), "2026G", errors)
    assert (good, errors) == (VotingPrecinct("2026G", "000123", None), [])
    assert translator().voting_precinct(VotingPrecinct("1999X", "9999", None), "2026G", errors) is None
    assert [e.reason for e in errors] == [FailureReason.ELECTION_NOT_FOUND, FailureReason.PRECINCT_NOT_FOUND]


@pytest.mark.requirement("VRU-16")
def test_a_known_election_that_is_not_the_jobs_fails_validation():
    errors: list[FieldError] = []
    assert translator().voting_precinct(VotingPrecinct("2026P", "0123", None), "2026G", errors) is None
    assert [(e.code, e.reason) for e in errors] == [("ElectionNotOfThisJob", FailureReason.FAILED_VALIDATION)]


@pytest.mark.requirement("VRU-19")
def test_a_rule_may_hold_for_one_kind_of_file_only():
    assert read({"status": "Cancelled"}, batch_type="InitialLoad") == ({"status": "Cancelled"}, [])


@pytest.mark.requirement("VRU-08")
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("not toml [", None),
        ("[other]\nx=1", "other"),
        ('[[rule]]\nfields=["shoe_size"]\naction="tidy"', "rule[1].fields"),
        ('[[rule]]\nfields=[]\naction="tidy"', "rule[1].fields"),
        ('[[rule]]\nfields=["party"]\naction="guess"', "rule[1].action"),
        ('[[rule]]\nfields=["party"]\naction="tidy"\ntable={}', "rule[1].table"),
        ('[[rule]]\nfields=["party"]\naction="translate"', "rule[1]"),
        ('[[rule]]\nfields=["party"]\naction="required"', "rule[1].code"),
        ('[vnc]\nfields=["shoe_size"]', "vnc.fields"),
        ("[vnc]\nfields=3", "vnc.fields"),
        ("rule=3", "rule"),
        ('[[rule]]\nfields=3\naction="tidy"', "rule[1].fields"),
        ('[[rule]]\nfields=["party"]\naction="tidy"\nbatch_types="InitialLoad"', "rule[1].batch_types"),
        ('[[rule]]\nfields=["party"]\naction="translate"\ntable={D=1}', "rule[1].table"),
        ('[[rule]]\nfields=["party"]\naction="replace"\npattern="("\nreplacement=""', "rule[1].pattern"),
        ('[[rule]]\nfields=["party"]\naction="replace"\npattern="a"\nreplacement="\\\\9"', "rule[1].replacement"),
        ('[[rule]]\nfields=["party"]\naction="one_of"\ncodes="Nope"\ncode="A"\ntext="t"', "rule[1].codes"),
        ('[[rule]]\nfields=["party"]\naction="one_of"\ncode="A"\ntext="t"', "rule[1]"),
        ('[[rule]]\nfields=["party"]\naction="max_length"\nlength=0\ncode="A"\ntext="t"', "rule[1].length"),
        ('[[rule]]\nfields=["date_of_birth"]\naction="date_range"\nearliest="soon"\ncode="A"\ntext="t"', "rule[1].earliest"),
        ('[[rule]]\nfields=["date_of_birth"]\naction="replace"\npattern="-"\nreplacement="/"', "rule[1].fields"),
    ],
)
def test_rules_that_are_wrong_say_which_rule_and_what(text: str, place: str | None):
    with pytest.raises(InvalidRequest) as caught:
        rule_book(shipped_rules(), text)
    assert (caught.value.code, caught.value.ref) == (ErrorCode.RULES_WRONG, place)


@pytest.mark.requirement("VRU-08", "VRU-18")
def test_a_value_that_rules_made_too_long_fails_its_record():
    _, errors = read({"last_name": "\u00df" * 60})
    assert [(e.code, e.severity) for e in errors] == [("ValueTooLong", Severity.FATAL)]


@pytest.mark.requirement("VRU-18")
def test_what_a_field_may_hold_is_what_its_column_holds():
    lengths = {name: column.type.length for name, column in tables.voter.columns.items() if name in FIELD_LENGTHS and hasattr(column.type, "length")}
    assert lengths == {name: FIELD_LENGTHS[name] for name in lengths}
    assert set(FIELD_LENGTHS) - set(lengths) == DATE_FIELDS


@pytest.mark.requirement("VRU-08")
def test_a_text_is_read_once_and_a_changed_one_is_another_book():
    books, text = RuleBooks(), '[[rule]]\nfields = ["party"]\naction = "upper"\n'
    first = books.of("", text)
    assert books.of("", str(text)) is first
    assert first == rule_book("", text)
    assert books.of("", text.replace("party", "phone")).rules[0].fields == ("phone",)
    assert books.of("", None).rules == ()
    for number in range(BOOKS_REMEMBERED):
        books.of("", f"{text}# {number}")
    assert books.of("", text) == first
