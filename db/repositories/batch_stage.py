"""A temporary table that a chunk's records pass through on their way into four tables."""

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Insert,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.schema import CreateTable

from db.bulk import BulkWriter, Columns
from db.repositories.message_header import header_text
from db.tables import audit_entry, batch_record_outcome, ems_message, voter_activity
from db.types import LongText
from votecal_soap.contract.markup import date_time
from votecal_soap.contract.queue_messages import render_origin
from votecal_soap.domain.ems_messages import MessageState
from votecal_soap.log import correlation_id
from votecal_soap.use_cases.ports import JudgedChunk

_stage: Final = Table(
    "batch_stage",
    MetaData(),
    Column("record_sequence", Integer, primary_key=True, autoincrement=False),
    Column("outcome", String(20)),
    Column("reason", String(40)),
    Column("state_voter_id", BigInteger),
    Column("ems_voter_id", String(60)),
    Column("record_version", Integer),
    Column("detail", LongText),
    Column("voter_sequence", Integer),
    Column("payload", LongText),
    Column("basis", String(400)),
    Column("changes", LongText),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DELETE ROWS",
)
_OUTCOME: Final = ("record_sequence", "outcome", "reason", "state_voter_id", "ems_voter_id", "record_version", "detail")


def _given(table: Table, name: str) -> Any:  # noqa: ANN401 - a bind of the column's own type
    return bindparam(f"given_{name}", type_=table.c[name].type)


def _spread(table: Table, values: dict[str, Any], where: Any = None) -> Insert:  # noqa: ANN401 - SQL expressions
    chosen: Select[Any] = select(*values.values()).order_by(_stage.c.record_sequence)
    return insert(table).from_select(list(values), chosen if where is None else chosen.where(where))


_OUTCOMES: Final = _spread(
    batch_record_outcome,
    {"job_id": _given(batch_record_outcome, "job_id"), **{name: _stage.c[name] for name in _OUTCOME}},
)
_ACTIVITIES: Final = _spread(
    voter_activity,
    {
        **{name: _stage.c[name] for name in ("state_voter_id", "basis", "record_version")},
        **{name: _given(voter_activity, name) for name in ("county_code", "activity_type", "activity_date", "job_id", "recorded_at")},
    },
    _stage.c.basis.is_not(None),
)
_AUDITS: Final = _spread(
    audit_entry,
    {
        **{name: _given(audit_entry, name) for name in ("at", "actor", "action", "county_code")},
        "subject_kind": literal("Voter"),
        "subject_id": cast(_stage.c.state_voter_id, String(60)),
        "correlation_id": _given(audit_entry, "correlation_id") + cast(_stage.c.record_sequence, String(20)),
        "detail": _stage.c.changes,
    },
    _stage.c.changes.is_not(None),
)
_ABOUT: Final = {name: _stage.c[name] for name in ("state_voter_id", "voter_sequence", "ems_voter_id", "record_version", "record_sequence")}
_MESSAGE_TYPE: Final = literal("BatchRecord") + _stage.c.outcome


@lru_cache
def _messages(dialect: str) -> Insert:
    formatted, sequence = (func.printf, func.printf("%09d", _stage.c.record_sequence)) if dialect == "sqlite" else (func.format, _nine_digits())
    header = header_text(formatted, _MESSAGE_TYPE, bindparam("given_instant", type_=String), {**_ABOUT, "job_id": _given(ems_message, "job_id")})
    return _spread(
        ems_message,
        {
            **_ABOUT,
            "payload": _stage.c.payload,
            "header": header.concat(bindparam("given_origin", type_=String)),
            **{name: _given(ems_message, name) for name in ("county_code", "queue_county", "job_id", "enqueued_at")},
            "message_type": _MESSAGE_TYPE,
            "state": literal(str(MessageState.OPEN)),
            "dedup_key": _given(ems_message, "dedup_key") + sequence,
            "blocks_updates": literal(0),
        },
    )


def _nine_digits() -> ColumnElement[str]:
    # Not lpad, which would cut a longer number.
    return func.replace(func.format("%9s", _stage.c.record_sequence), " ", "0")


class BatchStage:
    """The stage of one connection; it is emptied before each use."""

    def __init__(self, connection: Connection, bulk: BulkWriter) -> None:
        """Make the table unless the connection has it."""
        self._connection = connection
        self._bulk = bulk
        connection.execute(CreateTable(_stage, if_not_exists=True))
        connection.execute(_stage.delete())

    def spread(self, chunk: JudgedChunk, columns: Columns) -> None:
        """Take the records in and write them to their tables."""
        self._bulk.insert(_stage, columns)
        given = {
            "county_code": chunk.county_code,
            "queue_county": chunk.county_code,
            "job_id": chunk.job_id,
            "activity_type": chunk.activity_type,
            "activity_date": chunk.day,
            "recorded_at": chunk.at,
            "at": chunk.at,
            "enqueued_at": chunk.at,
            "instant": date_time(chunk.at),
            "origin": render_origin(correlation_id.get()),
            "actor": f"job:{chunk.job_id}",
            "action": chunk.audit_action,
            "correlation_id": f"{chunk.job_id}/",
            "dedup_key": f"VRU:{chunk.job_id}:",
        }
        values = {f"given_{name}": value for name, value in given.items()}
        for statement in (_OUTCOMES, _ACTIVITIES, _AUDITS, _messages(self._connection.dialect.name)):
            self._connection.execute(statement, values)
