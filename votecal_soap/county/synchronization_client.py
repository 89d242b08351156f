"""The synchronization check of the EMS Integration service over SOAP (2 CCR 19083)."""

from collections.abc import Sequence

from votecal_soap.contract.received_synchronisation import ReceivedDifferencePage, read_difference_page, read_digest_page
from votecal_soap.county.soap_service import SoapService
from votecal_soap.domain.synchronisation import CountyRecord, DifferenceQuery, DigestPage, DigestQuery


class SynchronizationClient:
    """What a county asks to find where it and the state are not alike."""

    _integration: SoapService

    def get_synchronization_digest(self, query: DigestQuery) -> DigestPage:
        """The next groups of the county's records, by rising UID."""
        asked = {"SynchronizationScope": query.scope.value, "AfterStateVoterId": query.after, "GroupSize": query.group_size}
        return read_digest_page(self._integration.call_unread("GetSynchronizationDigest", **asked))

    def list_differences(self, query: DifferenceQuery) -> ReceivedDifferencePage:
        """What of the county's records in a range of UIDs is not alike at the state."""
        after = query.after and {"DifferenceKind": query.after[0].value, "StateVoterId": query.after[1]}
        uids = {"AfterStateVoterId": query.uids.after, "LastStateVoterId": query.uids.last}
        records = {"CountyRecord": _records(query.records)}
        limit = query.limit
        asked = {"SynchronizationScope": query.scope.value, **uids, "CountyRecords": records, "AfterDifference": after, "MaximumDifferences": limit}
        return read_difference_page(self._integration.call_unread("ListDifferences", **asked))


def _records(records: Sequence[CountyRecord]) -> list[dict[str, object]]:
    return [
        {"StateVoterId": item.state_voter_id, "Checksum": item.checksum, "KindChecksums": item.kind_checksums, "Ended": item.ended or None} for item in records
    ]
