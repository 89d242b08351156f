"""The messages of merged data: `PullMergedData` of `xsd/ems-integration.xsd` to domain values and back (DLR-15, EWS-12)."""

import base64

from lxml import etree

from votecal_soap.contract.dmv_record_markup import day, render_mailing, render_residence
from votecal_soap.contract.elements import optional_number, optional_text, optional_truth
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.pages import fill_page
from votecal_soap.domain.merged_data import MergedDataQuery, MergedItem, MergedPage
from votecal_soap.domain.voter_children import Activity, AddressKind, Contact, CustomField, Document, Participation, PastAddress


def read_merged_data_query(request: etree._Element) -> MergedDataQuery:
    """PullMergedData."""
    return MergedDataQuery(
        case_id=optional_number(request, "MatchCaseId"),
        state_voter_id=optional_number(request, "StateVoterId"),
        after=optional_text(request, "AfterMergedItemId"),
        limit=optional_number(request, "MaximumItems"),
        with_content=optional_truth(request, "IncludeContent") or False,
    )


def render_merged_page(page: MergedPage, byte_limit: int | None) -> str:
    """PullMergedDataResponse, below a size; what does not fit counts as more."""
    items = fill_page(map(_item, page.items), byte_limit)
    more = page.more or len(items) < len(page.items)
    return branch("PullMergedDataResponse", branch("MergedItems", *items), leaf("MoreMergedItems", more), namespace=EMS_INTEGRATION)


def _item(item: MergedItem) -> str:
    child = item.child
    ids = (leaf("MergedItemId", child.source), leaf("MatchCaseId", child.merge_case_id), leaf("OlderStateVoterId", item.older_id))
    return branch("MergedItem", *ids, _content(item))


def _content(item: MergedItem) -> str:
    match item.child.content:
        case PastAddress() as address:
            return _address(address)
        case Activity() as activity:
            kind = (leaf("CountyCode", activity.county_code), leaf("ActivityType", activity.activity_type))
            return branch("Activity", *kind, day("ActivityDate", activity.activity_date), leaf("Basis", activity.basis or None))
        case Participation() as vote:
            where = (leaf("CountyCode", vote.county_code), leaf("ElectionId", vote.election_id))
            return branch("Participation", *where, leaf("VotingMethod", vote.voting_method.value), leaf("Federal", vote.federal))
        case Document() as document:
            return _document(document, item)
        case Contact() as contact:
            when = (leaf("CountyCode", contact.county_code), leaf("ContactedAt", contact.contacted_at), leaf("Channel", contact.channel))
            return branch("Contact", *when, leaf("Author", contact.author), leaf("Remark", contact.remark))
        case CustomField() as field:
            names = (leaf("CountyCode", field.county_code), leaf("FieldName", field.field_name))
            return branch("CustomField", *names, leaf("FieldValue", field.field_value))


def _address(address: PastAddress) -> str:
    of_residence = address.address_kind is AddressKind.RESIDENCE
    place = render_residence("ResidenceAddress", address.residence) if of_residence else render_mailing("MailingAddress", address.mailing)
    return branch("PastAddress", place, day("EffectiveFrom", address.effective_from), day("EffectiveTo", address.effective_to))


def _document(document: Document, item: MergedItem) -> str:
    return branch(
        "Document",
        leaf("DocumentKind", document.document_kind.value),
        leaf("MediaType", document.media_type),
        leaf("Title", document.title),
        day("ReceivedOn", document.received_on),
        leaf("ByteCount", item.byte_count),
        leaf("Sha256", document.sha256),
        leaf("Content", None if item.content is None else base64.b64encode(item.content).decode()),
    )
