"""MatchCaseDeadlines: what a day that has passed means for cases, transfers and confidential voters (COA-37, VRU-15, EWS-14)."""

from datetime import timedelta

from jobs.application import ShouldStop
from votecal_soap.domain.jobs import JobInstance
from votecal_soap.use_cases.announce_overdue_cases import announce_overdue_cases
from votecal_soap.use_cases.end_confidentiality import EndConfidentiality, end_confidentiality
from votecal_soap.use_cases.end_provisional_transfers import EndProvisionalTransfers, end_provisional_transfers
from votecal_soap.use_cases.ports import Application


def run(application: Application, instance: JobInstance, should_stop: ShouldStop) -> None:
    """Do all three; run again, it finds only what has become due since."""
    config, parts = application.config, (application.unit_of_work, application.clock, lambda: should_stop() is not None)
    waiting = EndProvisionalTransfers(job_id=instance.job_id, transfer_pending=timedelta(days=config.transfer_pending_days))
    end_provisional_transfers(waiting, *parts)
    announce_overdue_cases(instance.job_id, *parts)
    end_confidentiality(EndConfidentiality(job_id=instance.job_id, notice=timedelta(days=config.confidentiality_notice_days)), *parts)
