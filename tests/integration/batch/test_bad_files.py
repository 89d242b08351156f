"""Whatever is wrong with a file is told in the job's status; nothing of it is applied, and no voter's data is repeated (VRU-18, OPS-03)."""

import gzip
import io
import json
import os
import re
import subprocess
import sys
import zipfile

import pytest
from lxml import etree

from votecal_soap.domain.jobs import JobState

from .batch_texts import BATCH, EWS, FIRST_UID, PLANTED, SECRETS, append, begin, complete, document, record, send, status

ANN, BOB = FIRST_UID, FIRST_UID + 1
VOTER_TABLES = ("voter", "voter_version", "voting_precinct", "voter_activity", "ems_message", "batch_record_outcome", "batch_outcome_count")
BOMB_BYTES = 64 << 20


@pytest.fixture
def job_id(state):
    return state.add_job()


def good(job_id, count=2, **said):
    return document("".join(record(number, FIRST_UID + number - 1) for number in range(1, count + 1)), count, job_id=job_id, **said)


def tell_nothing(log_lines, *texts):
    """No planted value in any log line or text. Ids and times are left out: a number in them may look like a voter's."""
    for line in log_lines().splitlines():
        said = {key: value for key, value in json.loads(line).items() if key not in ("at", "correlation_id", "duration_ms")}
        texts += (json.dumps(said),)
    for text in texts:
        assert not [secret for secret in SECRETS if re.search(rf"\b{re.escape(secret)}", text)], text


def without_ids(answer):
    """An answer's text without its correlation id and times."""
    return re.sub(r"<(CorrelationId|ReceivedAt|EnqueuedAt)>[^<]*<", "<", answer.content.decode())


def zipped(content):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("batch.xml", content)
    return packed.getvalue()


def with_entity(job_id):
    start = '<!DOCTYPE x [<!ENTITY a "PLANTED"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return good(job_id, start=start).replace(b"<LastName>PLANTEDLAST", b"<LastName>&b;")


WRONG_FILES = {
    "empty": (lambda job: b" ", "VC-1101"),
    "not XML": (lambda job: b"PLANTEDLAST,PLANTEDFIRST\n", "VC-1101"),
    "not well-formed in the middle": (lambda job: good(job, 4).replace(b"</Record>", b"</Rec>", 1), "VC-1101"),
    "truncated": (lambda job: good(job, 4)[:-200], "VC-1101"),
    "truncated after a record": (lambda job: good(job).partition(b"<Trailer>")[0], "VC-1101"),
    "two roots": (lambda job: good(job) + good(job, start=""), "VC-1101"),
    "entity that nobody declared": (lambda job: good(job).replace(b"PLANTEDLAST", b"&planted;"), "VC-1101"),
    "control character": (lambda job: good(job).replace(b"PLANTEDLAST", b"PLANTED\x01LAST"), "VC-1101"),
    "DOCTYPE": (lambda job: good(job, start="<!DOCTYPE VoterRecordUpdateBatch>"), "VC-1102"),
    "DOCTYPE that names a file": (lambda job: good(job, start='<!DOCTYPE x SYSTEM "file:///etc/passwd">'), "VC-1102"),
    "entities that expand": (with_entity, "VC-1102"),
    "another encoding": (lambda job: good(job, start='<?xml version="1.0" encoding="ISO-8859-1"?>'), "VC-1103"),
    "bytes that are not UTF-8": (lambda job: good(job).replace(b"PLANTEDLAST", b"PLANTED\xc9LAST"), "VC-1103"),
    "UTF-16": (lambda job: good(job, start="").decode().encode("utf-16"), "VC-1103"),
    "trailer that counts wrong": (lambda job: good(job).replace(b"<RecordCount>2<", b"<RecordCount>3<"), "VC-1105"),
    "no trailer": (lambda job: re.sub(rb"<Trailer>.*</Trailer>", b"", good(job)), "VC-1106"),
    "no header": (lambda job: re.sub(rb"<Header>.*</Header>", b"", good(job)), "VC-1106"),
    "another schema": (lambda job: good(job).replace(b"urn:votecal:voter-record-update-batch:v1", b"urn:another"), "VC-1106"),
    "another county's header": (lambda job: good(job, county_code="34"), "VC-1107"),
    "another job's header": (lambda job: good(job + 1), "VC-1108"),
    "another type": (lambda job: good(job, batch_type="InitialLoad"), "VC-1108"),
    "another schema version": (lambda job: good(job, schema_version="9.9"), "VC-1109"),
}


