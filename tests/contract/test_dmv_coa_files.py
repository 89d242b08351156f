"""The DMV COA File: written and read alike, judged whole first, and then record by record."""

import stat
import tracemalloc
from base64 import b64encode
from datetime import date

import pytest
from lxml import etree

from votecal_soap.contract import record_cuts
from votecal_soap.contract.dmv_coa_file import open_dmv_coa_file
from votecal_soap.contract.dmv_coa_reader import read_dmv_records
from votecal_soap.contract.dmv_coa_writer import write_dmv_coa_file
from votecal_soap.contract.flatten import flattened_schema
from votecal_soap.domain.dmv_records import DmvRecord, SignatureImage, UnreadableDmvRecord
from votecal_soap.errors import ErrorCode, InvalidRequest

from .dmv_samples import BARE, HEADER, HEADER_TEXT, MOVE, NAMESPACE, REGISTRATION, a_record, document

WRITTEN = [MOVE, REGISTRATION, BARE]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "dmv.xml"


def records_of(path, text, after_sequence=0):
    path.write_text(text, encoding="utf-8")
    return list(read_dmv_records(open_dmv_coa_file(path), after_sequence))


def refusal_of(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidRequest) as refusal:
        open_dmv_coa_file(path)
    return refusal.value


@pytest.mark.requirement("COA-01", "COA-03", "COA-38")
def test_what_was_written_is_read_with_everything_that_dmv_sent(path):
    assert write_dmv_coa_file(path, HEADER, WRITTEN) == 3
    file = open_dmv_coa_file(path)
    assert (file.header, file.record_count) == (HEADER, 3)
    assert list(read_dmv_records(file)) == WRITTEN


def test_a_written_file_keeps_the_schema_and_is_private(path):
    write_dmv_coa_file(path, HEADER, WRITTEN)
    schema = etree.XMLSchema(flattened_schema("dmv-coa-file.xsd"))
    assert schema.validate(etree.parse(str(path))), schema.error_log
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_has_its_name_only_when_it_is_whole(path):
    def records():
        yield MOVE
        raise RuntimeError("the power failed")

    with pytest.raises(RuntimeError):
        write_dmv_coa_file(path, HEADER, records())
    assert not path.exists()


def test_the_writer_numbers_the_records_by_their_place(path):
    write_dmv_coa_file(path, HEADER, [MOVE._replace(sequence=700)] * 2)
    assert [record.sequence for record in read_dmv_records(open_dmv_coa_file(path))] == [1, 2]


