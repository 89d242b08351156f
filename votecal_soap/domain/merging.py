"""Merges two records of one voter, and takes a merge back at any later time (DLR-07 to DLR-14, DLR-19, S9.2, S9.3): pure.

A merge changes two records and copies children. What it did to the records is kept in the case's `MergeRecord`, field by
field; what it did to children, they say themselves. Undo needs no more than that and the records as they are now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from votecal_soap.domain.copy_rules import SHIPPED, CopyRules, changed_by_copying, copied_contents
from votecal_soap.domain.voter_children import Child, NewChild
from votecal_soap.domain.voters import FIELD_INDEX, VERSION_FIELDS, StateVoterId, Voter, VoterStatus

MERGED_REASON: Final = "Merged to Newer Duplicate"
"""Status reason of the older record (DLR-15)."""

REGISTRATION_ACTIVITIES: Final = frozenset({"Voter Registered", "Registration Updated", "Voter Record Updated by Batch", "DMV Registration Match"})
"""Activity that updates a registration, and so tells which of two records is the newer (DLR-07)."""

_BOOK_KEEPING: Final = frozenset({"state_voter_id", "version", "effective_date"})


class FieldChange(NamedTuple):
    """A field that a merge changed."""

    name: str
    before: Any
    after: Any


class RecordChange(NamedTuple):
    """A record's version change: the versions around it, and the fields that differ."""

    before_version: int
    after_version: int
    fields: tuple[FieldChange, ...]


class MergeRecord(NamedTuple):
    """All that undo needs to know of a merge, and the relation of the two records (DLR-14).

    `older` is None while the older record's cancellation waits for its county (DUP-07).
    """

    case_id: int
    sequence: int
    """Rises with each merge, so that of two that share a record it is plain which stands on top."""
    newer_id: int
    older_id: int
    newer: RecordChange
    older: RecordChange | None
    merged_at: datetime
    completed_at: datetime | None
    undone_at: datetime | None


class NextRecord(NamedTuple):
    """A record's next version, and the fields that differ: none when only its children did, or when the version is the same."""

    after: Voter
    changed: tuple[str, ...]


class Merge(NamedTuple):
    """What a merge does: both records, copies to be added, and whether the older one's originals are to be marked deleted."""

    newer: NextRecord
    older: NextRecord | None
    copies: tuple[NewChild, ...]
    record: MergeRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeTerms:
    """For which case, when, by which rules, and whether the older registration ends at once; `sequence` is the merge's own number."""

    case_id: int
    sequence: int
    at: datetime
    today: date
    complete: bool = True
    rules: CopyRules = SHIPPED


def in_age_order(one: Voter, other: Voter, registered_at: Mapping[int, date]) -> tuple[Voter, Voter]:
    """(newer, older): later registration date, then later registration activity, then higher UID (DLR-07)."""

    def age(voter: Voter) -> tuple[date, date, StateVoterId]:
        return voter.registration_date or date.min, registered_at.get(voter.state_voter_id, date.min), voter.state_voter_id

    return (one, other) if age(one) > age(other) else (other, one)


def registration_activity(children: Iterable[Child]) -> dict[int, date]:
    """The day of each voter's last registration activity; copies count for nothing, for another record was registered then."""
    last: dict[int, date] = {}
    for child in children:
        activity = child.content
        if child.in_force and child.copied_from is None and getattr(activity, "activity_type", None) in REGISTRATION_ACTIVITIES:
            day: date = activity.activity_date  # type: ignore[union-attr] # only activities have that type
            last[child.state_voter_id] = max(last.get(child.state_voter_id, day), day)
    return last


def merge(newer: Voter, older: Voter, children: Iterable[Child], terms: MergeTerms) -> Merge:
    """Merge the older record into the newer; children of both are given."""
    nothing = MergeRecord(
        case_id=terms.case_id,
        sequence=terms.sequence,
        newer_id=int(newer.state_voter_id),
        older_id=int(older.state_voter_id),
        newer=RecordChange(newer.version, newer.version, ()),
        older=None,
        merged_at=terms.at,
        completed_at=None,
        undone_at=None,
    )
    return _merged(newer, older, children, nothing, terms)


def complete(record: MergeRecord, newer: Voter, older: Voter, children: Iterable[Child], terms: MergeTerms) -> Merge:
    """End the older registration of a provisional merge; what was added to it meanwhile is copied as well."""
    return _merged(newer, older, children, record, terms)