@pytest.mark.requirement("VRU-06", "VRU-18", "VRU-21", "OPS-03", "OPS-04")
@pytest.mark.parametrize("wrong", WRONG_FILES)
def test_a_wrong_file_is_refused_whole_with_its_reason_in_the_jobs_status(state, job_id, worker, table_rows, log_lines, wrong):
    make, code = WRONG_FILES[wrong]
    before = table_rows(VOTER_TABLES)
    send(state, job_id, make(job_id), 2)
    assert worker() == 1
    answer = status(state, job_id)
    assert (answer.text("JobState"), answer.text("Code")) == ("FileRefused", code)
    assert len(answer.text("Text")) > 20
    assert table_rows(VOTER_TABLES) == before
    tell_nothing(log_lines, without_ids(answer))


@pytest.mark.requirement("VRU-06", "VRU-18")
@pytest.mark.parametrize(
    ("said", "code"),
    [({"Sha256": "ab" * 32}, "VC-1104"), ({"RecordCount": 3}, "VC-1105"), ({"Compression": "Gzip"}, "VC-1111"), ({"Compression": "Zip"}, "VC-1111")],
    ids=["digest", "count", "gzip", "zip"],
)
def test_a_file_that_is_not_what_was_announced_is_refused_whole(state, job_id, worker, table_rows, log_lines, said, code):
    before = table_rows(VOTER_TABLES)
    send(state, job_id, good(job_id), 2, **said)
    worker()
    answer = status(state, job_id)
    assert (answer.text("JobState"), answer.text("Code")) == ("FileRefused", code)
    assert table_rows(VOTER_TABLES) == before
    tell_nothing(log_lines, without_ids(answer))


@pytest.mark.requirement("VRU-18")
def test_a_refused_file_may_be_mended_and_is_then_applied(state, job_id, worker):
    send(state, job_id, good(job_id)[:-5], 2)
    worker()
    assert status(state, job_id).text("JobState") == "FileRefused"
    state.clock.instant = state.clock.instant.replace(minute=5)
    send(state, job_id, good(job_id), 2)
    worker()
    answer = status(state, job_id)
    assert (answer.text("JobState"), answer.text("RecordsProcessed"), answer.text("FileRefusal")) == ("Completed", "2", None)


@pytest.mark.requirement("EWS-01", "VRU-03")
def test_another_countys_job_and_an_unauthorised_one_take_no_file(state, worker, table_rows, log_lines):
    before = table_rows((*VOTER_TABLES, "upload"))
    others, unauthorised = state.add_job(county_code="34"), state.add_job(state=JobState.SCHEDULED)
    answers = [begin(state, job, good(job), 2) for job in (others, unauthorised)]
    assert [answer.fault["Code"] for answer in answers] == ["VC-2001", "VC-3002"]
    assert worker() == 0
    assert table_rows((*VOTER_TABLES, "upload")) == before
    tell_nothing(log_lines, *map(without_ids, answers))


@pytest.mark.requirement("VRU-06", "EWS-07")
def test_the_same_file_twice_changes_nothing_twice(state, job_id, worker, table_rows):
    content = good(job_id)
    upload_id = send(state, job_id, content, 2)
    worker()
    after = table_rows((*VOTER_TABLES, "upload", "job_instance", "audit_entry"))
    again = begin(state, job_id, content, 2)
    assert (again.text("UploadId"), again.text("UploadState"), again.text("UploadToken")) == (upload_id, "Complete", None)
    assert append(state, upload_id, 0, content).text("NextOffset") == str(len(content))
    assert complete(state, upload_id).text("JobState") == "Completed"
    assert worker() == 0
    assert table_rows((*VOTER_TABLES, "upload", "job_instance", "audit_entry")) == after


