import os
import stat
from datetime import UTC, datetime, timedelta

import pytest

from votecal_soap.dmv_exchange import FolderDmvExchange

NOW = datetime(2026, 3, 10, 20, tzinfo=UTC)
WHOLE = b'<DmvCoaFile xmlns="urn:votecal:dmv-coa-file:v1"/></DmvCoaFile>\n'


@pytest.fixture
def exchange(tmp_path):
    return FolderDmvExchange(tmp_path / "drop", tmp_path / "private", settle=timedelta(seconds=10), incomplete=timedelta(hours=1))


def drop(tmp_path, content=WHOLE, age=timedelta(minutes=1), name="a.xml"):
    path = tmp_path / "drop" / name
    path.write_bytes(content)
    written = (NOW - age).timestamp()
    os.utime(path, (written, written))
    return path


@pytest.mark.requirement("COA-01")
def test_a_whole_file_has_arrived_once_nobody_writes_to_it(exchange, tmp_path):
    drop(tmp_path, age=timedelta(seconds=9))
    assert not exchange.has_arrived("a.xml", NOW)
    drop(tmp_path, age=timedelta(seconds=10))
    assert exchange.has_arrived("a.xml", NOW)


@pytest.mark.requirement("COA-01")
@pytest.mark.parametrize("end", [b"</DmvCoaFile>", b"</d:DmvCoaFile >\r\n  "])
def test_the_closing_tag_may_have_a_prefix_and_blanks_after_it(exchange, tmp_path, end):
    drop(tmp_path, b"x" * 10_000 + end)
    assert exchange.has_arrived("a.xml", NOW)


@pytest.mark.requirement("COA-01")
@pytest.mark.parametrize("content", [b"", WHOLE[:-3], b"<DmvCoaFile>", WHOLE + b"<more/>"])
def test_a_file_without_its_end_is_left_alone_but_not_for_ever(exchange, tmp_path, content):
    drop(tmp_path, content, age=timedelta(minutes=59))
    assert not exchange.has_arrived("a.xml", NOW)
    drop(tmp_path, content, age=timedelta(minutes=60))
    assert exchange.has_arrived("a.xml", NOW)


@pytest.mark.requirement("COA-01")
def test_what_is_not_there_or_no_file_has_not_arrived(exchange, tmp_path):
    assert not exchange.has_arrived("a.xml", NOW)
    (tmp_path / "drop" / "folder.xml").mkdir()
    assert not exchange.has_arrived("folder.xml", NOW)


@pytest.mark.requirement("OPS-05")
def test_a_link_is_not_followed(exchange, tmp_path):
    secret = tmp_path / "secret.xml"
    secret.write_bytes(WHOLE)
    os.utime(secret, (0, 0))
    (tmp_path / "drop" / "a.xml").symlink_to(secret)
    assert not exchange.has_arrived("a.xml", NOW)
    assert exchange.take("a.xml", 7) is None


@pytest.mark.requirement("COA-01", "COA-36")
def test_a_file_is_taken_once_and_found_again_after_a_crash(exchange, tmp_path):
    drop(tmp_path)
    taken = exchange.take("a.xml", 7)
    assert taken is not None
    assert taken.read_bytes() == WHOLE
    assert not (tmp_path / "drop" / "a.xml").exists()
    drop(tmp_path, b"another of the same name")
    assert exchange.take("a.xml", 7) == taken
    assert taken.read_bytes() == WHOLE
    assert exchange.take("b.xml", 8) is None


@pytest.mark.requirement("OPS-05")
def test_a_taken_file_is_for_the_service_alone_and_goes_when_told(exchange, tmp_path):
    drop(tmp_path)
    taken = exchange.take("a.xml", 7)
    assert stat.S_IMODE(taken.stat().st_mode) == 0o600
    assert stat.S_IMODE(taken.parent.stat().st_mode) == 0o700
    exchange.discard(7)
    exchange.discard(7)
    assert not taken.exists()


@pytest.mark.requirement("COA-01")
def test_a_drop_folder_on_another_file_system_is_copied_from(exchange, tmp_path, monkeypatch):
    dropped = drop(tmp_path)
    replace = type(dropped).replace

    def across(source, target):
        if source.parent != target.parent:
            raise OSError(18, "Invalid cross-device link")
        return replace(source, target)

    monkeypatch.setattr(type(dropped), "replace", across)
    taken = exchange.take("a.xml", 7)
    assert taken.read_bytes() == WHOLE
    assert [path.name for path in taken.parent.iterdir()] == ["file-7.xml"]
    assert not dropped.exists()
