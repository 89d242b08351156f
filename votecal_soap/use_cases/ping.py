"""EWS-12 A county checks that it reaches the state: contract version, whose credential it is, and until when."""

from dataclasses import dataclass
from datetime import datetime

from votecal_soap import CONTRACT_VERSION
from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class PingAnswer:
    """What the state says of itself and of the credential."""

    contract_version: str
    county_code: str
    server_time: datetime
    credential_expires_at: datetime | None


def ping(caller: Caller, clock: Clock) -> PingAnswer:
    """Answer; nothing is read or changed."""
    return PingAnswer(
        contract_version=CONTRACT_VERSION,
        county_code=caller.county_code,
        server_time=clock.now(),
        credential_expires_at=caller.credential_expires_at,
    )