@pytest.mark.requirement("VRU-06", "VRU-03")
def test_another_file_for_a_job_that_is_done_is_refused(state, job_id, worker, table_rows):
    send(state, job_id, good(job_id), 2)
    worker()
    after = table_rows(VOTER_TABLES)
    assert begin(state, job_id, good(job_id, 3), 3).fault["Code"] == "VC-4001"
    assert worker() == 0
    assert table_rows(VOTER_TABLES) == after


@pytest.mark.requirement("VRU-06", "OPS-03")
def test_a_gap_or_an_overlap_in_the_chunks_is_refused_and_the_upload_goes_on(state, job_id, worker, log_lines):
    content = good(job_id)
    upload_id = begin(state, job_id, content, 2).text("UploadId")
    append(state, upload_id, 0, content[:100])
    wrong = [append(state, upload_id, 200, content[200:300]), append(state, upload_id, 50, content[50:150]), append(state, upload_id, 0, b"PLANTED" * 9)]
    early = complete(state, upload_id)
    assert [answer.fault["Code"] for answer in (*wrong, early)] == ["VC-4002", "VC-4003", "VC-4003", "VC-4005"]
    append(state, upload_id, 100, content[100:])
    complete(state, upload_id)
    worker()
    assert status(state, job_id).text("JobState") == "Completed"
    tell_nothing(log_lines, *map(without_ids, (*wrong, early)))


@pytest.mark.requirement("VRU-06", "VRU-18")
@pytest.mark.parametrize(("compression", "pack"), [("Gzip", gzip.compress), ("Zip", zipped)])
def test_a_bomb_is_refused_and_not_unpacked(state, job_id, worker, table_rows, compression, pack):
    before = table_rows(VOTER_TABLES)
    upload_id = send(state, job_id, pack(good(job_id) + b" " * BOMB_BYTES), 2, Compression=compression)
    worker()
    answer = status(state, job_id)
    assert (answer.text("JobState"), answer.text("Code")) == ("FileRefused", "VC-1112")
    assert table_rows(VOTER_TABLES) == before
    assert not state.application.spool.work_path(int(upload_id)).exists()


