"""UC04.06.01: the county's EMS polls its message queue (EWS-02, EWS-03, EWS-05)."""

from dataclasses import dataclass
from typing import Final

from votecal_soap.contract.queue_messages import render_messages
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.ems_messages import MessagePage, MessageQuery
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.ports import UnitOfWorkFactory

MESSAGE_LIMIT: Final = 1000
"""The most that a county may ask for at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLimits:
    """`most` is the number that SOS configured, `unasked` the number read when the caller names none."""

    most: int
    unasked: int


def get_message_queue(query: MessageQuery, caller: Caller, limits: PageLimits, unit_of_work: UnitOfWorkFactory) -> MessagePage:
    """Open messages of the caller's county, oldest first, and how many are open; an empty queue is a normal answer."""
    if query.limit is not None and not 1 <= query.limit <= MESSAGE_LIMIT:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"A page holds 1 to {MESSAGE_LIMIT} messages.", ref="MaximumMessages")
    limit = min(query.limit or limits.unasked, limits.most)
    # The answer that counties get every quarter of a minute costs one small question.
    if not unit_of_work.single_reads.has_open_messages(caller.county_code):
        return MessagePage([], 0)
    with unit_of_work(read_only=True) as uow:
        stored = uow.messages.stored_page(caller.county_code, limit, with_payload=query.with_detail, after=query.after)
        return MessagePage(render_messages(stored), uow.messages.depth(caller.county_code))
