"""What a day that has passed means for cases, transfers and confidential voters, on SQLite and PostgreSQL."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from fakes.dmv import NEW_HOME, a_record, a_voter

from db.tables import audit_entry, ems_message
from jobs import match_case_deadlines
from jobs.catalogue import CATALOGUE
from votecal_soap.config import Config
from votecal_soap.domain.jobs import JobType
from votecal_soap.domain.matching import MatchingFunction, MatchingMode
from votecal_soap.domain.voters import Confidentiality
from votecal_soap.use_cases.end_provisional_transfers import EndProvisionalTransfers, end_provisional_transfers
from votecal_soap.use_cases.ports import Blackout

from .dmv_runs import NOW, TODAY

ONE, TWO = 100_000_001, 100_000_002
SAN_DIEGO = NEW_HOME._replace(residence_city="SAN DIEGO", residence_zip_code="92101")
JOB = 77


@dataclass(frozen=True)
class Run:
    """What the job looks at of its run."""

    job_id: int = JOB


@dataclass(frozen=True)
class Parts:
    """What a job is given."""

    config: Config
    clock: object
    unit_of_work: object


def keep_deadlines(runs, should_stop=lambda: None):
    match_case_deadlines.run(Parts(Config(), runs.clock, runs.factory), Run(), should_stop)


def wait(runs, **time):
    runs.clock.instant += timedelta(**time)


def provisionally_moved(runs):
    """A voter of county 19 whom DMV says to live in 37, and 19 wants to be asked."""
    runs.add_voters(a_voter())
    with runs.factory() as uow:
        uow.matching.save_mode("19", MatchingFunction.DMV_COA, MatchingMode.PROVISIONAL, NOW, "ada")
        uow.commit()
    assert runs.run(a_record(new_address=SAN_DIEGO, county_code="37")) == {"ProvisionalMatch": 1}
    assert runs.voter(ONE).transfer_pending_until == NOW + timedelta(days=10)


@pytest.mark.requirement("VRU-15", "COA-12")
def test_a_provisional_move_stands_when_the_losing_county_says_nothing_in_time(runs):
    provisionally_moved(runs)
    wait(runs, days=10, seconds=-1)
    keep_deadlines(runs)
    assert (runs.transfers()[0].transfer_state, runs.voter(ONE).transfer_pending_until is None) == ("Open", False)
    told = len(runs.messages())
    wait(runs, seconds=1)
    keep_deadlines(runs)
    (transfer,), (case,), voter = runs.transfers(), runs.cases(), runs.voter(ONE)
    assert (transfer.transfer_state, transfer.decided_by, case.case_state, case.decided_by) == ("Accepted", f"job:{JOB}", "Accepted", f"job:{JOB}")
    assert (voter.county_code, voter.transfer_pending_until) == ("37", None)
    assert sorted(runs.messages()[told:]) == [("19", "MatchCaseDecided", ONE), ("37", "MatchCaseDecided", ONE)]
    assert [row.actor for row in runs.rows(audit_entry, action="EndProvisionalTransfer")] == [f"job:{JOB}"]
    keep_deadlines(runs)
    assert len(runs.messages()) == told + 2


@pytest.mark.requirement("JOB-04", "VRU-15")
@pytest.mark.parametrize("county", [None, "19", "37"])
def test_inside_a_blackout_a_provisional_move_waits_on(runs, county):
    provisionally_moved(runs)
    with runs.factory() as uow:
        uow.matching.add_blackout(Blackout(0, county, MatchingFunction.DMV_COA, TODAY, TODAY + timedelta(days=20), "election"), NOW, "ada")
        uow.commit()
    wait(runs, days=20)
    keep_deadlines(runs)
    assert runs.transfers()[0].transfer_state == "Open"
    wait(runs, days=1)
    keep_deadlines(runs)
    assert runs.transfers()[0].transfer_state == "Accepted"


def test_a_move_that_was_decided_meanwhile_is_left_alone(runs):
    provisionally_moved(runs)
    wait(runs, days=11)

    class Decides:
        """A county that decides just after the job has looked."""

        def __call__(self, *, read_only=False):
            if not read_only:
                with runs.factory() as uow:
                    transfer = uow.match_cases.transfers_past(runs.clock.now(), 1)
                    if transfer:
                        uow.match_cases.decide_transfer(transfer[0].transfer_id, "Reversed", runs.clock.now(), "county:la")
                        uow.commit()
            return runs.factory(read_only=read_only)

    command = EndProvisionalTransfers(job_id=JOB, transfer_pending=timedelta(days=10))
    assert end_provisional_transfers(command, Decides(), runs.clock) == 0
    assert (runs.transfers()[0].transfer_state, runs.voter(ONE).transfer_pending_until is None) == ("Reversed", False)


@pytest.fixture
def open_case(runs):
    """A case of county 19 that is due on Tuesday, 17 March."""
    runs.add_voters(a_voter())
    assert runs.run(a_record(drivers_license=None, transaction_date=date(2019, 1, 1))) == {"PotentialMatch": 1}
    assert runs.cases()[0].due_on == date(2026, 3, 17)
    return runs


@pytest.mark.requirement("COA-37")
def test_a_case_is_announced_once_when_its_day_in_california_has_passed(open_case):
    told = len(open_case.messages())
    open_case.clock.instant = NOW.replace(day=18, hour=6, minute=59)  # a minute before midnight there
    keep_deadlines(open_case)
    assert len(open_case.messages()) == told
    open_case.clock.instant = NOW.replace(day=18, hour=7, minute=0)
    keep_deadlines(open_case)
    keep_deadlines(open_case)
    assert open_case.messages()[told:] == [("19", "MatchCaseOverdue", ONE)]
    (row,) = open_case.rows(ems_message, message_type="MatchCaseOverdue")
    assert (row.ems_voter_id, row.voter_sequence, row.blocks_updates) == ("LA1", open_case.voter(ONE).message_sequence, 0)
    assert "<DueOn>2026-03-17</DueOn>" in row.payload
    with open_case.factory(read_only=True) as uow:
        assert uow.match_cases.overdue_counts(date(2026, 3, 18)) == {"19": 1}
    assert (open_case.cases()[0].case_version, open_case.voter(ONE).version) == (1, 1)


OFFICER = {"confidentiality": Confidentiality.PUBLIC_SAFETY.value, "confidential_since": date(2024, 5, 4)}
"""Ends on 4 May 2026."""


@pytest.mark.requirement("EWS-14")
def test_a_county_hears_beforehand_that_an_officers_confidentiality_ends(runs):
    other = {"confidentiality": Confidentiality.SAFE_AT_HOME.value, "confidential_since": date(2010, 1, 1)}
    runs.add_voters(a_voter(**OFFICER), a_voter(TWO, **other))
    keep_deadlines(runs)
    keep_deadlines(runs)
    assert runs.messages() == [("19", "ConfidentialityEnding", ONE)]
    assert "<EndsOn>2026-05-04</EndsOn>" in runs.payloads()[0]
    assert (runs.voter(ONE).version, runs.voter(ONE).confidentiality) == (1, "PublicSafety2166_7")


@pytest.mark.requirement("EWS-14")
def test_it_is_too_early_to_tell_before_the_notice_begins(runs):
    runs.add_voters(a_voter(**{**OFFICER, "confidential_since": date(2024, 5, 10)}))
    keep_deadlines(runs)
    assert runs.messages() == []
    wait(runs, days=1)
    keep_deadlines(runs)
    assert len(runs.messages()) == 1


@pytest.mark.requirement("EWS-14")
def test_an_officers_confidentiality_ends_after_two_years_with_an_activity_and_a_message(runs):
    runs.add_voters(a_voter(**OFFICER), a_voter(TWO, **{**OFFICER, "confidentiality": Confidentiality.COURT_ORDER.value}))
    runs.clock.instant = NOW.replace(month=5, day=4, hour=7)
    keep_deadlines(runs)
    keep_deadlines(runs)
    ended = runs.voter(ONE)
    assert (ended.version, ended.confidentiality, ended.confidential_since, ended.effective_date) == (2, None, None, date(2026, 5, 4))
    assert (runs.voter(TWO).version, runs.voter(TWO).confidentiality) == (1, "CourtOrder2166")
    assert runs.activities(ONE) == ["Confidentiality Ended"]
    assert "2166.7" in runs.basis(ONE)
    (row,) = runs.rows(ems_message)
    assert (row.message_type, row.record_version, row.blocks_updates) == ("ConfidentialityEnding", 2, 1)
    assert [entry.action for entry in runs.rows(audit_entry, subject_id=str(ONE))] == ["EndConfidentiality"]
    with runs.factory(read_only=True) as uow:
        assert uow.voters.version_as_of(ONE, date(2026, 5, 3)).confidentiality == "PublicSafety2166_7"


def test_a_run_that_is_stopped_leaves_the_rest_for_the_next(open_case):
    wait(open_case, days=30)
    told = len(open_case.messages())
    keep_deadlines(open_case, lambda: "Pause")
    assert len(open_case.messages()) == told
    keep_deadlines(open_case)
    assert len(open_case.messages()) == told + 1


@pytest.mark.requirement("JOB-01")
def test_deadlines_are_a_job_that_may_repeat():
    assert JobType.MATCH_CASE_DEADLINES.is_repeatable
    assert CATALOGUE[JobType.MATCH_CASE_DEADLINES].run is match_case_deadlines.run
