"""The two ways of reading a valid record give the same: by its text, and from its tree."""

import random
import re
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from lxml import etree

from votecal_soap.contract.batch_elements import GROUP_PARTS, REGISTRATION_ORDER, SINGLE
from votecal_soap.contract.batch_file import BatchExpectation
from votecal_soap.contract.batch_schema import block_schema
from votecal_soap.contract.batch_source import ReadingRules, open_batch, read_blocks
from votecal_soap.contract.flatten import flattened_schema
from votecal_soap.contract.record_files import VOTER_RECORD_UPDATE_BATCH
from votecal_soap.contract.record_text import RecordText
from votecal_soap.domain.batches import BatchRecord
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.rules import Reference, rule_book
from votecal_soap.domain.statewide import shipped_rules

XS = "{http://www.w3.org/2001/XMLSchema}"
NS = "urn:votecal:voter-record-update-batch:v1"
HEADER = (
    "<Header><CountyCode>19</CountyCode><BatchType>VoterRecordUpdate</BatchType><JobId>7</JobId>"
    "<SchemaVersion>1.0</SchemaVersion><CreatedAt>2026-11-21T00:00:00Z</CreatedAt></Header>"
)
RULES = ReadingRules(
    book=rule_book(shipped_rules(), None),
    reference=Reference(codes={"Party": frozenset({"DEM"})}, precincts=frozenset({"000123"}), elections=frozenset({"2026G"}), today=date(2026, 11, 21)),
    batch_type="VoterRecordUpdate",
    kinds=frozenset(DataKind),
    election_id="2026G",
)
VALUES = ("DEM", "O'Brien", "", " ", "Müller & Söhne", "<5>", "90012", "000123", "A1234567", "x\ty")
DATES = {"DateOfBirth", "RegistrationDate"}


def element(rng: random.Random, name: str) -> str:
    value = rng.choice(("1980-02-29", "2020-01-31")) if name in DATES else rng.choice(VALUES)
    blank = rng.choice(("", "", " ", "\r\n  "))
    return f"<{name}/>" if not value and rng.random() < 0.5 else f"<{name}>{escape(value)}</{name}>{blank}"


def registration(rng: random.Random) -> str:
    parts = []
    for name in REGISTRATION_ORDER:
        if rng.random() < 0.5:
            inside = GROUP_PARTS.get(name)
            parts.append(element(rng, name) if inside is None else f"<{name}>{''.join(element(rng, part) for part in inside if rng.random() < 0.5)}</{name}>")
    return f"<Registration>{''.join(parts)}</Registration>"


def record(rng: random.Random, sequence: int) -> str:
    uid, local = "<StateVoterId>100000001</StateVoterId>", "<EmsVoterId>LA-1</EmsVoterId>"
    ids = rng.choice((uid, uid + local, local))
    extra = rng.choice(("", "<BaseVersion>3</BaseVersion>", "<BaseVersion>1</BaseVersion><EffectiveDate>2026-01-01</EffectiveDate>"))
    part = rng.choice(("", "<PrecinctPart>A</PrecinctPart>"))
    precinct = f"<VotingPrecinct><ElectionId>2026G</ElectionId><PrecinctCode>000123</PrecinctCode>{part}</VotingPrecinct>"
    what = rng.choice((registration(rng), precinct, registration(rng) + precinct))
    return f'<Record sequence="{sequence}">{ids}{extra}{what}</Record>{rng.choice(("", chr(10)))}'


def read(path: Path, text: str) -> list[BatchRecord]:
    path.write_bytes(text.encode())
    expected = BatchExpectation(county_code="19", batch_type="VoterRecordUpdate", job_id=7, record_count=None)
    return [each for block in read_blocks(open_batch(path, expected), RULES, 0, 0) for each in block.records]


@pytest.mark.requirement("VRU-08", "VRU-18")
@pytest.mark.parametrize("seed", range(5))
def test_text_and_tree_give_the_same(tmp_path: Path, seed: int):
    rng = random.Random(seed)
    records = "".join(record(rng, number) for number in range(1, 401))
    plain = f'<VoterRecordUpdateBatch xmlns="{NS}">{HEADER}{records}<Trailer><RecordCount>400</RecordCount></Trailer></VoterRecordUpdateBatch>'
    # With a prefix the names in the text say nothing, and every record is read from its tree.
    prefixed = re.sub(r"<(/?)([A-Z])", r"<\1v:\2", plain).replace("xmlns=", "xmlns:v=")
    assert read(tmp_path / "a.xml", plain) == read(tmp_path / "b.xml", prefixed)


@pytest.mark.requirement("VRU-08")
def test_most_records_are_read_by_their_text():
    inside = "<Registration><Name><LastName>Lee</LastName></Name><Party>D</Party></Registration>"
    text = f'<Record sequence="1"><StateVoterId>100000001</StateVoterId>{inside}</Record>'
    values = RecordText().read(text)
    assert values is not None
    assert dict(zip(values.fields, values.values, strict=True)) == {
        **dict.fromkeys(GROUP_PARTS["Name"].values()),
        "last_name": "Lee",
        "party": "D",
    }


