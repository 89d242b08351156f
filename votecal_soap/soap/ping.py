"""Ping, the one operation that every service has (EWS-12)."""

from votecal_soap.contract.ping import render_ping
from votecal_soap.soap.calls import Call, Operation
from votecal_soap.use_cases.ping import ping


def ping_operation(namespace: str) -> Operation:
    """Ping in a service's namespace."""

    def answer(call: Call) -> str:
        found = ping(call.caller, call.services.clock)
        return render_ping(
            namespace,
            contract_version=found.contract_version,
            county_code=found.county_code,
            server_time=found.server_time,
            credential_expires_at=found.credential_expires_at,
        )

    return answer
