"""What of the EMS's own record goes with a word, kept before it is first sent (EWS-07).

The EMS goes on: between a crash and the resend a clerk may change the voter. A request made anew would then be another one under the
old TransactionId, and the state refuses that (VC-4013), although it took the first.
"""

import json
import sqlite3
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from votecal_soap.contract.batch_writer import WireHomePrecinct, WireMailingAddress, WireName, WireRegistration, WireResidenceAddress
from votecal_soap.county.ems_database import EmsDatabase

ReadRecord = Callable[[sqlite3.Connection], tuple[str, WireRegistration]]
"""Reads a voter's number and registration as they are now."""


class SentRecord(NamedTuple):
    """A voter's number and registration as they were sent; `sent_at`: the last change (a change_no) that is in them."""

    number: str
    registration: WireRegistration
    sent_at: int


def record_to_send(ems: EmsDatabase, transaction_id: str, read: ReadRecord) -> SentRecord:
    """What was kept for this word; the first time the record is read, and kept in the same transaction."""
    with ems.transaction() as connection:
        (kept,) = connection.execute("SELECT sent FROM state_answers WHERE transaction_id = ?", (transaction_id,)).fetchone()
        if kept is not None:
            return _restored(*json.loads(kept))
        record = SentRecord(*read(connection), ems.change_no)
        connection.execute("UPDATE state_answers SET sent = ? WHERE transaction_id = ?", (json.dumps(record), transaction_id))
    return record


def _restored(number: str, registration: list[Any], sent_at: int) -> SentRecord:
    """JSON knows lists only."""
    given = dict(zip(WireRegistration._fields, registration, strict=True))
    groups = {name: group(*given[name]) for name, group in _GROUPS.items() if given[name] is not None}
    return SentRecord(number, WireRegistration(**given | groups), sent_at)


_GROUPS: Final[dict[str, Callable[..., Any]]] = {
    "name": WireName,
    "residence_address": WireResidenceAddress,
    "mailing_address": WireMailingAddress,
    "home_precinct": WireHomePrecinct,
}
"""The parts of a registration that have parts."""
