"""What is wrong with a record that cannot be read, in words that repeat no value (VRU-18, COA-03)."""

from collections.abc import Iterable
from typing import Final

from votecal_soap.contract.schemas import SchemaViolation
from votecal_soap.domain.batches import FailureReason, FieldError, Severity

MOST_VIOLATIONS: Final = 50
"""Errors listed for one unreadable record: a record of rubbish must not make an endless message."""


def schema_errors(violations: Iterable[SchemaViolation], record: str) -> tuple[FieldError, ...]:
    """Broken rules of the schema, by their place inside the record element of that name."""
    return tuple(_violation(violation, record) for violation in violations)


def _violation(violation: SchemaViolation, record: str) -> FieldError:
    ref = violation.ref.removeprefix(f"/{record}").removeprefix("/") or None
    return FieldError("SchemaViolation", ref, Severity.FATAL, violation.text, FailureReason.RECORD_UNREADABLE)


def too_deep() -> FieldError:
    """A record that is well-formed but deeper or larger than any parser here will hold."""
    text = "The record is nested too deep or too large."
    return FieldError("RecordTooDeep", None, Severity.FATAL, text, FailureReason.RECORD_UNREADABLE)
