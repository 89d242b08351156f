"""UC04.14.01 and UC04.06.01 from the county's side, over a real socket."""

import json
import threading
from dataclasses import replace

import pytest

from votecal_soap.county.data_exchange_service import DataExchangeService
from votecal_soap.county.ems_jobs import CountyJobs, JobStage
from votecal_soap.county.queue_consumer import QueueConsumer
from votecal_soap.county.reprecincting import reprecinct
from votecal_soap.county.synchronise import Until, synchronise
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.uploads import Compression
from votecal_soap.errors import NotAllowed, Unavailable


def marked(ems):
    return ems.connection.execute("SELECT count(*) FROM voters WHERE changed_since_sync").fetchone()[0]


@pytest.mark.requirement("VRU-01", "VRU-04", "VRU-05", "VRU-06", "VRU-11", "EWS-02", "EWS-03", "EWS-04")
@pytest.mark.parametrize("compression", list(Compression))
def test_a_re_precincting_goes_all_the_way_and_back(state, ems, settings, precinct_moves, compression):
    moved = reprecinct(ems, precinct_moves, "2026-P")
    job_id = state.schedule()
    with state.working():
        report = synchronise(replace(settings, compression=compression))
    assert (moved, marked(ems), state.queued()) == (300, 0, 0)
    assert [(job.job_id, job.stage, job.job_state, job.records_sent) for job in report.jobs] == [(job_id, JobStage.DONE, "Completed", 300)]
    assert dict(report.imported) == {"BatchRecordApplied": 300}
    assert ems.connection.execute("SELECT DISTINCT base_version, state_status FROM voters").fetchall() == [(2, "Applied")]
    assert ems.connection.execute("SELECT count(DISTINCT state_uid) FROM voters").fetchone() == (300,)
    counts = json.loads(report.jobs[0].result)["outcome_counts"]
    assert counts == [{"outcome": "Applied", "reason": None, "count": 300}]


@pytest.mark.requirement("VRU-11", "VRU-12")
def test_each_outcome_reaches_the_voter_that_it_is_about(state, ems, settings):
    good, bad, same = (row[0] for row in ems.connection.execute("SELECT voter_num FROM voters WHERE reg_stat = 'A' LIMIT 3"))
    ems.change(good, DataKind.NAME, {"nm_last": "Ångström-Lee"})
    ems.change(bad, DataKind.NAME, {"nm_last": None})
    ems.change(same, DataKind.NAME, {"nm_first": ems.connection.execute("SELECT nm_first FROM voters WHERE voter_num = ?", (same,)).fetchone()[0]})
    state.schedule(DataKind.NAME)
    synchronise(replace(settings, until=Until.ROUND))
    state.work()
    report = synchronise(settings)
    assert dict(report.imported) == {"BatchRecordApplied": 1, "BatchRecordFailed": 1, "BatchRecordUnchanged": 1}
    rows = dict(ems.connection.execute("SELECT voter_num, state_status || ' ' || changed_since_sync FROM voters WHERE state_status IS NOT NULL").fetchall())
    assert rows == {good: "Applied 0", bad: "Failed 1", same: "Unchanged 0"}
    reason, errors = ems.connection.execute("SELECT reason, errors FROM state_messages WHERE outcome = 'Failed'").fetchone()
    assert (reason, [error["code"] for error in json.loads(errors)]) == ("FailedValidation", ["LastNameMissing"])


@pytest.mark.requirement("VRU-03")
def test_a_job_that_nobody_authorised_is_not_offered(state, client):
    state.schedule(authorise=False)
    assert client.get_pending_jobs() == []


class BrokenAfter:
    """A state whose connection breaks after so many pieces, and whose server then restarts."""

    def __init__(self, client, state, pieces):
        self._client, self._state, self._pieces = client, state, pieces

    def __getattr__(self, name):
        return getattr(self._client, name)

    def put_bytes(self, ticket, offset, content):
        self._pieces -= 1
        if self._pieces == 0:
            self._client.put_bytes(ticket, offset, content)
            self._state.down()
            self._state.up()
            raise Unavailable("VC-5001", "The connection broke before the answer came.")
        return self._client.put_bytes(ticket, offset, content)


