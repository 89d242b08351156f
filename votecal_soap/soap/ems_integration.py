"""The operations of `wsdl/ems-integration.wsdl`: read the request, call the use case, write the answer."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.contract import ems_integration as contract
from votecal_soap.contract import match_cases, merged_data, registrations, voter_search
from votecal_soap.contract.namespaces import EMS_INTEGRATION
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.ems_messages import ClearResult
from votecal_soap.domain.match_cases import MatchCase, TransferOut
from votecal_soap.soap import synchronisation
from votecal_soap.soap.calls import Call, Operation
from votecal_soap.soap.changing import once
from votecal_soap.soap.ping import ping_operation
from votecal_soap.soap.voter_operations import VOTER_OPERATIONS
from votecal_soap.use_cases.accept_transfer_out import accept_transfer_out as accept_transfer
from votecal_soap.use_cases.clear_messages import clear_messages as clear
from votecal_soap.use_cases.decide_match_case import decide_match_case as decide
from votecal_soap.use_cases.get_match_case import get_match_case as match_case
from votecal_soap.use_cases.get_message_queue import PageLimits
from votecal_soap.use_cases.get_message_queue import get_message_queue as message_queue
from votecal_soap.use_cases.get_messages import get_messages as messages_by_id
from votecal_soap.use_cases.list_match_cases import list_match_cases as cases_of_county
from votecal_soap.use_cases.note_refused_call import note_strange_messages
from votecal_soap.use_cases.own_record_version import own_record_of_case, own_record_version
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.pull_merged_data import pull_merged_data as pull
from votecal_soap.use_cases.register_voter import register_voter as register
from votecal_soap.use_cases.report_unresolved_coa import report_unresolved_coa as report
from votecal_soap.use_cases.reverse_transfer_out import reverse_transfer_out as reverse_transfer
from votecal_soap.use_cases.search_voters import Searching
from votecal_soap.use_cases.search_voters import search_voters as search
from votecal_soap.use_cases.undo_match_case import undo_match_case as undo
from votecal_soap.use_cases.undo_transfer_out import ReversedTransfer
from votecal_soap.use_cases.undo_transfer_out import undo_transfer_out as undo_transfer

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
    services = call.services
    found, missing = messages_by_id(contract.read_message_ids(call.request), call.caller, services.unit_of_work)
    note_strange_messages("GetMessages", missing, call.caller, services.unit_of_work, services.clock)
    return contract.render_messages(found, missing)


def clear_messages(call: Call) -> str:
    """EWS-04, EWS-05."""
    clearances, services = contract.read_clearances(call.request), call.services
    results = clear(clearances, call.caller, services.unit_of_work, services.clock)
    strange = [message_id for message_id, result in results.items() if result is ClearResult.NOT_FOUND]
    note_strange_messages("ClearMessages", strange, call.caller, services.unit_of_work, services.clock)
    return contract.render_clear_results(clearances, results)


def list_match_cases(call: Call) -> str:
    """EWS-11, UC03.22.01."""
    query = match_cases.read_match_case_query(call.request)
    page = cases_of_county(query, call.caller, call.services.unit_of_work, call.services.clock)
    return match_cases.render_match_case_page(page, call.caller.county_code, call.services.config.page_byte_limit if query.limit is None else None)


def get_match_case(call: Call) -> str:
    """EWS-11."""
    case_id = match_cases.read_match_case_id(call.request)
    notice, record = match_case(case_id, call.caller, call.services.unit_of_work, call.services.clock)
    return match_cases.render_match_case(notice, record, call.caller.county_code)


def decide_match_case(call: Call) -> str:
    """COA-33, DUP-03."""
    decision = match_cases.read_case_decision(call.request)
    return once(call, lambda uow: _case_result("DecideMatchCase", call, uow, decide(decision, *_acting(call, uow))))


def undo_match_case(call: Call) -> str:
    """COA-34, DLR-19."""
    command = match_cases.read_undo(call.request)
    return once(call, lambda uow: _case_result("UndoMatchCase", call, uow, undo(command, *_acting(call, uow))))


def report_unresolved_coa(call: Call) -> str:
    """COA-21."""
    found_out = match_cases.read_unresolved_coa_report(call.request)
    return once(call, lambda uow: match_cases.render_unresolved_coa_result(report(found_out, *_acting(call, uow))))


def accept_transfer_out(call: Call) -> str:
    """UC03.50.01."""
    word = match_cases.read_transfer_decision(call.request)
    return once(call, lambda uow: _transfer_result("AcceptTransferOut", call, uow, accept_transfer(word, *_acting(call, uow))))


def reverse_transfer_out(call: Call) -> str:
    """UC03.50.01."""
    word = match_cases.read_transfer_decision(call.request)
    return once(call, lambda uow: _reversed("ReverseTransferOut", call, uow, reverse_transfer(word, *_acting(call, uow))))


def undo_transfer_out(call: Call) -> str:
    """UC03.50.01."""
    word = match_cases.read_transfer_decision(call.request)
    return once(call, lambda uow: _reversed("UndoTransferOut", call, uow, undo_transfer(word, *_acting(call, uow))))


def search_voters(call: Call) -> str:
    """EWS-08."""
    services, wanted = call.services, voter_search.read_voter_search(call.request)
    searching = Searching(unit_of_work=services.unit_of_work, clock=services.clock, key=services.config.credential_key.encode())
    found = search(wanted, call.caller, searching)
    return voter_search.render_found_voters(found, call.caller.county_code, services.config.page_byte_limit if wanted.limit is None else None)


def register_voter(call: Call) -> str:
    """EWS-09."""
    command, services, county = registrations.read_registration(call.request), call.services, call.caller.county_code

    def act(uow: UnitOfWork) -> str:
        result = register(command, call.caller, uow, services.clock, services.rule_books)
        return registrations.render_registration_result(result, county, services.config.page_byte_limit)

    return once(call, act)


def pull_merged_data(call: Call) -> str:
    """DLR-15, EWS-12."""
    services, query = call.services, merged_data.read_merged_data_query(call.request)
    page = pull(query, call.caller, services.unit_of_work, services.clock)
    return merged_data.render_merged_page(page, services.config.page_byte_limit if query.limit is None and not query.with_content else None)


def _acting(call: Call, uow: UnitOfWork) -> tuple[Caller, UnitOfWork, Clock, timedelta]:
    """What every use case takes that changes a match case: who, where, when, and how long a move may wait for the losing county."""
    return call.caller, uow, call.services.clock, timedelta(days=call.services.config.transfer_pending_days)


def _case_result(operation: str, call: Call, uow: UnitOfWork, case: MatchCase) -> str:
    return match_cases.render_case_result(operation, case, own_record_of_case(uow, case, call.caller))


def _transfer_result(operation: str, call: Call, uow: UnitOfWork, transfer: TransferOut) -> str:
    return match_cases.render_transfer_result(operation, transfer, own_record_version(uow, transfer.state_voter_id, call.caller))


def _reversed(operation: str, call: Call, uow: UnitOfWork, done: ReversedTransfer) -> str:
    transfer, new_id = done
    return match_cases.render_transfer_result(operation, transfer, own_record_version(uow, transfer.state_voter_id, call.caller), new_id)


OPERATIONS: Final[Mapping[str, Operation]] = {
    "Ping": ping_operation(EMS_INTEGRATION),
    "GetMessageQueue": get_message_queue,
    "GetMessages": get_messages,
    "ClearMessages": clear_messages,
    "ListMatchCases": list_match_cases,
    "GetMatchCase": get_match_case,
    "DecideMatchCase": decide_match_case,
    "UndoMatchCase": undo_match_case,
    "ReportUnresolvedCoa": report_unresolved_coa,
    "AcceptTransferOut": accept_transfer_out,
    "ReverseTransferOut": reverse_transfer_out,
    "UndoTransferOut": undo_transfer_out,
    "SearchVoters": search_voters,
    "RegisterVoter": register_voter,
    "PullMergedData": pull_merged_data,
    **synchronisation.OPERATIONS,
    **VOTER_OPERATIONS,
}
"""By the name in the WSDL."""
