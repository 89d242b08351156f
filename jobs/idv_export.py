"""IdvExport: pending identity verifications go out to DMV in files (IDV-01)."""

from jobs.application import ShouldStop
from votecal_soap.domain.jobs import JobInstance
from votecal_soap.use_cases.export_identity_requests import ExportIdentityRequests, export_identity_requests
from votecal_soap.use_cases.ports import Application


def run(application: Application, instance: JobInstance, should_stop: ShouldStop) -> None:
    """Write file after file; what a run that was killed had asked is not asked again."""
    config = application.config
    command = ExportIdentityRequests(directory=config.export_dir, digest_key=config.credential_key.encode(), actor=f"job:{instance.job_id}")
    export_identity_requests(command, application.unit_of_work, application.clock, lambda: should_stop() is not None)
