"""COA-01, COA-02, COA-36: which files are taken, which are refused, and that a killed run does nothing twice and leaves nothing out."""

import shutil
from datetime import date, timedelta

import pytest
from fakes.dmv import NEW_HOME, OLD_HOME, a_record, a_voter

from db.tables import audit_entry
from votecal_soap.domain.dmv_files import DmvFileState
from votecal_soap.domain.jobs import InstanceState, JobState, StopRequest
from votecal_soap.domain.matching import MatchingFunction, MatchSettings
from votecal_soap.errors import Unavailable
from votecal_soap.use_cases.ports import Blackout

from .dmv_runs import NOW, TODAY, Mortal, begin, end
from .test_dmv_coa_situations import configure

ONE, TWO, THREE = 100_000_001, 100_000_002, 100_000_003
SAN_DIEGO = NEW_HOME._replace(residence_city="SAN DIEGO", residence_zip_code="92101")


def state_of(runs, job_id):
    with runs.factory(read_only=True) as uow:
        return uow.jobs.get(job_id).state


def stranger(sequence, **changes):
    unlike = {"first_name": "ZEBULON", "last_name": f"QUACKEN{'ABCDEFGHIJ'[sequence % 10]}", "date_of_birth": date(1933, 7, sequence), "old_address": None}
    return a_record(sequence, drivers_license=f"Z99{sequence:05}", **{**unlike, **changes})


def mixed_file():
    """Every way through a chunk: moves, a repeated voter, a transfer, a potential match, nobody, a duplicate."""
    return (
        a_record(1),
        stranger(2),
        a_record(3, drivers_license="A0000002", first_name="PEDRO", last_name="LOPEZ", date_of_birth=date(1950, 5, 5), new_address=SAN_DIEGO),
        a_record(4, transaction_date=date(2026, 3, 2), new_address=NEW_HOME._replace(house_number="14")),
        a_record(5, drivers_license=None, first_name="MAEVE", last_name="OBRIEN", date_of_birth=date(1960, 6, 6)),
        a_record(6, transaction_id="T00000001"),
        stranger(7, new_address=NEW_HOME._replace(residence_state="NV")),
        a_record(8, drivers_license=None, first_name="MAEVE", last_name="OBRIEN", date_of_birth=date(1960, 6, 6), transaction_date=date(2026, 3, 3)),
    )


def three_voters():
    return (
        a_voter(ONE),
        a_voter(TWO, first_name="PEDRO", last_name="LOPEZ", date_of_birth=date(1950, 5, 5)),
        a_voter(THREE, first_name="MAEVE", last_name="OBRIEN", date_of_birth=date(1960, 6, 6)),
    )


def prepared(runs):
    with runs.factory() as uow:
        uow.matching.save_settings(MatchSettings(function=MatchingFunction.DMV_COA, automatic=100), NOW, "ada")
        uow.commit()
    runs.add_voters(*three_voters())
    runs.drop("a.xml", *mixed_file())
    return runs.expect("a.xml")


@pytest.mark.requirement("COA-02")
def test_a_record_seen_before_makes_no_work_item_and_no_second_change(runs):
    runs.add_voters(a_voter())
    runs.run(a_record(), name="a.xml")
    same_transaction = a_record(1, new_address=SAN_DIEGO)
    said_again = a_record(2, transaction_id="OTHER", new_address=NEW_HOME._replace(street_name="new", residence_zip_code="90012-0001"))
    assert runs.run(same_transaction, said_again, name="b.xml") == {"Duplicate": 2}
    assert (len(runs.items()), len(runs.cases()), runs.voter(ONE).version) == (1, 1, 2)


@pytest.mark.requirement("COA-02")
def test_a_record_twice_in_one_file_counts_once(runs):
    runs.add_voters(a_voter())
    assert runs.run(a_record(1), a_record(2, transaction_id="T00000001"), a_record(3)) == {"AutomaticMatch": 1, "Duplicate": 2}


@pytest.mark.requirement("COA-02", "COA-34")
def test_a_record_of_a_rejected_pair_does_not_come_back(runs):
    runs.add_voters(a_voter())
    runs.run(a_record(), name="a.xml")
    with runs.factory() as uow:
        case = uow.match_cases.of_work_items([runs.items()[0].work_item_id])[0]
        uow.match_cases.move(case, "Rejected", at=NOW, by="county:19", basis="another person")
        uow.commit()
    assert runs.run(a_record(), stranger(2), name="b.xml") == {"Duplicate": 1, "NoMatch": 1}
    assert [row.case_state for row in runs.cases()] == ["Rejected"]


