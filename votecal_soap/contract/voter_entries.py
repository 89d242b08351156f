"""What hangs on a voter's record, in the one element of its kind: of merged data and of a voter's record alike (EWS-10, EWS-12)."""

import base64

from votecal_soap.contract.dmv_record_markup import day, render_mailing, render_residence
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.domain.voter_children import Activity, AddressKind, Contact, CustomField, Document, Participation, PastAddress
from votecal_soap.domain.voter_records import EntryContent, Letter


def render_entry(content: EntryContent, byte_count: int | None = None, image: bytes | None = None) -> str:
    """The element of its kind; a document has its size, and its bytes if they are given."""
    match content:
        case PastAddress():
            return _address(content)
        case Activity():
            kind = (leaf("CountyCode", content.county_code), leaf("ActivityType", content.activity_type))
            return branch("Activity", *kind, day("ActivityDate", content.activity_date), leaf("Basis", content.basis or None))
        case Participation():
            where = (leaf("CountyCode", content.county_code), leaf("ElectionId", content.election_id))
            return branch("Participation", *where, leaf("VotingMethod", content.voting_method.value), leaf("Federal", content.federal))
        case Document():
            return _document(content, byte_count, image)
        case Contact():
            when = (leaf("CountyCode", content.county_code), leaf("ContactedAt", content.contacted_at), leaf("Channel", content.channel))
            return branch("Contact", *when, leaf("Author", content.author), leaf("Remark", content.remark))
        case CustomField():
            names = (leaf("CountyCode", content.county_code), leaf("FieldName", content.field_name))
            return branch("CustomField", *names, leaf("FieldValue", content.field_value))
        case Letter():
            return branch("Mailing", leaf("MailingKind", content.kind.value), leaf("DueAt", content.due_at), leaf("ListedAt", content.listed_at))


def _address(address: PastAddress) -> str:
    of_residence = address.address_kind is AddressKind.RESIDENCE
    place = render_residence("ResidenceAddress", address.residence) if of_residence else render_mailing("MailingAddress", address.mailing)
    return branch("PastAddress", place, day("EffectiveFrom", address.effective_from), day("EffectiveTo", address.effective_to))


def _document(document: Document, byte_count: int | None, image: bytes | None) -> str:
    return branch(
        "Document",
        render_document_head(document),
        leaf("ByteCount", byte_count),
        leaf("Sha256", document.sha256),
        leaf("Content", None if image is None else base64.b64encode(image).decode()),
    )


def render_document_head(document: Document) -> str:
    """`DocumentKind`, `MediaType`, `Title` and `ReceivedOn`."""
    return "".join(
        (
            leaf("DocumentKind", document.document_kind.value),
            leaf("MediaType", document.media_type),
            leaf("Title", document.title),
            day("ReceivedOn", document.received_on),
        )
    )
