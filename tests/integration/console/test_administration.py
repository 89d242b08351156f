"""Jobs, queues, matching and voters, as people at SOS and in the counties handle them in the console."""

from datetime import date, timedelta

import pytest

from votecal_soap.domain.counties import Credential
from votecal_soap.domain.duplicate_runs import DetectionScope, RollPartition
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, MessageState
from votecal_soap.domain.jobs import JobState
from votecal_soap.domain.match_cases import MailingKind
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.use_cases.list_jobs import SHOWN_RUNS
from votecal_soap.use_cases.ports import Blackout

from .console_site import ADA, CORA, LEE, OURS, SAM, THEIRS

BATCH = {"job_type": "VoterRecordUpdate", "county": "19", "kinds": "Contact", "notice": "Cora by telephone, this morning"}


def jobs(site):
    with site.runs.factory(read_only=True) as uow:
        return uow.jobs.listed()


@pytest.mark.requirement("JOB-01", "VRU-03")
def test_a_batch_is_scheduled_by_one_and_authorised_by_an_administrator(any_site):
    site = any_site
    sam, ada = site.browser(SAM), site.browser(ADA)
    path = sam.post("/jobs/new", page="/jobs/new", submit="Schedule", **BATCH)
    assert jobs(site)[0].state is JobState.SCHEDULED
    assert "Authorise" not in sam.get(path)
    sam.post(f"{path}/authorise", status=403)
    assert "Authorise" in ada.get(path)
    ada.post(f"{path}/authorise")
    assert jobs(site)[0].authorised_by == ADA
    ada.post(f"{path}/authorise")
    assert "Nothing was changed" in ada.get(path)


@pytest.mark.requirement("JOB-01")
def test_before_scheduling_a_person_sees_what_else_runs_then(site):
    sam = site.browser(SAM)
    sam.post("/jobs/new", page="/jobs/new", submit="Schedule", **BATCH)
    page = sam.post("/jobs/new", page="/jobs/new", status=200, check="Show", job_type="Purge")
    assert "Scheduled or running then" in page
    assert "Voter record update" in page.split("Scheduled or running then")[1]
    assert len(jobs(site)) == 2


@pytest.mark.requirement("JOB-04")
def test_scheduling_into_a_blackout_warns_and_asks_for_confirmation(site):
    day = date(2026, 3, 10)
    with site.runs.factory() as uow:
        uow.matching.add_blackout(Blackout(0, None, None, day, day, "a primary"), site.runs.clock.now(), ADA)
        uow.commit()
    sam = site.browser(SAM)
    file = {"job_type": "ProcessDmvCoaRecordFile", "file_name": "b.xml", "submit": "Schedule"}
    page = sam.post("/jobs/new", page="/jobs/new", status=200, **file)
    assert "A blackout holds then" in page
    assert len(jobs(site)) == 1
    sam.post("/jobs/new", page="/jobs/new", confirmed="y", **file)
    assert len(jobs(site)) == 2


@pytest.mark.requirement("JOB-01")
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"repeat": "0 2 * * *"}, "cannot be repeated"),
        ({"county": ""}, "names its county"),
        ({"notice": ""}, "gave notice"),
        ({"kinds": "VotingPrecinct"}, "name it"),
        ({"job_type": "Purge", "repeat": "no cron line"}, "Only county batches"),
    ],
)
def test_a_job_that_cannot_be_is_refused_with_the_reason(site, wrong, said):
    page = site.browser(SAM).post("/jobs/new", page="/jobs/new", status=422, submit="Schedule", **{**BATCH, **wrong})
    assert said in page or "cron" in page
    assert len(jobs(site)) == 1


@pytest.mark.requirement("DUP-01", "JOB-01", "JOB-03")
def test_duplicate_detection_over_the_whole_roll_is_scheduled_and_its_page_tells_what_became_of_pairs(site):
    sam = site.browser(SAM)
    path = sam.post("/jobs/new", page="/jobs/new", submit="Schedule", job_type="DuplicateVoterDetection", scope="Whole")
    job = jobs(site)[0]
    assert job.scope is DetectionScope.WHOLE
    with site.runs.factory() as uow:
        uow.jobs.add_instance(job.job_id, site.runs.clock.now(), upload_id=None, record_count=None)
        instance = uow.jobs.claim("one", 60, 5)
        part = RollPartition(0, OURS, THEIRS, 2)
        run = uow.detection_runs.begin(instance, job.scope, [part], site.runs.clock.now(), changed_since=None)
        uow.detection_runs.claim_partition(run.run_id, instance.instance_id)
        uow.detection_runs.save_partition(run.run_id, part._replace(next_state_voter_id=THEIRS + 1), instance.instance_id, {"ProvisionallyMerged": 4})
        uow.commit()
    page = sam.get(path)
    assert "the whole roll" in page
    assert "1 of 1" in page
    assert '<td>Provisionally merged</td><td class="num">4</td>' in page


