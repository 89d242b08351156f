"""COA-02, COA-13, COA-36: a record sees what earlier ones did, whatever the chunks are and whoever searched for it, and however early."""

import shutil
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random

import pytest
from fakes.dmv import NEW_HOME, OLD_HOME, a_record, a_voter

from votecal_soap.domain.dmv_records import DmvRecordKind
from votecal_soap.domain.jobs import InstanceState
from votecal_soap.domain.matching import MatchingFunction, MatchSettings
from votecal_soap.use_cases import search_ahead
from votecal_soap.use_cases.ports import VoterChange

from .dmv_runs import NOW, Mortal, begin, end

ONE = 100_000_001
LATER_HOME = NEW_HOME._replace(house_number="77", street_name="LATER", residence_zip_code="90210")
NAMES = ("ANA", "BEA", "CARMEN", "DORA", "EVA", "FLORA")
SURNAMES = ("GARCIA", "LOPEZ", "MARTINEZ")


def of_nobody_yet(sequence=2, **changes):
    """A record that matches Ana only at the address that the first record brings her to: it bears neither licence nor birth date."""
    return a_record(sequence, **{"drivers_license": None, "date_of_birth": None, "old_address": NEW_HOME, "new_address": LATER_HOME, **changes})


@pytest.fixture
def searched_at_once(monkeypatch):
    """Every chunk but the first is searched for before anything is written: no search could be older."""

    @contextmanager
    def made_at_once(make, order, *, waiting):
        yield iter(list(make(order)))

    monkeypatch.setattr(search_ahead, "made_ahead", made_at_once)


@pytest.fixture
def fresh(sqlite_template, tmp_path):
    """SQLite databases by name."""
    return lambda name: f"sqlite:///{shutil.copy(sqlite_template, tmp_path / f'{name}.db')}"


