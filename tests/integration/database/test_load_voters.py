"""Initial loads that are interrupted, repeated, and mended, on memory, SQLite and PostgreSQL alike."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from votecal_soap.clock import FixedClock
from votecal_soap.contract import record_cuts
from votecal_soap.domain.voters import Voter
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.files import write_initial_load
from votecal_soap.synthetic.geography import precincts
from votecal_soap.synthetic.voters import generate_voters
from votecal_soap.use_cases import load_voters as module
from votecal_soap.use_cases.load_reference_data import load_reference
from votecal_soap.use_cases.load_voters import LoadCommand, LoadReport, load_voters
from votecal_soap.use_cases.ports import LoadProgress

CLOCK = FixedClock(datetime(2026, 2, 2, 17, 0, tzinfo=UTC))
VOTERS = 60
NOTHING = LoadProgress()


class Kill(BaseException):
    """The process is gone."""


@pytest.fixture
def refusals():
    return []


@pytest.fixture
def load(database, tmp_path, refusals):
    """Loads the file of a county that keeps its own codes: without its rules some records are refused."""
    load_reference("ada", database(), CLOCK)
    with database() as uow:
        uow.reference.save_precincts(precincts("19"))
        uow.commit()
    file = write_initial_load(tmp_path / "load.xml", "19", generate_voters(VOTERS, 3, "19"), CLOCK.now(), codes=load_county_codes()).path

    def run(on_progress=lambda done, of: None, heard=None):
        command = LoadCommand(county_code="19", file=file, actor="ada", on_refusal=refusals.append, on_progress=on_progress)
        return load_voters(replace(command, on_begin=heard) if heard else command, database, CLOCK)

    return run


@pytest.fixture
def county_rules(database):
    """Imports the county's rules."""

    def save():
        with database() as uow:
            uow.reference.save_rules_text("19", load_county_codes().rules_toml())
            uow.commit()

    return save


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(record_cuts, "BLOCK", 8_000)
    monkeypatch.setattr(module, "CHUNK_RECORDS", 10)


def kill_at(count):
    def told(done, of):
        if done >= count:
            raise Kill

    return told


@pytest.mark.requirement("VRU-08")
def test_records_that_the_rules_refused_are_loaded_once_the_rules_are_mended(load, county_rules, refusals):
    first = load()
    assert first == LoadReport(record_count=VOTERS, loaded=VOTERS - first.refused, refused=first.refused, already_there=0, before=NOTHING)
    assert len(refusals) == first.refused > 0
    county_rules()
    second = load()
    assert second == LoadReport(record_count=VOTERS, loaded=first.refused, refused=0, already_there=first.loaded, before=NOTHING)
    assert load() == LoadReport(record_count=VOTERS, loaded=0, refused=0, already_there=VOTERS, before=NOTHING)
    assert len(refusals) == first.refused


def test_a_load_that_was_killed_goes_on_and_tells_loaded_and_refused_records_apart(load, small_chunks, refusals):
    heard = []
    with pytest.raises(Kill):
        load(kill_at(20), heard.append)
    told_before = len(refusals)
    resumed = load(heard=heard.append)
    assert heard == [False, True]
    assert resumed.before.refused == told_before > 0
    assert 20 <= resumed.before.records < VOTERS
    assert resumed.before.loaded + resumed.before.refused == resumed.before.records
    assert resumed.before.records + resumed.loaded + resumed.refused == VOTERS
    assert (len(refusals), len({refusal.sequence for refusal in refusals})) == (told_before + resumed.refused,) * 2


def test_a_repeated_load_that_was_killed_goes_on_too(load, county_rules, small_chunks):
    county_rules()
    load()
    with pytest.raises(Kill):
        load(kill_at(20))
    resumed = load()
    assert resumed.before.already_there == resumed.before.records >= 20
    assert resumed.before.records + resumed.already_there == VOTERS


