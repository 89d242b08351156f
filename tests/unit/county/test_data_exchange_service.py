import gzip

import pytest

from votecal_soap.county.data_exchange_service import RESENDINGS, DataExchangeService
from votecal_soap.county.ems_jobs import CountyJobs, JobStage
from votecal_soap.county.reprecincting import reprecinct
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.uploads import Compression
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotAllowed, Unavailable

CLOSED = Conflict(ErrorCode.JOB_NOT_OPEN, "The job is not open.")


def run(office, state):
    return DataExchangeService(office, state).run()


@pytest.mark.requirement("VRU-01")
def test_nothing_pending_is_a_normal_answer(office, state):
    assert run(office, state) == []
    assert state.calls == ["get_pending_jobs"]


@pytest.mark.requirement("VRU-04", "VRU-05", "VRU-06")
def test_a_job_is_acknowledged_extracted_sent_and_asked_for(office, state):
    state.offer(7)
    (job,) = run(office, state)
    assert (job.stage, job.job_state, job.file.record_count) == (JobStage.DONE, "Completed", 2)
    assert b"<EmsVoterId>LA-1</EmsVoterId>" in state.received
    assert b"<JobId>7</JobId>" in state.received


def test_the_file_is_gone_when_the_job_is_done(office, state):
    state.offer(7)
    (job,) = run(office, state)
    assert not job.file.path.exists()


def test_a_packed_file_is_sent_packed(office, state):
    state.offer(7)
    office = type(office)(**{name: getattr(office, name) for name in office.__slots__} | {"compression": Compression.GZIP})
    run(office, state)
    assert gzip.decompress(state.received).startswith(b"<?xml")


@pytest.mark.requirement("VRU-06")
@pytest.mark.parametrize("place", ["acknowledge_started", "begin_upload", "put_bytes", "complete_upload", "get_job_status"])
def test_a_crash_at_any_call_and_a_new_run_finish_the_job_with_one_file(office, state, place):
    state.offer(7)
    state.failures = [(place, KeyboardInterrupt())]
    with pytest.raises(KeyboardInterrupt):
        run(office, state)
    (job,) = run(office, state)
    assert (job.stage, len(state.digests)) == (JobStage.DONE, 1)


@pytest.mark.requirement("VRU-06")
def test_a_file_that_was_begun_is_sent_even_when_the_data_has_changed_since(office, state, ems):
    state.offer(7)
    state.failures = [("put_bytes", KeyboardInterrupt())]
    with pytest.raises(KeyboardInterrupt):
        run(office, state)
    reprecinct(ems, {("1234", "A"): ("5678", None)})
    run(office, state)
    assert len(state.digests) == 1


def test_a_file_that_the_disk_lost_is_made_anew(office, state):
    state.offer(7)
    state.failures = [("put_bytes", KeyboardInterrupt())]
    with pytest.raises(KeyboardInterrupt):
        run(office, state)
    CountyJobs(office.ems, office.work_dir).get(7).file.path.write_bytes(b"torn")
    (job,) = run(office, state)
    assert job.stage is JobStage.DONE


@pytest.mark.requirement("VRU-02")
def test_a_job_that_is_offered_again_is_not_done_twice_at_once(office, state):
    state.offer(7)
    state.completes_as = "Processing"
    run(office, state)
    state.offer(7, state="Pending")
    state.completes_as = "Completed"
    run(office, state)
    assert len(state.digests) == 1


def test_a_state_that_is_down_leaves_the_work_where_it_is(office, state, down):
    state.offer(7)
    state.failures = [("begin_upload", down)] * 4
    with pytest.raises(Unavailable):
        run(office, state)
    (job,) = CountyJobs(office.ems, office.work_dir).unfinished()
    assert job.stage is JobStage.FILE_READY
    assert run(office, state)[0].stage is JobStage.DONE


def test_a_refused_file_is_not_sent_again_until_the_county_has_changed_something(office, state, ems):
    state.offer(7)
    state.completes_as = "FileRefused"
    assert run(office, state)[0].stage is JobStage.REFUSED
    assert run(office, state) == []
    ems.change("LA-1", DataKind.HOME_PRECINCT, {"home_pct": "5678"})
    state.completes_as = "Completed"
    assert run(office, state)[0].stage is JobStage.DONE
    assert len(state.digests) == 2