REFUSED = {
    "empty": ("", ErrorCode.FILE_EMPTY),
    "blank": (" \n", ErrorCode.FILE_NOT_WELL_FORMED),
    "no XML": ("SECRET", ErrorCode.FILE_NOT_WELL_FORMED),
    "binary": (b"\x1f\x8b\x08\x00SECRET", ErrorCode.FILE_ENCODING_WRONG),
    "half written": (document(a_record(1), a_record(2))[:-60], ErrorCode.FILE_NOT_WELL_FORMED),
    "cut within a record": (document(a_record(1), a_record(2))[:600], ErrorCode.FILE_NOT_WELL_FORMED),
    "mixed up tags": (document("<DmvRecord></Record>"), ErrorCode.FILE_NOT_WELL_FORMED),
    "something before the declaration": ("\n" + document(a_record(1)), ErrorCode.FILE_NOT_WELL_FORMED),
    "no record": (document(), ErrorCode.FILE_EMPTY),
    "DOCTYPE": (document(a_record(1), start="<!DOCTYPE DmvCoaFile>"), ErrorCode.FILE_DOCTYPE_FORBIDDEN),
    "entity": (document(a_record(1), start='<!DOCTYPE a [<!ENTITY x "SECRET">]>'), ErrorCode.FILE_DOCTYPE_FORBIDDEN),
    "undefined entity": (document(a_record(1, "<FirstName>&SECRET;</FirstName>")), ErrorCode.FILE_NOT_WELL_FORMED),
    "latin-1 said to be UTF-8": (document(a_record(1, "<FirstName>\u00e9</FirstName>")).encode("latin-1"), ErrorCode.FILE_ENCODING_WRONG),
    "latin-1": (document(a_record(1), start='<?xml version="1.0" encoding="ISO-8859-1"?>'), ErrorCode.FILE_ENCODING_WRONG),
    "UTF-16": (document(a_record(1), start="").encode("utf-16"), ErrorCode.FILE_ENCODING_WRONG),
    "another root": ("<SECRET/>", ErrorCode.FILE_HEADER_WRONG),
    "another namespace": (document(a_record(1)).replace(":v1", ":v2"), ErrorCode.FILE_HEADER_WRONG),
    "another version": (document(a_record(1), header=HEADER_TEXT.replace(">1.0<", ">2.0<")), ErrorCode.FILE_SCHEMA_VERSION_WRONG),
    "no header": (document(a_record(1), header=""), ErrorCode.FILE_HEADER_WRONG),
    "a header that breaks the schema": (document(a_record(1), header=HEADER_TEXT.replace("DMV-1", "SECRET/1")), ErrorCode.FILE_HEADER_WRONG),
    "a header of no time": (document(a_record(1), header=HEADER_TEXT.replace("2026-03", "12026-03")), ErrorCode.FILE_HEADER_WRONG),
    "no trailer": (document(a_record(1)).replace("<Trailer><RecordCount>1</RecordCount></Trailer>", ""), ErrorCode.FILE_HEADER_WRONG),
    "something after the trailer": (document(a_record(1), more="<SECRET/>"), ErrorCode.FILE_HEADER_WRONG),
    "something between the records": (document(a_record(1), "<SECRET/>", a_record(2), count=2), ErrorCode.FILE_HEADER_WRONG),
    "a wrong count": (document(a_record(1), count=2), ErrorCode.FILE_COUNT_WRONG),
    "a sequence twice": (document(a_record(1), a_record(2), a_record(2)), ErrorCode.FILE_SEQUENCE_WRONG),
    "a sequence left out": (document(a_record(1), a_record(3)), ErrorCode.FILE_SEQUENCE_WRONG),
    "a sequence twice beside a comment": (document(a_record(1), a_record(1, "<!-- -->")), ErrorCode.FILE_SEQUENCE_WRONG),
    "a huge text": (document(a_record(1, f"<FirstName>{'SECRET' * 60_000}</FirstName>")), ErrorCode.FILE_RECORD_TOO_LARGE),
    "an endless record": (document(a_record(1, "<FirstName>SECRET</FirstName>" * 120_000)), ErrorCode.FILE_RECORD_TOO_LARGE),
    "a prolog without end": ("<!-- SECRET -->" * 10_000, ErrorCode.FILE_HEADER_WRONG),
}


@pytest.mark.requirement("COA-01", "OPS-03")
@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_whole_is_refused_with_its_code_and_without_its_values(path, name):
    content, code = REFUSED[name]
    refusal = refusal_of(path, content)
    assert refusal.code == code
    assert "SECRET" not in str(refusal)


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("half written", "after record 1"),
        ("a sequence twice", "/DmvCoaFile/DmvRecord[3]/RecordSequence"),
        ("another version", "/DmvCoaFile/Header/SchemaVersion"),
        ("a wrong count", "/DmvCoaFile/Trailer/RecordCount"),
    ],
)
def test_a_refusal_has_its_place(path, name, place):
    assert place in (refusal_of(path, REFUSED[name][0]).ref or "")


