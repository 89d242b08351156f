"""Histories are loaded once, chunk by chunk, and go on after a kill (DLR-09, OPS-04)."""

import json

import pytest
from integration.batch.batch_runs import Killed

from db.tables import audit_entry
from votecal_soap.contract.history_file import FIRST_TIME_FEDERAL
from votecal_soap.domain.voter_children import CustomField, Document
from votecal_soap.errors import InvalidRequest, NotFound
from votecal_soap.use_cases import load_histories as module
from votecal_soap.use_cases.load_histories import LoadHistories, load_histories

from .pairs import NEW, OLD, old_and_new


def custom(ems_voter_id, value):
    return {"ems_voter_id": ems_voter_id, "kind": "CustomField", "field_name": "Dog", "field_value": value}


@pytest.fixture
def load(roll, tmp_path, monkeypatch):
    """Loads lines of Los Angeles, two in a chunk."""
    monkeypatch.setattr(module, "CHUNK_LINES", 2)
    roll.add(*old_and_new(counties=("19", "19")))
    file = tmp_path / "histories.jsonl"

    def run(*lines, county_code="19", on_progress=lambda *_: None):
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        command = LoadHistories(county_code=county_code, file=file, actor="ada", on_progress=on_progress)
        return load_histories(command, roll.factory, roll.clock)

    return run


@pytest.mark.requirement("DLR-09")
def test_children_are_loaded_once_however_often_the_file_is(roll, load):
    document = {"kind": "Document", "document_kind": "AffidavitImage", "media_type": "image/png", "received_on": "2020-01-01", "content": "AAAA"}
    lines = (custom("LA1", "1"), {"ems_voter_id": "LA1", **document}, custom("nobody", "1"), {"ems_voter_id": "LA1", "kind": FIRST_TIME_FEDERAL})
    for _ in range(2):
        report = load(*lines)
        assert (report.lines, report.loaded, report.voters_not_found) == (4, 3, 1)
    kept = [child.content for child in roll.children(OLD) if child.child_id is not None]
    assert [type(content) for content in kept] == [Document, CustomField]
    with roll.factory(read_only=True) as uow:
        assert uow.children.content(kept[0].sha256) == b"\0\0\0"
    assert (roll.voter(OLD).first_time_federal, roll.voter(OLD).version) == (1, 1)
    assert [row.action for row in roll.rows(audit_entry)] == ["LoadHistories"] * 2


@pytest.mark.requirement("OPS-04")
def test_a_load_that_was_killed_goes_on_after_its_last_chunk(roll, load):
    lines = [custom("LA1", str(number)) for number in range(5)]

    def kill(done, _):
        if done == 4:
            raise Killed

    with pytest.raises(Killed):
        load(*lines, on_progress=kill)
    assert load(*lines).loaded == 5
    assert [child.content.field_value for child in roll.children(OLD) if isinstance(child.content, CustomField)] == ["0", "1", "2", "3", "4"]


def test_a_wrong_line_is_named_and_what_came_before_stays(roll, load):
    vote = {"ems_voter_id": "SD2", "kind": "Participation", "election_id": "1999-X", "voting_method": "Early"}
    for wrong in (vote, {"ems_voter_id": "SD2"}):
        with pytest.raises(InvalidRequest) as refused:
            load(custom("SD2", "1"), custom("SD2", "2"), wrong)
        assert refused.value.ref == "histories.jsonl, line 3"
    assert len([child for child in roll.children(NEW) if child.child_id is not None]) == 4
    with pytest.raises(NotFound):
        load(custom("LA1", "1"), county_code="58")