@pytest.mark.requirement("JOB-03")
def test_earlier_runs_of_a_repeated_job_are_read_in_pages(site):
    sam = site.browser(SAM)
    path = sam.post("/jobs/new", page="/jobs/new", submit="Schedule", job_type="Purge", repeat="0 2 * * *")
    job_id, begun = int(path.rsplit("/", 1)[1]), site.runs.clock.now()
    assert "Earlier runs" not in sam.get(path)
    with site.runs.factory() as uow:
        runs = [uow.jobs.add_instance(job_id, begun + timedelta(days=day), upload_id=None, record_count=None) for day in range(SHOWN_RUNS + 3)]
        uow.commit()
    first = sam.get(path)
    assert first.count("state-ready") == SHOWN_RUNS
    assert "Attempt" not in first
    older = f"?before={runs[2]}"
    assert f'href="/console{path}{older}"' in first
    last = sam.get(path + older)
    assert last.count("state-ready") == 2
    assert "Older runs" not in last
    assert "None before that" in sam.get(f"{path}?before={runs[0]}")


@pytest.mark.requirement("JOB-01", "JOB-03")
def test_a_job_is_paused_resumed_and_cancelled(site):
    sam = site.browser(SAM)
    path = sam.post("/jobs/new", page="/jobs/new", submit="Schedule", **BATCH)
    for action, state in (("pause", JobState.PAUSED), ("resume", JobState.SCHEDULED), ("cancel", JobState.CANCELLED)):
        sam.post(f"{path}/{action}")
        assert jobs(site)[0].state is state
    page = sam.get("/jobs/1")
    assert "Potential match" in page
    assert "3 of 3" in page


def test_a_start_is_californias_time_of_day(site):
    site.browser(SAM).post("/jobs/new", page="/jobs/new", submit="Schedule", start="2026-07-01T08:00", **BATCH)
    assert jobs(site)[0].not_before.isoformat() == "2026-07-01T15:00:00+00:00"


def test_a_page_with_a_running_job_refreshes_itself_without_a_script(site):
    sam = site.browser(SAM)
    path = sam.post("/jobs/new", page="/jobs/new", submit="Schedule", job_type="Purge")
    assert '<noscript><meta http-equiv="refresh"' in sam.get(path)
    assert '<noscript><meta http-equiv="refresh"' not in sam.get("/jobs/1")


@pytest.fixture
def poisoned(any_site):
    """A message that Los Angeles could not take."""
    with any_site.runs.factory() as uow:
        (message,) = uow.messages.page("19", 10, with_payload=False)
        uow.messages.clear("19", [Clearance(message_id=message.message_id, outcome=ClearOutcome.FAILED, text="no <street>")], any_site.runs.clock.now())
        uow.commit()
    return any_site, message.message_id


@pytest.mark.requirement("EWS-04", "OPS-01")
def test_a_message_that_the_county_could_not_take_is_offered_again(poisoned):
    site, message_id = poisoned
    sam = site.browser(SAM)
    assert "no <street>" in sam.get("/queues/19")
    assert "no <street>" in site.browser(LEE).get("/queues/19")
    sam.post(f"/queues/19/messages/{message_id}/requeue")
    with site.runs.factory(read_only=True) as uow:
        assert [message.message_id for message in uow.messages.page("19", 10, with_payload=False)] == [message_id]
        assert (uow.messages.depth("19"), uow.messages.poison_counts()) == (1, {})
    sam.post(f"/queues/19/messages/{message_id}/requeue")
    assert "settled already" in sam.get("/queues/19")
    assert len(site.audit(action="RequeueMessage")) == 1


@pytest.mark.requirement("EWS-04")
def test_a_skipped_message_is_never_offered_again(poisoned):
    site, message_id = poisoned
    site.browser(SAM).post(f"/queues/19/messages/{message_id}/skip")
    (row,) = [row for row in site.runs.rows(_messages()) if row.message_id == message_id]
    assert (row.state, row.queue_county, row.cleared_text) == (MessageState.SKIPPED, None, "no <street>")
    assert site.audit(action="SkipMessage")


def _messages():
    from db.tables import ems_message

    return ems_message


@pytest.mark.requirement("OPS-01")
def test_the_queue_page_shows_depth_age_and_the_last_day(site):
    site.tick(hours=2)
    page = site.browser(SAM).get("/queues/37")
    assert "2 h" in page
    assert "2 added" in page
    assert page.count("<svg") == 1


@pytest.mark.requirement("COA-06")
def test_thresholds_are_tried_on_the_last_file_before_they_are_set(site):
    ada, path = site.browser(ADA), "/matching/functions/dmv_coa"
    page = ada.post(path, page=path, status=200, automatic=99, manual=98, preview="Preview")
    assert "As tried (98 / 99)" in page
    assert "+2" in page
    ada.post(path, page=path, automatic=99, manual=98, submit="Set")
    with site.runs.factory(read_only=True) as uow:
        settings = uow.matching.settings(MatchingFunction.DMV_COA)
    assert (settings.automatic, settings.manual) == (99, 98)
    ada.post(path, page=path, automatic=50, manual=98, submit="Set")
    assert "is above the automatic one" in ada.get(path)


@pytest.mark.requirement("COA-06")
def test_an_sos_user_tries_thresholds_and_does_not_set_them(site):
    sam, path = site.browser(SAM), "/matching/functions/dmv_coa"
    assert 'name="submit"' not in sam.get(path)
    sam.post(path, page=path, status=403, automatic=99, manual=98, submit="Set")


