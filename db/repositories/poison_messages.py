"""Messages that their county could not take: few, in a table of their own, so that the queue carries no index for them (EWS-04)."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from db.tables import ems_message, poison_message
from votecal_soap.domain.ems_messages import MessageState, PoisonMessage


def add(connection: Connection, county_code: str, message_ids: Iterable[int], at: datetime) -> None:
    """Keep that the county failed on these."""
    rows = [{"message_id": message_id, "county_code": county_code, "failed_at": at} for message_id in message_ids]
    if rows:
        connection.execute(insert(poison_message), rows)


def listed(connection: Connection, county_code: str, limit: int) -> list[PoisonMessage]:
    """Those of a county, oldest first."""
    message = ems_message.c
    columns = (message.message_id, message.message_type, message.enqueued_at, poison_message.c.failed_at, message.cleared_text, message.state_voter_id)
    joined = select(*columns, message.job_id).join_from(poison_message, ems_message, message.message_id == poison_message.c.message_id)
    mine = joined.where(poison_message.c.county_code == county_code).order_by(poison_message.c.message_id).limit(limit)
    return [PoisonMessage._make(row) for row in connection.execute(mine)]


def counts(connection: Connection) -> Mapping[str, int]:
    """How many there are, by county."""
    counted = select(poison_message.c.county_code, func.count().label("message_count")).group_by(poison_message.c.county_code)
    return {row.county_code: row.message_count for row in connection.execute(counted)}


def put(connection: Connection, county_code: str, message_id: int, state: MessageState, *, queue_county: str | None) -> bool:
    """Take one out of the poison and into another state; False when it is not there: then nothing is changed."""
    mine = delete(poison_message).where(poison_message.c.county_code == county_code, poison_message.c.message_id == message_id)
    if connection.execute(mine).rowcount == 0:
        return False
    moved = update(ems_message).where(ems_message.c.message_id == message_id).values(state=str(state), queue_county=queue_county)
    # Why it failed stays beside a skipped one; one that is offered again was never cleared.
    connection.execute(moved if queue_county is None else moved.values(cleared_at=None, cleared_text=None))
    return True
