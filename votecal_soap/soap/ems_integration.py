"""The operations of `wsdl/ems-integration.wsdl`: read the request, call the use case, write the answer."""

from collections.abc import Mapping
from typing import Final

from votecal_soap.contract import ems_integration as contract
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.soap.calls import Call, Operation
from votecal_soap.soap.ping import ping_operation
from votecal_soap.use_cases.clear_messages import clear_messages as clear
from votecal_soap.use_cases.get_message_queue import PageLimits
from votecal_soap.use_cases.get_message_queue import get_message_queue as message_queue
from votecal_soap.use_cases.get_messages import get_messages as messages_by_id

_SMALLEST_MESSAGE: Final = 200
"""Bytes of a message that has next to nothing in its header: no page below a size holds more than size / this."""


def get_message_queue(call: Call) -> str:
    """EWS-02, EWS-03."""
    config = call.services.config
    query = contract.read_message_query(call.request)
    limits = PageLimits(most=config.page_message_limit, unasked=max(1, config.page_byte_limit // _SMALLEST_MESSAGE))
    page = message_queue(query, call.caller, limits, call.services.unit_of_work)
    return contract.render_message_page(page, config.page_byte_limit if query.limit is None else None)


def get_messages(call: Call) -> str:
    """EWS-03."""
    found, missing = messages_by_id(contract.read_message_ids(call.request), call.caller, call.services.unit_of_work)
    return contract.render_messages(found, missing)


def clear_messages(call: Call) -> str:
    """EWS-04, EWS-05."""
    clearances = contract.read_clearances(call.request)
    return contract.render_clear_results(clearances, clear(clearances, call.caller, call.services.unit_of_work, call.services.clock))


OPERATIONS: Final[Mapping[str, Operation]] = {
    "Ping": ping_operation(EMS_INTEGRATION),
    "GetMessageQueue": get_message_queue,
    "GetMessages": get_messages,
    "ClearMessages": clear_messages,
}
"""By the name in the WSDL."""