@pytest.mark.requirement("COA-02")
def test_the_same_bytes_a_second_time_are_refused_and_say_whose_they_are(runs):
    runs.add_voters(a_voter())
    runs.run(a_record(), name="a.xml")
    path = runs.drop("b.xml", a_record())
    path.write_bytes((runs.folder / "private" / f"file-{runs.file(1).file_id}.xml").read_bytes())
    runs.touch(path, timedelta(minutes=5))
    job_id = runs.expect("b.xml")
    assert runs.work() is InstanceState.REFUSED
    file = runs.file(job_id)
    assert (file.state, file.error_code) == (DmvFileState.REFUSED, "VC-4007")
    assert "job 1" in file.error_text
    assert (state_of(runs, job_id), len(runs.items())) == (JobState.FILE_REFUSED, 1)


@pytest.mark.requirement("COA-01")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "VC-1114"),
        ("<DmvCoaFile", "VC-1101"),
        ("<Other xmlns='urn:votecal:dmv-coa-file:v1'/>", None),
        ("no XML at all", "VC-1101"),
    ],
    ids=["empty", "half written", "wrong schema", "no XML"],
)
def test_a_file_that_is_no_whole_dmv_file_is_refused_with_the_reason(runs, text, code):
    runs.add_voters(a_voter())
    runs.drop_text("a.xml", text)
    job_id = runs.expect("a.xml")
    assert runs.work() is InstanceState.REFUSED
    file = runs.file(job_id)
    assert file.error_code == code or (code is None and file.error_code.startswith("VC-11"))
    assert file.error_text
    assert (state_of(runs, job_id), runs.items(), runs.voter(ONE).version) == (JobState.FILE_REFUSED, [], 1)
    assert [row.action for row in runs.rows(audit_entry)] == ["DmvFileRefused"]


@pytest.mark.requirement("COA-01")
def test_a_file_cut_off_in_the_middle_changes_nothing(runs):
    runs.add_voters(a_voter())
    path = runs.drop("a.xml", a_record(), stranger(2))
    path.write_bytes(path.read_bytes()[:-200])
    job_id = runs.expect("a.xml")
    assert runs.work() is InstanceState.REFUSED
    assert (runs.file(job_id).state, runs.items(), runs.voter(ONE).version) == (DmvFileState.REFUSED, [], 1)


@pytest.mark.requirement("COA-01")
def test_a_mended_file_may_come_after_a_refused_one(runs):
    runs.add_voters(a_voter())
    runs.drop_text("a.xml", "")
    runs.expect("a.xml")
    runs.work()
    assert runs.run(a_record(), name="a.xml") == {"AutomaticMatch": 1}


@pytest.mark.requirement("COA-36")
def test_a_record_that_cannot_be_read_is_counted_and_the_others_are_processed(runs):
    runs.add_voters(a_voter())
    path = runs.drop("a.xml", stranger(1), a_record(2))
    path.write_text(path.read_text().replace("<DateOfBirth>1933-07-01<", "<DateOfBirth>1933-02-30<"))
    runs.touch(path, timedelta(minutes=5))
    job_id = runs.expect("a.xml")
    assert runs.work() is InstanceState.COMPLETED
    assert runs.outcomes(job_id) == {"Unreadable": 1, "AutomaticMatch": 1}
    with runs.factory(read_only=True) as uow:
        (outcome,) = uow.jobs.outcomes(job_id, 0, 10)
    assert (outcome.sequence, outcome.reason) == (1, "RecordUnreadable")
    assert not any("1933" in error.text for error in outcome.errors)


@pytest.mark.requirement("COA-01")
def test_a_file_that_has_gone_is_waited_for(runs):
    job_id = runs.expect("nowhere.xml")
    with pytest.raises(Unavailable):
        runs.work()
    assert runs.file(job_id).state is DmvFileState.EXPECTED


@pytest.mark.requirement("COA-36")
def test_chunks_of_any_size_come_to_the_same(sqlite_template, tmp_path):
    ends = []
    for chunk in (1, 2, 3, 100):
        url = tmp_path / f"{chunk}.db"
        shutil.copy(sqlite_template, url)
        runs = begin(f"sqlite:///{url}", tmp_path / str(chunk))
        job_id = prepared(runs)
        assert runs.work(chunk=chunk) is InstanceState.COMPLETED
        voters = [runs.voter(uid) for uid in (ONE, TWO, THREE)]
        items = [(row.record_sequence, row.item_status, row.disposition) for row in runs.items()]
        cases = sorted((row.work_item_id, row.state_voter_id, row.case_state, row.before_version, row.applied_version) for row in runs.cases())
        ends.append((runs.outcomes(job_id), voters, sorted(items), len(cases), sorted(runs.messages(), key=repr)))
        end(runs)
    assert ends[0][0] == {"AutomaticMatch": 3, "NoMatch": 1, "PotentialMatch": 2, "Duplicate": 1, "NoMatchOutOfState": 1}
    assert all(other == ends[0] for other in ends)


