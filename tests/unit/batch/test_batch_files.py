"""A batch file is judged whole before anything of it is read, and read record by record, however it is written."""

import gzip
import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from votecal_soap.contract.batch_expansion import ExpansionLimits, expand
from votecal_soap.contract.batch_file import BatchExpectation
from votecal_soap.contract.batch_integrity import check_digest
from votecal_soap.contract.batch_source import ReadingRules, open_batch, read_blocks, reading_process
from votecal_soap.domain.batches import BatchRecord, FailureReason
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.rules import Reference, rule_book
from votecal_soap.domain.statewide import shipped_rules
from votecal_soap.domain.uploads import Compression
from votecal_soap.errors import ErrorCode, InvalidRequest, Unavailable

NS = "urn:votecal:voter-record-update-batch:v1"
HEADER = (
    "<Header><CountyCode>19</CountyCode><BatchType>VoterRecordUpdate</BatchType><JobId>7</JobId>"
    "<SchemaVersion>1.0</SchemaVersion><CreatedAt>2026-11-21T00:00:00Z</CreatedAt></Header>"
)
EXPECTED = BatchExpectation(county_code="19", batch_type="VoterRecordUpdate", job_id=7, record_count=None)
RULES = ReadingRules(
    book=rule_book(shipped_rules(), None),
    reference=Reference(codes={"Party": frozenset({"DEM"})}, precincts=frozenset({"000123"}), elections=frozenset({"2026G"}), today=date(2026, 11, 21)),
    batch_type="VoterRecordUpdate",
    kinds=frozenset(DataKind),
    election_id="2026G",
)
LIMITS = ExpansionLimits(byte_limit=64 << 20, ratio_limit=50)


def a_record(sequence: int, inside: str = "<Party>dem</Party>") -> str:
    return f'<Record sequence="{sequence}"><StateVoterId>{100000000 + sequence}</StateVoterId><Registration>{inside}</Registration></Record>'


def document(records: str, *, count: int, header: str = HEADER, start: str = "<?xml version='1.0' encoding='UTF-8'?>\n") -> str:
    return f'{start}<VoterRecordUpdateBatch xmlns="{NS}">{header}{records}<Trailer><RecordCount>{count}</RecordCount></Trailer></VoterRecordUpdateBatch>'


def saved(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "batch.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path: Path, position: int = 0, done: int = 0) -> list[BatchRecord]:
    source = open_batch(path, EXPECTED)
    return [record for block in read_blocks(source, RULES, position, done) for record in block.records]


@pytest.mark.requirement("VRU-07")
def test_records_come_in_file_order_with_their_place(tmp_path: Path):
    records = read(saved(tmp_path, document("".join(a_record(n) for n in range(1, 2001)), count=2000)))
    assert [record.sequence for record in records] == list(range(1, 2001))
    assert records[0].values == {"party": "DEM"}


@pytest.mark.requirement("VRU-18")
@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.replace("<Record ", "<!-- a </Record> in a comment --><Record ", 1),
        lambda text: text.replace("<Party>dem</Party>", "<Party><![CDATA[dem]]></Party>", 1),
        lambda text: re.sub(r"<(/?)([A-Z])", r"<\1v:\2", text).replace("xmlns=", "xmlns:v="),
        lambda text: text.replace("</Record>", "</Record >"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("><", ">\n  <"),
    ],
    ids=["comment", "cdata", "prefix", "blank in end tag", "byte order mark", "indented"],
)
def test_every_way_of_writing_the_same_file_reads_the_same(tmp_path: Path, written):
    plain = document("".join(a_record(n) for n in range(1, 4)), count=3)
    assert read(saved(tmp_path, written(plain))) == read(saved(tmp_path, plain))


@pytest.mark.requirement("VRU-20")
def test_reading_goes_on_after_any_block(tmp_path: Path):
    path = saved(tmp_path, document("".join(a_record(n) for n in range(1, 6001)), count=6000))
    source = open_batch(path, EXPECTED)
    blocks = list(read_blocks(source, RULES, 0, 0))
    assert len(blocks) > 2
    done = len(blocks[0].records)
    assert read(path, blocks[0].position, done) == [record for block in blocks[1:] for record in block.records]


