"""Reference data and the synchronization check: read the request, call the use case, write the answer."""

from collections.abc import Mapping
from typing import Final

from votecal_soap.contract import reference_data, synchronisation
from votecal_soap.soap.calls import Call, Operation
from votecal_soap.use_cases.get_reference_data import get_reference_data as tables
from votecal_soap.use_cases.get_synchronization_digest import get_synchronization_digest as digest
from votecal_soap.use_cases.list_differences import list_differences as differences


def get_reference_data(call: Call) -> str:
    """EWS-12."""
    queries = reference_data.read_reference_queries(call.request)
    return reference_data.render_reference_tables(tables(queries, call.caller, call.services.unit_of_work), call.services.config.page_byte_limit)


def get_synchronization_digest(call: Call) -> str:
    """2 CCR 19083."""
    query = synchronisation.read_digest_query(call.request)
    return synchronisation.render_digest_page(digest(query, call.caller, call.services.unit_of_work))


def list_differences(call: Call) -> str:
    """2 CCR 19083."""
    query = synchronisation.read_difference_query(call.request)
    page = differences(query, call.caller, call.services.unit_of_work)
    return synchronisation.render_difference_page(page, call.services.config.page_byte_limit if query.limit is None else None)


OPERATIONS: Final[Mapping[str, Operation]] = {
    "GetReferenceData": get_reference_data,
    "GetSynchronizationDigest": get_synchronization_digest,
    "ListDifferences": list_differences,
}
"""By the name in the WSDL."""
