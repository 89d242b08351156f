"""The messages of the EMS Integration Web Service: elements of `xsd/ems-integration.xsd` to domain values and back.

A page of messages is written as text around the stored payloads: this is the hot path of 58 counties that poll.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from lxml import etree

from votecal_soap.contract.elements import number, optional_number, optional_text, optional_truth, required_text
from votecal_soap.contract.markup import branch, leaf, text
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.pages import fill_page
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, ClearResult, MessagePage, MessageQuery, QueuedMessage


def read_message_query(request: etree._Element) -> MessageQuery:
    """GetMessageQueue."""
    return MessageQuery(limit=optional_number(request, "MaximumMessages"), with_detail=optional_truth(request, "IncludeDetail") or False)


def read_message_ids(request: etree._Element) -> list[int]:
    """GetMessages."""
    return [int(message_id.text or "") for message_id in request[0]]


def read_clearances(request: etree._Element) -> list[Clearance]:
    """ClearMessages."""
    return [
        Clearance(
            message_id=number(clearance, "MessageId"),
            outcome=ClearOutcome(required_text(clearance, "ClearOutcome")),
            text=optional_text(clearance, "Text"),
        )
        for clearance in request[0]
    ]


def render_message_page(page: MessagePage, byte_limit: int | None) -> str:
    """GetMessageQueueResponse, below a size; what does not fit stays on the queue and counts as remaining."""
    messages = fill_page(_messages(page.messages), byte_limit)
    remaining = max(0, page.depth - len(messages))
    return _answer("GetMessageQueue", branch("Messages", *messages), leaf("MessagesRemaining", remaining))


def render_messages(found: Iterable[QueuedMessage], missing: Sequence[int]) -> str:
    """GetMessagesResponse."""
    return _answer(
        "GetMessages",
        branch("Messages", *_messages(found)),
        branch("MissingMessageIds", *[leaf("MessageId", message_id) for message_id in missing]),
    )


def render_clear_results(clearances: Sequence[Clearance], results: Mapping[int, ClearResult]) -> str:
    """ClearMessagesResponse, in the order of the request, each id once."""
    ids = dict.fromkeys(clearance.message_id for clearance in clearances)
    cleared = [branch("ClearedMessage", leaf("MessageId", message_id), leaf("ClearResult", results[message_id].value)) for message_id in ids]
    return _answer("ClearMessages", branch("ClearedMessages", *cleared))


def _messages(messages: Iterable[QueuedMessage]) -> Iterator[str]:
    """Each message as text. One long f-string: pieces and helpers per element cost three times as much."""
    at: datetime | None = None
    at_text = ""
    for message_id, kind, enqueued_at, uid, voter_sequence, ems_voter_id, version, job_id, record_sequence, payload in messages:
        if enqueued_at != at:
            # A batch enqueues thousands of messages at one instant.
            at, at_text = enqueued_at, enqueued_at.astimezone(UTC).isoformat()
        yield (
            f"<Message><MessageHeader><MessageId>{message_id}</MessageId><MessageType>{kind}</MessageType><EnqueuedAt>{at_text}</EnqueuedAt>"
            f"{'' if uid is None else f'<StateVoterId>{uid}</StateVoterId>'}"
            f"{'' if voter_sequence is None else f'<VoterSequence>{voter_sequence}</VoterSequence>'}"
            f"{'' if ems_voter_id is None else f'<EmsVoterId>{text(ems_voter_id)}</EmsVoterId>'}"
            f"{'' if version is None else f'<RecordVersion>{version}</RecordVersion>'}"
            f"{'' if job_id is None else f'<JobId>{job_id}</JobId>'}"
            f"{'' if record_sequence is None else f'<RecordSequence>{record_sequence}</RecordSequence>'}"
            f"</MessageHeader>{payload or ''}</Message>"
        )


def _answer(operation: str, *children: str) -> str:
    return branch(f"{operation}Response", *children, namespace=EMS_INTEGRATION)
