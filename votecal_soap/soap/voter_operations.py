"""The operations on one voter's record, of `wsdl/ems-integration.wsdl`: read the request, call the use case, write the answer."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from votecal_soap.contract import voter_attachments, voter_changes, voter_records
from votecal_soap.soap.calls import Call, Operation
from votecal_soap.soap.changing import once
from votecal_soap.use_cases.add_voter_activity import add_voter_activity as add_activity
from votecal_soap.use_cases.attach_image import attach_image as attach
from votecal_soap.use_cases.confirm_vnc_printed import confirm_vnc_printed as confirm_printed
from votecal_soap.use_cases.enter_declined_voter import enter_declined_voter as enter_declined
from votecal_soap.use_cases.get_image import get_image as part_of_image
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
    command, services = voter_changes.read_update(call.request), call.services
    return once(call, lambda uow: voter_changes.render_update_result(update(command, call.caller, uow, services.clock, services.rule_books)))


def transfer_voter(call: Call) -> str:
    """EWS-09, UC01.11.02."""
    command, services = voter_changes.read_transfer(call.request), call.services
    pending = timedelta(days=services.config.transfer_pending_days)
    return once(call, lambda uow: voter_changes.render_transfer_result(transfer(command, call.caller, uow, services.clock, pending, services.rule_books)))


def enter_declined_voter(call: Call) -> str:
    """EWS-09, UC01.11.04."""
    command, services = voter_changes.read_declined(call.request), call.services
    return once(call, lambda uow: voter_changes.render_declined(enter_declined(command, call.caller, uow, services.clock, services.rule_books)))


def add_voter_activity(call: Call) -> str:
    """EWS-12."""
    command = voter_attachments.read_activity(call.request)
    return once(call, lambda uow: voter_attachments.render_activity(add_activity(command, call.caller, uow, call.services.clock)))


def confirm_vnc_printed(call: Call) -> str:
    """EWS-12, S7.3."""
    command = voter_attachments.read_printed_cards(call.request)
    return once(call, lambda uow: voter_attachments.render_printed_cards(confirm_printed(command, call.caller, uow, call.services.clock)))


def attach_image(call: Call) -> str:
    """EWS-12."""
    command = voter_attachments.read_image(call.request)
    return once(call, lambda uow: voter_attachments.render_image_progress(attach(command, call.caller, uow, call.services.clock)))


def get_image(call: Call) -> str:
    """EWS-12."""
    query = voter_attachments.read_image_query(call.request)
    return voter_attachments.render_image_part(part_of_image(query, call.caller, call.services.unit_of_work, call.services.clock))


VOTER_OPERATIONS: Final[Mapping[str, Operation]] = {
    "GetVoter": get_voter,
    "UpdateVoter": update_voter,
    "TransferVoter": transfer_voter,
    "EnterDeclinedVoter": enter_declined_voter,
    "AddVoterActivity": add_voter_activity,
    "ConfirmVncPrinted": confirm_vnc_printed,
    "AttachImage": attach_image,
    "GetImage": get_image,
}
"""By the name in the WSDL."""
