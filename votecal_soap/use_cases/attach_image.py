"""EWS-12, S2.20 to S2.24 A county sends an affidavit, a signature or another document of a voter, whole or in parts."""

import hashlib
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.images import AttachImage, ImageProgress, check_image
from votecal_soap.domain.voter_children import Child, Document, DocumentKind, NewChild
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.own_voters import own_voter
from votecal_soap.use_cases.ports import DocumentContent, NewActivity, UnitOfWork

ACTION: Final = "AttachImage"
ACTIVITIES: Final = {
    DocumentKind.AFFIDAVIT: "Affidavit Image Received",
    DocumentKind.SIGNATURE: "Signature Image Received",
    DocumentKind.OTHER: "Document Received",
}


def attach_image(image: AttachImage, caller: Caller, uow: UnitOfWork, clock: Clock) -> ImageProgress:
    """Keep a part; with the last one the image is the voter's. One that the voter has already is not kept twice. The caller of this commits.

    Raises:
        NotFound: VOTER_NOT_FOUND, also for another county's voter.
        Conflict: UPLOAD_GAP and UPLOAD_OVERLAP when a part does not follow those that are there.
        InvalidRequest: IMAGE_WRONG, LIMIT_EXCEEDED; FILE_DIGEST_WRONG when the whole is not what was announced.
    """
    check_image(image, legal_date(clock.now()))
    voter = own_voter(uow, image.state_voter_id, caller)
    if (kept := _kept(uow, voter, image)) is not None:
        return ImageProgress(int(voter.state_voter_id), image.byte_count, kept.source)
    content = image.content if image.is_whole else _gathered(uow, image, caller, clock)
    if content is None:
        return ImageProgress(int(voter.state_voter_id), image.offset + len(image.content))
    if hashlib.sha256(content).hexdigest() != image.sha256:
        text = "The digest is not that of the bytes received; send the image again from Offset 0."
        raise InvalidRequest(ErrorCode.FILE_DIGEST_WRONG, text, ref="Sha256")
    return _attached(uow, voter, image, content, caller, clock)


def _kept(uow: UnitOfWork, voter: Voter, image: AttachImage) -> Child | None:
    """The voter's document of that kind with those bytes."""
    for child in uow.children.of_voters([int(voter.state_voter_id)]):
        content = child.content
        if child.in_force and isinstance(content, Document) and (content.document_kind, content.sha256) == (image.kind, image.sha256):
            return child
    return None


def _gathered(uow: UnitOfWork, image: AttachImage, caller: Caller, clock: Clock) -> bytes | None:
    """The whole image with its last part; None while some is missing. Offset 0 begins anew.

    Parts are the county's, under the digest of the whole, whosever image it is: two calls with the same bytes for two voters share
    them. Each voter gets the image by the call that completes it for that voter, with the bytes that its digest names, or a gap to resend.
    """
    county_code, sha256 = caller.county_code, image.sha256
    if image.offset == 0:
        uow.document_parts.remove(county_code, sha256)
    parts = uow.document_parts.received(county_code, sha256)
    there = sum(parts.values())
    if image.offset > there:
        raise Conflict(ErrorCode.UPLOAD_GAP, f"Bytes are missing before this part; go on at offset {there}.", ref="Offset")
    if image.offset < there:
        if parts.get(image.offset) != len(image.content):
            raise Conflict(ErrorCode.UPLOAD_OVERLAP, f"These bytes are there already, in other parts; go on at offset {there}.", ref="Offset")
        return None
    uow.document_parts.add(county_code, sha256, image.offset, image.content, clock.now())
    if image.offset + len(image.content) < image.byte_count:
        return None
    content = uow.document_parts.content(county_code, sha256)
    uow.document_parts.remove(county_code, sha256)
    return content


def _attached(uow: UnitOfWork, voter: Voter, image: AttachImage, content: bytes, caller: Caller, clock: Clock) -> ImageProgress:
    """Bytes, document, activity and audit in one transaction; what it shows is in neither of the last two."""
    now, uid = clock.now(), int(voter.state_voter_id)
    uow.children.add_contents([DocumentContent(image.sha256, content)], now)
    uow.children.add([NewChild(uid, image.document)], now)
    entry = NewActivity(uid, caller.county_code, ACTIVITIES[image.kind], image.received_on, f"{image.media_type}, {len(content)} bytes", voter.version, None)
    uow.voters.add_activities([entry], now)
    told = {"kind": image.kind, "sha256": image.sha256, "bytes": len(content)}
    record_change(uow, at=now, actor=actor(caller), action=ACTION, subject=("Voter", uid), county_code=caller.county_code, new=told)
    kept = _kept(uow, voter, image)
    return ImageProgress(uid, image.byte_count, None if kept is None else kept.source)
