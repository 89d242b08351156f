"""The audit trail: rows are added, never changed (OPS-02)."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from db.bulk import BulkWriter, columns_of
from db.tables import audit_entry
from votecal_soap.use_cases.ports import AuditEntry


class SqlAuditRepository:
    """The table audit_entry."""

    def __init__(self, connection: Connection, bulk: BulkWriter) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection
        self._bulk = bulk

    def add(self, entries: Sequence[AuditEntry]) -> None:
        """Append."""
        self._bulk.insert(audit_entry, columns_of(AuditEntry._fields, entries))

    def of_subject(self, kind: str, subject_id: int | str, limit: int) -> Sequence[AuditEntry]:
        """What was done to one thing, the newest first."""
        columns = [audit_entry.c[name] for name in AuditEntry._fields]
        mine = select(*columns).where(audit_entry.c.subject_kind == kind, audit_entry.c.subject_id == str(subject_id))
        return [AuditEntry._make(row) for row in self._connection.execute(mine.order_by(audit_entry.c.at.desc(), audit_entry.c.audit_id.desc()).limit(limit))]