@pytest.mark.requirement("COA-12")
def test_a_county_sets_its_own_mode_and_no_others(site):
    cora = site.browser(CORA)
    mode = {"mode-function": "dmv_coa", "mode-mode": "provisional"}
    cora.post("/matching/modes", page="/matching/", **{"mode-county": "19"}, **mode)
    assert "Provisional" in cora.get("/matching/")
    cora.post("/matching/modes", page="/matching/", status=200, **{"mode-county": "37"}, **mode)
    with site.runs.factory(read_only=True) as uow:
        assert set(uow.matching.modes()) == {("19", MatchingFunction.DMV_COA)}


@pytest.mark.requirement("COA-11", "JOB-04")
def test_an_administrator_sets_moves_between_counties_and_blackouts(site):
    ada = site.browser(ADA)
    ada.post("/matching/cross-county", page="/matching/", cross_county="cancel_and_invite")
    blackout = {"blackout-first_day": "2026-05-01", "blackout-last_day": "2026-06-02", "blackout-reason": "the primary"}
    ada.post("/matching/blackouts", page="/matching/", **blackout)
    page = ada.get("/matching/")
    assert "Cancel, and invite to register again" in page
    assert "May 1, 2026 to Jun 2, 2026" in page
    ada.post("/matching/blackouts/1/remove")
    assert "the primary" not in ada.get("/matching/")


@pytest.mark.requirement("VRU-10", "EWS-10")
def test_a_voter_is_read_as_of_a_day_and_by_version(any_site):
    site = any_site
    lee, case_id = site.browser(LEE), site.case().case_id
    lee.post(f"/cases/{case_id}/decide", version=1, decision="Accept", basis="seen")
    now, before = lee.get(f"/voters/{OURS}"), lee.get(f"/voters/{OURS}?as_of=2025-01-01")
    assert "12 NEW ST" in now
    assert "7 OLD AVE" in before
    assert "You see version 1" in before
    assert "7 OLD AVE" in lee.get(f"/voters/{OURS}?version=1")
    assert "DMV COA Match" in now
    lee.get(f"/voters/{OURS}?version=7", status=404)
    lee.get(f"/voters/{OURS}?as_of=1999-01-01", status=404)
    lee.get(f"/voters/{OURS}?as_of=yesterday", status=422)


@pytest.mark.requirement("S2.27", "COA-35")
def test_a_voters_past_addresses_and_letters_are_told_with_their_days_and_as_they_were_on_a_day(site):
    lee = site.browser(LEE)
    lee.post(f"/cases/{site.case().case_id}/decide", version=1, decision="Accept", basis="seen")
    with site.runs.factory() as uow:
        uow.mailings.add([(MailingKind.UNPRECINCTABLE_FOLLOW_UP, "19", OURS, None, None)], site.runs.clock.now())
        uow.commit()
    hanging = {day: lee.get(f"/voters/{OURS}{day}").split('id="attached"')[1].split('id="versions"')[0] for day in ("", "?as_of=2026-02-28")}
    assert "<td>Past residence</td><td>from May 1, 2020 until Feb 28, 2026</td><td>7 OLD AVE" in hanging[""]
    assert "12 NEW ST" not in hanging[""], "the residence in force is no past one"
    assert "Unprecinctable follow up, due" in hanging[""]
    assert "Past residence" not in hanging["?as_of=2026-02-28"]
    assert "Letter" not in hanging["?as_of=2026-02-28"]


@pytest.mark.requirement("COA-05", "OPS-02")
def test_two_voters_are_explained_side_by_side(site):
    sam = site.browser(SAM)
    path = sam.post(f"/voters/{OURS}/explain", page=f"/voters/{OURS}", other=THEIRS, function="duplicate_voter")
    page = sam.get(path)
    assert "GARCIA" in page
    assert "LOPEZ" in page
    assert "bits against" in page
    assert len(site.audit(action="ExplainMatch")) == 2


@pytest.mark.requirement("EWS-08")
def test_too_little_to_search_by_is_refused_in_words(site):
    assert "too little" in site.browser(SAM).post("/voters/", page="/voters/", status=422, first_name="ANA")


@pytest.mark.requirement("EWS-01")
def test_sos_sees_that_a_credential_is_attacked_until_somebody_has_read_of_it(site):
    with site.runs.factory() as uow:
        uow.reference.save_credential(
            Credential(username="la-ems", county_code="19", secret_hmac="x", expires_at=None, revoked_at=None, certificate_subject=None)
        )
        uow.call_guard.note_attempts("la-ems", 12, site.runs.clock.now())
        uow.commit()
    assert "la-ems" not in site.browser(LEE).get("/")
    sam = site.browser(SAM)
    assert "called with wrong secrets: 12" in sam.get("/")
    sam.post("/credential-alerts/read", page="/", username="la-ems")
    assert "la-ems" not in site.browser(ADA).get("/")
    assert [entry.actor for entry in site.audit(action="ReadCredentialAlert")] == [SAM]