UID, LOCAL, PRECINCT = "<StateVoterId>100000001</StateVoterId>", "<EmsVoterId>LA-1</EmsVoterId>", "<PrecinctCode>0001</PrecinctCode>"
PARTY = "<Registration><Party>D</Party></Registration>"


def registered(inside: str) -> str:
    return f"{UID}<Registration>{inside}</Registration>"


INSIDES = {
    "whole": (UID + LOCAL + PARTY, True),
    "county's id alone": (LOCAL + PARTY, True),
    "voting precinct alone": (f"{UID}<VotingPrecinct><ElectionId>2026G</ElectionId>{PRECINCT}</VotingPrecinct>", True),
    "empty registration": (registered(""), True),
    "empty parts": (registered("<Name><FirstName/><LastName></LastName></Name>"), True),
    "as long as may be": (registered(f"<Gender>{'é' * 20}</Gender><StatusReason>{'x' * 60}</StatusReason>"), True),
    "a leap day": (registered("<DateOfBirth>2000-02-29</DateOfBirth>"), True),
    "no id": (PARTY, False),
    "nothing said": (UID, False),
    "ids out of order": (LOCAL + UID + PARTY, False),
    "short state id": (UID.replace("100000001", "10000000") + PARTY, False),
    "zero before a state id": (UID.replace("100000001", "0100000001") + PARTY, False),
    "wrong county's id": (LOCAL.replace("-", "_") + PARTY, False),
    "version zero": (f"{UID}<BaseVersion>0</BaseVersion>{PARTY}", False),
    "version beyond a number": (f"{UID}<BaseVersion>{10**10}</BaseVersion>{PARTY}", False),
    "code too long": (registered(f"<Gender>{'x' * 21}</Gender>"), False),
    "line too long": (registered(f"<StatusReason>{'x' * 61}</StatusReason>"), False),
    "no such day": (registered("<DateOfBirth>2023-02-29</DateOfBirth>"), False),
    "no leap year": (registered("<DateOfBirth>1900-02-29</DateOfBirth>"), False),
    "no such month": (registered("<DateOfBirth>2023-13-01</DateOfBirth>"), False),
    "the year zero": (registered("<DateOfBirth>0000-01-01</DateOfBirth>"), False),
    "zoned day": (f"{UID}<EffectiveDate>2026-01-01Z</EffectiveDate>{PARTY}", False),
    "no election": (f"{UID}<VotingPrecinct>{PRECINCT}</VotingPrecinct>", False),
    "empty election": (f"{UID}<VotingPrecinct><ElectionId/>{PRECINCT}</VotingPrecinct>", False),
    "twice the same": (registered("<Party>D</Party><Party>D</Party>"), False),
    "out of order": (registered("<Party>D</Party><Gender>F</Gender>"), False),
    "text between": (UID + "x" + PARTY, False),
    "a blank that is text": (UID + "\u00a0" + PARTY, False),
}


@pytest.mark.requirement("VRU-05", "VRU-18")
@pytest.mark.parametrize("inside", INSIDES)
def test_a_text_is_enough_exactly_when_the_schema_takes_the_record(inside: str):
    record, valid = INSIDES[inside]
    text = f'<Record sequence="1">{record}</Record>'
    block = etree.fromstring(f'<RecordBlock xmlns="{NS}">{text}</RecordBlock>')
    assert (RecordText().read(text) is not None, block_schema(VOTER_RECORD_UPDATE_BATCH).validate(block)) == (valid, valid)


@pytest.mark.requirement("VRU-05", "VRU-18")
def test_days_are_those_of_the_calendar():
    def is_read(day: str) -> bool:
        return RECORD_TEXT.read(f'<Record sequence="1">{registered(f"<DateOfBirth>{day}</DateOfBirth>")}</Record>') is not None

    days = [f"{year:04}-{month:02}-{day:02}" for year in (1, 4, 100, 400, 1900, 1996, 2000, 2023) for month in range(14) for day in (0, 1, 28, 29, 30, 31, 32)]
    assert [is_read(day) for day in days] == [is_a_day(day) for day in days]


RECORD_TEXT = RecordText()


def is_a_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


@pytest.mark.requirement("VRU-05")
def test_the_tables_of_elements_are_the_schemas():
    schema = flattened_schema("voter-record-update-batch.xsd")

    def type_of(name: str) -> str:
        (found,) = schema.xpath(f'//xs:complexType[@name="Registration"]//xs:element[@name="{name}"]/@type', namespaces={"xs": XS[1:-1]})
        return found.removeprefix("tns:")

    def children(name: str) -> list[str]:
        return schema.xpath(f'//xs:complexType[@name="{name}"]/xs:sequence/xs:element/@name', namespaces={"xs": XS[1:-1]})

    assert children("Registration") == list(REGISTRATION_ORDER)
    assert {name: children(type_of(name)) for name in GROUP_PARTS} == {name: list(parts) for name, parts in GROUP_PARTS.items()}
    assert set(REGISTRATION_ORDER) == set(GROUP_PARTS) | set(SINGLE)
