"""Images and documents go both ways, whole or in parts, and are what they say (EWS-12, S2.20 to S2.24)."""

import hashlib
import random
from datetime import date, timedelta

import pytest
from fakes.dmv import a_voter

from db.tables import audit_entry, document_part, voter_document
from votecal_soap.domain.images import IMAGE_BYTES, PART_BYTES, SIGNATURE_BYTES, AttachImage, ImageQuery
from votecal_soap.domain.voter_children import DocumentKind
from votecal_soap.domain.voters import Confidentiality
from votecal_soap.errors import ErrorCode, VoteCalError
from votecal_soap.use_cases.attach_image import attach_image
from votecal_soap.use_cases.get_image import get_image
from votecal_soap.use_cases.purge_kept_data import PurgeKeptData, purge_kept_data

from ..duplicates.pairs import NEW, NOW, OLD, caller
from .records import ana

PNG = b"\x89PNG\r\n\x1a\n made up"
LARGE = b"%PDF-1.4 " + random.Random(7).randbytes(2_500_000)
PARTS = 1_000_000


def attach(roll, content=PNG, *, county="19", offset=0, part=None, **given):
    whole = {"kind": DocumentKind.SIGNATURE, "media_type": "image/png", "title": None, "received_on": date(2026, 3, 9), "byte_count": len(content)}
    digest = hashlib.sha256(content).hexdigest()
    image = AttachImage(**{**whole, "state_voter_id": OLD, "sha256": digest, "offset": offset, "content": content if part is None else part, **given})
    with roll.factory() as uow:
        progress = attach_image(image, caller(county), uow, roll.clock)
        uow.commit()
    return progress


def attach_part(roll, offset, **given):
    affidavit = {"kind": DocumentKind.AFFIDAVIT, "media_type": "application/pdf", "offset": offset, "part": LARGE[offset : offset + PARTS]}
    return attach(roll, LARGE, **{**affidavit, **given})


def fetch(roll, entry_id, county="19", limit=PARTS):
    offset, content = 0, b""
    while offset is not None:
        part = get_image(ImageQuery(state_voter_id=OLD, entry_id=entry_id, offset=offset, limit=limit), caller(county), roll.factory, roll.clock)
        content, offset = content + part.content, part.next_offset
    return content


def refusal(act, *arguments, **given):
    with pytest.raises(VoteCalError) as caught:
        act(*arguments, **given)
    return caught.value.code


@pytest.mark.requirement("EWS-12", "OPS-02", "OPS-03")
def test_a_signature_is_kept_once_and_comes_back_as_it_was(roll):
    roll.add(ana())
    progress = attach(roll)
    assert (progress.state_voter_id, progress.next_offset) == (OLD, len(PNG))
    assert attach(roll) == progress
    assert len(roll.rows(voter_document)) == 1
    assert fetch(roll, progress.entry_id, limit=5) == PNG
    assert roll.activities(OLD) == ["Signature Image Received"]
    assert [row.action for row in roll.rows(audit_entry)] == ["AttachImage"]


@pytest.mark.requirement("EWS-12", "EWS-07")
def test_a_large_affidavit_goes_both_ways_in_parts_and_a_part_may_be_sent_again(roll):
    roll.add(ana())
    assert attach_part(roll, 0).entry_id is None
    assert attach_part(roll, PARTS).next_offset == 2 * PARTS
    assert attach_part(roll, PARTS).next_offset == 2 * PARTS
    done = attach_part(roll, 2 * PARTS)
    assert done.next_offset == len(LARGE)
    assert roll.rows(document_part) == []
    assert fetch(roll, done.entry_id, limit=PART_BYTES) == LARGE


@pytest.mark.requirement("EWS-12", "EWS-13")
def test_a_gap_an_overlap_and_a_wrong_digest_are_told_and_offset_0_begins_anew(sqlite_roll):
    roll = sqlite_roll
    roll.add(ana())
    assert refusal(attach_part, roll, PARTS) is ErrorCode.UPLOAD_GAP
    attach_part(roll, 0)
    assert refusal(attach_part, roll, 0 + 10, part=LARGE[10:20]) is ErrorCode.UPLOAD_OVERLAP
    attach_part(roll, PARTS, part=b"x" * PARTS)
    assert refusal(attach_part, roll, 2 * PARTS) is ErrorCode.FILE_DIGEST_WRONG
    for offset in (0, PARTS):
        attach_part(roll, offset)
    assert attach_part(roll, 2 * PARTS).entry_id is not None


