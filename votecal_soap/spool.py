"""The bytes of uploads on disk: one file an upload, readable by the service alone (OPS-05)."""

import os
from pathlib import Path

from votecal_soap.storage import disk_of, for_service_alone


class FileSpool:
    """A directory of uploads. The database says how many bytes of each count; what lies beyond is overwritten."""

    def __init__(self, directory: Path) -> None:
        """Make the directory, for the service alone."""
        directory.mkdir(parents=True, exist_ok=True)
        for_service_alone(directory)
        self._directory = directory

    def path(self, upload_id: int) -> Path:
        """The file of the bytes sent."""
        return self._directory / f"upload-{upload_id}.part"

    def work_path(self, upload_id: int) -> Path:
        """Where the unpacked file stands, once there is one."""
        return self._directory / f"upload-{upload_id}.xml"

    def write(self, upload_id: int, offset: int, content: bytes) -> None:
        """Put bytes at an offset and fsync before returning: what is acknowledged survives a power cut.

        Raises:
            Unavailable: DISK_FULL, DISK_READ_ONLY or DISK_FAILS; whatever was written lies beyond what counts.
        """
        with disk_of("the spool (uploads)"):
            self._write(self.path(upload_id), offset, content)

    def _write(self, path: Path, offset: int, content: bytes) -> None:
        is_new = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _write_all(descriptor, content, offset)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            self._sync_directory()

    def read(self, upload_id: int, offset: int, size: int) -> bytes:
        """Bytes that are there; fewer at the end of the file, none of a file that is not there."""
        try:
            with self.path(upload_id).open("rb") as file:
                file.seek(offset)
                return file.read(size)
        except FileNotFoundError:
            return b""

    def discard(self, upload_id: int) -> None:
        """Remove all files of an upload, unpacked ones included; nothing there is fine."""
        for path in self._directory.glob(f"upload-{upload_id}.*"):
            path.unlink(missing_ok=True)

    def _sync_directory(self) -> None:
        """A new file's name is only safe once its directory is."""
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write_all(descriptor: int, content: bytes, offset: int) -> None:
    view = memoryview(content)
    while view:
        written = os.pwrite(descriptor, view, offset)
        view, offset = view[written:], offset + written
