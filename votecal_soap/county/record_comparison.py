"""The county's monthly check (2 CCR 19083): its EMS against the state, group by group; what is not alike is listed, and may be marked to be sent."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NamedTuple

from votecal_soap.contract.received_synchronisation import ReceivedDifference
from votecal_soap.county.compared_voters import ComparedVoter, ComparedVoters
from votecal_soap.county.office import Office
from votecal_soap.county.progress import Progress, Step
from votecal_soap.county.state import SynchronizationChecks
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.record_checksums import group_checksum, kind_checksums
from votecal_soap.domain.synchronisation import (
    CHECKSUMS,
    ORDER,
    UNASKED_GROUP_SIZE,
    CountyRecord,
    DifferenceKind,
    DifferenceQuery,
    DigestQuery,
    RecordGroup,
    SynchronizationScope,
    UidRange,
)

RECORDS_A_CALL: Final = 2_000
DIFFERENCES_A_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonSettings:
    """What is compared, and what is done about it. `keep`: so many differences of each kind are listed, all are counted."""

    scope: SynchronizationScope = SynchronizationScope.RECORD
    group_size: int = UNASKED_GROUP_SIZE
    mark: bool = False
    """Mark what differs to be sent with the next batch."""
    link: bool = False
    """Take over the state's UIDs of voters whom the EMS has by their number alone."""
    keep: int = 10_000


class FoundDifference(NamedTuple):
    """A difference as a clerk sees it; `number` is the county's own id, as far as either side knows it."""

    kind: DifferenceKind
    state_uid: int | None
    number: str | None
    record_version: int | None
    state_status: str | None
    data_kinds: tuple[str, ...]
    update_pending: bool
    """A message about the voter waits on the county's queue."""
    unsent: bool
    """The EMS has a change of the voter that no batch has sent yet."""


@dataclass(slots=True, kw_only=True)
class Comparison:
    """What a check came to."""

    voters: int = 0
    groups: int = 0
    groups_that_differ: int = 0
    marked: int = 0
    linked: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    kinds_of_data: Counter[str] = field(default_factory=Counter)
    kept: defaultdict[DifferenceKind, list[FoundDifference]] = field(default_factory=lambda: defaultdict(list))

    @property
    def differences(self) -> Iterator[FoundDifference]:
        """Those kept, in the order of 2 CCR 19083, each kind by rising UID."""
        for kind in sorted(self.kept, key=ORDER.__getitem__):
            yield from self.kept[kind]

    def add(self, found: FoundDifference, keep: int) -> None:
        """Count a difference, and keep it if there is room."""
        self.counts[found.kind] += 1
        self.kinds_of_data.update(found.data_kinds)
        if len(self.kept[found.kind]) < keep:
            self.kept[found.kind].append(found)


def compare_records(office: Office, state: SynchronizationChecks, settings: ComparisonSettings) -> Comparison:
    """Compare every voter of the EMS; nobody is locked out on either side, and memory holds one group and the differences kept."""
    return _Check(office, state, settings).run()


