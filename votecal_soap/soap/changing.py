"""EWS-07 A call that changes something is answered once: sent again, as before."""

from collections.abc import Callable

from votecal_soap.contract.match_cases import read_transaction_id
from votecal_soap.contract.request_digest import request_digest
from votecal_soap.soap.calls import Call
from votecal_soap.use_cases.answer_once import ChangingCall, answer_once
from votecal_soap.use_cases.ports import UnitOfWork


def once(call: Call, act: Callable[[UnitOfWork], str]) -> str:
    """What `act` answers, or what the same call was answered before."""
    changing = ChangingCall(transaction_id=read_transaction_id(call.request), request_digest=request_digest(call.request))
    return answer_once(changing, call.caller, call.services.unit_of_work, call.services.clock, act)
