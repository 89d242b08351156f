"""What every use case of an upload asks first: is it this county's?"""

from votecal_soap.domain.counties import Caller
from votecal_soap.domain.uploads import Upload
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases.ports import UnitOfWork


def county_upload(uow: UnitOfWork, caller: Caller, upload_id: int, *, lock: bool = False) -> Upload:
    """The caller's upload; another county's is not told apart from none (EWS-01)."""
    upload = uow.uploads.get(upload_id, lock=lock)
    if upload is None or upload.county_code != caller.county_code:
        raise NotFound(ErrorCode.UPLOAD_NOT_FOUND, "There is no such upload for this county.", ref="UploadId")
    return upload
