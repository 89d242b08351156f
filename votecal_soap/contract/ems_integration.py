"""The messages of the EMS Integration Web Service: elements of `xsd/ems-integration.xsd` to domain values and back.

A page of messages is joined from text that is stored: this is the hot path of 58 counties that poll.
"""

from collections.abc import Iterable, Mapping, Sequence

from lxml import etree

from votecal_soap.contract.elements import number, optional_number, optional_text, optional_truth, required_text
from votecal_soap.contract.markup import branch, leaf
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.contract.pages import fill_page
from votecal_soap.contract.queue_messages import render_messages as render_stored_messages
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome, ClearResult, MessagePage, MessageQuery, StoredMessage


def read_message_query(request: etree._Element) -> MessageQuery:
    """GetMessageQueue."""
    return MessageQuery(
        limit=optional_number(request, "MaximumMessages"),
        with_detail=optional_truth(request, "IncludeDetail") or False,
        after=optional_number(request, "AfterMessageId") or 0,
    )


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
    messages = fill_page(page.messages, byte_limit)
    remaining = leaf("MessagesRemaining", max(0, page.depth - len(messages)))
    # Joined once: a page of a thousand is 400 KB, and each element written around it would copy it again.
    return "".join([f'<GetMessageQueueResponse xmlns="{EMS_INTEGRATION}"><Messages>', *messages, f"</Messages>{remaining}</GetMessageQueueResponse>"])


def render_messages(found: Iterable[StoredMessage], missing: Sequence[int]) -> str:
    """GetMessagesResponse."""
    return _answer(
        "GetMessages",
        branch("Messages", *render_stored_messages(found)),
        branch("MissingMessageIds", *[leaf("MessageId", message_id) for message_id in missing]),
    )


def render_clear_results(clearances: Sequence[Clearance], results: Mapping[int, ClearResult]) -> str:
    """ClearMessagesResponse, in the order of the request, each id once."""
    ids = dict.fromkeys(clearance.message_id for clearance in clearances)
    cleared = [branch("ClearedMessage", leaf("MessageId", message_id), leaf("ClearResult", results[message_id].value)) for message_id in ids]
    return _answer("ClearMessages", branch("ClearedMessages", *cleared))


def _answer(operation: str, *children: str) -> str:
    return branch(f"{operation}Response", *children, namespace=EMS_INTEGRATION)
