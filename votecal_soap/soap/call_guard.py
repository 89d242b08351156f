"""What stands around every call: how much may be called, who calls, and what is written down of it. One for each process."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from votecal_soap.domain.call_guard import CALLS_OF, CallLimits
from votecal_soap.domain.counties import Caller
from votecal_soap.secret_box import SecretBox
from votecal_soap.soap.payload_log import PayloadLog
from votecal_soap.transport import Transport, read_transport
from votecal_soap.use_cases.authenticate import Authenticator, PresentedCredential, StateSecrets
from votecal_soap.use_cases.call_budget import AddressBudget, CallBudget
from votecal_soap.use_cases.ports import Application
from votecal_soap.use_cases.wrong_secrets import WrongSecrets


class CallGuard:
    """Shared by the services and the upload lane, so that a county has one budget and an address one record."""

    def __init__(self, services: Application) -> None:
        """Join the parts by the configuration."""
        config, unit_of_work, clock = services.config, services.unit_of_work, services.clock
        key = config.credential_key.encode()
        limits = CallLimits(of_county=config.county_calls_per_minute, of_all=config.calls_per_minute, of_strangers=config.stranger_calls_per_minute)
        wrong_secrets = WrongSecrets(unit_of_work, clock, key)
        secrets = StateSecrets(key=key, box=SecretBox(config.digest_keys), digest_life=timedelta(seconds=config.digest_seconds))
        self.payload_log = PayloadLog(services)
        self._config = config
        self._authenticator = Authenticator(unit_of_work, clock, services.callers_clock, secrets, wrong_secrets)
        self._addresses = AddressBudget(wrong_secrets, clock, limits)
        self._counties = CallBudget(unit_of_work, clock, limits)

    def admit(self, environ: Mapping[str, Any]) -> Transport:
        """Before anything of a request is read: what can be believed of its connection; raises Unavailable TOO_MANY_CALLS."""
        transport = read_transport(environ, self._config)
        self._addresses.take(transport.source_address)
        return transport

    def identify(self, presented: PresentedCredential) -> Caller:
        """Who calls; raises NotAllowed and Unavailable."""
        return self._authenticator.authenticate(presented)

    def count(self, caller: Caller, operation: str | None = None) -> None:
        """Count a call of a county, before it is validated, for as many as its operation costs; raises Unavailable TOO_MANY_CALLS."""
        self._counties.take(caller.county_code, 1 if operation is None else CALLS_OF.get(operation, 1))
