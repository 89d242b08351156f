"""Joins the parts: the one place that knows which database stands behind the unit of work, and where the spool is."""

from dataclasses import dataclass

from db.engine import create_engine
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.clock import Clock, SystemClock
from votecal_soap.config import Config
from votecal_soap.spool import FileSpool
from votecal_soap.use_cases.ports import Spool, UnitOfWorkFactory


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Everything that a web process, a worker or a command needs."""

    config: Config
    clock: Clock
    unit_of_work: UnitOfWorkFactory
    spool: Spool


def build(config: Config, clock: Clock | None = None) -> Application:
    """Join the parts that a configuration asks for."""
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Application(
        config=config,
        clock=clock or SystemClock(),
        unit_of_work=SqlUnitOfWorkFactory(create_engine(config.effective_database_url)),
        spool=FileSpool(config.spool_dir),
    )
