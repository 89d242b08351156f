"""Children, merges and work items of SOS in memory: the domain's own functions do what the database's statements do."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from fakes.state import FakeState

from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress
from votecal_soap.domain.match_cases import WorkItemStatus
from votecal_soap.domain.merging import MergeRecord, children_unmerged, originals_deleted
from votecal_soap.domain.sos_work_items import (
    NewSosWorkItem,
    SosItemCount,
    SosItemOutcome,
    SosItemQuery,
    SosItemSort,
    SosItemType,
    SosNote,
    SosWorkItem,
)
from votecal_soap.domain.voter_children import AddressKind, Child, NewChild, Participation, PastAddress, last_day, source_of
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.ports import DocumentContent


class FakeChildRepository:
    """See `ports.ChildRepository`; there are no signatures from DMV here."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def add_contents(self, contents: Sequence[DocumentContent], at: datetime) -> None:
        for item in contents:
            self._state.contents.setdefault(item.sha256, item.content)

    def content(self, sha256: str) -> bytes | None:
        return self._state.contents.get(sha256)

    def document_sizes(self, state_voter_id: int, digests: Sequence[str]) -> dict[str, int]:
        return {digest: len(self._state.contents[digest]) for digest in digests if digest in self._state.contents}

    def document_part(self, state_voter_id: int, sha256: str, offset: int, length: int) -> bytes:
        return (self.content(sha256) or b"")[offset : offset + length]

    def keep_signature_contents(self, state_voter_id: int, at: datetime) -> None:
        """There are none."""

    def add(self, children: Sequence[NewChild], at: datetime) -> None:
        for child in children:
            number = self._state.next_number("child")
            kept = Child(number, child.state_voter_id, child.content, source_of(child.content, number), child.copied_from, child.merge_case_id)
            self._state.children.append(kept)

    def of_voters(self, state_voter_ids: Sequence[int]) -> list[Child]:
        wanted = set(state_voter_ids)
        stored = [self._told(child) for child in self._state.children if child.state_voter_id in wanted]
        return stored + [address for uid in sorted(wanted) for address in self._addresses(uid)]

    def take_away(self, children: Sequence[Child], by_id: int) -> None:
        gone = {child.source for child in children}
        self._state.children = [child._replace(deleted_case_id=by_id) if child.source in gone else child for child in self._state.children]

    def delete_originals(self, record: MergeRecord) -> None:
        self._state.children = originals_deleted(self._state.children, record)

    def unmerge(self, record: MergeRecord) -> None:
        self._state.children = children_unmerged(self._state.children, record)

    def _told(self, child: Child) -> Child:
        content = child.content
        if not isinstance(content, Participation):
            return child
        return child._replace(content=content._replace(federal=self._state.elections[content.election_id].federal))

    def _addresses(self, uid: int) -> list[Child]:
        versions = [voter for (key, _), (voter, _) in sorted(self._state.versions.items()) if key == uid]
        found = []
        for kind, part in ((AddressKind.RESIDENCE, ResidenceAddress), (AddressKind.MAILING, MailingAddress)):
            spans = [
                (address, list(rows)) for address, rows in groupby(versions, key=lambda voter, part=part: part(*(getattr(voter, n) for n in part._fields)))
            ]
            for number, (address, rows) in enumerate(spans):
                next_from = spans[number + 1][1][0].effective_date if number + 1 < len(spans) else None
                residence, mailing = (address, MailingAddress()) if kind is AddressKind.RESIDENCE else (ResidenceAddress(), address)
                content = PastAddress(kind, residence, mailing, rows[0].effective_date, last_day(rows[0].effective_date, next_from))
                if any(address):
                    found.append(Child(None, uid, content, f"{kind}OfVersion:{uid}:{rows[0].version}"))
        return found


def _part(voter: Voter, part: Any) -> Any:
    return part(*(getattr(voter, name) for name in part._fields))


