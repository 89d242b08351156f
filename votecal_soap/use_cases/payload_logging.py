"""OPS-05 An administrator has a county's calls written down, masked, for a while: to find out what a vendor's client really sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from votecal_soap.clock import Clock
from votecal_soap.domain.call_guard import PayloadLogSetting
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, SOS_ROLES, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchPayloadLog:
    """For which county; `lasting` None switches it off."""

    county_code: str
    acting_user: str
    lasting: timedelta | None


def switch(command: SwitchPayloadLog, uow: UnitOfWork, clock: Clock) -> PayloadLogSetting:
    """The setting as it is now; every process follows within a quarter of a minute."""
    now = clock.now()
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        if uow.reference.county(command.county_code) is None:
            raise NotFound(ErrorCode.COUNTY_NOT_FOUND, f"There is no county {command.county_code}.", ref="county")
        setting = PayloadLogSetting(command.county_code, now + (command.lasting or timedelta(0)), command.acting_user, now)
        uow.call_guard.save_payload_log(setting)
        record_change(
            uow,
            at=now,
            actor=command.acting_user,
            action="SwitchPayloadLog",
            subject=("county", command.county_code),
            county_code=command.county_code,
            new={"logged_until": setting.logged_until},
        )
        uow.commit()
    return setting


def listed(user_name: str, uow: UnitOfWork) -> Sequence[PayloadLogSetting]:
    """Counties whose calls are, or were, written down."""
    with uow:
        require_role(uow, user_name, SOS_ROLES)
        return uow.call_guard.payload_logs()
