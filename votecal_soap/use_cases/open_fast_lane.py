"""VRU-06 The fast lane of an upload: the token that BeginUpload gave out stands for the county that began it."""

from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.credentials import generate_secret, keyed_hash, matches
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.uploads import Upload, UploadState
from votecal_soap.errors import ErrorCode, NotAllowed
from votecal_soap.use_cases.ports import UnitOfWorkFactory

_NOBODY: Final = keyed_hash(generate_secret(), b"nobody")
"""What the token of an upload without one is compared with."""


def open_fast_lane(upload_id: int, token: str, unit_of_work: UnitOfWorkFactory, clock: Clock, key: bytes) -> tuple[Upload, Caller]:
    """The open upload and the caller that the token stands for. An unknown upload and a wrong token are one refusal."""
    with unit_of_work(read_only=True) as uow:
        upload = uow.uploads.get(upload_id)
    stored = upload.token_hash if upload is not None and upload.token_hash else _NOBODY
    if not matches(token, stored, key) or upload is None or not _is_good(upload, clock):
        raise NotAllowed(ErrorCode.UPLOAD_TOKEN_WRONG, "The token is wrong, expired or not this upload's; BeginUpload gives a new one.")
    return upload, Caller(username=f"upload-{upload.upload_id}", county_code=upload.county_code, credential_expires_at=None)


def _is_good(upload: Upload, clock: Clock) -> bool:
    return upload.state is UploadState.OPEN and upload.token_expires_at is not None and clock.now() < upload.token_expires_at
