"""Renders the `Message` of `xsd/ems-integration.xsd` (EWS-02, EWS-03).

Nothing in a header changes after the message is queued, so it is rendered then and stored: a page that 58 counties poll
is joined from two columns instead of nine.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final

from votecal_soap.contract.markup import date_time, leaf, text
from votecal_soap.domain.ems_messages import StoredMessage

ABOUT: Final = {
    "state_voter_id": "StateVoterId",
    "voter_sequence": "VoterSequence",
    "ems_voter_id": "EmsVoterId",
    "record_version": "RecordVersion",
    "job_id": "JobId",
    "record_sequence": "RecordSequence",
}
"""The elements of a header that are there when known, in the schema's order, by the field of `NewMessage`."""


def render_header(message_type: str, enqueued_at: datetime, about: Iterable[int | str | None]) -> str:
    """What follows MessageId in a `MessageHeader`, which is known only when the message is in the table; `about` is in the order of `ABOUT`."""
    known = [
        f"<{element}>{text(value) if isinstance(value, str) else value}</{element}>"
        for element, value in zip(ABOUT.values(), about, strict=True)
        if value is not None
    ]
    return f"<MessageType>{message_type}</MessageType><EnqueuedAt>{_instant(enqueued_at)}</EnqueuedAt>{''.join(known)}"


def render_origin(correlation_id: str | None) -> str:
    """What ends a header: the id of the call or run that queued the message; nothing where none is known."""
    return leaf("CorrelationId", correlation_id)


def render_messages(messages: Iterable[StoredMessage]) -> list[str]:
    """Whole messages, in order."""
    return [
        f"<Message><MessageHeader><MessageId>{message_id}</MessageId>{header}</MessageHeader>{payload or ''}</Message>"
        for message_id, header, payload in messages
    ]


# A batch enqueues thousands of messages at one instant.
_instant: Final = lru_cache(256)(date_time)
