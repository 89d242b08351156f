"""The masked payload log: on for one county, nothing of a voter in it, limited in size, readable by the service alone (OPS-05)."""

import json
import stat
from datetime import timedelta
from types import SimpleNamespace

import pytest
from lxml import etree

from votecal_soap.call_record import CallRecord
from votecal_soap.clock import FixedClock
from votecal_soap.config import Config
from votecal_soap.domain.call_guard import PayloadLogSetting
from votecal_soap.soap.payload_log import Exchange, PayloadLog

from .soap_requests import NAMESPACES, NOW, OTHER_SECRET, SECRET, envelope, security

EMS = "ems-integration"
PLANTED = {
    "LastName": "PLANTEDLAST", "FirstName": "PLANTEDFIRST", "DateOfBirth": "1961-06-07", "DriversLicense": "D7654321", "Ssn4": "9876",
    "Phone": "9165550123", "Email": "planted@example.org", "StreetName": "PLANTEDSTREET", "ZipCode": "95999", "City": "PLANTEDCITY",
}  # fmt: skip
REGISTRATION = (
    "<TransactionId>T-1</TransactionId><EmsVoterId>LA-1</EmsVoterId><Registration><Name><FirstName>{FirstName}</FirstName><LastName>{LastName}</LastName></Name>"
    "<DateOfBirth>{DateOfBirth}</DateOfBirth><DriversLicense>{DriversLicense}</DriversLicense><Ssn4>{Ssn4}</Ssn4><Phone>{Phone}</Phone><Email>{Email}</Email>"
    "<ResidenceAddress><StreetName>{StreetName}</StreetName><City>{City}</City><ZipCode>{ZipCode}</ZipCode></ResidenceAddress>"
    "<RegistrationDate>2026-03-01</RegistrationDate></Registration>"
).format(**PLANTED)


@pytest.fixture
def logged(state):
    with state.application.unit_of_work() as uow:
        uow.call_guard.save_payload_log(PayloadLogSetting("19", NOW + timedelta(days=2), "ada", NOW))
        uow.commit()
    return state


def files(state):
    return sorted(state.application.config.payload_dir.glob("*"))


def lines(state):
    return [json.loads(line) for file in files(state) for line in file.read_text().splitlines()]


@pytest.mark.requirement("OPS-03", "OPS-05")
def test_nothing_planted_reaches_the_file_and_the_shape_does(logged):
    error = f"<FieldErrors><FieldError><Code>PhoneFormat</Code><Severity>NonFatal</Severity><Text>{PLANTED['LastName']}</Text></FieldError></FieldErrors>"
    payload = f"<BatchRecordResult><JobId>7</JobId><RecordSequence>1</RecordSequence><Outcome>Applied</Outcome>{error}</BatchRecordResult>"
    logged.add_messages(1, payload=payload)
    answer = logged.call(EMS, "RegisterVoter", REGISTRATION)
    logged.call(EMS, "GetMessageQueue", "<IncludeDetail>true</IncludeDetail>")
    logged.call(EMS, "SearchVoters", "<Name><LastName>PLANTEDLAST</LastName></Name>")
    for request in (
        REGISTRATION + "<PLANTEDLAST/>",
        f"<TransactionId>{PLANTED['Ssn4']}</TransactionId>",
        '<MessageId D7654321="D7654321">D7654321</MessageId>',
    ):
        logged.call(EMS, "RegisterVoter", request)
    written = "".join(file.read_text() for file in files(logged))
    for value in (*PLANTED.values(), SECRET):
        assert value not in written, value
    first, second, *_, last = lines(logged)
    assert (first["operation"], first["county_code"], first["correlation_id"]) == ("RegisterVoter", "19", answer.headers["X-Correlation-Id"])
    assert "<TransactionId>T-1</TransactionId>" in first["request"] and "<LastName>***</LastName>" in first["request"]
    assert "<MessagesRemaining>" in second["answer"] and "<Outcome>Applied</Outcome>" in second["answer"]
    assert "<Code>VC-1005</Code>" in last["answer"]


@pytest.mark.requirement("OPS-05")
def test_only_the_county_that_is_on_is_written_and_only_as_long(logged):
    logged.call(EMS, "Ping", header=security("sac-ems", OTHER_SECRET))
    logged.call(EMS, "Ping", header=security("la-ems", "wrong"))
    assert files(logged) == []
    logged.call(EMS, "Ping")
    logged.clock.instant += timedelta(days=2)
    logged.call(EMS, "Ping")
    assert len(lines(logged)) == 1


@pytest.mark.requirement("OPS-05")
def test_files_are_readable_by_the_service_alone(logged):
    logged.call(EMS, "Ping")
    (file,) = files(logged)
    assert (stat.S_IMODE(file.stat().st_mode), stat.S_IMODE(file.parent.stat().st_mode)) == (0o600, 0o700)


@pytest.mark.requirement("OPS-05")
def test_a_call_and_a_file_have_a_largest_size_and_a_full_file_says_so_once(logged, caplog):
    logged.reconfigure(payload_log_entry_bytes=100, payload_log_day_bytes=1000)
    for _ in range(10):
        logged.call(EMS, "RegisterVoter", REGISTRATION)
    logged.call(EMS, "Ping")  # however small it is
    *written, last = lines(logged)
    assert 1 <= len(written) < 5
    assert written[0]["cut"] is True and len(written[0]["request"]) == 100
    assert (last["county_code"], "full" in last, "request" in last) == ("19", True, False)
    assert files(logged)[0].stat().st_size <= 1000
    assert [record.county_code for record in caplog.records if record.msg == "payload log is full"] == ["19"]
    assert logged.meter.registry.get_sample_value("votecal_payloads_dropped_total", {"county": "19"}) == 11 - len(written)
    logged.clock.instant += timedelta(days=1)
    logged.call(EMS, "Ping")
    assert ["full" in json.loads(file.read_text().splitlines()[-1]) for file in files(logged)] == [True, False]


@pytest.mark.requirement("OPS-05")
def test_a_file_without_room_for_anything_stays_empty(tmp_path):
    services = SimpleNamespace(config=Config(data_dir=tmp_path, payload_log_day_bytes=10), clock=FixedClock(NOW))
    record = CallRecord(correlation_id="x", operation="Ping", county_code="19")
    schema = SimpleNamespace(knows=lambda name: True)
    PayloadLog(services).write(record, Exchange(request=etree.fromstring("<Ping/>"), answer="<PingResponse/>", is_valid=True, schema=schema))
    assert [file.stat().st_size for file in services.config.payload_dir.iterdir()] == [0]
    assert record.is_payload_dropped


def test_a_folder_that_cannot_be_written_fails_no_call(logged):
    logged.application.config.payload_dir.write_text("a file in the way")
    assert logged.call(EMS, "Ping").status == 200


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_faults_of_both_versions_are_written(logged, version):
    logged.post(EMS, envelope(f'<Ping xmlns="{NAMESPACES[EMS]}">x</Ping>', security(), version), version)
    assert "VC-1005" in lines(logged)[0]["answer"]