@pytest.mark.requirement("VRU-06")
def test_a_file_that_was_damaged_on_the_way_is_sent_again_as_it_was(office, state):
    state.offer(7)
    state.completes_as, state.refusal_code = "FileRefused", "VC-1104"
    mend_when_asked(state, 2)
    assert run(office, state)[0].stage is JobStage.DONE
    assert (len(state.digests), len(set(state.digests))) == (2, 1)


def mend_when_asked(state, times):
    ask = state.get_job_status

    def asked(job_id):
        if state.calls.count("get_job_status") == times - 1:
            state.completes_as = "Completed"
        return ask(job_id)

    state.get_job_status = asked


@pytest.mark.requirement("VRU-06")
def test_a_file_that_never_arrives_whole_is_left_to_a_person(office, state):
    state.offer(7)
    state.completes_as, state.refusal_code = "FileRefused", "VC-1104"
    assert run(office, state)[0].stage is JobStage.REFUSED
    assert len(state.digests) == 1 + RESENDINGS
    assert run(office, state) == []


@pytest.mark.parametrize("place", ["acknowledge_started", "begin_upload"])
def test_a_job_that_sos_has_cancelled_is_done(office, state, place):
    state.offer(7)
    state.failures = [(place, CLOSED)]
    state._call_status = state.get_job_status

    def cancelled(job_id):
        state._set(job_id, "Cancelled")
        return state._call_status(job_id)

    state.get_job_status = cancelled
    assert run(office, state)[0].stage is JobStage.DONE


def test_an_error_of_one_job_keeps_no_other_from_its_turn(office, state):
    state.offer(7)
    state.offer(8)
    state.failures = [("acknowledge_started", NotAllowed(ErrorCode.NOT_AUTHORISED, "The job is not authorised."))]
    service = DataExchangeService(office, state)
    assert [(job.job_id, job.stage) for job in service.run()] == [(7, JobStage.TAKEN), (8, JobStage.DONE)]
    assert list(service.errors) == [7]
    service.run()
    assert service.errors == {}


def test_a_job_of_a_schema_that_this_county_does_not_write_is_left_alone(office, state):
    state.offer(7)
    state.jobs[7] = type(state.jobs[7])(**{name: getattr(state.jobs[7], name) for name in state.jobs[7].__slots__} | {"schema_version": "2.0"})
    assert run(office, state) == []


@pytest.mark.requirement("VRU-06")
def test_an_upload_goes_on_where_the_state_has_it_after_a_break(office, state, down):
    state.offer(7)
    state.failures = [("put_bytes", down), ("put_bytes", Conflict(ErrorCode.UPLOAD_GAP, "Bytes are missing."))]
    assert run(office, state)[0].stage is JobStage.DONE
    assert state.calls.count("get_next_offset") == 2


@pytest.mark.requirement("VRU-06")
def test_without_a_fast_lane_chunks_go_by_soap(office, state):
    state.offer(7)
    state.fast_lane = False
    assert run(office, state)[0].stage is JobStage.DONE
    assert "put_bytes" not in state.calls


def test_a_fast_lane_that_keeps_breaking_gives_way_to_soap(office, state, down):
    state.offer(7)
    state.failures = [("put_bytes", down)] * 3
    assert run(office, state)[0].stage is JobStage.DONE
    assert state.calls.count("put_bytes") == 3


def test_a_token_that_has_run_out_is_replaced(office, state):
    state.offer(7)
    state.failures = [("put_bytes", NotAllowed(ErrorCode.UPLOAD_TOKEN_WRONG, "The token is not good."))]
    assert run(office, state)[0].stage is JobStage.DONE
    assert state.calls.count("begin_upload") == 2
    assert "append_chunk" not in state.calls


def test_a_fast_lane_that_refuses_twice_is_left(office, state):
    state.offer(7)
    state.failures = [("put_bytes", InvalidRequest(ErrorCode.ENVELOPE_WRONG, "The state's web server answered with status 405."))] * 2
    assert run(office, state)[0].stage is JobStage.DONE
    assert "append_chunk" in state.calls


def test_an_upload_that_soap_refuses_too_is_told(office, state):
    state.offer(7)
    state.fast_lane = False
    state.failures = [("append_chunk", InvalidRequest(ErrorCode.LIMIT_EXCEEDED, "Too large."))]
    service = DataExchangeService(office, state)
    assert service.run()[0].stage is JobStage.FILE_READY
    assert service.errors[7].code is ErrorCode.LIMIT_EXCEEDED
