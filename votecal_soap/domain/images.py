"""Images and documents that counties send with a voter: what they may be, and whether the bytes are that (EWS-12, S2.20 to S2.24). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from votecal_soap.domain.voter_children import Document, DocumentKind
from votecal_soap.errors import ErrorCode, InvalidRequest

PART_BYTES: Final = 1 << 20
"""Bytes of one part, either way: a message in base64 stays well below what a server or client takes."""

IMAGE_BYTES: Final = 20 << 20
SIGNATURE_BYTES: Final = 1 << 20
UNASKED_BYTES: Final = 16_384
"""A part that every client stack takes as it is (WCF's `maxArrayLength`)."""

BEGINNINGS: Final[Mapping[str, tuple[bytes, ...]]] = {
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
    "application/pdf": (b"%PDF-",),
}
"""How the bytes of each media type begin (S2.24)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachImage:
    """A part of an image, and what the whole of it is."""

    state_voter_id: int
    kind: DocumentKind
    media_type: str
    title: str | None
    received_on: date
    byte_count: int
    sha256: str
    offset: int
    content: bytes

    @property
    def document(self) -> Document:
        """As it is kept with the voter."""
        return Document(self.kind, self.media_type, self.sha256, self.title, self.received_on)

    @property
    def is_whole(self) -> bool:
        """Whether this part is all."""
        return self.offset == 0 and len(self.content) == self.byte_count


class ImageProgress(NamedTuple):
    """How far an image has come; `entry_id` names it in the voter's record once it is complete."""

    state_voter_id: int
    next_offset: int
    entry_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageQuery:
    """Which bytes of which image of which voter; `limit` None leaves their number to what every client takes."""

    state_voter_id: int
    entry_id: str
    offset: int = 0
    limit: int | None = None


class ImagePart(NamedTuple):
    """Some bytes of an image."""

    entry_id: str
    document: Document
    byte_count: int
    offset: int
    content: bytes

    @property
    def next_offset(self) -> int | None:
        """Where the next part begins; None after the last."""
        end = self.offset + len(self.content)
        return end if end < self.byte_count else None


def check_image(image: AttachImage, today: date) -> None:
    """Refuse what is no image of its kind, is too large, or does not begin as its media type does."""
    allowed = [name for name in BEGINNINGS if image.kind is not DocumentKind.SIGNATURE or name.startswith("image/")]
    if image.media_type not in allowed:
        raise InvalidRequest(ErrorCode.IMAGE_WRONG, f"MediaType is one of: {', '.join(allowed)}.", ref="MediaType")
    most = SIGNATURE_BYTES if image.kind is DocumentKind.SIGNATURE else IMAGE_BYTES
    if not 1 <= image.byte_count <= most:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"Such an image has 1 to {most} bytes.", ref="ByteCount")
    if image.offset < 0 or image.offset + len(image.content) > image.byte_count:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The part lies outside the image: Offset and Content go beyond ByteCount.", ref="Offset")
    if image.received_on > today:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "An image is not received on a day to come.", ref="ReceivedOn")
    if image.offset == 0 and not image.content.startswith(BEGINNINGS[image.media_type]):
        raise InvalidRequest(ErrorCode.IMAGE_WRONG, "The bytes do not begin as MediaType says.", ref="Content")