class _Check:
    """One run, page by page of the state's groups."""

    def __init__(self, office: Office, state: SynchronizationChecks, settings: ComparisonSettings) -> None:
        self._office = office
        self._state = state
        self._settings = settings
        self._voters = ComparedVoters(office.ems)
        self._checksum = CHECKSUMS[settings.scope]
        self._found = Comparison()

    def run(self) -> Comparison:
        total = self._office.ems.voter_count()
        for group in self._groups():
            self._found.groups += 1
            if not self._is_alike(group):
                self._found.groups_that_differ += 1
                self._differences_of(group.uids)
            self._office.tell(Progress(step=Step.COMPARE_RECORDS, done=self._found.voters, total=total))
        self._add_unknown()
        self._office.tell(Progress(step=Step.COMPARE_RECORDS, done=total, total=total))
        return self._found

    def _groups(self) -> Iterator[RecordGroup]:
        after, more = None, True
        while more:
            query = DigestQuery(scope=self._settings.scope, after=after, group_size=self._settings.group_size)
            page = self._office.retry.call(partial(self._state.get_synchronization_digest, query))
            yield from page.groups
            after, more = page.groups[-1].uids.last, page.more

    def _is_alike(self, group: RecordGroup) -> bool:
        in_force: list[tuple[int, str]] = []
        for voter in self._voters.within(group.uids):
            self._found.voters += 1
            # More than the state has cannot be alike; the rest is counted only.
            if not voter.record.has_ended and len(in_force) <= group.record_count:
                in_force.append((voter.record.state_voter_id, self._checksum(voter.record)))
        return len(in_force) == group.record_count and group_checksum(in_force) == group.checksum

    def _differences_of(self, uids: UidRange) -> None:
        for part, voters in self._parts(uids):
            differences = self._listed(part, voters)
            if self._settings.link and (linked := self._voters.link((item.state_voter_id, item.ems_voter_id) for item in _unknown_here(differences))):
                self._found.linked += linked
                voters = list(self._voters.within(part))
                self._found.voters += linked
                differences = self._listed(part, voters)
            self._keep(differences, {voter.record.state_voter_id: voter for voter in voters})

    def _parts(self, uids: UidRange) -> Iterator[tuple[UidRange, list[ComparedVoter]]]:
        """The group in ranges in which the EMS has no more voters than one call takes; it may have many where the state has few."""
        after, voters = uids.after, []
        for voter in self._voters.within(uids):
            voters.append(voter)
            if len(voters) == RECORDS_A_CALL:
                part, after = UidRange(after, voter.record.state_voter_id), voter.record.state_voter_id
                yield part, voters
                voters = []
        if after != uids.last or voters:
            yield UidRange(after, uids.last), voters

    def _listed(self, uids: UidRange, voters: Sequence[ComparedVoter]) -> list[ReceivedDifference]:
        records = [self._county_record(voter) for voter in voters]
        found: list[ReceivedDifference] = []
        more = True
        while more:
            after = (found[-1].kind, found[-1].state_voter_id) if found else None
            query = DifferenceQuery(scope=self._settings.scope, uids=uids, records=records, after=after, limit=DIFFERENCES_A_PAGE)
            page = self._office.retry.call(partial(self._state.list_differences, query))
            found += page.differences
            more = page.more and bool(page.differences)
        return found

    def _county_record(self, voter: ComparedVoter) -> CountyRecord:
        record = voter.record
        kinds = kind_checksums(record.values) if self._settings.scope is SynchronizationScope.RECORD else None
        return CountyRecord(record.state_voter_id, self._checksum(record), kinds, record.has_ended)

    def _keep(self, differences: Sequence[ReceivedDifference], voters: dict[int, ComparedVoter]) -> None:
        to_send: list[tuple[int, frozenset[DataKind]]] = []
        for item in differences:
            voter = voters.get(item.state_voter_id)
            self._found.add(_found(item, voter), self._settings.keep)
            if voter is not None and item.data_kinds and not item.update_pending and not voter.record.has_ended:
                to_send.append((voter.key, frozenset(map(DataKind, item.data_kinds))))
        if self._settings.mark and to_send:
            self._voters.mark(to_send)
            self._found.marked += len(to_send)

    def _add_unknown(self) -> None:
        """Voters whom the EMS has without a UID: the state has never told of them."""
        for number, unsent in self._voters.without_uid():
            self._found.voters += 1
            missing = FoundDifference(DifferenceKind.MISSING_AT_STATE, None, number, None, None, (), False, unsent)
            self._found.add(missing, self._settings.keep)


def _unknown_here(differences: Sequence[ReceivedDifference]) -> Iterator[ReceivedDifference]:
    return (item for item in differences if item.kind is DifferenceKind.MISSING_AT_COUNTY and item.ems_voter_id is not None)


def _found(item: ReceivedDifference, voter: ComparedVoter | None) -> FoundDifference:
    number = voter.number if voter is not None else item.ems_voter_id
    unsent = voter is not None and voter.unsent
    return FoundDifference(item.kind, item.state_voter_id, number, item.record_version, item.status, item.data_kinds, item.update_pending, unsent)
