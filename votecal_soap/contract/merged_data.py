"""The messages of merged data: `PullMergedData` of `xsd/ems-integration.xsd` to domain values and back (DLR-15, EWS-12)."""

from lxml import etree

from votecal_soap.contract.elements import optional_number, optional_text, optional_truth
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.pages import fill_page
from votecal_soap.contract.voter_entries import render_entry
from votecal_soap.domain.merged_data import MergedDataQuery, MergedItem, MergedPage


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
    return branch("MergedItem", *ids, render_entry(child.content, item.byte_count, item.content))
