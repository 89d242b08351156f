"""UC04.06.01: the county's EMS clears what it has taken, or could not process (EWS-04, EWS-05)."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.ems_messages import Clearance, ClearResult
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.county_jobs import actor
from votecal_soap.use_cases.ports import UnitOfWorkFactory

CLEARANCE_LIMIT: Final = 1000


def clear_messages(clearances: Sequence[Clearance], caller: Caller, unit_of_work: UnitOfWorkFactory, clock: Clock) -> dict[int, ClearResult]:
    """A result for each id. Clearing again changes nothing; a younger message is refused while an older one of its voter is open."""
    if len(clearances) > CLEARANCE_LIMIT:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"At most {CLEARANCE_LIMIT} messages a call.", ref="Clearances")
    now = clock.now()
    with unit_of_work() as uow:
        results = uow.messages.clear(caller.county_code, clearances, now)
        # An id that comes twice keeps its first answer, and so its first outcome.
        outcomes = {clearance.message_id: clearance.outcome for clearance in reversed(clearances)}
        cleared = [message_id for message_id, result in results.items() if result is ClearResult.CLEARED]
        if cleared:
            record_change(
                uow,
                at=now,
                actor=actor(caller),
                action="ClearMessages",
                subject=("queue", caller.county_code),
                county_code=caller.county_code,
                new={"cleared": cleared, "outcomes": Counter(outcomes[message_id] for message_id in cleared)},
            )
        uow.commit()
    return results