@pytest.mark.requirement("VRU-06")
def test_an_upload_goes_on_after_the_server_was_restarted_in_between(state, ems, office, client, precinct_moves):
    reprecinct(ems, precinct_moves, "2026-P")
    state.schedule()
    (job,) = DataExchangeService(office, BrokenAfter(client, state, 2)).run()
    assert job.file.byte_count > 3 * office.piece_bytes
    assert (job.stage, job.job_state) == (JobStage.SENT, "Received")
    assert state.work() == 1
    (job,) = DataExchangeService(office, client).run()
    assert (job.stage, job.job_state) == (JobStage.DONE, "Completed")


@pytest.mark.requirement("VRU-06")
def test_a_county_that_died_while_sending_goes_on_with_the_same_file(state, ems, office, client, precinct_moves, monkeypatch):
    reprecinct(ems, precinct_moves, "2026-P")
    job_id = state.schedule()
    sent = []

    def dies(ticket, offset, content):
        if sent:
            raise KeyboardInterrupt
        sent.append(type(client).put_bytes(client, ticket, offset, content))
        return sent[0]

    monkeypatch.setattr(client, "put_bytes", dies)
    with pytest.raises(KeyboardInterrupt):
        DataExchangeService(office, client).run()
    begun = CountyJobs(office.ems, office.work_dir).get(job_id).file
    monkeypatch.undo()
    assert client.begin_upload(job_id, begun).next_offset == sent[0] == office.piece_bytes
    (job,) = DataExchangeService(office, client).run()
    assert (job.stage, job.file.sha256) == (JobStage.SENT, begun.sha256)


@pytest.mark.requirement("VRU-06")
def test_without_a_fast_lane_the_file_goes_in_soap_chunks(state, ems, office, client, precinct_moves, monkeypatch):
    reprecinct(ems, precinct_moves, "2026-P")
    state.schedule()
    monkeypatch.setattr(client, "put_bytes", lambda *_: (_ for _ in ()).throw(NotAllowed("VC-3001", "PUT is not allowed here.")))
    (job,) = DataExchangeService(office, client).run()
    assert (job.stage, job.job_state) == (JobStage.SENT, "Received")


@pytest.mark.requirement("EWS-07")
def test_a_state_that_is_down_and_up_again_finds_the_county_s_work_kept(state, ems, settings, precinct_moves):
    reprecinct(ems, precinct_moves, "2026-P")
    state.schedule()
    state.down()
    with pytest.raises(Unavailable):
        synchronise(settings)
    assert marked(ems) == 300
    state.up()
    assert synchronise(replace(settings, until=Until.ROUND)).jobs[0].stage is JobStage.SENT
    state.down()
    stop = threading.Event()
    service = threading.Thread(target=synchronise, args=(replace(settings, until=Until.STOPPED),), kwargs={"stop": stop})
    service.start()
    state.work()
    state.up()
    for _ in range(200):
        if state.queued() == 0 and not CountyJobs(ems, settings.work_dir).unfinished():
            break
        stop.wait(0.05)
    stop.set()
    service.join(10)
    assert (marked(ems), state.queued()) == (0, 0)


@pytest.mark.requirement("EWS-04", "EWS-07")
def test_messages_that_are_delivered_twice_are_imported_once(state, ems, office, client, precinct_moves, monkeypatch):
    reprecinct(ems, precinct_moves, "2026-P")
    state.schedule()
    DataExchangeService(office, client).run()
    state.work()

    def dies(clearances):
        raise KeyboardInterrupt

    monkeypatch.setattr(client, "clear_messages", dies)
    with pytest.raises(KeyboardInterrupt):
        QueueConsumer(office, client).drain()
    monkeypatch.undo()
    assert (state.queued(), ems.connection.execute("SELECT count(*) FROM state_messages").fetchone()) == (300, (300,))
    assert QueueConsumer(office, client).drain().imported == {}
    assert (state.queued(), ems.connection.execute("SELECT sum(cleared) FROM state_messages").fetchone()) == (0, (300,))


@pytest.mark.requirement("EWS-02")
def test_a_queue_is_drained_in_pages_without_waiting(state, ems, office, client, precinct_moves, pauses):
    reprecinct(ems, precinct_moves, "2026-P")
    state.schedule()
    DataExchangeService(office, client).run()
    state.work()
    assert QueueConsumer(office, client, page_messages=70).drain().imported == {"BatchRecordApplied": 300}
    assert pauses == []


@pytest.mark.requirement("EWS-01")
def test_a_wrong_password_is_told_as_such_and_not_tried_again(settings):
    with pytest.raises(NotAllowed) as caught:
        synchronise(replace(settings, password="wrong"))
    assert caught.value.code == "VC-3001"
