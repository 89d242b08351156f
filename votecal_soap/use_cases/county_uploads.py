"""Uploads as their jobs see them: whose they are, and what becomes of an open one when its job ends."""

from votecal_soap.domain.counties import Caller
from votecal_soap.domain.uploads import Upload, UploadState
from votecal_soap.errors import Conflict, ErrorCode, NotFound
from votecal_soap.use_cases.ports import UnitOfWork


def county_upload(uow: UnitOfWork, caller: Caller, upload_id: int, *, lock: bool = False) -> Upload:
    """The caller's upload; another county's is not told apart from none (EWS-01)."""
    upload = uow.uploads.get(upload_id, lock=lock)
    if upload is None or upload.county_code != caller.county_code:
        raise NotFound(ErrorCode.UPLOAD_NOT_FOUND, "There is no such upload for this county.", ref="UploadId")
    return upload


def put_aside() -> Conflict:
    """What a call is answered that names an upload which takes nothing more."""
    return Conflict(ErrorCode.UPLOAD_CLOSED, "The upload was put aside: another file was begun for this job, or the job has ended.", ref="UploadId")


def abandon_open_upload(uow: UnitOfWork, job_id: int) -> None:
    """Take no more bytes for a job that has ended."""
    upload = uow.uploads.latest(job_id, lock=True)
    if upload is not None and upload.state is UploadState.OPEN:
        uow.uploads.abandon(upload.upload_id)
