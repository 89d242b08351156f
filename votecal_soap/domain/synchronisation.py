"""The synchronization check of 2 CCR 19083: groups of records that are alike are skipped, the differences of the others are listed. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final, NamedTuple

from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.record_checksums import ComparedRecord, group_checksum, kind_checksums, kinds_that_differ, record_checksum, status_checksum


class SynchronizationScope(StrEnum):
    """What is compared of each record."""

    RECORD = "Record"  # everything that a county sends of a voter
    STATUS = "Status"  # the status alone


CHECKSUMS: Final[Mapping[SynchronizationScope, Callable[[ComparedRecord], str]]] = {
    SynchronizationScope.RECORD: record_checksum,
    SynchronizationScope.STATUS: status_checksum,
}


UNASKED_GROUP_SIZE: Final = 100
"""Records of a group whose size the county does not name: fine enough that a difference brings few others with it."""


class DifferenceKind(StrEnum):
    """How a record differs, in the order in which 2 CCR 19083 has differences corrected."""

    MISSING_AT_STATE = "MissingAtState"
    MISSING_AT_COUNTY = "MissingAtCounty"
    FIELDS_DIFFER = "FieldsDiffer"


ORDER: Final = {kind: place for place, kind in enumerate(DifferenceKind)}


class UidRange(NamedTuple):
    """UIDs above `after`, up to and including `last`; None where there is no such bound."""

    after: int | None = None
    last: int | None = None

    def holds(self, state_voter_id: int) -> bool:
        """Whether a UID lies in between."""
        return (self.after is None or state_voter_id > self.after) and (self.last is None or state_voter_id <= self.last)


class RecordGroup(NamedTuple):
    """A county's records in a range of UIDs: how many have not ended, and the checksum of those."""

    uids: UidRange
    record_count: int
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestQuery:
    """A page of groups; the group's size as asked for."""

    scope: SynchronizationScope
    after: int | None = None
    group_size: int = UNASKED_GROUP_SIZE


class DigestPage(NamedTuple):
    """Groups by rising UID, and whether others follow."""

    groups: tuple[RecordGroup, ...]
    more: bool


class CountyRecord(NamedTuple):
    """A record as the county has it."""

    state_voter_id: int
    checksum: str
    kind_checksums: str | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceQuery:
    """What a county has in a range of UIDs; `after` is the last difference of the page before."""

    scope: SynchronizationScope
    uids: UidRange
    records: Sequence[CountyRecord]
    after: tuple[DifferenceKind, int] | None = None
    limit: int | None = None


class StateRecord(NamedTuple):
    """A record as the state has it, with what a county needs to find it."""

    record: ComparedRecord
    ems_voter_id: str | None
    version: int
    status: str


class Difference(NamedTuple):
    """A record that is not alike on both sides; `state` is the state's, if it has one in this county."""

    kind: DifferenceKind
    state_voter_id: int
    state: StateRecord | None = None
    data_kinds: tuple[DataKind, ...] = ()
    update_pending: bool = False


class DifferencePage(NamedTuple):
    """Differences in their order, and whether others follow."""

    differences: tuple[Difference, ...]
    more: bool


def group_records(records: Iterable[ComparedRecord], query: DigestQuery, *, to_the_end: bool) -> Iterator[RecordGroup]:
    """Groups of records that come by rising UID; `to_the_end`: no others follow, so that the last group has no bound above."""
    checksum_of, rest, after = CHECKSUMS[query.scope], iter(records), query.after
    group = list(islice(rest, query.group_size))
    while group:
        following = list(islice(rest, query.group_size))
        last = None if to_the_end and not following else int(group[-1].state_voter_id)
        yield make_group(UidRange(after, last), group, checksum_of)
        after, group = last, following


def make_group(uids: UidRange, records: Sequence[ComparedRecord], checksum_of: Callable[[ComparedRecord], str]) -> RecordGroup:
    """One group, ended registrations left out."""
    in_force = [(int(record.state_voter_id), checksum_of(record)) for record in records if not record.has_ended]
    return RecordGroup(uids, len(in_force), group_checksum(in_force))


def find_differences(scope: SynchronizationScope, at_state: Sequence[StateRecord], at_county: Sequence[CountyRecord]) -> list[Difference]:
    """In the order of 2 CCR 19083, each kind by rising UID. A registration that has ended where the other side has none, or an ended one, is no difference."""
    state = {int(item.record.state_voter_id): item for item in at_state}
    county = {item.state_voter_id: item for item in at_county}
    found = [Difference(DifferenceKind.MISSING_AT_STATE, uid) for uid, item in county.items() if uid not in state and not item.ended]
    found += [Difference(DifferenceKind.MISSING_AT_COUNTY, uid, item) for uid, item in state.items() if uid not in county and not item.record.has_ended]
    both = ((state[uid], county[uid]) for uid in state.keys() & county.keys())
    found += [_field_difference(scope, *pair) for pair in both if _differ(scope, *pair)]
    return sorted(found, key=place_of)


def place_of(difference: Difference) -> tuple[int, int]:
    """Where a difference stands in the list."""
    return ORDER[difference.kind], difference.state_voter_id


def _differ(scope: SynchronizationScope, ours: StateRecord, theirs: CountyRecord) -> bool:
    if ours.record.has_ended and theirs.ended:
        return False
    return CHECKSUMS[scope](ours.record) != theirs.checksum


def _field_difference(scope: SynchronizationScope, ours: StateRecord, theirs: CountyRecord) -> Difference:
    kinds: tuple[DataKind, ...] = ()
    if scope is SynchronizationScope.STATUS:
        kinds = (DataKind.REGISTRATION,)
    elif theirs.kind_checksums is not None:
        kinds = kinds_that_differ(kind_checksums(ours.record.values), theirs.kind_checksums)
    return Difference(DifferenceKind.FIELDS_DIFFER, theirs.state_voter_id, ours, kinds)
