"""A clerk sends an image of a voter to the state, or fetches one, in parts (EWS-12)."""

import hashlib
import mimetypes
import secrets
from datetime import date
from pathlib import Path
from typing import Final

from votecal_soap.contract.received_voters import ReceivedImagePart, ReceivedImageProgress
from votecal_soap.county.office import Office
from votecal_soap.county.state import ImageToSend, VoterRecords
from votecal_soap.domain.images import PART_BYTES
from votecal_soap.domain.voter_children import DocumentKind
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest

_UNKNOWN: Final = "application/octet-stream"


def image_file(path: Path, state_voter_id: int, kind: DocumentKind, title: str | None, received_on: date) -> tuple[ImageToSend, bytes]:
    """The bytes of a file, and what the state is told of them; the media type is that of the file's name."""
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or _UNKNOWN
    digest = hashlib.sha256(content).hexdigest()
    return ImageToSend(state_voter_id, kind, media_type, title, received_on, len(content), digest), content


def send_image(office: Office, state: VoterRecords, image: ImageToSend, content: bytes) -> str:
    """Send all parts, each until it is answered; the id that names the image at the state."""
    if not content:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The file is empty.", ref="file")
    call, offset, entry_id = secrets.token_hex(8), 0, None
    while entry_id is None:
        offset, entry_id = _send_part(office, state, image, f"{office.ems.county_code}-image-{call}-{offset}", offset, content[offset : offset + PART_BYTES])
    return entry_id


def _send_part(office: Office, state: VoterRecords, image: ImageToSend, transaction_id: str, offset: int, part: bytes) -> ReceivedImageProgress:
    return office.retry.call(lambda: state.attach_image(transaction_id, image, offset, part))


def fetch_image(office: Office, state: VoterRecords, state_voter_id: int, entry_id: str) -> bytes:
    """All bytes of an image; one that is not whole is refused."""
    parts = [_fetch_part(office, state, state_voter_id, entry_id, 0)]
    while (offset := parts[-1].next_offset) is not None:
        parts.append(_fetch_part(office, state, state_voter_id, entry_id, offset))
    content = b"".join(part.content for part in parts)
    if hashlib.sha256(content).hexdigest() != parts[-1].sha256:
        raise Conflict(ErrorCode.RECORD_CHANGED, "The image that came is not the one that the state announced; fetch it again.")
    return content


def _fetch_part(office: Office, state: VoterRecords, state_voter_id: int, entry_id: str, offset: int) -> ReceivedImagePart:
    return office.retry.call(lambda: state.get_image(state_voter_id, entry_id, offset, PART_BYTES))
