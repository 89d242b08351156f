"""What each merge changed, kept for its undo (DLR-14)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, or_, select, update

from db.in_lists import listed, select_listed
from db.repositories.number_series import NumberSeries
from db.tables import merge_record
from votecal_soap.domain.merging import FieldChange, MergeRecord, RecordChange

_RECORD: Final = select(merge_record)
_DAYS: Final = frozenset({"confidential_since", "registration_date", "date_of_birth", "drivers_license_verified_on", "ssn4_verified_on"})


class SqlMergeRepository:
    """The table merge_record."""

    def __init__(self, connection: Connection, numbers: NumberSeries) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection
        self._numbers = numbers

    def reserve_sequence(self) -> int:
        """The number of the next merge."""
        return self._numbers.reserve("merge", 1, first=1)

    def add(self, record: MergeRecord) -> None:
        """Insert."""
        self._connection.execute(insert(merge_record).values(case_id=record.case_id, **_columns(record)))

    def save(self, record: MergeRecord) -> None:
        """Replace."""
        self._connection.execute(update(merge_record).where(merge_record.c.case_id == record.case_id).values(_columns(record)))

    def get(self, case_id: int) -> MergeRecord | None:
        """The merge that a case made."""
        row = self._connection.execute(_RECORD.where(merge_record.c.case_id == case_id)).one_or_none()
        return None if row is None else _record(row)

    def standing(self, state_voter_ids: Sequence[int]) -> list[MergeRecord]:
        """Merges of these voters that were not undone, in their order."""
        mine = or_(merge_record.c.newer_voter_id.in_(listed()), merge_record.c.older_voter_id.in_(listed()))
        rows = select_listed(self._connection, _RECORD.where(mine, merge_record.c.undone_at.is_(None)), sorted(state_voter_ids))
        return [record for _, record in sorted({row.merge_sequence: _record(row) for row in rows}.items())]


def _columns(record: MergeRecord) -> dict[str, object]:
    return {
        "merge_sequence": record.sequence,
        "newer_voter_id": record.newer_id,
        "older_voter_id": record.older_id,
        "newer_change": _plain(record.newer),
        "older_change": None if record.older is None else _plain(record.older),
        "merged_at": record.merged_at,
        "completed_at": record.completed_at,
        "undone_at": record.undone_at,
    }


def _plain(change: RecordChange) -> dict[str, object]:
    fields = {field.name: [_text(field.before), _text(field.after)] for field in change.fields}
    return {"before_version": change.before_version, "after_version": change.after_version, "fields": fields}


def _text(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _record(row: Row[Any]) -> MergeRecord:
    return MergeRecord(
        case_id=row.case_id,
        sequence=row.merge_sequence,
        newer_id=row.newer_voter_id,
        older_id=row.older_voter_id,
        newer=_change(row.newer_change),
        older=None if row.older_change is None else _change(row.older_change),
        merged_at=row.merged_at,
        completed_at=row.completed_at,
        undone_at=row.undone_at,
    )


def _change(kept: Mapping[str, Any]) -> RecordChange:
    fields = tuple(FieldChange(name, _value(name, before), _value(name, after)) for name, (before, after) in sorted(kept["fields"].items()))
    return RecordChange(kept["before_version"], kept["after_version"], fields)


def _value(name: str, kept: Any) -> Any:  # noqa: ANN401 - fields have types of their own
    return date.fromisoformat(kept) if name in _DAYS and kept is not None else kept
