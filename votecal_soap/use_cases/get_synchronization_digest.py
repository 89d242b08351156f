"""2 CCR 19083 A county asks for checksums of its records, to find where it and the state are not alike."""

from typing import Final

from votecal_soap.domain.counties import Caller
from votecal_soap.domain.synchronisation import CHECKSUMS, DigestPage, DigestQuery, UidRange, group_records, make_group
from votecal_soap.use_cases.ports import UnitOfWorkFactory

MOST_GROUPS: Final = 200
"""Of a page: some 220 bytes each, so that it stays below 48 KB."""

RECORDS_A_CALL: Final = 20_000
"""Read in one transaction, which is over in less than half a second."""


def get_synchronization_digest(query: DigestQuery, caller: Caller, unit_of_work: UnitOfWorkFactory) -> DigestPage:
    """The next groups of the caller's own records (EWS-01); without records one group of none, which covers every UID. Changes and locks nothing."""
    limit = min(MOST_GROUPS, RECORDS_A_CALL // query.group_size) * query.group_size
    with unit_of_work(read_only=True) as uow:
        found = uow.voters.compared(caller.county_code, UidRange(after=query.after), limit + 1)
    more = len(found) > limit
    groups = tuple(group_records((item.record for item in found[:limit]), query, to_the_end=not more))
    return DigestPage(groups or (make_group(UidRange(after=query.after), (), CHECKSUMS[query.scope]),), more)
