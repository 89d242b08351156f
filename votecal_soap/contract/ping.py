"""PingResponse, the same in every service but for its namespace."""

from datetime import datetime

from votecal_soap.contract.markup import branch, leaf


def render_ping(namespace: str, *, contract_version: str, county_code: str, server_time: datetime, credential_expires_at: datetime | None) -> str:
    """`PingResponse` with `PingResult` of `xsd/common-types.xsd`."""
    result = branch(
        "PingResult",
        leaf("ContractVersion", contract_version),
        leaf("CountyCode", county_code),
        leaf("ServerTime", server_time),
        leaf("CredentialExpiresAt", credential_expires_at),
    )
    return branch("PingResponse", result, namespace=namespace)
