"""The joined-up application, as the edges see it from below `bootstrap`."""

from typing import Protocol

from votecal_soap.clock import Clock
from votecal_soap.config import Config
from votecal_soap.domain.rules import RuleBooks
from votecal_soap.use_cases.ports.dmv_files import DmvExchange
from votecal_soap.use_cases.ports.files import Spool
from votecal_soap.use_cases.ports.transaction import UnitOfWorkFactory


class Application(Protocol):
    """What operations and jobs may use: configuration, time, database, the bytes of uploads and of DMV's files, and rules read before."""

    @property
    def config(self) -> Config:
        """Every setting."""
        ...

    @property
    def clock(self) -> Clock:
        """Tells the time."""
        ...

    @property
    def callers_clock(self) -> Clock:
        """What callers' own clocks show: another time than `clock` only where that one was moved, in a sandbox."""
        ...

    @property
    def unit_of_work(self) -> UnitOfWorkFactory:
        """Makes transactions."""
        ...

    @property
    def spool(self) -> Spool:
        """The bytes of uploads."""
        ...

    @property
    def dmv_exchange(self) -> DmvExchange:
        """DMV's files."""
        ...

    @property
    def rule_books(self) -> RuleBooks:
        """The rules read so far."""
        ...