def a_busy_file():
    """Few people who move and register again and again, one in two without a licence, and some who move to where others live."""
    random = Random(7)
    homes = [NEW_HOME._replace(house_number=str(number), residence_zip_code=zip_code) for number in (1, 2, 3) for zip_code in ("90012", "90013", "92101")]
    records = []
    for sequence in range(1, 81):
        person = random.randrange(len(NAMES))
        registers = random.random() < 0.3
        records.append(
            a_record(
                sequence,
                kind=DmvRecordKind.NEW_REGISTRATION if registers else DmvRecordKind.CHANGE_OF_ADDRESS,
                transaction_date=date(2026, 1, 1) + timedelta(days=sequence // 2),
                first_name=NAMES[person],
                last_name=random.choice(SURNAMES) if registers else SURNAMES[person % 3],
                date_of_birth=random.choice([date(1960 + person, 3, 4), None]),
                drivers_license=random.choice([f"A{person + 1:07}", None]),
                old_address=random.choice([None, *homes]),
                new_address=random.choice(homes),
            )
        )
    return records


def its_voters():
    return [
        a_voter(ONE + number, first_name=name, last_name=SURNAMES[number % 3], date_of_birth=date(1960 + number, 3, 4), house_number=str(number + 1))
        for number, name in enumerate(NAMES)
    ]


def after_a_busy_file(url, folder, *, chunk, **given):
    """All that such a file leaves behind."""
    runs = begin(url, folder, *its_voters())
    runs.drop("a.xml", *a_busy_file())
    runs.expect("a.xml")
    assert runs.work(chunk=chunk, **given) is InstanceState.COMPLETED
    found = runs.everything()
    end(runs)
    return found


@pytest.mark.requirement("COA-02", "COA-08")
@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_a_record_finds_a_voter_at_the_address_that_an_earlier_one_brought(runs, chunk):
    runs.add_voters(a_voter())
    assert runs.run(of_nobody_yet(1), name="before.xml") == {"NoMatch": 1}
    later = of_nobody_yet(2, transaction_id="later", new_address=LATER_HOME._replace(house_number="78"))
    assert runs.run(a_record(1, transaction_id="move"), later, name="after.xml", chunk=chunk) == {"AutomaticMatch": 2}
    assert (runs.voter(ONE).house_number, runs.versions(ONE)) == ("78", [1, 2, 3])


@pytest.mark.requirement("COA-02", "COA-38")
@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_a_record_finds_a_voter_by_the_name_that_an_earlier_registration_brought(runs, chunk):
    runs.add_voters(a_voter())
    married = {"last_name": "WINTERBOTTOM", "first_name": "ANASTASIA"}
    registration = a_record(1, kind=DmvRecordKind.NEW_REGISTRATION, new_address=OLD_HOME, **married)
    by_new_name = of_nobody_yet(2, old_address=OLD_HOME, **married)
    assert runs.run(registration, by_new_name, chunk=chunk) == {"AutomaticMatch": 2}


@pytest.mark.requirement("COA-02")
def test_a_record_does_not_wait_for_a_later_one(runs):
    runs.add_voters(a_voter())
    assert runs.run(of_nobody_yet(1), a_record(2)) == {"NoMatch": 1, "AutomaticMatch": 1}


@pytest.mark.requirement("COA-36", "COA-02", "COA-13")
@pytest.mark.parametrize("chunk", [1, 3, 20])
def test_searching_early_changes_nothing_that_is_written(fresh, tmp_path, searched_at_once, chunk):
    here = after_a_busy_file(fresh("here"), tmp_path / "here", chunk=chunk)
    early = after_a_busy_file(fresh("early"), tmp_path / "early", chunk=chunk, search_ahead_from=1)
    assert early == here
    assert {row[0] for row in here["dmv_file_count"]} and len(here["match_case"]) > 40


@pytest.mark.requirement("COA-36")
def test_a_process_beside_the_writer_changes_nothing_that_is_written(fresh, database_url, tmp_path):
    expected = after_a_busy_file(fresh("here"), tmp_path / "here", chunk=4)
    assert after_a_busy_file(database_url, tmp_path / "beside", chunk=4, search_ahead_from=1) == expected


@pytest.mark.requirement("COA-36", "OPS-04")
@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
def test_a_run_killed_while_it_searches_ahead_does_each_record_once(fresh, tmp_path, searched_at_once, after):
    expected = after_a_busy_file(fresh("whole"), tmp_path / "whole", chunk=8)
    for lives in range(3, 13, 3):
        runs = begin(fresh(f"killed-{lives}"), tmp_path / f"killed-{lives}", *its_voters())
        runs.drop("a.xml", *a_busy_file())
        runs.expect("a.xml")
        assert runs.work(chunk=8, factory=Mortal(runs.factory, lives, after), search_ahead_from=1) is None
        assert runs.work(chunk=8, search_ahead_from=1) is InstanceState.COMPLETED
        found = runs.everything()
        end(runs)
        assert found == expected


@pytest.mark.requirement("COA-13", "VRU-10")
def test_whoever_has_changed_since_the_search_is_searched_for_again(runs, searched_at_once):
    runs.add_voters(a_voter())
    runs.drop("a.xml", a_record(1, first_name="ZOE", last_name="NOBODY", date_of_birth=None, drivers_license="Z1"), a_record(2))
    job_id = runs.expect("a.xml")

    def meanwhile():
        yield None
        with runs.factory() as uow:
            (voter,) = uow.voters.lock_by_state_id([ONE])
            other = voter._replace(first_name="OLGA", last_name="PETROVA", date_of_birth=date(1955, 5, 5), drivers_license="X7654321", version=2)
            names = ("first_name", "last_name", "date_of_birth", "drivers_license")
            uow.voters.save_changes([VoterChange(voter, other, names)], NOW)
            uow.commit()

    assert runs.work(chunk=1, search_ahead_from=1, stop=meanwhile()) is InstanceState.COMPLETED
    assert runs.outcomes(job_id) == {"NoMatch": 2}


@pytest.mark.requirement("COA-06")
def test_other_settings_than_those_searched_with_count_from_the_next_chunk_on(runs, searched_at_once):
    runs.add_voters(a_voter())
    runs.drop("a.xml", a_record(1, first_name="ZOE", last_name="NOBODY", date_of_birth=None, drivers_license="Z1"), a_record(2))
    job_id = runs.expect("a.xml")

    def meanwhile():
        yield None
        with runs.factory() as uow:
            uow.matching.save_settings(MatchSettings(function=MatchingFunction.DMV_COA, automatic=101, manual=101), NOW, "ada")
            uow.commit()

    assert runs.work(chunk=1, search_ahead_from=1, stop=meanwhile()) is InstanceState.COMPLETED
    assert runs.outcomes(job_id) == {"NoMatch": 2}
