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
    remaining = leaf("MessagesRemaining", max(0, page.depth - len(messages)))
    # Joined once: a page of a thousand is 400 KB, and each element written around it would copy it again.
    return "".join([f'<GetMessageQueueResponse xmlns="{EMS_INTEGRATION}"><Messages>', *messages, f"</Messages>{remaining}</GetMessageQueueResponse>"])


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
    """Each message as text. One f-string: pieces and helpers per element cost three times as much."""
    at: datetime | None = None
    at_text = ""
    for message in messages:
        message_id, kind, enqueued_at, uid, voter_sequence, ems_voter_id, version, job_id, record_sequence, payload = message
        if enqueued_at is not at:
            # A batch enqueues thousands of messages at one instant.
            at, at_text = enqueued_at, enqueued_at.astimezone(UTC).isoformat()
        if uid is None or voter_sequence is None or ems_voter_id is None or version is None or job_id is None or record_sequence is None:
            yield _incomplete(message, at_text)
            continue
        yield (
            f"<Message><MessageHeader><MessageId>{message_id}</MessageId><MessageType>{kind}</MessageType><EnqueuedAt>{at_text}</EnqueuedAt>"
            f"<StateVoterId>{uid}</StateVoterId><VoterSequence>{voter_sequence}</VoterSequence>"
            f"<EmsVoterId>{ems_voter_id if ems_voter_id.isalnum() else text(ems_voter_id)}</EmsVoterId>"
            f"<RecordVersion>{version}</RecordVersion><JobId>{job_id}</JobId><RecordSequence>{record_sequence}</RecordSequence>"
            f"</MessageHeader>{payload or ''}</Message>"
        )


def _incomplete(message: QueuedMessage, at_text: str) -> str:
    """A message of which something is not known: of a record whose voter was not found, or of no record."""
    header = branch(
        "MessageHeader",
        leaf("MessageId", message.message_id),
        leaf("MessageType", message.message_type),
        leaf("EnqueuedAt", at_text),
        leaf("StateVoterId", message.state_voter_id),
        leaf("VoterSequence", message.voter_sequence),
        leaf("EmsVoterId", message.ems_voter_id),
        leaf("RecordVersion", message.record_version),
        leaf("JobId", message.job_id),
        leaf("RecordSequence", message.record_sequence),
    )
    return f"<Message>{header}{message.payload or ''}</Message>"


def _answer(operation: str, *children: str) -> str:
    return branch(f"{operation}Response", *children, namespace=EMS_INTEGRATION)