@pytest.mark.requirement("EWS-12")
def test_the_same_bytes_sent_for_two_voters_at_once_end_at_each_of_them_and_at_nobody_else(sqlite_roll):
    roll, content = sqlite_roll, b"%PDF-1.4 in three parts, no more"
    roll.add(ana(), a_voter(NEW, ems_voter_id="LA2", message_sequence=0))

    def part(offset, uid):
        whole = {"kind": DocumentKind.AFFIDAVIT, "media_type": "application/pdf", "state_voter_id": uid}
        return attach(roll, content, offset=offset, part=content[offset : offset + 11], **whole)

    for offset in (0, 11):
        part(offset, OLD)
        part(offset, NEW)
    assert part(22, NEW).state_voter_id == NEW
    assert [row.state_voter_id for row in roll.rows(voter_document)] == [NEW]
    assert refusal(part, 22, OLD) is ErrorCode.UPLOAD_GAP
    done = [part(offset, OLD) for offset in (0, 11, 22)]
    assert sorted(row.state_voter_id for row in roll.rows(voter_document)) == [OLD, NEW]
    assert fetch(roll, done[-1].entry_id) == content


@pytest.mark.requirement("EWS-12", "EWS-13")
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"media_type": "image/gif"}, ErrorCode.IMAGE_WRONG),
        ({"media_type": "image/bmp"}, ErrorCode.IMAGE_WRONG),
        ({"content": b"%PDF-1.4 x", "media_type": "application/pdf"}, ErrorCode.IMAGE_WRONG),
        ({"content": b"<script/>"}, ErrorCode.IMAGE_WRONG),
        ({"byte_count": SIGNATURE_BYTES + 1}, ErrorCode.LIMIT_EXCEEDED),
        ({"kind": DocumentKind.OTHER, "byte_count": IMAGE_BYTES + 1}, ErrorCode.LIMIT_EXCEEDED),
        ({"byte_count": 3}, ErrorCode.VALUE_WRONG),
        ({"offset": -1}, ErrorCode.VALUE_WRONG),
        ({"received_on": date(2026, 3, 11)}, ErrorCode.VALUE_WRONG),
        ({"sha256": "0" * 64}, ErrorCode.FILE_DIGEST_WRONG),
        ({"county": "37"}, ErrorCode.VOTER_NOT_FOUND),
        ({"state_voter_id": 999_999_999}, ErrorCode.VOTER_NOT_FOUND),
    ],
)
def test_what_is_no_image_of_its_kind_is_refused_and_not_kept(sqlite_roll, given, code):
    sqlite_roll.add(ana())
    content = given.pop("content", PNG)
    assert refusal(attach, sqlite_roll, content, **given) is code
    assert (sqlite_roll.rows(voter_document), sqlite_roll.rows(document_part)) == ([], [])


@pytest.mark.requirement("EWS-01", "EWS-14", "OPS-02")
def test_an_image_is_its_own_countys_and_a_confidential_voters_is_audited_once(sqlite_roll):
    roll = sqlite_roll
    roll.add(ana(confidentiality=str(Confidentiality.SAFE_AT_HOME), confidential_since=date(2024, 1, 1)))
    entry_id = attach(roll).entry_id
    assert fetch(roll, entry_id, limit=5) == PNG
    assert [row.action for row in roll.rows(audit_entry)] == ["AttachImage", "ViewVoter"]
    assert refusal(fetch, roll, entry_id, "37") is ErrorCode.VOTER_NOT_FOUND
    assert refusal(fetch, roll, "Document:999") is ErrorCode.IMAGE_NOT_FOUND
    assert refusal(fetch, roll, entry_id, limit=PART_BYTES + 1) is ErrorCode.LIMIT_EXCEEDED
    beyond = ImageQuery(state_voter_id=OLD, entry_id=entry_id, offset=len(PNG))
    assert refusal(get_image, beyond, caller("19"), roll.factory, roll.clock) is ErrorCode.LIMIT_EXCEEDED


@pytest.mark.requirement("OPS-05")
def test_parts_of_an_image_that_nobody_completes_are_purged(roll):
    roll.add(ana())
    attach_part(roll, 0)
    command = PurgeKeptData(replies=timedelta(days=90), signatures=timedelta(days=90), actor="job:1")
    purge_kept_data(command, roll.factory, roll.clock)
    assert len(roll.rows(document_part)) == 1
    roll.clock.instant = NOW + timedelta(days=8)
    purge_kept_data(command, roll.factory, roll.clock)
    assert roll.rows(document_part) == []
