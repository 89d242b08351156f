"""Voter Record Update: a county's batch file is processed (UC04.14.01, step 4)."""

from jobs.application import ShouldStop
from votecal_soap.contract.batch_expansion import ExpansionLimits
from votecal_soap.domain.jobs import JobInstance
from votecal_soap.use_cases.ports import Application
from votecal_soap.use_cases.process_voter_record_update_batch import BatchSettings, BatchWork, process


def run(application: Application, instance: JobInstance, should_stop: ShouldStop) -> None:
    """Process the file from the run's position on; the use case ends the run in its own last transaction."""
    work = BatchWork(
        unit_of_work=application.unit_of_work,
        clock=application.clock,
        spool=application.spool,
        settings=_settings(application),
        should_stop=should_stop,
    )
    process(instance, work)


def _settings(application: Application) -> BatchSettings:
    config = application.config
    limits = ExpansionLimits(byte_limit=config.expanded_byte_limit, ratio_limit=config.expansion_ratio_limit)
    return BatchSettings(chunk_records=config.batch_chunk_records, parsers=config.batch_parsers, limits=limits)
