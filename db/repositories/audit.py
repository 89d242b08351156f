"""The audit trail: rows are added, never changed (OPS-02)."""

from collections.abc import Sequence

from db.bulk import BulkWriter, columns_of
from db.tables import audit_entry
from votecal_soap.use_cases.ports import AuditEntry


class SqlAuditRepository:
    """The table audit_entry."""

    def __init__(self, bulk: BulkWriter) -> None:
        """Write in this transaction."""
        self._bulk = bulk

    def add(self, entries: Sequence[AuditEntry]) -> None:
        """Append."""
        self._bulk.insert(audit_entry, columns_of(AuditEntry._fields, entries))
