"""The operations of `wsdl/batch-data-exchange.wsdl`: read the request, call the use case, write the answer."""

from collections.abc import Mapping
from typing import Final

from votecal_soap.contract import batch_data_exchange as contract
from votecal_soap.contract.namespaces import BATCH_DATA_EXCHANGE
from votecal_soap.soap.calls import Call, Operation
from votecal_soap.soap.ping import ping_operation
from votecal_soap.use_cases.acknowledge_job import acknowledge_job as acknowledge
from votecal_soap.use_cases.append_chunk import UploadStore
from votecal_soap.use_cases.append_chunk import append_chunk as append
from votecal_soap.use_cases.begin_upload import UploadTerms
from votecal_soap.use_cases.begin_upload import begin_upload as begin
from votecal_soap.use_cases.complete_upload import complete_upload as complete
from votecal_soap.use_cases.get_job_results import get_job_results as results
from votecal_soap.use_cases.get_job_status import get_job_status as status
from votecal_soap.use_cases.get_pending_jobs import get_pending_jobs as pending
from votecal_soap.use_cases.get_upload_status import get_upload_status as progress


def get_pending_jobs(call: Call) -> str:
    """VRU-01, VRU-02."""
    return contract.render_pending_jobs(pending(call.caller, call.services.unit_of_work, call.services.clock))


def acknowledge_job(call: Call) -> str:
    """VRU-02."""
    command = contract.read_acknowledgement(call.request)
    return contract.render_acknowledgement(acknowledge(command, call.caller, call.services.unit_of_work, call.services.clock))


def begin_upload(call: Call) -> str:
    """VRU-06."""
    config = call.services.config
    terms = UploadTerms(byte_limit=config.upload_byte_limit, token_seconds=config.upload_token_seconds, key=config.credential_key.encode())
    ticket = begin(contract.read_announcement(call.request), call.caller, terms, call.services.unit_of_work, call.services.clock)
    return contract.render_ticket(ticket, f"{config.public_url.rstrip('/')}/upload/{ticket.upload.upload_id}")


def append_chunk(call: Call) -> str:
    """VRU-06."""
    store = UploadStore(unit_of_work=call.services.unit_of_work, spool=call.services.spool)
    upload = append(contract.read_chunk(call.request), call.caller, store, call.services.clock)
    return contract.render_progress("AppendChunk", upload)


def get_upload_status(call: Call) -> str:
    """VRU-06."""
    upload = progress(contract.read_upload_id(call.request), call.caller, call.services.unit_of_work)
    return contract.render_progress("GetUploadStatus", upload)


def complete_upload(call: Call) -> str:
    """VRU-06."""
    job_id, state = complete(contract.read_upload_id(call.request), call.caller, call.services.unit_of_work, call.services.clock)
    return contract.render_completion(job_id, state)


def get_job_status(call: Call) -> str:
    """VRU-21."""
    return contract.render_report(status(contract.read_job_id(call.request), call.caller, call.services.unit_of_work))


def get_job_results(call: Call) -> str:
    """VRU-21."""
    query = contract.read_result_query(call.request)
    page = results(query, call.caller, call.services.unit_of_work)
    return contract.render_results(query.job_id, page, call.services.config.page_byte_limit if query.limit is None else None)


OPERATIONS: Final[Mapping[str, Operation]] = {
    "Ping": ping_operation(BATCH_DATA_EXCHANGE),
    "GetPendingJobs": get_pending_jobs,
    "AcknowledgeJob": acknowledge_job,
    "BeginUpload": begin_upload,
    "AppendChunk": append_chunk,
    "GetUploadStatus": get_upload_status,
    "CompleteUpload": complete_upload,
    "GetJobStatus": get_job_status,
    "GetJobResults": get_job_results,
}
"""By the name in the WSDL."""
