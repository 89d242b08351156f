"""Batch files written by hand, so that each can be wrong in its own way, and a voter whose data must show up nowhere."""

import base64
import hashlib
from datetime import date
from itertools import product
from typing import Any

from integration.soap.soap_requests import NOW, Answer, State

from votecal_soap.contract.batch_writer import NAMESPACE
from votecal_soap.domain.counties import Precinct
from votecal_soap.domain.voters import Voter

BATCH, EWS = "batch-data-exchange", "ems-integration"
ELECTION = "E-2026-06"
CHUNK = 1 << 20
FIRST_UID = 100_000_001

PLANTED = {
    "first_name": "PLANTEDFIRST",
    "last_name": "PLANTEDLAST",
    "drivers_license": "Z9876543",
    "ssn4": "7391",
    "date_of_birth": date(1937, 4, 5),
    "house_number": "31415",
    "street_name": "PLANTEDSTREET",
    "phone": "2135550178",
    "email": "planted@example.org",
}
"""What the state knows of each voter of these tests."""

SECRETS = (*(str(value) for value in PLANTED.values()), "PLANTED", "SECRET")
"""What no log line, fault, refusal or failed record's message may hold."""


def voter(uid: int, county_code: str = "19", **values: Any) -> Voter:
    """A voter with the planted values."""
    empty = dict.fromkeys(Voter._fields)
    state = {"version": 1, "effective_date": date(2026, 1, 1), "status": "Active", "vnc_due": 0, "message_sequence": 0, "home_precinct": "0001"}
    place = {"residence_city": "LOS ANGELES", "residence_state": "CA", "residence_zip_code": "90001", "registration_date": date(2020, 1, 1)}
    return Voter(**{**empty, **state, **place, **PLANTED, "state_voter_id": uid, "county_code": county_code, "ems_voter_id": f"LA-{uid}", **values})


def add_voters(state: State, *voters: Voter) -> None:
    """Voters, and the precincts that the files name."""
    with state.application.unit_of_work() as uow:
        places = product(("19", "34"), ("0001", "0002", "0003"))
        uow.reference.save_precincts([Precinct(county_code=county, precinct_code=code, name=None) for county, code in places])
        uow.voters.add_voters(voters, NOW)
        uow.commit()


def record(sequence: int, uid: int, inside: str = "<HomePrecinct><PrecinctCode>0002</PrecinctCode></HomePrecinct>", more: str = "") -> str:
    """A record that would change the voter, and that holds the planted values."""
    name = f"<Name><FirstName>{PLANTED['first_name']}</FirstName><LastName>{PLANTED['last_name']}</LastName></Name>"
    return f'<Record sequence="{sequence}"><StateVoterId>{uid}</StateVoterId>{more}<Registration>{name}{inside}</Registration></Record>'


def document(
    records: str,
    count: int,
    *,
    job_id: int,
    county_code: str = "19",
    schema_version: str = "1.0",
    batch_type: str = "VoterRecordUpdate",
    start: str | None = None,
) -> bytes:
    """A whole file."""
    head = (
        f"<Header><CountyCode>{county_code}</CountyCode><BatchType>{batch_type}</BatchType><JobId>{job_id}</JobId>"
        f"<SchemaVersion>{schema_version}</SchemaVersion><CreatedAt>2026-03-02T09:00:00Z</CreatedAt></Header>"
    )
    first = '<?xml version="1.0" encoding="UTF-8"?>' if start is None else start
    trailer = f"<Trailer><RecordCount>{count}</RecordCount></Trailer>"
    return f'{first}<VoterRecordUpdateBatch xmlns="{NAMESPACE}">{head}{records}{trailer}</VoterRecordUpdateBatch>'.encode()


def begin(state: State, job_id: int, content: bytes, records: int, **said: object) -> Answer:
    """BeginUpload."""
    values = {"ByteCount": len(content), "Sha256": hashlib.sha256(content).hexdigest(), "RecordCount": records, "Compression": "None"} | said
    return state.call(BATCH, "BeginUpload", f"<JobId>{job_id}</JobId>" + "".join(f"<{name}>{value}</{name}>" for name, value in values.items()))


def append(state: State, upload_id: str | int, offset: int, content: bytes) -> Answer:
    """AppendChunk."""
    inside = f"<UploadId>{upload_id}</UploadId><Offset>{offset}</Offset><Content>{base64.b64encode(content).decode()}</Content>"
    return state.call(BATCH, "AppendChunk", inside)


def complete(state: State, upload_id: str | int) -> Answer:
    """CompleteUpload."""
    return state.call(BATCH, "CompleteUpload", f"<UploadId>{upload_id}</UploadId>")


def send(state: State, job_id: int, content: bytes, records: int, **said: object) -> str:
    """The whole upload; its id."""
    upload_id = str(begin(state, job_id, content, records, **said).text("UploadId"))
    for offset in range(0, len(content), CHUNK):
        append(state, upload_id, offset, content[offset : offset + CHUNK])
    assert complete(state, upload_id).text("JobState") == "Received"
    return upload_id


def status(state: State, job_id: int) -> Answer:
    """GetJobStatus."""
    return state.call(BATCH, "GetJobStatus", f"<JobId>{job_id}</JobId>")
