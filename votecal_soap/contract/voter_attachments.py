"""The messages of activity, notification cards and images: `xsd/voter-operations.xsd` to domain values and back (EWS-12)."""

import base64
from collections.abc import Sequence
from datetime import date
from typing import Final

from lxml import etree

from votecal_soap.contract.dmv_record_markup import day
from votecal_soap.contract.elements import number, optional_number, optional_text, required_text
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.voter_entries import render_document_head
from votecal_soap.domain.county_activities import AddVoterActivity, ConfirmVncPrinted, CountyActivity, NotedActivity, PrintedCard, PrintedCardResult
from votecal_soap.domain.images import AttachImage, ImagePart, ImageProgress, ImageQuery
from votecal_soap.domain.voter_children import DocumentKind

_CARDS: Final = f"{{{EMS_INTEGRATION}}}PrintedCards/*"


def read_activity(request: etree._Element) -> AddVoterActivity:
    """AddVoterActivity."""
    return AddVoterActivity(
        state_voter_id=number(request, "StateVoterId"),
        activity=CountyActivity(required_text(request, "CountyActivity")),
        activity_date=_day(request, "ActivityDate"),
        basis=optional_text(request, "Basis"),
    )


def render_activity(noted: NotedActivity) -> str:
    """AddVoterActivityResponse."""
    result = branch(
        "VoterActivityResult",
        leaf("StateVoterId", noted.state_voter_id),
        leaf("RecordVersion", noted.record_version),
        leaf("CountyActivity", noted.activity.value),
        day("ActivityDate", noted.activity_date),
    )
    return branch("AddVoterActivityResponse", result, namespace=EMS_INTEGRATION)


def read_printed_cards(request: etree._Element) -> ConfirmVncPrinted:
    """ConfirmVncPrinted."""
    cards = tuple(PrintedCard(number(item, "StateVoterId"), optional_number(item, "RecordVersion")) for item in request.iterfind(_CARDS))
    return ConfirmVncPrinted(printed_on=_day(request, "PrintedOn"), cards=cards)


def render_printed_cards(results: Sequence[PrintedCardResult]) -> str:
    """ConfirmVncPrintedResponse."""
    told = [
        branch(
            "PrintedCardResult",
            leaf("StateVoterId", result.state_voter_id),
            leaf("PrintedCardOutcome", result.outcome.value),
            leaf("RecordVersion", result.record_version),
        )
        for result in results
    ]
    return branch("ConfirmVncPrintedResponse", branch("PrintedCardResults", *told), namespace=EMS_INTEGRATION)


def read_image(request: etree._Element) -> AttachImage:
    """AttachImage."""
    return AttachImage(
        state_voter_id=number(request, "StateVoterId"),
        kind=DocumentKind(required_text(request, "DocumentKind")),
        media_type=required_text(request, "MediaType"),
        title=optional_text(request, "Title"),
        received_on=_day(request, "ReceivedOn"),
        byte_count=number(request, "ByteCount"),
        sha256=required_text(request, "Sha256").lower(),
        offset=optional_number(request, "Offset") or 0,
        content=base64.b64decode(required_text(request, "Content")),
    )


def render_image_progress(progress: ImageProgress) -> str:
    """AttachImageResponse."""
    result = branch(
        "ImageResult",
        leaf("StateVoterId", progress.state_voter_id),
        leaf("Complete", progress.entry_id is not None),
        leaf("NextOffset", progress.next_offset),
        leaf("VoterEntryId", progress.entry_id),
    )
    return branch("AttachImageResponse", result, namespace=EMS_INTEGRATION)


def read_image_query(request: etree._Element) -> ImageQuery:
    """GetImage."""
    return ImageQuery(
        state_voter_id=number(request, "StateVoterId"),
        entry_id=required_text(request, "VoterEntryId"),
        offset=optional_number(request, "Offset") or 0,
        limit=optional_number(request, "MaximumBytes"),
    )


def render_image_part(part: ImagePart) -> str:
    """GetImageResponse."""
    result = branch(
        "ImagePart",
        leaf("VoterEntryId", part.entry_id),
        render_document_head(part.document),
        leaf("ByteCount", part.byte_count),
        leaf("Sha256", part.document.sha256),
        leaf("Offset", part.offset),
        leaf("Content", base64.b64encode(part.content).decode()),
        leaf("NextOffset", part.next_offset),
    )
    return branch("GetImageResponse", result, namespace=EMS_INTEGRATION)


def _day(request: etree._Element, name: str) -> date:
    return date.fromisoformat(required_text(request, name).strip())
