"""UC04.14.01 step 3: after a broken upload the county asks where to go on (VRU-06)."""

from votecal_soap.domain.counties import Caller
from votecal_soap.domain.uploads import Upload, UploadState
from votecal_soap.use_cases.county_uploads import county_upload, put_aside
from votecal_soap.use_cases.ports import UnitOfWorkFactory


def get_upload_status(upload_id: int, caller: Caller, unit_of_work: UnitOfWorkFactory) -> Upload:
    """The upload with its next offset; raises Conflict UPLOAD_CLOSED when it was put aside."""
    with unit_of_work(read_only=True) as uow:
        upload = county_upload(uow, caller, upload_id)
    if upload.state is UploadState.ABANDONED:
        raise put_aside()
    return upload