@pytest.mark.requirement("VRU-20")
def test_a_process_of_its_own_reads_the_same(tmp_path: Path):
    path = saved(tmp_path, document("".join(a_record(n) for n in range(1, 3001)), count=3000))
    source = open_batch(path, EXPECTED)
    with reading_process(source, RULES, 0, 0) as blocks:
        assert [record for block in blocks for record in block.records] == read(path)


@pytest.mark.requirement("OPS-03", "VRU-20")
def test_a_reading_process_that_breaks_says_where_and_never_what(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    source = open_batch(saved(tmp_path, document(a_record(1, "<DateOfBirth>1980-02-29</DateOfBirth>"), count=1)), EXPECTED)
    broken = replace(RULES, reference=None)
    with pytest.raises(Unavailable) as caught, reading_process(source, broken, 0, 0) as blocks:
        list(blocks)
    assert "AttributeError at " in caught.value.text
    assert "1980" not in caught.value.text + "".join(capfd.readouterr())


@pytest.mark.requirement("VRU-18")
def test_an_invalid_record_fails_alone_with_every_place_and_no_value(tmp_path: Path):
    bad = '<Record sequence="2"><StateVoterId>100000002</StateVoterId><Registration><DateOfBirth>Smith</DateOfBirth><Shoe>Smith</Shoe></Registration></Record>'
    records = read(saved(tmp_path, document(a_record(1) + bad + a_record(3), count=3)))
    assert [bool(record.errors) for record in records] == [False, True, False]
    assert records[1].state_voter_id == 100000002
    assert {error.reason for error in records[1].errors} == {FailureReason.RECORD_UNREADABLE}
    assert {error.ref for error in records[1].errors} >= {"Registration/DateOfBirth"}
    assert "Smith" not in str(records[1].errors)


@pytest.mark.requirement("VRU-18")
def test_a_record_with_every_field_wrong_lists_every_error(tmp_path: Path):
    wrong = (
        "<Name><FirstName>1</FirstName><LastName/><Suffix>X</Suffix></Name><DateOfBirth>1850-01-01</DateOfBirth><DriversLicense>?</DriversLicense>"
        "<Ssn4>x</Ssn4><Gender>?</Gender><Language>?</Language><Party>?</Party><Phone>1</Phone><Email>?</Email>"
        "<ResidenceAddress><StreetType>?</StreetType><State>NV</State><ZipCode>1</ZipCode></ResidenceAddress>"
        "<MailingAddress><ZipCode>123456789012</ZipCode></MailingAddress><HomePrecinct><PrecinctCode>9</PrecinctCode></HomePrecinct>"
        "<RegistrationDate>2030-01-01</RegistrationDate><Status>?</Status>"
    )
    (record,) = read(saved(tmp_path, document(a_record(1, wrong), count=1)))
    assert {error.ref.rsplit("/", 1)[-1] for error in record.errors if error.ref} >= {
        *("FirstName", "LastName", "Suffix", "DateOfBirth", "DriversLicense", "Ssn4", "Gender", "Language", "Party", "Phone", "Email"),
        *("StreetType", "State", "ZipCode", "StreetName", "City", "PrecinctCode", "RegistrationDate", "Status"),
    }


@pytest.mark.requirement("VRU-18")
def test_a_sequence_number_that_is_not_the_records_place_is_said(tmp_path: Path):
    records = read(saved(tmp_path, document(a_record(1) + a_record(1), count=2)))
    assert [error.code for error in records[1].errors] == ["SequenceWrong"]


@pytest.mark.requirement("VRU-06", "VRU-18")
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (document(a_record(1), count=1)[:-30], ErrorCode.FILE_NOT_WELL_FORMED),
        (document(a_record(1), count=1).replace("</Registration>", "", 1), ErrorCode.FILE_NOT_WELL_FORMED),
        ("\n" + document(a_record(1), count=1), ErrorCode.FILE_NOT_WELL_FORMED),
        ("", ErrorCode.FILE_NOT_WELL_FORMED),
        (document(a_record(1), count=1, start='<!DOCTYPE x [<!ENTITY e "e">]>'), ErrorCode.FILE_DOCTYPE_FORBIDDEN),
        (document(a_record(1), count=1, start='<!DOCTYPE x SYSTEM "file:///etc/passwd">'), ErrorCode.FILE_DOCTYPE_FORBIDDEN),
        (document(a_record(1, "<Party>&e;</Party>"), count=1), ErrorCode.FILE_NOT_WELL_FORMED),
        (document(a_record(1), count=1).encode("utf-16"), ErrorCode.FILE_ENCODING_WRONG),
        (document(a_record(1), count=1, start="<?xml version='1.0' encoding='ISO-8859-1'?>"), ErrorCode.FILE_ENCODING_WRONG),
        (document(a_record(1, "<Email>n\u00e9</Email>"), count=1).encode("latin-1"), ErrorCode.FILE_ENCODING_WRONG),
        (document(a_record(1), count=2), ErrorCode.FILE_COUNT_WRONG),
        (document("", count=1), ErrorCode.FILE_COUNT_WRONG),
        (document(a_record(1), count=1, header=""), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1), count=1, header=HEADER.replace("<CountyCode>19</CountyCode>", "")), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1), count=1, header=HEADER.replace(">19<", ">30<")), ErrorCode.FILE_COUNTY_WRONG),
        (document(a_record(1), count=1, header=HEADER.replace(">7<", ">8<")), ErrorCode.FILE_JOB_WRONG),
        (document(a_record(1), count=1, header=HEADER.replace("VoterRecordUpdate<", "InitialLoad<")), ErrorCode.FILE_JOB_WRONG),
        (document(a_record(1), count=1, header=HEADER.replace("1.0", "9.9")), ErrorCode.FILE_SCHEMA_VERSION_WRONG),
        (document(a_record(1), count=1).replace(NS, "urn:other"), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1), count=1).replace("<Trailer>", "<Other/><Trailer>"), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1), count=1).replace("<Trailer><RecordCount>1</RecordCount></Trailer>", ""), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1, f"<Email>{'x' * (3 << 20)}</Email>"), count=1), ErrorCode.FILE_RECORD_TOO_LARGE),
        (document(a_record(1, "<Email a='" + "y" * (300 << 10) + "'/>"), count=1), ErrorCode.FILE_RECORD_TOO_LARGE),
        (document('<Record sequence="1">' + "<Email>x</Email>" * 300_000 + "</Record>", count=1), ErrorCode.FILE_RECORD_TOO_LARGE),
        (document(a_record(1), count=1).replace("<Trailer>", "<Trailer><RecordCount>1</RecordCount></Trailer><Trailer>"), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1) + "<Trailer><RecordCount>1</RecordCount></Trailer>" + a_record(2), count=2), ErrorCode.FILE_HEADER_WRONG),
        (document("<Trailer><RecordCount>9</RecordCount></Trailer>" + a_record(1), count=1), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1) + "<Foo/>" + a_record(2), count=2), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1) + "stray" + a_record(2), count=2), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1) + HEADER + a_record(2), count=2), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1), count=1, header=HEADER + HEADER), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1), count=1, header="text" + HEADER), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1), count=1, header=HEADER.replace("<JobId>", "<a>" * 300 + "</a>" * 300 + "<JobId>")), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1), count=1, header=HEADER.replace("<JobId>", "<a/>" * 200_000 + "<JobId>")), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1), count=1).replace("<RecordCount>1<", f"<RecordCount>{'1' * 5_000}<"), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1), count=1).replace("<RecordCount>1<", "<RecordCount>\u00b2<"), ErrorCode.FILE_HEADER_WRONG),
        (document(a_record(1), count=1).replace("<VoterRecordUpdateBatch ", "<VoterRecordUpdateBatch xmlns:q='a b' "), ErrorCode.FILE_HEADER_WRONG),
        (document('<Record sequence="1">' + "<a>" * 1_000 + "</a>" * 999 + "</Record>", count=1), ErrorCode.FILE_NOT_WELL_FORMED),
    ],
)
def test_a_file_that_is_wrong_is_refused_whole_with_its_reason(tmp_path: Path, content: str | bytes, code: ErrorCode):
    with pytest.raises(InvalidRequest) as caught:
        read(saved(tmp_path, content))
    assert caught.value.code is code