def peak_kilobytes(environ, **settings):
    """Have a worker process run what is due; the most memory that it held."""
    command = [sys.executable, "-m", "votecal_soap.cli", "worker", "--drain"]
    process = subprocess.Popen(command, env={**os.environ, **environ, **settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, ended, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(ended)
    assert process.returncode == 0
    return usage.ru_maxrss


def one_endless_name(job_id):
    """A gigabyte in one element: gzip members of the same letters, one after the other, are one gzip file."""
    before, after = good(job_id).split(b"PLANTEDLAST", 1)
    letters = gzip.compress(b"A" * (16 << 20))
    return gzip.compress(before) + letters * 64 + gzip.compress(after)


@pytest.mark.requirement("VRU-18")
def test_a_text_of_a_gigabyte_is_refused_in_little_memory(state, job_id, worker_environ, table_rows):
    send(state, job_id, good(job_id), 2)
    usual = peak_kilobytes(worker_environ)
    assert status(state, job_id).text("JobState") == "Completed"
    before = table_rows(VOTER_TABLES)
    endless = state.add_job()
    upload_id = send(state, endless, one_endless_name(endless), 2, Compression="Gzip")
    peak = peak_kilobytes(worker_environ, VOTECAL_EXPANSION_RATIO_LIMIT="2000")
    answer = status(state, endless)
    assert (answer.text("JobState"), answer.text("Code")) == ("FileRefused", "VC-1110")
    assert table_rows(VOTER_TABLES) == before
    assert peak < usual + (64 << 10)
    unpacked = state.application.spool.work_path(int(upload_id))
    assert not unpacked.exists() or unpacked.stat().st_size > 1 << 30
    state.application.spool.discard(int(upload_id))


EVERY_FIELD_WRONG = """
<Record sequence="1"><StateVoterId>100000001</StateVoterId><BaseVersion>99</BaseVersion><Registration>
<Name><FirstName>PLANTED1FIRST</FirstName><MiddleName>PLANTED{}</MiddleName><Suffix>PLANTEDSUFFIX</Suffix></Name>
<DateOfBirth>2025-04-05</DateOfBirth><DriversLicense>PLANTEDZ9876543</DriversLicense><Ssn4>7391PLANTED</Ssn4><Gender>PLANTED</Gender>
<Language>PLANTED</Language><Party>PLANTED</Party><Phone>73910</Phone><Email>PLANTED</Email>
<ResidenceAddress><StreetName>PO BOX PLANTED</StreetName><StreetType>PLANTED</StreetType><State>NV</State><ZipCode>PLANTED</ZipCode></ResidenceAddress>
<MailingAddress><ZipCode>PLANTED-31415</ZipCode></MailingAddress><HomePrecinct><PrecinctCode>PLANTED</PrecinctCode></HomePrecinct>
<RegistrationDate>2999-04-05</RegistrationDate><Status>PLANTED</Status>
<Confidentiality>CourtOrder</Confidentiality><ConfidentialSince>2999-04-05</ConfidentialSince></Registration>
<VotingPrecinct><ElectionId>PLANTED</ElectionId><PrecinctCode>PLANTED</PrecinctCode></VotingPrecinct></Record>
"""

EVERY_ERROR = {
    *("BaseVersionUnknown", "NameHasWrongCharacters", "LastNameMissing", "SuffixUnknown", "DateOfBirthOutOfRange", "DriversLicenseFormat", "Ssn4Format"),
    *("GenderUnknown", "LanguageUnknown", "PartyUnknown", "PhoneFormat", "EmailFormat", "ResidenceIsPostalBox", "ResidenceCityMissing", "StreetTypeUnknown"),
    *("ResidenceNotInCalifornia", "ResidenceZipCodeFormat", "MailingZipCodeFormat", "HomePrecinctNotFound", "RegistrationDateOutOfRange", "StatusNotByBatch"),
    *("ElectionNotFound", "VotingPrecinctNotFound", "KindNotAuthorised", "ConfidentialityNotByBatch"),
}


def results(state, job_id):
    answer = state.call(BATCH, "GetJobResults", f"<JobId>{job_id}</JobId>")
    return answer, answer.body.findall(".//{*}BatchRecordResult")


@pytest.mark.requirement("VRU-09", "VRU-12", "VRU-16", "VRU-18", "OPS-03")
def test_a_record_with_every_field_wrong_fails_alone_with_every_error(state, job_id, worker, table_rows, log_lines):
    before = table_rows(["voter", "voter_version"])
    send(state, job_id, document(EVERY_FIELD_WRONG + precinct_record(2, BOB), 2, job_id=job_id), 2)
    worker()
    answer, (failed, applied) = results(state, job_id)
    assert (failed.findtext("{*}Outcome"), applied.findtext("{*}Outcome")) == ("Failed", "Applied")
    assert {code.text for code in failed.iterfind(".//{*}Code")} == EVERY_ERROR
    queue = state.call(EWS, "GetMessageQueue", "<IncludeDetail>true</IncludeDetail>")
    assert {code.text for code in queue.body.iterfind(".//{*}BatchRecordResult//{*}Code")} == EVERY_ERROR
    assert changed_voters(before, table_rows(["voter", "voter_version"])) == {"voter": {ANN, BOB}, "voter_version": {BOB}}
    with state.application.unit_of_work(read_only=True) as uow:
        ann = uow.voters.get(ANN)
    assert (ann.version, ann.message_sequence, ann.home_precinct, ann.last_name, ann.status) == (1, 1, "0001", PLANTED["last_name"], "Active")
    tell_nothing(log_lines, without_ids(answer), without_ids(queue), etree.tostring(failed).decode())


def precinct_record(sequence, uid, code="0002"):
    """A record of a kind that the job is authorised for."""
    home = f"<Registration><HomePrecinct><PrecinctCode>{code}</PrecinctCode></HomePrecinct></Registration>"
    return f'<Record sequence="{sequence}"><StateVoterId>{uid}</StateVoterId>{home}</Record>'


def changed_voters(before, after):
    return {name: {row[0] for row in set(after[name]) ^ set(before[name])} for name in before}


UNREADABLE = {
    "a wrong date": record(1, ANN, "<DateOfBirth>PLANTED 1937</DateOfBirth>"),
    "an element that nobody knows": record(1, ANN, "<Planted>PLANTEDSTREET</Planted>"),
    "a value that is too long": record(1, ANN, f"<Phone>{'2135550178' * 5}</Phone>"),
    "no id": record(1, ANN).replace(f"<StateVoterId>{ANN}</StateVoterId>", ""),
    "an id that is none": record(1, ANN).replace(f"<StateVoterId>{ANN}<", "<StateVoterId>PLANTED<"),
    "another sequence": record(77, ANN),
    "an attribute that nobody knows": record(1, ANN).replace("<Record ", '<Record planted="PLANTED" '),
    "elements too deep": record(1, ANN, "<A>" * 300 + "PLANTED" + "</A>" * 300),
}


@pytest.mark.requirement("VRU-12", "VRU-17", "VRU-18", "OPS-03")
@pytest.mark.parametrize("unreadable", UNREADABLE)
def test_a_record_that_cannot_be_read_fails_alone(state, job_id, worker, log_lines, unreadable):
    send(state, job_id, document(UNREADABLE[unreadable] + precinct_record(2, BOB), 2, job_id=job_id), 2)
    worker()
    answer, (failed, applied) = results(state, job_id)
    assert (failed.findtext("{*}Outcome"), failed.findtext("{*}FailureReason")) == ("Failed", "RecordUnreadable")
    assert applied.findtext("{*}Outcome") == "Applied"
    with state.application.unit_of_work(read_only=True) as uow:
        assert uow.voters.get(ANN).version == 1
    queue = state.call(EWS, "GetMessageQueue", "<IncludeDetail>true</IncludeDetail>")
    assert len(queue.body.findall(".//{*}MessageHeader")) == 2
    tell_nothing(log_lines, without_ids(answer), without_ids(queue))


@pytest.mark.requirement("EWS-04", "EWS-05")
def test_a_younger_message_of_a_batch_is_not_cleared_before_an_older(state, job_id, worker):
    send(state, job_id, document(precinct_record(1, ANN) + precinct_record(2, ANN, "0003"), 2, job_id=job_id), 2)
    worker()
    headers = state.call(EWS, "GetMessageQueue").body.findall(".//{*}MessageHeader")
    older, younger = (header.findtext("{*}MessageId") for header in headers)
    assert [header.findtext("{*}VoterSequence") for header in headers] == ["1", "2"]

    def clear(*ids):
        inside = "".join(f"<Clearance><MessageId>{one}</MessageId><ClearOutcome>Processed</ClearOutcome></Clearance>" for one in ids)
        answer = state.call(EWS, "ClearMessages", f"<Clearances>{inside}</Clearances>")
        return [result.text for result in answer.body.iterfind(".//{*}ClearResult")]

    assert clear(younger) == ["OlderMessageOpen"]
    assert clear(younger, older) == ["OlderMessageOpen", "Cleared"]
    assert clear(younger) == ["Cleared"]
    assert state.call(EWS, "GetMessageQueue").text("MessagesRemaining") == "0"
