"""EWS-07, UC01.19.01: a changing call that is sent again does nothing and gets the first answer."""

from collections.abc import Callable
from dataclasses import dataclass

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.errors import Conflict, ErrorCode, OutcomeUnknown
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.ports.calls import StoredReply


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangingCall:
    """The county's own id of a call, and the digest of what it asks."""

    transaction_id: str
    request_digest: str


def answer_once(call: ChangingCall, caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock, act: Callable[[UnitOfWork], str]) -> str:
    """The answer's body: what `act` made of the call, kept in the same transaction as what it did, or what was kept before.

    Raises:
        Conflict: TRANSACTION_REUSED when the id came before with another request. A refusal of `act` is not kept.
        OutcomeUnknown: the connection was lost while it was being saved, and it is not there, or not yet.
    """
    try:
        with unit_of_work() as uow:
            if (kept := _kept(uow, call, caller)) is not None:
                return kept
            body = act(uow)
            uow.replies.keep(caller.county_code, call.transaction_id, StoredReply(call.request_digest, body), clock.now())
            uow.commit()
            return body
    except (Conflict, OutcomeUnknown):
        # The same call may have come twice at once: the other one did it, and its answer is the answer.
        # Or the connection was lost while this one was being saved: its answer is there if it was.
        with unit_of_work(read_only=True) as uow:
            kept = _kept(uow, call, caller)
        if kept is None:
            raise
        return kept


def _kept(uow: UnitOfWork, call: ChangingCall, caller: Caller) -> str | None:
    kept = uow.replies.find(caller.county_code, call.transaction_id)
    if kept is not None and kept.request_digest != call.request_digest:
        text = "This TransactionId came before with another request; each request needs its own."
        raise Conflict(ErrorCode.TRANSACTION_REUSED, text, ref="TransactionId")
    return None if kept is None else kept.body
