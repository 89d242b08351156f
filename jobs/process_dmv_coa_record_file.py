"""ProcessDmvCoaRecordFile: a file of DMV's is matched against the roll (UC03.21.01)."""

from datetime import timedelta

from jobs.application import ShouldStop
from votecal_soap.domain.jobs import JobInstance
from votecal_soap.use_cases.ports import Application
from votecal_soap.use_cases.process_dmv_coa_record_file import WORTH_A_PROCESS, DmvFileWork, process


def run(application: Application, instance: JobInstance, should_stop: ShouldStop) -> None:
    """Process the file from the last committed record on; the use case ends the run in its own last transaction."""
    config = application.config
    work = DmvFileWork(
        unit_of_work=application.unit_of_work,
        clock=application.clock,
        exchange=application.dmv_exchange,
        chunk_records=config.dmv_chunk_records,
        search_ahead_from=WORTH_A_PROCESS if config.dmv_searchers else None,
        transfer_pending=timedelta(days=config.transfer_pending_days),
        should_stop=should_stop,
    )
    process(instance, work)
