"""The bytes of uploads on disk."""

import stat

import pytest

from votecal_soap.spool import FileSpool


@pytest.fixture
def spool(tmp_path):
    return FileSpool(tmp_path / "var" / "spool")


def test_bytes_are_read_where_they_were_written(spool):
    spool.write(7, 0, b"hello ")
    spool.write(7, 6, b"world")
    spool.write(7, 0, b"J")
    assert spool.read(7, 0, 100) == b"Jello world"
    assert spool.read(7, 6, 3) == b"wor"
    assert spool.read(8, 0, 10) == b""


@pytest.mark.requirement("OPS-05")
def test_files_are_readable_by_the_service_alone(spool):
    spool.write(7, 0, b"x")
    assert stat.S_IMODE(spool.path(7).stat().st_mode) == 0o600
    assert stat.S_IMODE(spool.path(7).parent.stat().st_mode) == 0o700


def test_all_files_of_an_upload_are_discarded_and_no_other(spool):
    spool.write(7, 0, b"x")
    spool.work_path(7).write_bytes(b"x")
    spool.write(70, 0, b"x")
    spool.discard(7)
    spool.discard(7)
    assert [path.name for path in spool.path(7).parent.iterdir()] == ["upload-70.part"]
