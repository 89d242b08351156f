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
from votecal_soap.contract.batch_source import ReadingRules, open_batch, read_blocks
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
    text = '<Record sequence="1"><StateVoterId>1</StateVoterId><Registration><Name><LastName>Lee</LastName></Name><Party>D</Party></Registration></Record>'
    values = RecordText().read(text)
    assert values is not None
    assert dict(zip(values.fields, values.values, strict=True)) == {
        **dict.fromkeys(GROUP_PARTS["Name"].values()),
        "last_name": "Lee",
        "party": "D",
    }


@pytest.mark.requirement("VRU-05")
def test_the_tables_of_elements_are_the_schemas():
    schema = etree.parse(str(Path(__file__).parents[3] / "xsd" / "voter-record-update-batch.xsd"))

    def children(name: str) -> list[str]:
        return schema.xpath(f'//xs:complexType[@name="{name}"]/xs:sequence/xs:element/@name', namespaces={"xs": XS[1:-1]})

    assert children("Registration") == list(REGISTRATION_ORDER)
    assert {name: children(name) for name in GROUP_PARTS} == {name: list(parts) for name, parts in GROUP_PARTS.items()}
    assert set(REGISTRATION_ORDER) == set(GROUP_PARTS) | set(SINGLE)
