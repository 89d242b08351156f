"""Bad input: whatever stands in a DMV record is an outcome that is counted; nothing is lost, nobody harmed, the rest goes on (COA-20, COA-36)."""

import re
from datetime import date

import pytest
from fakes.dmv import NEW_HOME, OLD_HOME, a_record, a_voter

from db.tables import potential_voter
from votecal_soap.domain.dmv_records import DmvRecordKind
from votecal_soap.domain.jobs import InstanceState

from .dmv_runs import TODAY
from .test_dmv_coa_situations import ONE, a_stranger, by_name

NAMES = {
    "one letter": ("X", "Y"),
    "sixty letters": ("A" * 60, "B" * 60),
    "Vietnamese": ("NGUYỄN", "ĐẶNG"),
    "Chinese": ("偉", "陳"),
    "Arabic, right to left": ("محمد", "الأحمد"),
    "Cyrillic": ("ЖАННА", "ЩУКИНА"),
    "combining marks": ("JOSE\u0301", "PEN\u0303A"),
    "an emoji": ("🙂", "👩‍👩‍👧"),
    "NULL": ("NULL", "NULL"),
    "NA": ("NA", "NA"),
    "nan and None": ("nan", "None"),
    "signs alone": ("--", "..."),
    "a formula": ("=1+1", "@SUM(A1)"),
    "markup": ("<b>", "&amp;"),
    "a quotation": ("'; DROP TABLE voter; --", 'O"NEIL'),
}


def through_the_text(runs, records, change):
    """Drop a file whose text was changed, and work through it; the records by outcome."""
    path = runs.drop("a.xml", *records)
    path.write_text(change(path.read_text()))
    runs.touch(path, runs.exchange._settle * 60)
    job_id = runs.expect("a.xml")
    assert runs.work() is InstanceState.COMPLETED
    return job_id, runs.outcomes(job_id)


@pytest.mark.requirement("COA-03", "COA-20", "COA-36")
@pytest.mark.parametrize("name", NAMES)
def test_an_odd_name_is_searched_for_kept_and_hurts_nobody(sqlite_runs, name):
    first, last = NAMES[name]
    sqlite_runs.add_voters(a_voter(), a_voter(100_000_002, ems_voter_id="LA2", first_name=first, last_name=last, date_of_birth=date(1950, 5, 5)))
    odd = a_stranger(1, first_name=first, last_name=last, county_code="19")
    assert sqlite_runs.run(odd, a_record(2)) == {"NoMatch": 1, "AutomaticMatch": 1}
    item = sqlite_runs.items()[0]
    assert (item.first_name, item.last_name) == (first, last)
    assert len(sqlite_runs.rows(potential_voter)) == 1
    assert sqlite_runs.voter(100_000_002).version == 1


@pytest.mark.requirement("COA-05", "COA-07")
@pytest.mark.parametrize("name", NAMES)
def test_an_odd_name_is_found_by_its_licence(sqlite_runs, name):
    first, last = NAMES[name]
    sqlite_runs.add_voters(a_voter(first_name=first, last_name=last))
    assert sqlite_runs.run(a_record(first_name=first, last_name=last)) == {"AutomaticMatch": 1}
    assert sqlite_runs.voter(ONE).street_name == "NEW"


@pytest.mark.requirement("COA-36")
def test_a_name_of_two_hundred_letters_is_counted_as_unreadable_and_the_next_record_is_processed(sqlite_runs):
    sqlite_runs.add_voters(a_voter())
    job_id, outcomes = through_the_text(sqlite_runs, [a_stranger(1), a_record(2)], lambda text: text.replace("QUACKENBUSH", "Q" * 200))
    assert outcomes == {"Unreadable": 1, "AutomaticMatch": 1}
    with sqlite_runs.factory(read_only=True) as uow:
        (outcome,) = uow.jobs.outcomes(job_id, 0, 10)
    assert [(error.code, error.ref) for error in outcome.errors] == [("SchemaViolation", "LastName")]
    assert "QQQ" not in str(outcome)


@pytest.mark.requirement("COA-36")
@pytest.mark.parametrize("born", ["1933-02-30", "0000-01-01", "1933-13-01", "33-01-01", "1933-07-08T00:00:00", "soon", "-0044-03-15", "12026-01-01"])
def test_a_day_that_is_none_is_counted_as_unreadable(sqlite_runs, born):
    sqlite_runs.add_voters(a_voter())
    _, outcomes = through_the_text(sqlite_runs, [a_stranger(1), a_record(2)], lambda text: text.replace("1933-07-08", born))
    assert outcomes == {"Unreadable": 1, "AutomaticMatch": 1}


