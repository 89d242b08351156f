"""The halves of a file, checked at the same time, say what the one pass says, or leave it to the one pass."""

from pathlib import Path

import pytest

from votecal_soap.contract import batch_halves
from votecal_soap.contract.batch_file import BatchExpectation
from votecal_soap.contract.batch_halves import check_halves
from votecal_soap.contract.batch_integrity import check_integrity
from votecal_soap.contract.batch_source import open_batch
from votecal_soap.contract.record_files import VOTER_RECORD_UPDATE_BATCH
from votecal_soap.errors import ErrorCode, InvalidRequest

RECORDS = 101
"""Odd, and all of one length: the file is cut after the middle one."""

ROOT = '<VoterRecordUpdateBatch xmlns="urn:votecal:voter-record-update-batch:v1">'
HEADER = (
    "<Header><CountyCode>19</CountyCode><BatchType>VoterRecordUpdate</BatchType><JobId>7</JobId>"
    "<SchemaVersion>1.0</SchemaVersion><CreatedAt>2026-11-21T00:00:00Z</CreatedAt></Header>"
)
TRAILER = f"<Trailer><RecordCount>{RECORDS}</RecordCount></Trailer></VoterRecordUpdateBatch>"
EXPECTED = BatchExpectation(county_code="19", batch_type="VoterRecordUpdate", job_id=7, record_count=RECORDS)


@pytest.fixture(autouse=True)
def small_files_are_cut(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batch_halves, "WORTH_A_PROCESS", 0)


def records() -> list[str]:
    uid, said = "<StateVoterId>{}</StateVoterId>", "<Registration><Party>DEM</Party></Registration>"
    return [f'<Record sequence="{number:03}">{uid.format(100000000 + number)}{said}</Record>' for number in range(1, RECORDS + 1)]


def saved(tmp_path: Path, lines: list[str], between: str = "\n") -> Path:
    path = tmp_path / "batch.xml"
    path.write_text(ROOT + HEADER + between + between.join(lines) + between + TRAILER)
    return path


@pytest.mark.requirement("VRU-06", "VRU-18")
@pytest.mark.parametrize("between", ["", "\n", "\r\n  "], ids=["nothing", "a line end", "an indentation"])
def test_halves_that_are_in_order_have_the_shape_of_the_whole(tmp_path: Path, between: str):
    path = saved(tmp_path, records(), between)
    shape = check_halves(path, VOTER_RECORD_UPDATE_BATCH)
    assert shape == check_integrity(path, VOTER_RECORD_UPDATE_BATCH)
    assert shape is not None and (shape.record_count, shape.plain) == (RECORDS, True)


@pytest.mark.requirement("VRU-18")
def test_a_small_file_is_not_worth_a_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batch_halves, "WORTH_A_PROCESS", 1 << 20)
    assert check_halves(saved(tmp_path, records()), VOTER_RECORD_UPDATE_BATCH) is None


def replaced(place: int, old: str, new: str) -> list[str]:
    lines = records()
    lines[place] = lines[place].replace(old, new)
    return lines


MIDDLE = RECORDS // 2
BROKEN = {
    "in the first half": replaced(3, "</Party>", "</Part>"),
    "in the second half": replaced(RECORDS - 3, "</Party>", "</Part>"),
    "element left open in the first half": replaced(3, "</Registration>", "<Registration></Registration>"),
    "comment without an end over the middle": replaced(MIDDLE - 1, "<Party>", "<!--<Party>"),
    "entity that nobody declared": replaced(RECORDS - 2, "DEM", "&who;"),
}


@pytest.mark.requirement("VRU-18")
@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_not_well_formed_is_refused_as_the_one_pass_refuses_it(tmp_path: Path, broken: str):
    path = saved(tmp_path, BROKEN[broken])
    with pytest.raises(InvalidRequest) as halves:
        open_batch(path, EXPECTED, in_halves=True)
    with pytest.raises(InvalidRequest) as whole:
        open_batch(path, EXPECTED)
    assert (halves.value.code, halves.value.ref) == (whole.value.code, whole.value.ref)
    assert halves.value.code is ErrorCode.FILE_NOT_WELL_FORMED


ODD = {
    "a comment that holds an end tag where the file is cut": replaced(MIDDLE - 1, "<Registration>", "<Registration><!-- </Record> -->"),
    "a comment in the second half": replaced(MIDDLE + 5, "<Party>", "<!-- a --><Party>"),
    "an end tag written otherwise": replaced(MIDDLE + 5, "</Record>", "</Record >"),
    "CDATA": replaced(RECORDS - 1, "DEM", "<![CDATA[DEM]]>"),
}


@pytest.mark.requirement("VRU-18")
@pytest.mark.parametrize("odd", ODD)
def test_what_is_written_oddly_is_opened_as_the_one_pass_opens_it(tmp_path: Path, odd: str):
    path = saved(tmp_path, ODD[odd])
    source = open_batch(path, EXPECTED, in_halves=True)
    assert source == open_batch(path, EXPECTED)
    assert (source.shape.record_count, source.shape.plain) == (RECORDS, False)


@pytest.mark.requirement("VRU-18")
@pytest.mark.parametrize("place", [MIDDLE - 2, MIDDLE - 1, MIDDLE])
def test_text_between_records_is_refused_wherever_the_file_is_cut(tmp_path: Path, place: int):
    with pytest.raises(InvalidRequest) as refused:
        open_batch(saved(tmp_path, replaced(place, "</Record>", "</Record>x")), EXPECTED, in_halves=True)
    assert refused.value.code is ErrorCode.FILE_HEADER_WRONG


@pytest.mark.requirement("VRU-18")
def test_the_file_is_cut_where_these_tests_believe(tmp_path: Path):
    lines = records()
    halves = batch_halves._halves(saved(tmp_path, lines), VOTER_RECORD_UPDATE_BATCH)
    assert halves is not None
    assert halves.cut == len(f"{ROOT}{HEADER}\n" + "\n".join(lines[:MIDDLE]))