class FakeMergeRepository:
    """See `ports.MergeRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def reserve_sequence(self) -> int:
        return self._state.next_number("merge")

    def add(self, record: MergeRecord) -> None:
        self._state.merges[record.case_id] = record

    def save(self, record: MergeRecord) -> None:
        self._state.merges[record.case_id] = record

    def get(self, case_id: int) -> MergeRecord | None:
        return self._state.merges.get(case_id)

    def standing(self, state_voter_ids: Sequence[int]) -> list[MergeRecord]:
        wanted = set(state_voter_ids)
        mine = [item for item in self._state.merges.values() if item.undone_at is None and wanted & {item.newer_id, item.older_id}]
        return sorted(mine, key=lambda item: item.sequence)


class FakeSosItemRepository:
    """See `ports.SosItemRepository`; what is open is counted when it is asked."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def open(self, items: Sequence[NewSosWorkItem], at: datetime) -> list[int]:
        return [self._open(item, at) for item in items]

    def get(self, item_id: int, *, lock: bool = False) -> SosWorkItem | None:
        return self._state.sos_items.get(item_id)

    def of_case(self, case_id: int) -> list[SosWorkItem]:
        return [item for _, item in sorted(self._state.sos_items.items()) if item.case_id == case_id]

    def of_dmv_record(self, work_item_id: int) -> list[SosWorkItem]:
        return [item for item in self._state.sos_items.values() if item.dmv_work_item_id == work_item_id and item.status is WorkItemStatus.OPEN]

    def listed(self, query: SosItemQuery) -> list[SosWorkItem]:
        found = [item for item in self._state.sos_items.values() if self._is_wanted(item, query)]
        found.sort(key=lambda item: _key(item, query), reverse=query.descending)
        if query.after is not None:
            last = _key(query.after, query)
            found = [item for item in found if (_key(item, query) < last if query.descending else _key(item, query) > last)]
        return found[: query.limit]

    def counts(self, today: date) -> list[SosItemCount]:
        waiting = [item for item in self._state.sos_items.values() if item.status is WorkItemStatus.OPEN]
        by_type = {kind: [item for item in waiting if item.item_type is kind] for kind in SosItemType}
        return [SosItemCount(kind, len(items), sum(item.due_on < today for item in items)) for kind, items in by_type.items()]

    def claim(self, item: SosWorkItem, by: str | None, at: datetime) -> SosWorkItem:
        return self._change(item, claimed_by=by, claimed_at=None if by is None else at)

    def close(self, item: SosWorkItem, outcome: SosItemOutcome, cause: str | None, at: datetime, by: str) -> SosWorkItem:
        return self._change(item, status=WorkItemStatus.CLOSED, outcome=outcome, cause=cause, closed_at=at, closed_by=by)

    def add_note(self, item_id: int, note: SosNote) -> None:
        self._state.sos_notes.append((item_id, note))

    def notes(self, item_id: int) -> list[SosNote]:
        return [note for key, note in self._state.sos_notes if key == item_id]

    def _open(self, new: NewSosWorkItem, at: datetime) -> int:
        for item in self._state.sos_items.values():
            if item.status is WorkItemStatus.OPEN and (item.item_type, item.case_id, item.dmv_work_item_id) == (
                new.item_type,
                new.case_id,
                new.dmv_work_item_id,
            ):
                return item.item_id
        number = self._state.next_number("sos_work_item")
        nothing = dict.fromkeys(("claimed_by", "claimed_at", "closed_at", "closed_by", "outcome", "cause"))
        self._state.sos_items[number] = SosWorkItem(item_id=number, **new._asdict(), **nothing, status=WorkItemStatus.OPEN, opened_at=at, version=1)
        return number

    def _is_wanted(self, item: SosWorkItem, query: SosItemQuery) -> bool:
        return (
            (item.item_type, item.status) == (query.item_type, query.status)
            and query.claimed_by in (None, item.claimed_by)
            and not (query.unclaimed and item.claimed_by)
            and (query.overdue_on is None or item.due_on < query.overdue_on)
        )

    def _change(self, item: SosWorkItem, **values: object) -> SosWorkItem:
        if self._state.sos_items[item.item_id].version != item.version:
            raise Conflict(ErrorCode.WORK_ITEM_CHANGED, "The work item has changed since it was read.")
        self._state.sos_items[item.item_id] = item._replace(**values, version=item.version + 1)
        return self._state.sos_items[item.item_id]


def _key(item: SosWorkItem, query: SosItemQuery) -> tuple[date | int, int]:
    return (item.due_on if query.sort is SosItemSort.DUE else item.item_id, item.item_id)
