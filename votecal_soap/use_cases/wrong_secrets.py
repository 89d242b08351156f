"""EWS-01 Calls with wrong secrets cost their senders time, and never shut a county out; SOS hears of them (ADR 13).

Counted by user name with source address, and by source address: never by user name alone, for whoever knows a county's user
name could keep the county out. A right secret from an address that the county has called from before is never held at all.
"""

import logging
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final, NamedTuple

from votecal_soap.clock import Clock
from votecal_soap.credentials import keyed_hash
from votecal_soap.domain.call_guard import ALERT_AT, KNOWN_FOR, OF_PAIR, OF_SOURCE
from votecal_soap.domain.counties import Credential
from votecal_soap.domain.sign_in import FORGIVEN_AFTER, NO_FAILURES, Failures
from votecal_soap.errors import Conflict, ErrorCode, Unavailable, VoteCalError
from votecal_soap.log import event
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory

logger = logging.getLogger(__name__)

_REMEMBERED: Final = 10_000
"""Addresses that a process remembers; beyond that it begins anew, at the price of a read for each."""


class _Counters(NamedTuple):
    """The keys that calls are counted by; keyed hashes, because a user name that was sent may be a password."""

    pair: str
    source: str


class WrongSecrets:
    """What this process knows of source addresses, over the counters that all processes share."""

    def __init__(self, unit_of_work: UnitOfWorkFactory, clock: Clock, key: bytes) -> None:
        """Know nobody yet."""
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._key = key
        self._noted: dict[tuple[str, str], datetime] = {}
        self._addresses: set[str] = set()
        self._looked_up: dict[str, datetime] = {}
        self._to_note: dict[str, datetime] = {}
        self._is_noting = False
        self._lock = threading.Lock()

    def admit(self, credential: Credential, source_address: str) -> None:
        """A right secret: let it in at once where its county is known, else unless the address is held.

        Raises:
            Unavailable: TOO_MANY_WRONG_SECRETS, from an address that the county never called from.
        """
        place, now = (credential.county_code, source_address), self._clock.now()
        noted = self._noted.get(place)
        if noted is not None and now - noted < KNOWN_FOR:
            return
        counters, home = self._counters(credential.username, source_address), self._home(*place)
        with self._unit_of_work(read_only=True) as uow:
            failures = uow.logins.failures([*counters, home])
        known = failures.get(home, NO_FAILURES).succeeded_at
        if known is None:
            _refuse_while_held(failures, counters, now)
        if known is None or now - known >= KNOWN_FOR:
            self._note_home((*counters, home), now)
            known = now
        self._remember(place, known)

    def refused(self, username: str | None, source_address: str, credential: Credential | None, refusal: VoteCalError) -> VoteCalError:
        """What a call with a wrong secret is answered: the refusal, counted; or how long to wait, neither counted nor written."""
        if not username:
            return refusal  # nothing was tried
        counters, now = self._counters(username, source_address), self._clock.now()
        account = keyed_hash(f"call-account|{username}", self._key)
        with self._unit_of_work(read_only=True) as uow:
            failures = uow.logins.failures([*counters, account])
        try:
            _refuse_while_held(failures, counters, now)
        except Unavailable as held:
            return held
        # Another process may just have begun the same counter: then this once is not counted.
        with suppress(Conflict):
            self._count(counters, account, credential, failures.get(account, NO_FAILURES), now)
        return refusal

    def remembers(self, source_address: str) -> bool:
        """Whether this process let a county in from there."""
        return source_address in self._addresses

    def is_known(self, source_address: str) -> bool:
        """Whether any county has called from there before; asked of the database at most once a minute for each address."""
        now = self._clock.now()
        if source_address in self._addresses:
            return True
        looked_up = self._looked_up.get(source_address)
        if looked_up is not None and abs((now - looked_up).total_seconds()) < 60:
            return False
        if len(self._looked_up) >= _REMEMBERED:
            self._looked_up.clear()
        self._looked_up[source_address] = now
        counter = self._counters("", source_address).source
        with self._unit_of_work(read_only=True) as uow:
            known = uow.logins.failures([counter]).get(counter, NO_FAILURES).succeeded_at is not None
        if known:
            self._addresses.add(source_address)
        return known

    def _count(self, counters: _Counters, account: str, credential: Credential | None, before: Failures, now: datetime) -> None:
        with self._unit_of_work() as uow:
            # The third for unknown names too: what is written, and so how long it takes, does not tell them from others.
            # Sorted, as whoever notes right ones does, so that the two wait for each other instead of dying in a deadlock.
            for counter in sorted((*counters, account)):
                uow.logins.note_failure(counter, now, forgiven_before=now - FORGIVEN_AFTER)
            is_fresh = before.last_at is not None and before.last_at >= now - FORGIVEN_AFTER
            attempts = before.in_a_row + 1 if is_fresh else 1
            if credential is not None and attempts >= ALERT_AT:
                _alert(uow, credential, attempts, now)
            uow.commit()

    def _note_home(self, counters: tuple[str, ...], now: datetime) -> None:
        """A right secret never waits for another's: while one thread writes, the rest leave theirs to it."""
        with self._lock:
            self._to_note |= dict.fromkeys(counters, now)
            if self._is_noting:
                return
            self._is_noting = True
        # What cannot be written now is written with the next one's.
        with suppress(VoteCalError):
            while self._note_all():
                pass

    def _note_all(self) -> bool:
        """Write what is there; whether more has come meanwhile."""
        taken: dict[str, datetime] = {}
        try:
            with self._unit_of_work() as uow:
                # Once the transaction has begun: SQLite may have kept it waiting, and more may have come.
                taken = self._taken()
                for counter, at in sorted(taken.items()):
                    uow.logins.note_success(counter, at)
                uow.commit()
        except BaseException:
            with self._lock:
                self._to_note, self._is_noting = taken | self._to_note, False
            raise
        with self._lock:
            self._is_noting = bool(self._to_note)
            return self._is_noting

    def _taken(self) -> dict[str, datetime]:
        with self._lock:
            taken, self._to_note = self._to_note, {}
        return taken

    def _remember(self, place: tuple[str, str], known: datetime) -> None:
        if len(self._noted) >= _REMEMBERED:
            self._noted.clear()
            self._addresses.clear()
        self._noted[place] = known
        self._addresses.add(place[1])

    def _counters(self, username: str, source_address: str) -> _Counters:
        return _Counters(*(keyed_hash(text, self._key) for text in (f"call-pair|{username}|{source_address}", f"call-source|{source_address}")))

    def _home(self, county_code: str, source_address: str) -> str:
        return keyed_hash(f"call-home|{county_code}|{source_address}", self._key)


def _refuse_while_held(failures: Mapping[str, Failures], counters: _Counters, now: datetime) -> None:
    counted = ((OF_PAIR, counters.pair), (OF_SOURCE, counters.source))
    held = [back_off.held_until(failures.get(counter, NO_FAILURES), now) for back_off, counter in counted]
    until = max((instant for instant in held if instant is not None), default=None)
    if until is not None and now < until:
        wait = int((until - now).total_seconds()) + 1
        text = f"There were too many wrong secrets from your address. Put the right one in, and send again in {wait} s."
        raise Unavailable(ErrorCode.TOO_MANY_WRONG_SECRETS, text, retry_after_seconds=wait)


def _alert(uow: UnitOfWork, credential: Credential, attempts: int, now: datetime) -> None:
    if not uow.call_guard.note_attempts(credential.username, attempts, now):
        return
    subject = ("credential", credential.username)
    record_change(uow, at=now, actor="services", action="OpenCredentialAlert", subject=subject, county_code=credential.county_code, new={"count": attempts})
    event(logger, "credential is called with wrong secrets", level=logging.WARNING, county_code=credential.county_code, count=attempts)
