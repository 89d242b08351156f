"""What the operating system says of a disk, in the project's own words; /dev/full is a disk that is really full, for anybody."""

import errno
import os
import stat

import pytest

from votecal_soap import storage
from votecal_soap.contract.whole_files import whole_file
from votecal_soap.errors import ErrorCode, Unavailable
from votecal_soap.spool import FileSpool
from votecal_soap.storage import disk_of, for_service_alone, told_by, why_not_writable


@pytest.mark.requirement("EWS-13", "OPS-03")
@pytest.mark.parametrize(
    ("number", "code", "says"),
    [
        (errno.ENOSPC, ErrorCode.DISK_FULL, "is full"),
        (errno.EDQUOT, ErrorCode.DISK_FULL, "is full"),
        (errno.EFBIG, ErrorCode.DISK_FULL, "is full"),
        (errno.EROFS, ErrorCode.DISK_READ_ONLY, "can only be read"),
        (errno.EIO, ErrorCode.DISK_FAILS, "cannot be read or written"),
    ],
)
def test_what_a_disk_refuses_may_be_sent_again_and_the_operator_hears_of_it(number, code, says, caplog):
    told = told_by(OSError(number, "a text of the system", "/somewhere"), "the exports")
    assert told.code is code
    assert told.text == f"The disk of the exports {says}. Nothing was changed; send the same again later."
    assert (told.retryable, told.retry_after_seconds) == (True, 60)
    (line,) = caplog.records
    assert (line.levelname, line.code, line.setting) == ("ERROR", code, "the exports")
    assert "by itself" in line.msg


@pytest.mark.parametrize("error", [FileNotFoundError(errno.ENOENT, "none"), PermissionError(errno.EACCES, "no"), ValueError("x")])
def test_other_errors_are_not_taken_for_the_disks(error):
    assert told_by(error) is None
    with pytest.raises(type(error)), disk_of("the spool"):
        raise error


@pytest.mark.requirement("VRU-06")
def test_the_spool_tells_of_a_full_disk_and_takes_the_same_bytes_afterwards(tmp_path):
    spool = FileSpool(tmp_path / "spool")
    spool.path(1).symlink_to("/dev/full")
    with pytest.raises(Unavailable) as full:
        spool.write(1, 0, b"bytes")
    assert full.value.code is ErrorCode.DISK_FULL
    spool.path(1).unlink()
    spool.write(1, 0, b"bytes")
    assert spool.read(1, 0, 5) == b"bytes"


@pytest.mark.requirement("OPS-05")
def test_a_file_that_breaks_off_leaves_nothing(tmp_path):
    path = tmp_path / "list.csv"
    with pytest.raises(OSError, match="No space"), whole_file(path) as file:
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert not list(tmp_path.iterdir())


def test_a_folder_is_writable_or_says_why_not(tmp_path, monkeypatch):
    assert why_not_writable(tmp_path) is None
    assert why_not_writable(tmp_path / "none") == f"{tmp_path / 'none'} cannot be reached (No such file or directory)"
    now = os.statvfs(tmp_path)
    monkeypatch.setattr(storage, "ROOM_BYTES", now.f_bavail * now.f_frsize + (1 << 40))
    assert why_not_writable(tmp_path).startswith(f"the disk of {tmp_path} is full: ")


def test_a_folder_of_the_services_own_is_not_touched_again(tmp_path, monkeypatch):
    tmp_path.chmod(0o755)
    for_service_alone(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    monkeypatch.setattr(type(tmp_path), "chmod", lambda *_: pytest.fail("a disk may be for reading only"))
    for_service_alone(tmp_path)
