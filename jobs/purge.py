"""Purge: files and kept data whose retention has passed are removed, cleared messages are archived (OPS-05)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from jobs.application import ShouldStop
from votecal_soap.domain.jobs import JobInstance
from votecal_soap.use_cases.archive_messages import ArchivedMessages, ArchiveMessages, archive_messages
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import Application
from votecal_soap.use_cases.purge_dmv_files import PurgeDmvFiles, purge_dmv_files
from votecal_soap.use_cases.purge_kept_data import PurgeKeptData, purge_kept_data
from votecal_soap.use_cases.purge_spool import PurgeSpool
from votecal_soap.use_cases.purge_spool import purge as purge_spool


class Purged(NamedTuple):
    """How many of each are gone, of messages that were archived too."""

    uploads: int = 0
    exports: int = 0
    dmv_files: int = 0
    replies: int = 0
    signatures: int = 0
    payload_logs: int = 0
    archived_messages: int = 0
    messages: int = 0


def run(application: Application, instance: JobInstance, should_stop: ShouldStop) -> None:
    """Purge as the job."""
    purge(application, f"job:{instance.job_id}", lambda: should_stop() is not None)


def purge(application: Application, actor: str, stop: Callable[[], bool]) -> Purged:
    """Remove what is due, one kind after the other, until `stop` says so."""
    config, clock, unit_of_work = application.config, application.clock, application.unit_of_work
    spooled = PurgeSpool(retention=timedelta(days=config.spool_retention_days), actor=actor)
    uploads = purge_spool(spooled, unit_of_work, application.spool, clock, stop)
    from_dmv = PurgeDmvFiles(retention=timedelta(days=config.dmv_retention_days), actor=actor)
    dmv_files = purge_dmv_files(from_dmv, unit_of_work, application.dmv_exchange, clock, stop)
    replies, signatures = timedelta(days=config.reply_retention_days), timedelta(days=config.signature_retention_days)
    kept = purge_kept_data(PurgeKeptData(replies=replies, signatures=signatures, actor=actor), unit_of_work, clock, stop)
    messages = _archive(application, actor, stop)
    if stop():
        return Purged(uploads, 0, dmv_files, *kept, 0, *messages)
    exports = _purge_files(application, actor, "export", config.export_dir, config.export_retention_days)
    payload_logs = _purge_files(application, actor, "payload_log", config.payload_dir, config.payload_log_retention_days)
    return Purged(uploads, exports, dmv_files, *kept, payload_logs, *messages)


def _archive(application: Application, actor: str, stop: Callable[[], bool]) -> ArchivedMessages:
    stay, days = timedelta(days=application.config.message_archive_days), application.config.message_retention_days
    retention = max(stay, timedelta(days=days)) if days else None
    return archive_messages(ArchiveMessages(stay=stay, retention=retention, actor=actor), application.unit_of_work, application.clock, stop)


_ACTIONS: Final = {"export": "PurgeExport", "payload_log": "PurgePayloadLog"}


def _purge_files(application: Application, actor: str, kind: str, folder: Path, days: int) -> int:
    now = application.clock.now()
    removed = _remove_older(folder, now - timedelta(days=days))
    with application.unit_of_work() as uow:
        for name in removed:
            record_change(uow, at=now, actor=actor, action=_ACTIONS[kind], subject=(kind, name[:60]))
        uow.commit()
    return len(removed)


def _remove_older(directory: Path, before: datetime) -> list[str]:
    removed: list[str] = []
    for file in sorted(directory.glob("*")) if directory.is_dir() else ():
        if file.is_file() and datetime.fromtimestamp(file.stat().st_mtime, UTC) < before:
            file.unlink()
            removed.append(file.name)
    return removed