def test_another_voter_under_the_same_county_id_is_refused(load, county_rules, database, refusals):
    county_rules()
    voter = dict.fromkeys(Voter._fields) | {"state_voter_id": 1, "county_code": "19", "ems_voter_id": "1900000001", "version": 1, "status": "Active"}
    voter |= {"effective_date": date(2020, 1, 1), "date_of_birth": date(1900, 1, 1), "vnc_due": 0, "message_sequence": 0}
    with database() as uow:
        uow.voters.add_voters([Voter(**voter)], CLOCK.now())
        uow.commit()
    report = load()
    assert (report.loaded, report.refused, report.already_there) == (VOTERS - 1, 1, 0)
    assert [error.code for error in refusals[0].errors] == ["AlreadyLoaded"]


RECORD = (
    '<Record sequence="{place}"><EmsVoterId>E{place}</EmsVoterId><Registration><Name><FirstName>ANA</FirstName><LastName>GARCIA</LastName></Name>'
    "<DateOfBirth>1970-01-02</DateOfBirth><ResidenceAddress><HouseNumber>7</HouseNumber><StreetName>OLD</StreetName><City>BURBANK</City><State>CA</State>"
    "<ZipCode>91501</ZipCode></ResidenceAddress><RegistrationDate>2020-05-01</RegistrationDate><Status>Active</Status>{confidential}</Registration></Record>"
)


def confidential(kind, since):
    return f"<Confidentiality>{kind}</Confidentiality><ConfidentialSince>{since}</ConfidentialSince>"


@pytest.fixture
def load_records(database, tmp_path, refusals):
    """Loads records that end with these elements."""
    load_reference("ada", database(), CLOCK)

    def run(*endings):
        records = "\n".join(RECORD.format(place=place, confidential=ending) for place, ending in enumerate(endings, 1))
        header = "<CountyCode>19</CountyCode><BatchType>InitialLoad</BatchType><SchemaVersion>1.0</SchemaVersion><CreatedAt>2026-02-02T09:00:00Z</CreatedAt>"
        file = tmp_path / "confidential.xml"
        file.write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n<VoterRecordUpdateBatch xmlns="urn:votecal:voter-record-update-batch:v1">\n'
            f"<Header>{header}</Header>\n{records}\n<Trailer><RecordCount>{len(endings)}</RecordCount></Trailer>\n</VoterRecordUpdateBatch>\n"
        )
        command = LoadCommand(county_code="19", file=file, actor="ada", on_refusal=refusals.append, on_progress=lambda done, of: None)
        load_voters(command, database, CLOCK)
        with database() as uow:
            return uow.voters.lock_by_ems_id("19", [f"E{place}" for place in range(1, len(endings) + 1)])

    return run


@pytest.mark.requirement("EWS-14")
def test_a_load_brings_who_is_confidential_why_and_since_when(load_records, refusals):
    kinds = {"CourtOrder": "CourtOrder2166", "SafeAtHome": "SafeAtHome2166_5", "PublicSafety": "PublicSafety2166_7"}
    voters = load_records("", *(confidential(kind, "2025-06-07") for kind in kinds))
    assert refusals == []
    told = [(voter.confidentiality, voter.confidential_since) for voter in voters]
    assert told == [(None, None), *((kind, date(2025, 6, 7)) for kind in kinds.values())]


@pytest.mark.requirement("EWS-14", "OPS-03")
def test_a_load_refuses_a_confidentiality_that_cannot_be(load_records, refusals):
    endings = (confidential("SafeAtHome", "2026-02-03"), confidential("Secret", "2025-01-01"), "<Confidentiality>CourtOrder</Confidentiality>")
    assert load_records(*endings) == []
    assert [[error.code for error in refusal.errors] for refusal in refusals] == [["ConfidentialSinceInFuture"], ["SchemaViolation"], ["SchemaViolation"]]
    assert "Secret" not in str(refusals)
