"""A county answers its cases while the job works through DMV's next file: neither waits for the other in a circle (COA-31, COA-33, COA-36)."""

import threading
from datetime import date

import pytest
from fakes.dmv import NEW_HOME, a_record, a_voter
from fixtures.databases import SLOW_ON_SERVERS

from votecal_soap.domain.jobs import InstanceState
from votecal_soap.domain.match_cases import Decision
from votecal_soap.errors import Conflict, ErrorCode

from .answers import CountyAnswers
from .test_dmv_coa_situations import SAN_DIEGO, configure

VOTERS = 20
FIRST = 100_000_001
LATE = {ErrorCode.CASE_REPLACED, ErrorCode.CASE_DECIDED, ErrorCode.CASE_CHANGED}


def uids():
    return range(FIRST, FIRST + VOTERS)


def person(uid):
    return {"first_name": "ANA", "last_name": f"GARCIA{chr(65 + uid % 26)}{chr(65 + uid // 26 % 26)}", "date_of_birth": date(1940 + uid % 50, 1 + uid % 12, 2)}


def file_of_moves(day, address):
    """A record for each voter, and again for each other one: later turns of a chunk meet voters of earlier ones."""
    order = [*uids(), *uids()[::2]]
    return [
        a_record(place, transaction_id=f"{day}-{place}", drivers_license=f"A{uid % 10_000_000:07}", transaction_date=day, new_address=home, **person(uid))
        for place, uid in enumerate(order, 1)
        for home in [address._replace(house_number=str(place))]
    ]


@pytest.mark.parametrize("database_url", SLOW_ON_SERVERS, indirect=True)
@pytest.mark.requirement("COA-31", "COA-33", "COA-36", "OPS-04")
def test_a_county_decides_while_the_job_runs_and_each_gets_a_plain_answer(runs):
    runs.add_voters(*(a_voter(uid, ems_voter_id=f"LA{uid}", **person(uid)) for uid in uids()))
    # One year after the last change: an older record than the voter's is a potential match.
    assert runs.run(*(record._replace(transaction_date=date(2019, 1, 1)) for record in file_of_moves(date(2019, 1, 1), NEW_HOME)[:VOTERS])) == {
        "PotentialMatch": VOTERS
    }
    cases = [row.case_id for row in runs.cases()]
    configure(runs, mode="37")
    runs.drop("b.xml", *file_of_moves(date(2026, 3, 1), SAN_DIEGO))
    job_id = runs.expect("b.xml")
    ended, codes = [], []

    def answer():
        clerk = CountyAnswers(runs)
        # From the other end than the job, so that they meet.
        for number, case_id in enumerate(reversed(cases)):
            try:
                clerk.decide(case_id, (Decision.ACCEPT, Decision.REJECT)[number % 2])
            except Conflict as conflict:
                codes.append(conflict.code)

    threads = [threading.Thread(target=lambda: ended.append(runs.work(chunk=15))), threading.Thread(target=answer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert ended == [InstanceState.COMPLETED]
    assert set(codes) <= LATE
    assert sum(runs.outcomes(job_id).values()) == VOTERS + VOTERS // 2
    assert len({row.case_id for row in runs.cases()}) == len(runs.cases())
    states = {row.case_id: row.case_state for row in runs.cases()}
    assert {states[case_id] for case_id in cases} <= {"Accepted", "Rejected", "Replaced"}
    assert sum(states[case_id] == "Replaced" for case_id in cases) >= len([code for code in codes if code is ErrorCode.CASE_REPLACED])
    for uid in uids():
        assert runs.versions(uid) == list(range(1, runs.voter(uid).version + 1))
