"""Joins the parts: the one place that knows which database stands behind the unit of work, and where spool and drop folder are."""

from dataclasses import dataclass, field
from datetime import timedelta

from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.clock import Clock, SystemClock
from votecal_soap.config import Config
from votecal_soap.dmv_exchange import FolderDmvExchange
from votecal_soap.domain.rules import RuleBooks
from votecal_soap.spool import FileSpool
from votecal_soap.use_cases.ports import DmvExchange, Spool, UnitOfWorkFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Everything that a web process, a worker or a command needs."""

    config: Config
    clock: Clock
    callers_clock: Clock
    unit_of_work: UnitOfWorkFactory
    spool: Spool
    dmv_exchange: DmvExchange
    rule_books: RuleBooks = field(default_factory=RuleBooks)


def build(config: Config, clock: Clock | None = None, *, database_clock: Clock | None = None, callers_clock: Clock | None = None) -> Application:
    """Join the parts that a configuration asks for; SQLite goes by `database_clock`, if one is given, and WS-Security's times by `callers_clock`."""
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock = clock or SystemClock()
    return Application(
        config=config,
        clock=clock,
        callers_clock=callers_clock or clock,
        unit_of_work=SqlUnitOfWorkFactory.from_url(config.effective_database_url, database_clock),
        spool=FileSpool(config.spool_dir),
        dmv_exchange=dmv_exchange(config),
    )


def dmv_exchange(config: Config) -> DmvExchange:
    """DMV's folders as configured."""
    return FolderDmvExchange(
        config.dmv_drop_folder,
        config.dmv_dir,
        settle=timedelta(seconds=config.dmv_settle_seconds),
        incomplete=timedelta(seconds=config.dmv_incomplete_seconds),
    )
