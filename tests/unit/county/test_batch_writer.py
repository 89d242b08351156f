import gzip
import hashlib
import re
import stat
import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from votecal_soap.contract.batch_writer import (
    RECORDS_AT_ONCE,
    WireHomePrecinct,
    WireMailingAddress,
    WireName,
    WireRecord,
    WireRegistration,
    WireResidenceAddress,
    write_batch_file,
)
from votecal_soap.contract.files import read_xsd
from votecal_soap.domain.batches import BatchHeader
from votecal_soap.domain.uploads import Compression
from votecal_soap.domain.voters import VotingPrecinct

HEADER = BatchHeader("19", "VoterRecordUpdate", 7, "1.0", "2026-03-01T12:00:00Z", "EMS & Co <1>")
FULL = WireRecord(
    100000001,
    "LA-1",
    3,
    date(2026, 3, 1),
    WireRegistration(
        WireName("María-José", "O'Brien & <Sons>", "Q", "Ms.", "Jr."),
        *(date(1980, 2, 3), "D1234567", "1234", "2", "EN", "D", "(213) 555-0100", "a&b@example.org"),
        WireResidenceAddress("12", "1/2", "North", "Main", "Street", "West", "Apartment", "4", "Los Angeles", "CA", "90012"),
        WireMailingAddress("PO Box 1", "c/o X", "Y", "Ñuñoa", "RM", "7750000", "Chile"),
        WireHomePrecinct("1234", "A"),
        *("2001-05-06", "A", "Moved"),
    ),
    VotingPrecinct("2026-P", "1234", "A"),
)
VOTING_ONLY = WireRecord(None, "LA-2", None, None, None, VotingPrecinct("2026-P", "1234", None))
CLEARED = WireRecord(100000003, None, None, None, WireRegistration(phone="", mailing_address=WireMailingAddress(), home_precinct=WireHomePrecinct()))


@pytest.fixture(scope="module")
def schema(tmp_path_factory):
    folder = tmp_path_factory.mktemp("xsd")
    for name in ("common-types.xsd", "registration-types.xsd", "voter-record-update-batch.xsd"):
        (folder / name).write_bytes(read_xsd(name))
    return etree.XMLSchema(file=str(folder / "voter-record-update-batch.xsd"))


@pytest.mark.requirement("VRU-05")
def test_a_file_of_every_shape_of_record_keeps_the_schema(tmp_path, schema):
    file = write_batch_file(tmp_path / "batch.xml", HEADER, [FULL, VOTING_ONLY, CLEARED])
    schema.assertValid(etree.parse(file.path))
    assert file.record_count == 3


@pytest.mark.requirement("VRU-05")
def test_records_are_numbered_from_one_without_gaps_and_the_trailer_counts_them(tmp_path):
    count = 2 * RECORDS_AT_ONCE + 1
    file = write_batch_file(tmp_path / "batch.xml", HEADER, (VOTING_ONLY for _ in range(count)))
    root = etree.parse(file.path).getroot()
    assert [int(record.get("sequence")) for record in root[1:-1]] == list(range(1, count + 1))
    assert root[-1][0].text == str(count) == str(file.record_count)


def test_an_empty_file_is_a_file(tmp_path, schema):
    file = write_batch_file(tmp_path / "batch.xml", HEADER, [])
    schema.assertValid(etree.parse(file.path))
    assert file.record_count == 0


def test_an_initial_load_has_no_job(tmp_path, schema):
    file = write_batch_file(tmp_path / "load.xml", HEADER._replace(batch_type="InitialLoad", job_id=None), [FULL])
    schema.assertValid(etree.parse(file.path))


def test_markup_in_a_value_stays_a_value(tmp_path):
    file = write_batch_file(tmp_path / "batch.xml", HEADER, [FULL])
    texts = [element.text for element in etree.parse(file.path).iter("{*}LastName", "{*}Email", "{*}FirstName", "{*}VendorApplicationId")]
    assert texts == ["EMS & Co <1>", "María-José", "O'Brien & <Sons>", "a&b@example.org"]


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\ud800", "\uffff"])
def test_a_character_that_xml_cannot_carry_spoils_one_value_and_not_the_file(tmp_path, character):
    record = VOTING_ONLY._replace(registration=WireRegistration(name=WireName(f"A{character}B", "C")))
    file = write_batch_file(tmp_path / "batch.xml", HEADER, [record])
    assert next(etree.parse(file.path).iter("{*}FirstName")).text == "A\ufffdB"


@pytest.mark.requirement("VRU-06")
@pytest.mark.parametrize("compression", list(Compression))
def test_size_and_digest_are_of_the_bytes_to_send(tmp_path, compression):
    file = write_batch_file(tmp_path / "batch", HEADER, [FULL], compression=compression)
    content = file.path.read_bytes()
    assert (file.byte_count, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_packed_files_hold_the_same_bytes(tmp_path):
    plain = write_batch_file(tmp_path / "plain", HEADER, [FULL]).path.read_bytes()
    packed = write_batch_file(tmp_path / "gzip", HEADER, [FULL], compression=Compression.GZIP).path
    assert gzip.decompress(packed.read_bytes()) == plain
    with zipfile.ZipFile(write_batch_file(tmp_path / "zip", HEADER, [FULL], compression=Compression.ZIP).path) as archive:
        assert archive.read(archive.namelist()[0]) == plain


def test_the_file_is_readable_by_its_owner_alone(tmp_path):
    file = write_batch_file(tmp_path / "batch.xml", HEADER, [FULL])
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600


def test_a_writer_that_dies_leaves_no_file_of_that_name(tmp_path):
    def records():
        yield FULL
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_batch_file(tmp_path / "batch.xml", HEADER, records())
    assert not (tmp_path / "batch.xml").exists()
    assert write_batch_file(tmp_path / "batch.xml", HEADER, [FULL]).record_count == 1


CODE = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=10)
DAY = st.none() | st.dates()
REGISTRATION = st.builds(
    WireRegistration,
    st.none() | st.builds(WireName, *[CODE] * 5),
    DAY,
    *[CODE] * 7,
    st.none() | st.builds(WireResidenceAddress, *[CODE] * 11),
    st.none() | st.builds(WireMailingAddress, *[CODE] * 7),
    st.none() | st.builds(WireHomePrecinct, *[CODE] * 2),
    DAY,
    *[CODE] * 2,
)
VOTING = st.none() | st.builds(VotingPrecinct, st.just("2026-P"), CODE.filter(lambda code: code is not None), CODE)
RECORD = st.builds(WireRecord, st.just(100000001), st.none() | st.just("LA-1"), st.none() | st.integers(1, 9), DAY, REGISTRATION, VOTING)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(records=st.lists(RECORD, min_size=1, max_size=4))
def test_whatever_is_present_stands_in_its_place(tmp_path, schema, records):
    file = write_batch_file(tmp_path / "batch.xml", HEADER, records)
    root = etree.parse(file.path)
    schema.assertValid(root)
    for given_record, element in zip(records, root.getroot()[1:-1], strict=True):
        texts = [leaf.text or "" for leaf in element.iter() if not len(leaf) and etree.QName(leaf).localname not in GROUPS]
        assert texts == [readable(value) for value in flattened(given_record) if value is not None]


GROUPS = {"Registration", "Name", "ResidenceAddress", "MailingAddress", "HomePrecinct", "VotingPrecinct"}


def flattened(value):
    return [part for item in value for part in flattened(item)] if isinstance(value, tuple) else [value]


def readable(value):
    return re.sub(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", str(value))