UNREADABLE = {
    "an impossible date": (a_record(2, born="1981-02-29"), "DateOfBirth"),
    "a date in words": (a_record(2, born="SECRET"), "DateOfBirth"),
    "a date with a time zone": (a_record(2, born="1981-02-28Z"), "DateOfBirth"),
    "the year nought": (a_record(2, born="0000-01-01"), "DateOfBirth"),
    "no date": (a_record(2, born=""), "DateOfBirth"),
    "a name of 200 letters": (a_record(2, f"<LastName>{'SECRET' * 34}</LastName>"), "LastName"),
    "an unknown element": (a_record(2, "<SECRET/>"), "*"),
    "an element of another namespace": (a_record(2, "<LastName xmlns='urn:SECRET'>x</LastName>"), "LastName"),
    "elements in another order": (a_record(2, "<LastName>SECRET</LastName><FirstName>x</FirstName>"), "FirstName"),
    "text between elements": (a_record(2, "SECRET"), None),
    "an unknown kind": (a_record(2).replace("ChangeOfAddress", "SECRET"), "Kind"),
    "no transaction": (a_record(2).replace("<TransactionId>DMV-2</TransactionId>", ""), "Kind"),
    "a transaction with blanks": (a_record(2, transaction_id="SECRET 2"), "TransactionId"),
    "no sequence": (a_record(2).replace("<RecordSequence>2</RecordSequence>", ""), "TransactionId"),
    "a sequence that is no number": (a_record("SECRET"), "RecordSequence"),
    "an image of another kind": (a_record(2).replace("</NewAddress>", "</NewAddress><Signature><MediaType>SECRET</MediaType></Signature>"), None),
    "nested too deep": (a_record(2, "<a>" * 300 + "SECRET" + "</a>" * 300), None),
}


@pytest.mark.requirement("COA-03", "OPS-03")
@pytest.mark.parametrize("name", UNREADABLE)
def test_a_broken_record_is_an_outcome_and_the_others_are_read(path, name):
    text, place = UNREADABLE[name]
    first, broken, last = records_of(path, document(a_record(1), text, a_record(3)))
    assert (first.sequence, last.sequence) == (1, 3)
    assert isinstance(first, DmvRecord)
    assert isinstance(last, DmvRecord)
    assert isinstance(broken, UnreadableDmvRecord)
    assert broken.sequence == 2
    assert "SECRET" not in repr(broken)
    assert place is None or place in {error.ref for error in broken.errors}


@pytest.mark.requirement("COA-03")
@pytest.mark.parametrize(
    "name",
    [
        "X",
        "\u674e\u5c0f\u9f8d",
        "\u0421\u0435\u043c\u0451\u043d",
        "Zo\u00eb \U0001f600",
        "NULL",
        "NA",
        "None",
        "O'Neil & Sons <1>",
        "A" * 60,
        "\U0001f600" * 60,
    ],
)
def test_odd_names_are_names(path, name):
    write_dmv_coa_file(path, HEADER, [MOVE._replace(first_name=name, last_name=name)])
    (record,) = read_dmv_records(open_dmv_coa_file(path))
    assert (record.first_name, record.last_name) == (name, name)


def test_what_is_empty_or_blank_is_absent(path):
    texts = "<DriversLicense/><Ssn4></Ssn4><FirstName> </FirstName><LastName> Lee </LastName>"
    (record,) = records_of(path, document(a_record(1, texts).replace("</NewAddress>", "</NewAddress><OldAddress/><MailingAddress><City/></MailingAddress>")))
    assert (record.drivers_license, record.ssn4, record.first_name, record.last_name) == (None, None, None, "Lee")
    assert (record.old_address, record.mailing_address) == (None, None)


@pytest.mark.parametrize("county_code", ["99", "00", "XX", "7", ""])
def test_an_unknown_county_does_not_make_a_record_unreadable(path, county_code):
    text = a_record(1).replace("</NewAddress>", f"</NewAddress><CountyCode>{county_code}</CountyCode>")
    (record,) = records_of(path, document(text))
    assert record.county_code == (county_code or None)


