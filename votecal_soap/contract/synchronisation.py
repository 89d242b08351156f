"""The messages of the synchronization check (2 CCR 19083): elements of `xsd/synchronization.xsd` to domain values and back."""

from lxml import etree

from votecal_soap.contract.elements import optional_number, optional_text, optional_truth, required_text
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.pages import fill_page
from votecal_soap.domain.synchronisation import (
    UNASKED_GROUP_SIZE,
    CountyRecord,
    Difference,
    DifferenceKind,
    DifferencePage,
    DifferenceQuery,
    DigestPage,
    DigestQuery,
    RecordGroup,
    SynchronizationScope,
    UidRange,
)


def read_digest_query(request: etree._Element) -> DigestQuery:
    """GetSynchronizationDigest."""
    return DigestQuery(
        scope=SynchronizationScope(required_text(request, "SynchronizationScope")),
        after=optional_number(request, "AfterStateVoterId"),
        group_size=optional_number(request, "GroupSize") or UNASKED_GROUP_SIZE,
    )


def render_digest_page(page: DigestPage) -> str:
    """GetSynchronizationDigestResponse."""
    groups = branch("RecordGroups", *map(_group, page.groups))
    return branch("GetSynchronizationDigestResponse", groups, leaf("MoreRecordGroups", page.more), namespace=EMS_INTEGRATION)


def read_difference_query(request: etree._Element) -> DifferenceQuery:
    """ListDifferences."""
    after = request.find(f"{{{EMS_INTEGRATION}}}AfterDifference")
    return DifferenceQuery(
        scope=SynchronizationScope(required_text(request, "SynchronizationScope")),
        uids=UidRange(optional_number(request, "AfterStateVoterId"), optional_number(request, "LastStateVoterId")),
        records=[_county_record(record) for record in request.iterfind(f"{{{EMS_INTEGRATION}}}CountyRecords/*")],
        after=None if after is None else (DifferenceKind(required_text(after, "DifferenceKind")), int(required_text(after, "StateVoterId"))),
        limit=optional_number(request, "MaximumDifferences"),
    )


def render_difference_page(page: DifferencePage, byte_limit: int | None) -> str:
    """ListDifferencesResponse, below a size; what does not fit is left for the next page."""
    written = fill_page(map(_difference, page.differences), byte_limit)
    more = leaf("MoreDifferences", page.more or len(written) < len(page.differences))
    return branch("ListDifferencesResponse", branch("Differences", *written), more, namespace=EMS_INTEGRATION)


def _group(group: RecordGroup) -> str:
    return branch(
        "RecordGroup",
        leaf("AfterStateVoterId", group.uids.after),
        leaf("LastStateVoterId", group.uids.last),
        leaf("RecordCount", group.record_count),
        leaf("Checksum", group.checksum),
    )


def _county_record(record: etree._Element) -> CountyRecord:
    return CountyRecord(
        state_voter_id=int(required_text(record, "StateVoterId")),
        checksum=required_text(record, "Checksum"),
        kind_checksums=optional_text(record, "KindChecksums"),
        ended=optional_truth(record, "Ended") or False,
    )


def _difference(difference: Difference) -> str:
    ours = difference.state
    own = (leaf("EmsVoterId", ours.ems_voter_id), leaf("RecordVersion", ours.version), leaf("Status", ours.status)) if ours else ()
    kinds = [branch("DataKinds", *(leaf("DataKind", kind.value) for kind in difference.data_kinds))] if difference.data_kinds else []
    ids = (leaf("DifferenceKind", difference.kind.value), leaf("StateVoterId", difference.state_voter_id))
    return branch("Difference", *ids, *own, *kinds, leaf("UpdatePending", difference.update_pending))