@pytest.mark.requirement("COA-36", "JOB-02")
@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
def test_a_run_killed_at_any_commit_and_started_again_does_each_record_once(sqlite_template, tmp_path, after):
    def fresh(name):
        shutil.copy(sqlite_template, tmp_path / f"{name}.db")
        runs = begin(f"sqlite:///{tmp_path / name}.db", tmp_path / name)
        return runs, prepared(runs)

    right, _ = fresh("right")
    assert right.work(chunk=2) is InstanceState.COMPLETED
    expected = right.everything()
    end(right)
    for lives in range(8):
        runs, job_id = fresh(f"killed-{lives}")
        ended = runs.work(chunk=2, factory=Mortal(runs.factory, lives, after))
        if ended is None and state_of(runs, job_id) is not JobState.COMPLETED:
            assert runs.work(chunk=2) is InstanceState.COMPLETED
        found = runs.everything()
        end(runs)
        assert {name: rows for name, rows in found.items() if rows != expected[name]} == {}


@pytest.mark.requirement("COA-36")
def test_a_run_killed_at_each_commit_in_turn_comes_to_an_end(runs):
    job_id = prepared(runs)
    for _ in range(20):
        if runs.work(chunk=2, factory=Mortal(runs.factory, 4)) is InstanceState.COMPLETED:
            break
    assert state_of(runs, job_id) is JobState.COMPLETED
    assert sum(runs.outcomes(job_id).values()) == len(mixed_file())
    assert len({row.record_sequence for row in runs.items()}) == len(runs.items()) == len(mixed_file()) - 1


@pytest.mark.requirement("JOB-01")
def test_a_paused_run_goes_on_where_it_stood(runs):
    job_id = prepared(runs)
    assert runs.work(chunk=2, stop=[None, StopRequest.PAUSE]) is InstanceState.PAUSED
    assert sum(runs.outcomes(job_id).values()) == 2
    with runs.factory() as uow:
        uow.jobs.request_stop(job_id, None)
        uow.commit()
    assert runs.work(chunk=2) is InstanceState.COMPLETED
    assert sum(runs.outcomes(job_id).values()) == len(mixed_file())


@pytest.mark.requirement("JOB-01", "COA-02")
def test_a_cancelled_file_may_be_sent_again_and_only_the_rest_is_new(runs):
    job_id = prepared(runs)
    again = (runs.folder / "drop" / "a.xml").read_bytes()
    assert runs.work(chunk=2, stop=[None, StopRequest.CANCEL]) is InstanceState.CANCELLED
    assert state_of(runs, job_id) is JobState.CANCELLED
    path = runs.drop("b.xml", a_record())
    path.write_bytes(again)
    second = runs.expect("b.xml")
    assert runs.work() is InstanceState.COMPLETED
    assert runs.outcomes(second)["Duplicate"] == 3


@pytest.mark.requirement("JOB-04", "COA-06", "COA-12")
def test_what_is_set_while_a_file_is_processed_holds_from_the_next_decision_on(runs):
    runs.add_voters(*three_voters())
    moved = {"new_address": SAN_DIEGO}
    pedro = {"drivers_license": "A0000002", "first_name": "PEDRO", "last_name": "LOPEZ", "date_of_birth": date(1950, 5, 5)}
    maeve = {"drivers_license": "A0000003", "first_name": "MAEVE", "last_name": "OBRIEN", "date_of_birth": date(1960, 6, 6)}
    runs.drop("a.xml", a_record(1, **moved), a_record(2, **moved, **pedro), a_record(3, **{**maeve, "drivers_license": None}))
    job_id = runs.expect("a.xml")

    def meanwhile():
        yield None
        configure(runs, blackout=Blackout(0, None, None, TODAY, TODAY, "Primary"))
        yield None
        configure(runs, settings={"automatic": 100})
        yield None

    assert runs.work(chunk=1, stop=meanwhile()) is InstanceState.COMPLETED
    assert runs.outcomes(job_id) == {"AutomaticMatch": 1, "ProvisionalMatch": 1, "PotentialMatch": 1}
    assert [row.is_provisional for row in runs.transfers()] == [False, True]


@pytest.mark.requirement("COA-36")
def test_the_histogram_counts_each_work_item_once(runs):
    job_id = prepared(runs)
    runs.work(chunk=3)
    with runs.factory(read_only=True) as uow:
        scores = uow.dmv_files.scores(runs.file(job_id).file_id)
    assert sum(scores.values()) == len(runs.items())
    assert scores[100] == 3


@pytest.mark.requirement("COA-31")
def test_a_voter_who_stays_put_still_replaces_what_waits(runs):
    job_id = prepared(runs)
    runs.work()
    home = a_record(9, drivers_license="A0000003", first_name="MAEVE", last_name="OBRIEN", date_of_birth=date(1960, 6, 6), new_address=OLD_HOME)
    assert runs.run(home, name="b.xml") == {"AlreadyCurrent": 1}
    assert [row.disposition for row in runs.items(job_id=job_id) if row.item_status == "Open"] == []