@pytest.mark.requirement("COA-20", "COA-36")
@pytest.mark.parametrize("born", [date(1, 1, 1), date(1800, 1, 1), date(1900, 1, 1), date(2025, 12, 31), date(9999, 12, 31)])
def test_a_birth_that_cannot_be_of_a_voter_finds_nobody_by_itself(sqlite_runs, born):
    sqlite_runs.add_voters(a_voter(date_of_birth=date(1900, 1, 1)))
    assert sqlite_runs.run(a_stranger(1, date_of_birth=born, county_code="19")) == {"NoMatch": 1}


@pytest.mark.requirement("COA-03", "COA-20", "COA-36")
def test_a_record_without_anything_to_identify_a_person_by_is_kept_and_matches_nobody(sqlite_runs):
    sqlite_runs.add_voters(a_voter())
    nobody = dict.fromkeys(("drivers_license", "first_name", "last_name", "date_of_birth", "old_address"))
    assert sqlite_runs.run(a_record(1, **nobody), a_record(2, **nobody, new_address=NEW_HOME._replace(residence_zip_code=None, residence_city=None))) == {
        "NoMatch": 1,
        "NoMatchWithoutCounty": 1,
    }
    assert len(sqlite_runs.items()) == 2


@pytest.mark.requirement("COA-11", "COA-21", "COA-36")
@pytest.mark.parametrize(
    ("county_code", "zip_code"), [("99", None), ("99", "90012"), (None, "00000"), (None, "99999"), (None, "ABCDE"), (None, "900"), ("37", "90012")]
)
def test_an_unknown_county_or_zip_leaves_the_match_to_the_voters_county_and_a_stranger_to_sos(sqlite_runs, county_code, zip_code):
    sqlite_runs.add_voters(a_voter())
    there = NEW_HOME._replace(residence_zip_code=zip_code)
    outcomes = sqlite_runs.run(a_record(1, new_address=there, county_code=county_code), a_stranger(2, new_address=there, county_code=county_code))
    assert outcomes == {"PotentialMatch": 1, "NoMatchWithoutCounty": 1}
    assert sqlite_runs.cases()[0].potential_reason == "CountyUnclear"
    assert [message[:2] for message in sqlite_runs.messages()] == [("19", "PotentialMatch")]


@pytest.mark.requirement("COA-38", "COA-08")
def test_a_transaction_of_a_day_to_come_dates_nothing_ahead(sqlite_runs):
    sqlite_runs.add_voters(a_voter())
    to_come = a_record(kind=DmvRecordKind.NEW_REGISTRATION, transaction_date=date(2099, 1, 1), county_code="19")
    assert sqlite_runs.run(to_come) == {"AutomaticMatch": 1}
    voter = sqlite_runs.voter(ONE)
    assert (voter.effective_date, voter.registration_date) == (TODAY, TODAY)


@pytest.mark.requirement("COA-36")
def test_a_duplicate_file_under_another_name_and_spelling_does_nothing_twice(sqlite_runs):
    sqlite_runs.add_voters(a_voter())
    sqlite_runs.run(a_record(), a_stranger(2))
    path = sqlite_runs.drop("b.xml", a_record(), a_stranger(2))
    path.write_text(re.sub(r"<FileId>[^<]*</FileId>", "<FileId>AGAIN</FileId>", path.read_text()))
    sqlite_runs.touch(path, sqlite_runs.exchange._settle * 60)
    job_id = sqlite_runs.expect("b.xml")
    assert sqlite_runs.work() is InstanceState.COMPLETED
    assert sqlite_runs.outcomes(job_id) == {"Duplicate": 2}
    assert (sqlite_runs.voter(ONE).version, len(sqlite_runs.items())) == (2, 2)


@pytest.mark.requirement("COA-04")
def test_half_a_house_number_agrees_on_both_sides(runs):
    half = OLD_HOME._replace(house_number_suffix="1/2")
    runs.add_voters(a_voter(house_number_suffix="1/2"))
    runs.run(by_name(old_address=half))
    (case,) = runs.cases()
    assert "Same address and unit" in case.criteria
