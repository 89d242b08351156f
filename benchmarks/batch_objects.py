"""The usual build of a batch, as a rival: Spyne turns each record into objects, an ORM session saves what changed.

It writes the rows that our pipeline writes, a chunk a transaction, with the current voters fetched a chunk at a time.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from votecal_soap.soap import spyne_import  # noqa: F401 - must come before spyne

from lxml import etree  # isort: skip
from spyne import ComplexModel, Date, Integer, Unicode, XmlAttribute  # isort: skip
from spyne.protocol.xml import XmlDocument  # isort: skip
from sqlalchemy import select
from sqlalchemy.orm import Session, registry

from benchmarks.batch_workload import COUNTY
from db import tables
from db.engine import create_engine
from votecal_soap.contract.batch_writer import NAMESPACE
from votecal_soap.contract.message_payloads import render_batch_record_result
from votecal_soap.contract.queue_messages import render_header
from votecal_soap.domain.batches import Outcome, RecordOutcome
from votecal_soap.domain.voters import VERSION_FIELDS

CHUNK = 1_000


def _model(name: str, **fields: Any) -> Any:  # noqa: ANN401 - a Spyne class
    return type(name, (ComplexModel,), {"__namespace__": NAMESPACE, "_type_info": list(fields.items())})


NAME = _model("Name", FirstName=Unicode, LastName=Unicode, MiddleName=Unicode)
ADDRESS = _model("ResidenceAddress", HouseNumber=Unicode, StreetName=Unicode, StreetType=Unicode, City=Unicode, State=Unicode, ZipCode=Unicode)
PRECINCT = _model("HomePrecinct", PrecinctCode=Unicode)
REGISTRATION = _model(
    "Registration",
    Name=NAME,
    DateOfBirth=Date,
    DriversLicense=Unicode,
    Ssn4=Unicode,
    Party=Unicode,
    ResidenceAddress=ADDRESS,
    HomePrecinct=PRECINCT,
)
RECORD = _model("Record", sequence=XmlAttribute(Integer), StateVoterId=Integer, EmsVoterId=Unicode, Registration=REGISTRATION)


def records(file: Path, most: int) -> Iterator[Any]:
    """Objects, by Spyne's own deserialiser with its soft validation."""
    protocol = XmlDocument(validator="soft")
    with file.open("rb") as stream:
        for number, (_, element) in enumerate(etree.iterparse(stream, tag=f"{{{NAMESPACE}}}Record")):
            if number == most:
                return
            yield protocol.from_element(None, RECORD, element)
            element.clear()


def _mapped() -> dict[str, type]:
    mapper = registry(metadata=tables.metadata)
    classes: dict[str, type] = {}
    for table in (tables.voter, tables.voter_version, tables.voter_activity, tables.audit_entry, tables.batch_record_outcome, tables.ems_message):
        classes[table.name] = type(table.name, (), {})
        mapper.map_imperatively(classes[table.name], table)
    return classes


def write_by_objects(database: Path, file: Path, job_id: int, most: int) -> int:
    """Process the first `most` records; how many there were."""
    engine, mapped = create_engine(f"sqlite:///{database}"), _mapped()
    done = 0
    chunk: list[Any] = []
    for item in records(file, most):
        chunk.append(item)
        if len(chunk) == CHUNK:
            done += _save(Session(engine), mapped, chunk, job_id)
            chunk = []
    return done + (_save(Session(engine), mapped, chunk, job_id) if chunk else 0)


def _save(session: Session, mapped: dict[str, type], chunk: list[Any], job_id: int) -> int:
    now = datetime.now(UTC)
    voter_class: Any = mapped["voter"]
    ids = [item.StateVoterId for item in chunk]
    with session, session.begin():
        voters = {
            voter.state_voter_id: voter
            for start in range(0, len(ids), 500)
            for voter in session.scalars(select(voter_class).where(voter_class.state_voter_id.in_(ids[start : start + 500])))
        }
        for item in chunk:
            _save_one(_Saving(session, mapped, item, voters[item.StateVoterId], job_id, now))
    return len(chunk)


