"""Purge: bytes of finished uploads and old exports are removed (OPS-05)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jobs.application import Application, ShouldStop
from votecal_soap.domain.jobs import JobInstance
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.purge_spool import PurgeSpool
from votecal_soap.use_cases.purge_spool import purge as purge_spool


def run(application: Application, instance: JobInstance, should_stop: ShouldStop) -> None:
    """Purge as the job."""
    purge(application, f"job:{instance.job_id}", lambda: should_stop() is not None)


def purge(application: Application, actor: str, stop: Callable[[], bool]) -> tuple[int, int]:
    """Remove what is due; how many uploads and how many exports that were."""
    config, clock = application.config, application.clock
    command = PurgeSpool(retention=timedelta(days=config.spool_retention_days), actor=actor)
    uploads = purge_spool(command, application.unit_of_work, application.spool, clock, stop)
    if stop():
        return uploads, 0
    removed = _remove_older(config.export_dir, clock.now() - timedelta(days=config.export_retention_days))
    with application.unit_of_work() as uow:
        for name in removed:
            record_change(uow, at=clock.now(), actor=actor, action="PurgeExport", subject=("export", name))
        uow.commit()
    return uploads, len(removed)


def _remove_older(directory: Path, before: datetime) -> list[str]:
    removed: list[str] = []
    for file in sorted(directory.glob("*")) if directory.is_dir() else ():
        if file.is_file() and datetime.fromtimestamp(file.stat().st_mtime, UTC) < before:
            file.unlink()
            removed.append(file.name)
    return removed
