"""`votecal serve --sandbox`: every operation has something to answer about, its clock is moved, and nothing is left of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import requests
from zeep import Client
from zeep.plugins import HistoryPlugin
from zeep.wsse import utils
from zeep.wsse.username import UsernameToken

from votecal_soap.clock import FixedClock
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, CaseType
from votecal_soap.errors import InvalidRequest
from votecal_soap.sandbox.clock import MOST_DAYS, SandboxClock
from votecal_soap.sandbox.people import COPIES, Situation
from votecal_soap.sandbox.running import sandbox

NOON = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)
PLANTED = {
    MessageType.POTENTIAL_MATCH: COPIES,
    MessageType.AUTOMATIC_MATCH_APPLIED: COPIES,
    MessageType.TRANSFER_OUT: COPIES,
    MessageType.TRANSFER_IN: COPIES,
    MessageType.UNRESOLVED_DMV_COA: COPIES,
    MessageType.DMV_REGISTRATION_PENDING: COPIES,
    MessageType.POTENTIAL_DUPLICATE: 2 * COPIES,
    MessageType.MERGE_RECEIVED: COPIES,
    MessageType.MERGED_INTO_NEWER: COPIES,
    MessageType.CONFIDENTIALITY_CHANGED: COPIES,
}


def messages(made, county_code):
    with made.application.unit_of_work(read_only=True) as uow:
        return Counter(str(message.message_type) for message in uow.messages.page(county_code, 1000, with_payload=False))


def post(made, path):
    return requests.post(f"{made.url}/sandbox/{path}", timeout=90)


@pytest.mark.parametrize("county_code", ["19", "34"])
def test_every_kind_of_message_waits_for_each_county(made, county_code):
    found = messages(made, county_code)
    assert {kind: found[kind] for kind in PLANTED} == PLANTED
    assert found[MessageType.IDV_RESULT] >= COPIES


def test_cases_wait_and_their_ids_are_beyond_32_bits(made):
    with made.application.unit_of_work(read_only=True) as uow:
        cases = uow.match_cases.listed("19", states=[CaseState.OPEN], case_types=[CaseType.DMV_COA], after_case_id=0, limit=100)
        first = uow.voters.get(cases[0].state_voter_id)
    assert [case.state_voter_id for case in cases] == made.counties[0].voters[Situation.WAITING_CASE]
    assert all(case.case_id > 2**32 and case.work_item_id > 2**32 for case in cases)
    assert not first.last_name.isascii()


def test_nobody_is_in_two_situations(made):
    voters = [uid for county in made.counties for uids in county.voters.values() for uid in uids]
    assert len(voters) == len(set(voters)) == len(made.counties) * len(Situation) * COPIES


def test_it_tells_its_time_and_who_is_planted_but_no_secret(made):
    told = requests.get(f"{made.url}/sandbox", timeout=10)
    assert {county["county_code"] for county in told.json()["counties"]} == {"19", "34"}
    assert all(secret not in told.text for county in made.counties for secret in (county.secret, county.digest_secret))


@pytest.mark.requirement("EWS-01")
def test_a_digest_and_a_timestamp_go_by_the_machines_clock_when_the_sandboxs_was_moved(made):
    post(made, "clock?days=1")
    county, created = made.counties[0], datetime.now(UTC)
    stamp = utils.WSU.Timestamp(utils.WSU.Created(created.isoformat()), utils.WSU.Expires((created + timedelta(minutes=5)).isoformat()))
    token = UsernameToken(county.username, county.digest_secret, use_digest=True, timestamp_token=stamp)
    heard = HistoryPlugin()
    client = Client(f"{made.url}/soap/ems-integration?wsdl", wsse=token, plugins=[heard])
    server_time = client.service.Ping().ServerTime
    assert server_time - created > timedelta(hours=23)
    stamped = datetime.fromisoformat(heard.last_received["envelope"].findtext(".//{*}Timestamp/{*}Created"))
    assert abs(stamped - created) < timedelta(minutes=5)
    client.transport.session.close()


def test_another_batch_job_is_ordered_and_offered(made):
    county = made.counties[1]
    job_id = post(made, "batch-job?county=34").json()["job_id"]
    client = Client(f"{made.url}/soap/batch-data-exchange?wsdl", wsse=UsernameToken(county.username, county.secret))
    assert job_id in [job.JobId for job in client.service.GetPendingJobs()]
    client.transport.session.close()


@pytest.mark.parametrize(
    "path",
    ["clock", "clock?days=", "clock?days=-1", "clock?days=x", f"clock?days={MOST_DAYS + 1}", "clock?days=9999999999", "batch-job", "batch-job?county=01"],
)
def test_what_makes_no_sense_is_refused_with_a_reason(made, path):
    answer = post(made, path)
    assert (answer.status_code, answer.text[:3]) == (400, "VC-")


@pytest.mark.parametrize(("method", "path"), [("GET", "/sandbox/clock"), ("POST", "/sandbox"), ("GET", "/sandbox/nothing")])
def test_anything_else_below_sandbox_says_what_there_is(made, method, path):
    answer = requests.request(method, made.url + path, timeout=10)
    assert answer.status_code == 404
    assert "POST /sandbox/clock?days=7" in answer.text


def test_a_week_passes_and_overdue_cases_are_announced(made):
    before = datetime.fromisoformat(requests.get(f"{made.url}/sandbox", timeout=10).json()["now"])
    assert MessageType.MATCH_CASE_OVERDUE not in messages(made, "19")
    after = datetime.fromisoformat(post(made, "clock?days=12").json()["now"])
    assert timedelta(days=12) <= after - before < timedelta(days=12, minutes=5)
    assert messages(made, "19")[MessageType.MATCH_CASE_OVERDUE] >= COPIES
    post(made, "clock?days=1")
    assert messages(made, "19")[MessageType.MATCH_CASE_OVERDUE] == 3 * COPIES


def test_the_clock_goes_forward_only():
    clock = SandboxClock(FixedClock(NOON))
    clock.move(7)
    assert clock.now() == NOON + timedelta(days=7)
    for days in (-1, MOST_DAYS):
        with pytest.raises(InvalidRequest):
            clock.move(days)
    assert clock.now() == NOON + timedelta(days=7)


@pytest.mark.parametrize("counties", [("19",), ("19", "19")])
def test_a_sandbox_has_two_different_counties(counties):
    with pytest.raises(InvalidRequest, match="at least two counties"), sandbox(FixedClock(NOON), county_codes=counties):
        pass


def test_nothing_is_left_of_it():
    with sandbox(FixedClock(NOON)) as made:
        directory = made.application.config.data_dir
        assert directory.exists()
    assert not directory.exists()
