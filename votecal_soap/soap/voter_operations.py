"""The operations on one voter's record, of `wsdl/ems-integration.wsdl`: read the request, call the use case, write the answer."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from votecal_soap.contract import voter_changes, voter_records
from votecal_soap.soap.calls import Call, Operation
from votecal_soap.soap.changing import once
from votecal_soap.use_cases.get_voter import get_voter as record_of
from votecal_soap.use_cases.transfer_voter import transfer_voter as transfer
from votecal_soap.use_cases.update_voter import update_voter as update


def get_voter(call: Call) -> str:
    """EWS-10."""
    services, query = call.services, voter_records.read_voter_query(call.request)
    record = record_of(query, call.caller, services.unit_of_work, services.clock)
    return voter_records.render_voter_record(record, call.caller.county_code, services.config.page_byte_limit if query.limit is None else None)


def update_voter(call: Call) -> str:
    """EWS-09."""
    command = voter_changes.read_update(call.request)
    return once(call, lambda uow: voter_changes.render_update_result(update(command, call.caller, uow, call.services.clock)))


def transfer_voter(call: Call) -> str:
    """EWS-09, UC01.11.02."""
    command, pending = voter_changes.read_transfer(call.request), timedelta(days=call.services.config.transfer_pending_days)
    return once(call, lambda uow: voter_changes.render_transfer_result(transfer(command, call.caller, uow, call.services.clock, pending)))


VOTER_OPERATIONS: Final[Mapping[str, Operation]] = {
    "GetVoter": get_voter,
    "UpdateVoter": update_voter,
    "TransferVoter": transfer_voter,
}
"""By the name in the WSDL."""