@pytest.mark.requirement("VRU-18")
def test_an_element_tower_inside_a_record_fails_that_record_only(tmp_path: Path):
    tower = '<Record sequence="2">' + "<a>" * 300 + "</a>" * 300 + "</Record>"
    records = read(saved(tmp_path, document(a_record(1) + tower + a_record(3), count=3)))
    assert [bool(record.errors) for record in records] == [False, True, False]


@pytest.mark.requirement("VRU-18")
def test_a_record_inside_a_record_is_one_unreadable_record(tmp_path: Path):
    nested = '<Record sequence="2"><Record sequence="9"></Record></Record>'
    records = read(saved(tmp_path, document(a_record(1) + nested + a_record(3), count=3)))
    assert [bool(record.errors) for record in records] == [False, True, False]


@pytest.mark.requirement("VRU-18")
def test_the_announced_count_must_be_the_files(tmp_path: Path):
    expected = BatchExpectation(county_code="19", batch_type="VoterRecordUpdate", job_id=7, record_count=5)
    with pytest.raises(InvalidRequest) as caught:
        open_batch(saved(tmp_path, document(a_record(1), count=1)), expected)
    assert caught.value.code is ErrorCode.FILE_COUNT_WRONG


@pytest.mark.requirement("VRU-06")
def test_the_digest_is_of_the_bytes_sent(tmp_path: Path):
    with pytest.raises(InvalidRequest) as caught:
        check_digest(saved(tmp_path, "x"), "0" * 64)
    assert caught.value.code is ErrorCode.FILE_DIGEST_WRONG