class _Saving(NamedTuple):
    """One record under way: what it says, the voter that it found, and the session that saves both."""

    session: Session
    mapped: dict[str, type]
    item: Any
    voter: Any
    job_id: int
    now: datetime

    def add(self, table: str, **values: object) -> None:
        self.session.add(_new(self.mapped[table], **values))


def _save_one(saving: _Saving) -> None:
    voter = saving.voter
    changed = {name: [getattr(voter, name), value] for name, value in _values(saving.item.Registration).items() if getattr(voter, name) != value}
    voter.message_sequence += 1
    voter.updated_at = saving.now
    if changed:
        _change(saving, changed)
    ids = (voter.state_voter_id, voter.ems_voter_id, voter.version)
    outcome = RecordOutcome(saving.item.sequence, Outcome.APPLIED if changed else Outcome.UNCHANGED, None, (), *ids, ())
    _tell(saving, outcome)


def _change(saving: _Saving, changed: dict[str, list[Any]]) -> None:
    voter, job_id, now, sequence = saving.voter, saving.job_id, saving.now, saving.item.sequence
    for name, (_, value) in changed.items():
        setattr(voter, name, value)
    voter.version += 1
    voter.effective_date = now.date()
    saving.add("voter_version", **{name: getattr(voter, name) for name in VERSION_FIELDS}, job_id=job_id, recorded_at=now)
    saving.add(
        "voter_activity",
        state_voter_id=voter.state_voter_id,
        county_code=COUNTY,
        activity_type="Voter Record Updated by Batch",
        activity_date=now.date(),
        basis=f"Job {job_id}, record {sequence}: {', '.join(changed)}",
        record_version=voter.version,
        job_id=job_id,
        recorded_at=now,
    )
    saving.add(
        "audit_entry",
        at=now,
        actor=f"job:{job_id}",
        action="VoterUpdated",
        subject_kind="Voter",
        subject_id=str(voter.state_voter_id),
        county_code=COUNTY,
        correlation_id=f"{job_id}/{sequence}",
        detail=json.dumps(changed, default=str),
    )


def _tell(saving: _Saving, outcome: RecordOutcome) -> None:
    voter, job_id, sequence = saving.voter, saving.job_id, outcome.sequence
    about = {"state_voter_id": voter.state_voter_id, "ems_voter_id": voter.ems_voter_id, "record_version": voter.version}
    known = (voter.state_voter_id, voter.message_sequence, voter.ems_voter_id, voter.version, job_id, sequence)
    saving.add("batch_record_outcome", job_id=job_id, record_sequence=sequence, outcome=outcome.outcome, **about)
    saving.add(
        "ems_message",
        county_code=COUNTY,
        queue_county=COUNTY,
        message_type=f"BatchRecord{outcome.outcome}",
        state="Open",
        dedup_key=f"VRU:{job_id}:{sequence:09d}",
        blocks_updates=0,
        voter_sequence=voter.message_sequence,
        job_id=job_id,
        record_sequence=sequence,
        enqueued_at=saving.now,
        payload=render_batch_record_result(job_id, outcome),
        header=render_header(f"BatchRecord{outcome.outcome}", saving.now, known),
        **about,
    )


def _new(kind: type, **values: object) -> object:
    made = kind()
    for name, value in values.items():
        setattr(made, name, value)
    return made


def _values(registration: Any) -> dict[str, object]:  # noqa: ANN401 - a Spyne object
    name, address = registration.Name, registration.ResidenceAddress
    return {
        "first_name": name.FirstName,
        "middle_name": name.MiddleName,
        "last_name": name.LastName,
        "date_of_birth": registration.DateOfBirth,
        "drivers_license": registration.DriversLicense,
        "ssn4": registration.Ssn4,
        "party": registration.Party,
        "house_number": address.HouseNumber,
        "street_name": address.StreetName,
        "street_type": address.StreetType,
        "residence_city": address.City,
        "residence_state": address.State,
        "residence_zip_code": address.ZipCode,
        "home_precinct": registration.HomePrecinct.PrecinctCode,
    }
