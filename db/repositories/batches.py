"""What the records of a batch leave behind, written a chunk at a time (VRU-10 to VRU-12).

SQLite and PostgreSQL take the chunk into a temporary table once and spread it over four tables themselves: measured, 5.7 µs a
record against 10 for a statement with binds a table on SQLite. Oracle binds arrays, which need no stage.
"""

from sqlalchemy import Connection

from db.bulk import BulkWriter, columns_of
from db.repositories import batch_outcomes, voter_activities
from db.repositories.audit import SqlAuditRepository
from db.repositories.batch_stage import BatchStage
from db.repositories.messages import SqlMessageRepository
from db.repositories.queue_depths import QueueDepths
from votecal_soap.use_cases.batch_rows import activities, audits, messages
from votecal_soap.use_cases.ports import JudgedChunk, JudgedRecord


class SqlBatchRepository:
    """The tables batch_record_outcome, ems_message, voter_activity and audit_entry."""

    def __init__(self, connection: Connection, bulk: BulkWriter, depths: QueueDepths) -> None:
        """Write in this connection's transaction."""
        self._connection = connection
        self._bulk = bulk
        self._depths = depths

    def keep(self, chunk: JudgedChunk) -> None:
        """Write all of it; a second outcome for a record raises Conflict."""
        if self._connection.dialect.name in {"sqlite", "postgresql"}:
            judged = columns_of(JudgedRecord._fields, chunk.records)
            columns = batch_outcomes.columns([record.outcome for record in chunk.records])
            columns |= {name: judged[name] for name in ("voter_sequence", "payload", "basis", "changes")}
            BatchStage(self._connection, self._bulk).spread(chunk, columns)
            self._depths.add(chunk.county_code, len(chunk.records), chunk.at)
        else:
            self._keep_row_by_row(chunk)

    def _keep_row_by_row(self, chunk: JudgedChunk) -> None:
        batch_outcomes.add(self._bulk, chunk.job_id, [record.outcome for record in chunk.records])
        voter_activities.add(self._bulk, list(activities(chunk)), chunk.at)
        SqlAuditRepository(self._connection, self._bulk).add(list(audits(chunk)))
        SqlMessageRepository(self._connection, self._bulk, self._depths).add(list(messages(chunk)), chunk.at)
