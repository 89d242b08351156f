"""The fast lane: PUT with Content-Range and the upload's token (VRU-06)."""

import hashlib
import io
import json
from datetime import timedelta

import pytest

BATCH = "batch-data-exchange"
CONTENT = bytes(range(256)) * 100
SIZE = len(CONTENT)


class Lane:
    """An upload begun, and its token."""

    def __init__(self, state, content=CONTENT):
        self.state = state
        self.job_id = state.add_job()
        said = f"<JobId>{self.job_id}</JobId><ByteCount>{len(content)}</ByteCount><Sha256>{hashlib.sha256(content).hexdigest()}</Sha256>"
        begun = state.call(BATCH, "BeginUpload", f"{said}<RecordCount>1</RecordCount><Compression>None</Compression>")
        self.path = begun.text("UploadUrl").removeprefix(state.application.config.public_url)
        self.upload_id = int(begun.text("UploadId"))
        self.token = begun.text("UploadToken")

    def put(self, first, content, total="*", **environ):
        given = {"HTTP_AUTHORIZATION": f"Bearer {self.token}", "HTTP_CONTENT_RANGE": f"bytes {first}-{first + len(content) - 1}/{total}"} | environ
        return self.state.request("PUT", self.path, content, **given)

    def stored(self):
        return self.state.application.spool.read(self.upload_id, 0, SIZE * 2)


@pytest.fixture
def lane(state):
    return Lane(state)


def said(answer):
    return json.loads(answer.content)


@pytest.mark.requirement("VRU-06")
def test_a_file_goes_in_and_resumes_at_the_next_offset(lane):
    first = lane.put(0, CONTENT[:1000], total=SIZE)
    assert (first.status, said(first)) == (200, {"nextOffset": 1000})
    assert said(lane.put(1000, CONTENT[1000:])) == {"nextOffset": SIZE}
    assert lane.stored() == CONTENT
    assert lane.state.call(BATCH, "CompleteUpload", f"<UploadId>{lane.upload_id}</UploadId>").text("JobState") == "Received"


@pytest.mark.requirement("VRU-06")
def test_the_same_bytes_again_change_nothing_and_other_bytes_are_a_conflict(lane):
    lane.put(0, CONTENT[:1000])
    assert lane.put(0, CONTENT[:1000]).status == 200
    other = lane.put(0, b"x" * 1000)
    assert (other.status, said(other)["code"], said(other)["nextOffset"]) == (409, "VC-4003", 1000)
    assert lane.stored() == CONTENT[:1000]


@pytest.mark.requirement("VRU-06")
@pytest.mark.parametrize(("first", "code"), [(1001, "VC-4002"), (500, "VC-4003")], ids=["gap", "overlap"])
def test_a_gap_and_an_overlap_are_conflicts_with_the_next_offset(lane, first, code):
    lane.put(0, CONTENT[:1000])
    answer = lane.put(first, CONTENT[first : first + 1000])
    assert (answer.status, said(answer)["code"], said(answer)["nextOffset"]) == (409, code, 1000)


@pytest.mark.requirement("VRU-06")
def test_what_came_before_a_sender_broke_off_stays(state, monkeypatch):
    monkeypatch.setattr("votecal_soap.soap.upload_lane._PIECE", 1000)
    lane = Lane(state)
    answer = lane.put(0, CONTENT, **{"wsgi.input": io.BytesIO(CONTENT[:2500])})
    assert (answer.status, said(answer)) == (400, {"nextOffset": 2500})
    assert lane.put(2500, CONTENT[2500:]).status == 200
    assert lane.stored() == CONTENT


@pytest.mark.requirement("VRU-06", "EWS-01")
@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic bGE6bGE="])
def test_without_its_token_an_upload_is_closed(lane, authorization):
    answer = lane.put(0, CONTENT, HTTP_AUTHORIZATION=authorization)
    assert (answer.status, answer.headers["WWW-Authenticate"], said(answer)["code"]) == (401, "Bearer", "VC-3004")


@pytest.mark.requirement("EWS-01")
def test_a_token_opens_its_own_upload_alone_and_unknown_ones_look_the_same(state, lane):
    other = Lane(state)
    other.token = lane.token
    assert other.put(0, CONTENT).status == 401
    lane.path = "/upload/99999"
    assert lane.put(0, CONTENT).status == 401


@pytest.mark.requirement("VRU-06")
def test_a_token_is_good_for_an_hour_and_until_the_upload_is_complete(lane):
    lane.state.clock.instant += timedelta(minutes=59)
    assert lane.put(0, CONTENT[:10]).status == 200
    lane.state.clock.instant += timedelta(minutes=1)
    assert lane.put(10, CONTENT[10:]).status == 401
    lane.state.clock.instant -= timedelta(minutes=1)
    assert lane.put(10, CONTENT[10:]).status == 200
    lane.state.call(BATCH, "CompleteUpload", f"<UploadId>{lane.upload_id}</UploadId>")
    assert lane.put(0, CONTENT[:10]).status == 401


@pytest.mark.requirement("EWS-01")
def test_a_token_in_the_clear_is_refused(lane):
    assert said(lane.put(0, CONTENT, REMOTE_ADDR="198.51.100.7"))["code"] == "VC-3003"


def test_a_put_needs_its_length_and_a_range_that_fits(lane):
    assert lane.put(0, CONTENT, CONTENT_LENGTH="").status == 411
    for content_range in ("", "bytes 0-9/10", f"bytes 0-{SIZE}/*", f"bytes 0-{SIZE - 1}/{SIZE + 1}", "bytes 9-0/*", "items 0-9/*"):
        assert lane.put(0, CONTENT, HTTP_CONTENT_RANGE=content_range).status == 400
    assert lane.put(0, CONTENT + b"x").status == 400
    assert lane.stored() == b""


def test_a_put_over_the_limit_is_refused_unread(state, lane):
    state.reconfigure(put_byte_limit=1000)
    assert lane.put(0, b"x", CONTENT_LENGTH="1001", **{"wsgi.input": None}).status == 413


@pytest.mark.requirement("EWS-01")
def test_a_put_beyond_the_countys_budget_waits_and_is_told_as_the_countys(state, lane):
    state.reconfigure(county_calls_per_minute=0)
    answer = lane.put(0, CONTENT)
    assert (answer.status, said(answer)["code"], answer.headers["Retry-After"]) == (503, "VC-5010", "60")
    of_county = {"operation": "PUT", "county": "19", "code": "VC-5010"}
    assert state.meter.registry.get_sample_value("votecal_faults_total", of_county) == 1


def test_only_put_is_allowed(state, lane):
    answer = state.request("GET", lane.path)
    assert (answer.status, answer.headers["Allow"]) == (405, "PUT")