def _merged(newer: Voter, older: Voter, children: Iterable[Child], record: MergeRecord, terms: MergeTerms) -> Merge:
    kept = [child for child in children if child.in_force]
    present = [child for child in kept if child.state_voter_id == record.newer_id]
    copied = {child.copied_from for child in present if child.merge_case_id == record.case_id}
    originals = [child for child in kept if child.state_voter_id == record.older_id and child.source not in copied]
    contents = copied_contents(originals, present, newer, terms.rules)
    changed = changed_by_copying(newer, older, [content for _, content in contents], terms.today, terms.rules)
    after_newer = _next(newer, changed, terms.today)
    after_older = _next(older, _ended(older, record.newer_id), terms.today) if terms.complete else None
    return Merge(
        newer=after_newer,
        older=after_older,
        copies=tuple(NewChild(record.newer_id, content, original.source, record.case_id) for original, content in contents),
        record=record._replace(
            newer=_joined(record.newer, _change(newer, after_newer)),
            older=None if after_older is None else _change(older, after_older),
            completed_at=terms.at if terms.complete else None,
        ),
    )


class Unmerge(NamedTuple):
    """Both records after an undo."""

    newer: NextRecord
    older: NextRecord


def unmerge(record: MergeRecord, newer: Voter, older: Voter, today: date) -> Unmerge:
    """Both as before plus what was changed since: a field that somebody has set anew keeps that value (DLR-19)."""
    return Unmerge(_restored(newer, record.newer, today), _restored(older, record.older, today))


def on_top(record: MergeRecord, standing: Iterable[MergeRecord]) -> MergeRecord | None:
    """The latest merge that stands on top of this one: a later one of either record, not undone; it has to be undone first."""
    mine = {record.newer_id, record.older_id}
    later = (other for other in standing if other.undone_at is None and other.sequence > record.sequence)
    return max((other for other in later if not mine.isdisjoint((other.newer_id, other.older_id))), key=lambda other: other.sequence, default=None)


def originals_deleted(children: Sequence[Child], record: MergeRecord) -> list[Child]:
    """All children, those of the older record marked deleted by this merge (DLR-12)."""
    return [
        child._replace(deleted_case_id=record.case_id) if child.in_force and child.child_id is not None and child.state_voter_id == record.older_id else child
        for child in children
    ]


def children_unmerged(children: Sequence[Child], record: MergeRecord) -> list[Child]:
    """All children, the copies of this merge marked deleted and its originals in force again (DLR-19)."""
    return [_unmerged(child, record) for child in children]


def _unmerged(child: Child, record: MergeRecord) -> Child:
    if child.merge_case_id == record.case_id:
        return child._replace(deleted_case_id=record.case_id)
    return child._replace(deleted_case_id=None) if child.deleted_case_id == record.case_id else child


def _ended(older: Voter, newer_id: int) -> Voter:
    return older._replace(status=VoterStatus.CANCELLED.value, status_reason=MERGED_REASON, merged_into=newer_id, vnc_due=0)


def _next(before: Voter, after: Voter, today: date) -> NextRecord:
    """The next version, also when only children came or went: whoever knew the record before does not know it now (VRU-13)."""
    changed = tuple(name for name in VERSION_FIELDS if name not in _BOOK_KEEPING and _value(before, name) != _value(after, name))
    return NextRecord(after._replace(version=before.version + 1, effective_date=max(before.effective_date, today)), changed)


def _change(before: Voter, following: NextRecord) -> RecordChange:
    fields = tuple(FieldChange(name, _value(before, name), _value(following.after, name)) for name in following.changed)
    return RecordChange(before.version, following.after.version, fields)


def _joined(first: RecordChange, second: RecordChange) -> RecordChange:
    """Two changes of one merge as one: the first value before, the last one after."""
    before = {change.name: change.before for change in (*reversed(second.fields), *first.fields)}
    after = {change.name: change.after for change in (*first.fields, *second.fields)}
    return RecordChange(first.before_version, second.after_version, tuple(FieldChange(name, before[name], after[name]) for name in sorted(after)))


def _restored(voter: Voter, change: RecordChange | None, today: date) -> NextRecord:
    if change is None:
        return NextRecord(voter, ())
    values = {field.name: field.before for field in change.fields if _value(voter, field.name) == field.after}
    return _next(voter, voter._replace(**values), today)


def _value(voter: Voter, name: str) -> Any:  # noqa: ANN401 - fields have types of their own
    return voter[FIELD_INDEX[name]]
