"""What guards the services: how much may be called, who calls with wrong secrets, whose payloads are logged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from votecal_soap.domain.sign_in import BackOff

ALL_COUNTIES: Final = "00"
"""The scope of a budget that all counties share."""

CALLS_OF: Final[Mapping[str, int]] = {"GetSynchronizationDigest": 20, "ListDifferences": 20}
"""Operations that count as several calls of a budget: each reads up to 20,000 records, for nearly a second of a processor."""

OF_PAIR: Final = BackOff(free=5, longest=timedelta(minutes=15))
"""Wrong secrets for one user name from one source address."""
OF_SOURCE: Final = BackOff(free=20, longest=timedelta(minutes=15))
"""Wrong secrets from one source address, for any user name."""

ALERT_AT: Final = 10
"""So many wrong secrets in a row for one credential, from everywhere, are told to SOS."""

KNOWN_FOR: Final = timedelta(days=1)
"""A source address is noted as a county's at most once in so long: an ordinary call writes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """Calls a minute. `strangers`: from all addresses together that no county has called from yet."""

    of_county: int
    of_all: int
    of_strangers: int


class CredentialAlert(NamedTuple):
    """A credential that somebody calls with wrong secrets; `read_by` None: nobody of SOS has seen it."""

    username: str
    opened_at: datetime
    last_at: datetime
    attempt_count: int
    read_by: str | None
    read_at: datetime | None


class PayloadLogSetting(NamedTuple):
    """A county whose payloads are logged until an instant, and who said so."""

    county_code: str
    logged_until: datetime
    switched_on_by: str
    switched_on_at: datetime
