"""EWS-01 SOS reads which credentials somebody calls with wrong secrets again and again."""

from collections.abc import Sequence

from votecal_soap.clock import Clock
from votecal_soap.domain.call_guard import CredentialAlert
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork


def listed(user_name: str, uow: UnitOfWork, *, unread_only: bool = True) -> Sequence[CredentialAlert]:
    """Alerts, the latest first."""
    with uow:
        require_role(uow, user_name, SOS_ROLES)
        return uow.call_guard.alerts(unread_only=unread_only)


def mark_read(username: str, user_name: str, uow: UnitOfWork, clock: Clock) -> None:
    """Somebody of SOS has read the alert about a credential; the next wrong secrets open it anew."""
    now = clock.now()
    with uow:
        require_role(uow, user_name, SOS_ROLES)
        if not uow.call_guard.read_alert(username, user_name, now):
            raise NotFound(ErrorCode.USER_NOT_FOUND, f"There is no unread alert about {username}.", ref="username")
        record_change(uow, at=now, actor=user_name, action="ReadCredentialAlert", subject=("credential", username))
        uow.commit()
