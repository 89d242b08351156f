"""UC04.06.01: the county's EMS reads messages by id, with their detail (EWS-03)."""

from collections.abc import Sequence
from typing import Final

from votecal_soap.domain.counties import Caller
from votecal_soap.domain.ems_messages import StoredMessage
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.ports import UnitOfWorkFactory

ID_LIMIT: Final = 1000


def get_messages(message_ids: Sequence[int], caller: Caller, unit_of_work: UnitOfWorkFactory) -> tuple[list[StoredMessage], list[int]]:
    """Those that are this county's, and the ids that are not: another county's message is not told apart from none (EWS-01)."""
    wanted = list(dict.fromkeys(message_ids))
    if len(wanted) > ID_LIMIT:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"At most {ID_LIMIT} ids a call.", ref="MessageIds")
    with unit_of_work(read_only=True) as uow:
        found = uow.messages.by_ids(caller.county_code, wanted)
    known = {message_id for message_id, _, _ in found}
    return found, [message_id for message_id in wanted if message_id not in known]
