"""What a job left behind, in a form in which two right runs over the same data must agree: the strongest judge of a run that was killed.

Times, digests of what holds times, who ran, and numbers that databases give are left out. Numbers from series are lost
with a transaction on some databases, and depend, where workers share a run, on who came first: they are told by what
they stand for. Days are compared: two rounds on either side of California's midnight differ.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from db.tables import metadata

from .rows import Rows

NOT_COMPARED = {"lease_token", "attempt", "worker", "instance_id", "run_id", "correlation_id", "merge_sequence", "token_hash"}
NOT_COMPARED |= {column.name for table in metadata.sorted_tables for column in table.columns if column.identity is not None}
LEFT_OUT = {"job_instance", "duplicate_partition", "ems_consumer", "queue_hour", "number_series", "upload"}

_NUMBER = re.compile(r'((?:CaseId>|TransferId>|WorkItemId>|[Mm]atch case |"case_id": ))(\d+)')
_CHILD = re.compile(r"\b\d{1,8}\b")
_ONCE_ONLY = (
    re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"),  # times
    re.compile(r"\b[0-9a-f]{64}\b"),  # digests of files that hold times
    re.compile(r"\brun-\d+\b"),  # which run of the job it was
)


def end_result(rows: Rows) -> Mapping[str, Counter[str]]:
    """The rows of each table, as often as they come; what a county called, and how often, is not the job's."""
    names = _Names.of(rows)
    kept = {table: found for table, found in rows.items() if table not in LEFT_OUT}
    kept["audit_entry"] = [row for row in rows["audit_entry"] if not row.actor.startswith("county:")]
    return {table: Counter(_told(row, names) for row in found) for table, found in kept.items()}


def differences(found: Mapping[str, Counter[str]], right: Mapping[str, Counter[str]]) -> list[str]:
    """What one has and the other has not."""
    told = []
    for table, rows in right.items():
        told += [f"{table} lacks {row}" for row in (rows - found[table]).elements()]
        told += [f"{table} has beyond an undisturbed run {row}" for row in (found[table] - rows).elements()]
    return told


@dataclass(frozen=True)
class _Names:
    """What numbers stand for, by number: cases, transfers, and the records behind work items and signatures."""

    cases: Mapping[str, str]
    moves: Mapping[str, str]
    items: Mapping[str, str]
    signatures: Mapping[str, str]

    @classmethod
    def of(cls, rows: Rows) -> "_Names":
        items = {str(row.work_item_id): f"item-{row.record_sequence}" for row in rows["dmv_work_item"]}
        signatures = {str(row.signature_id): f"signature-{row.record_sequence}" for row in rows["dmv_work_item"] if row.signature_id}
        cases = {str(row.case_id): f"case-{row.state_voter_id}-{row.other_voter_id or items.get(str(row.work_item_id))}" for row in rows["match_case"]}
        moves = {str(row.transfer_id): f"move-{row.state_voter_id}-{cases.get(str(row.case_id))}" for row in rows["transfer_out"]}
        return cls(cases, moves, items, signatures)

    def of_column(self, name: str) -> Mapping[str, str]:
        """The names for a column's numbers."""
        by_ending = {"case_id": self.cases, "transfer_id": self.moves, "work_item_id": self.items, "signature_id": self.signatures}
        return next((names for ending, names in by_ending.items() if name.endswith(ending)), {})

    def of_key(self, kind: str) -> Mapping[str, str]:
        """The names for the number in a message's key."""
        return {"DMV": self.items, "TRANSFER": self.moves}.get(kind, self.cases)

    def of_text(self, before: str) -> Mapping[str, str]:
        """The names for a number in a text, by what stands before it."""
        return self.items if "WorkItem" in before else self.moves if "Transfer" in before else self.cases


def _told(row: Any, names: _Names) -> str:
    values = {name: value for name, value in row._mapping.items() if name not in NOT_COMPARED and not isinstance(value, datetime) and value is not None}
    if values.get("subject_kind") == "MatchCase":
        values["subject_id"] = names.cases.get(values["subject_id"], values["subject_id"])
    return ", ".join(f"{name}={_value(name, value, names)}" for name, value in values.items())


def _value(name: str, value: Any, names: _Names) -> str:
    if isinstance(value, dict | list):
        value = json.dumps(value, sort_keys=True, default=str)
    text = str(int(value) if isinstance(value, bool) else value)
    for pattern in _ONCE_ONLY:
        text = pattern.sub("...", text)
    if name in ("copied_from", "newer_change", "older_change"):
        return _CHILD.sub("A CHILD", text)
    if name == "dedup_key":
        kind, number, rest = text.split(":", 2)
        return f"{kind}:{names.of_key(kind).get(number, number)}:{rest}"
    text = names.of_column(name).get(text, text)
    return _NUMBER.sub(lambda found: found[1] + names.of_text(found[1]).get(found[2], found[2]), text)
