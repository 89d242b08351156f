"""One audit entry for each change that a person or a job makes: who, when, what, old and new (OPS-02)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from votecal_soap.log import correlation_id
from votecal_soap.use_cases.ports import AuditEntry, UnitOfWork

_ENCODER: Final = json.JSONEncoder(sort_keys=True, default=str)


def record_change(
    uow: UnitOfWork,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: tuple[str, str | int],
    county_code: str | None = None,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
) -> None:
    """Append to the audit trail in the transaction of the change; `subject` is (kind, id)."""
    uow.audit.add([change_entry(at=at, actor=actor, action=action, subject=subject, county_code=county_code, old=old, new=new)])


def change_entry(
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: tuple[str, str | int],
    county_code: str | None = None,
    old: Mapping[str, object] | None = None,
    new: Mapping[str, object] | None = None,
) -> AuditEntry:
    """The entry of one change, for writers that append many at once."""
    kind, key = subject
    detail = _ENCODER.encode({"old": dict(old or {}), "new": dict(new or {})})
    return AuditEntry(at, actor, action, kind, str(key), county_code, correlation_id.get(), detail)
