"""One audit entry for each change that a person or a job makes: who, when, what, old and new (OPS-02)."""

import json
from collections.abc import Mapping
from datetime import datetime

from votecal_soap.log import correlation_id
from votecal_soap.use_cases.ports import AuditEntry, UnitOfWork


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
    kind, key = subject
    detail = json.dumps({"old": dict(old or {}), "new": dict(new or {})}, sort_keys=True, default=str)
    uow.audit.add([AuditEntry(at, actor, action, kind, str(key), county_code, correlation_id.get(), detail)])