@pytest.mark.requirement("COA-38")
def test_a_signature_may_have_30_000_bytes_and_no_more(path):
    for size, readable in ((30_000, True), (30_001, False)):
        image = SignatureImage("image/tiff", bytes(size))
        write_dmv_coa_file(path, HEADER, [REGISTRATION._replace(signature=image)])
        (record,) = read_dmv_records(open_dmv_coa_file(path))
        assert isinstance(record, DmvRecord) == readable
        assert not readable or record.signature == image


def test_a_signature_may_be_broken_into_lines(path):
    content = "\n".join((b64encode(b"image").decode()[:4], b64encode(b"image").decode()[4:]))
    signature = f"<Signature><MediaType>image/png</MediaType><Content>\n{content}\n</Content></Signature>"
    (record,) = records_of(path, document(a_record(1).replace("</NewAddress>", f"</NewAddress>{signature}")))
    assert record.signature == SignatureImage("image/png", b"image")


PREFIXED = (
    f"<d:DmvCoaFile xmlns:d='{NAMESPACE}'>\n"
    + (HEADER_TEXT + "\n" + a_record(1) + "\n" + a_record(2)).replace("</", "</\0").replace("<", "<d:").replace("<d:/\0", "</d:")
    + "<d:Trailer ><d:RecordCount> 2 </d:RecordCount></d:Trailer></d:DmvCoaFile >"
)


@pytest.mark.parametrize(
    "text",
    [
        PREFIXED,
        "\ufeff" + document(a_record(1), a_record(2)),
        document(a_record(1), a_record(2), start=""),
        document(a_record(1), "<!-- a remark -->", a_record(2), count=2),
        document(a_record(1).replace("Fresno", "<![CDATA[Fresno]]>"), "<?a remark?>", a_record(2), count=2),
        document(a_record(1).replace("<DmvRecord>", "<DmvRecord >").replace("<RecordSequence>1<", "<RecordSequence > 01 <"), a_record(2)),
        document(a_record(1).replace("</DmvRecord>", "</DmvRecord >"), "\n\n", a_record(2), count=2),
    ],
    ids=["prefix", "byte order mark", "no declaration", "comment", "CDATA and instruction", "blanks in tags", "blanks in an end tag"],
)
def test_a_file_may_be_written_in_any_way_that_says_the_same(path, text):
    first, second = records_of(path, text)
    assert (first.sequence, first.transaction_id, first.new_address.residence_city) == (1, "DMV-1", "Fresno")
    assert (second.sequence, second.date_of_birth) == (2, date(1980, 2, 29))


@pytest.mark.parametrize("remark", ["", "<!-- not to be cut -->"])
def test_reading_goes_on_after_any_record(path, monkeypatch, remark):
    monkeypatch.setattr(record_cuts, "BLOCK", 1_000)
    broken = a_record(5, born="1981-02-29")
    text = document(*[broken if number == 5 else a_record(number, remark if number == 3 else "") for number in range(1, 10)])
    everything = records_of(path, text)
    assert [record.sequence for record in everything] == list(range(1, 10))
    for done in range(10):
        assert records_of(path, text, done) == everything[done:]


def test_a_broken_record_in_a_block_that_does_not_parse_alone_spoils_no_other(path, monkeypatch):
    monkeypatch.setattr(record_cuts, "BLOCK", 100_000)
    deep = a_record(2, "<a>" * 300 + "</a>" * 300)
    found = records_of(path, document(a_record(1), deep, a_record(3, born="1981-02-29"), a_record(4)))
    assert [type(record) for record in found] == [DmvRecord, UnreadableDmvRecord, UnreadableDmvRecord, DmvRecord]
    assert [error.code for record in found[1:3] for error in record.errors] == ["RecordTooDeep", "SchemaViolation"]


def test_memory_does_not_grow_with_the_file(path):
    def most(count):
        write_dmv_coa_file(path, HEADER, (MOVE for _ in range(count)))
        tracemalloc.start()
        file = open_dmv_coa_file(path)
        assert sum(1 for _ in read_dmv_records(file)) == count
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(10)
    assert most(8_000) < most(2_000) * 1.5