def _zip(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.requirement("VRU-06")
@pytest.mark.parametrize(("compression", "pack"), [(Compression.GZIP, gzip.compress), (Compression.ZIP, lambda content: _zip(("b.xml", content)))])
def test_a_packed_file_is_unpacked_readable_by_the_service_alone(tmp_path: Path, compression: Compression, pack):
    packed, work = saved(tmp_path, pack(b"<x/>")), tmp_path / "work"
    expand(packed, work, compression, LIMITS)
    assert work.read_bytes() == b"<x/>"
    assert work.stat().st_mode & 0o777 == 0o600


@pytest.mark.requirement("VRU-18")
@pytest.mark.parametrize(
    ("compression", "content", "code"),
    [
        (Compression.GZIP, gzip.compress(bytes(80 << 20)), ErrorCode.FILE_EXPANDS_TOO_FAR),
        (Compression.ZIP, _zip(("b.xml", bytes(80 << 20))), ErrorCode.FILE_EXPANDS_TOO_FAR),
        (Compression.ZIP, _zip(("a.xml", b"a"), ("b.xml", b"b")), ErrorCode.FILE_COMPRESSION_WRONG),
        (Compression.ZIP, _zip(("b.xml", bytes(1000)), method=zipfile.ZIP_LZMA), ErrorCode.FILE_COMPRESSION_WRONG),
        (Compression.ZIP, b"not a zip", ErrorCode.FILE_COMPRESSION_WRONG),
        (Compression.GZIP, gzip.compress(bytes(1000))[:-9], ErrorCode.FILE_COMPRESSION_WRONG),
        (Compression.GZIP, b"not gzip", ErrorCode.FILE_COMPRESSION_WRONG),
    ],
    ids=["gzip bomb", "zip bomb", "two entries", "unusual method", "no zip", "truncated gzip", "no gzip"],
)
def test_a_bomb_or_a_broken_archive_is_refused_and_leaves_nothing(tmp_path: Path, compression: Compression, content: bytes, code: ErrorCode):
    packed, work = saved(tmp_path, content), tmp_path / "work"
    with pytest.raises(InvalidRequest) as caught:
        expand(packed, work, compression, LIMITS)
    assert caught.value.code is code
    assert [path.name for path in tmp_path.iterdir()] == ["batch.xml"]
