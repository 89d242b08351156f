"""The state over SOAP: both services through zeep, with the county's credential in each call."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import requests
import zeep
from zeep.wsse.username import UsernameToken

from votecal_soap.contract.batch_writer import BatchFile
from votecal_soap.contract.queue_page import QueuePage, read_queue_page
from votecal_soap.contract.wsdl import BATCH_DATA_EXCHANGE_SERVICE, EMS_INTEGRATION_SERVICE, ServiceContract, served_wsdl
from votecal_soap.county.fast_lane import put_piece
from votecal_soap.county.match_case_client import MatchCaseClient
from votecal_soap.county.secure_transport import refuse_open_transport
from votecal_soap.county.soap_service import SoapService
from votecal_soap.county.state import JobStatus, OutcomeCount, PendingJob, UploadTicket
from votecal_soap.county.synchronization_client import SynchronizationClient
from votecal_soap.county.voter_client import VoterClient
from votecal_soap.domain.ems_messages import Clearance
from votecal_soap.domain.jobs import DataKind


@dataclass(frozen=True, slots=True, kw_only=True)
class StateAddress:
    """Where the state is and who calls."""

    url: str
    username: str
    password: str = field(repr=False)
    timeout_seconds: float = 60.0


class StateClient(MatchCaseClient, SynchronizationClient, VoterClient):
    """Speaks both services; made once, because reading a WSDL costs more than a call."""

    def __init__(self, address: StateAddress) -> None:
        """Read the contract of this distribution: the state may be down just now."""
        refuse_open_transport(address.url)
        self._timeout = address.timeout_seconds
        self._session = requests.Session()
        self._exchange = self._service(BATCH_DATA_EXCHANGE_SERVICE, address)
        super().__init__(self._service(EMS_INTEGRATION_SERVICE, address))

    def _service(self, contract: ServiceContract, address: StateAddress) -> SoapService:
        transport = zeep.Transport(session=self._session, timeout=self._timeout, operation_timeout=self._timeout)
        token = UsernameToken(address.username, address.password)
        return SoapService(zeep.Client(io.BytesIO(served_wsdl(contract, address.url)), wsse=token, transport=transport, settings=zeep.Settings(strict=True)))

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def get_pending_jobs(self) -> list[PendingJob]:
        """Jobs due for this county."""
        # An answer that is nothing but a list comes unwrapped, and None when it is empty.
        return [_pending_job(job) for job in self._exchange.call("GetPendingJobs") or ()]

    def acknowledge_started(self, job_id: int) -> str:
        """Tell that the county has begun."""
        return str(self._exchange.call("AcknowledgeJob", JobId=job_id, JobDecision="Started"))

    def begin_upload(self, job_id: int, file: BatchFile) -> UploadTicket:
        """Announce a file, or ask how far the same one has come."""
        announced = {"ByteCount": file.byte_count, "Sha256": file.sha256, "RecordCount": file.record_count, "Compression": file.compression.value}
        answer = self._exchange.call("BeginUpload", JobId=job_id, **announced)
        return UploadTicket(
            upload_id=answer.UploadProgress.UploadId,
            complete=answer.UploadProgress.UploadState == "Complete",
            next_offset=answer.UploadProgress.NextOffset,
            byte_count=answer.UploadProgress.ByteCount,
            chunk_byte_limit=answer.ChunkByteLimit,
            fast_lane_url=answer.UploadUrl,
            fast_lane_token=answer.UploadToken,
        )

    def put_bytes(self, ticket: UploadTicket, offset: int, content: bytes) -> int:
        """Send bytes by the fast lane."""
        return put_piece(self._session, self._timeout, ticket, offset, content)

    def append_chunk(self, upload_id: int, offset: int, content: bytes) -> int:
        """Send bytes by SOAP."""
        return int(self._exchange.call("AppendChunk", UploadId=upload_id, Offset=offset, Content=content).NextOffset)

    def get_next_offset(self, upload_id: int) -> int:
        """The first byte that the state does not have."""
        return int(self._exchange.call("GetUploadStatus", UploadId=upload_id).NextOffset)

    def complete_upload(self, upload_id: int) -> str:
        """Tell that all bytes are sent."""
        return str(self._exchange.call("CompleteUpload", UploadId=upload_id).JobState)

    def get_job_status(self, job_id: int) -> JobStatus:
        """Where the job stands."""
        return _job_status(self._exchange.call("GetJobStatus", JobId=job_id))

    def get_message_queue(self, maximum_messages: int, after_message_id: int | None = None) -> QueuePage:
        """The oldest messages, or those with a higher id, with their detail."""
        asked = {"MaximumMessages": maximum_messages, "IncludeDetail": True, "AfterMessageId": after_message_id}
        # zeep takes 130 µs a message.
        return read_queue_page(self._integration.call_unread("GetMessageQueue", **asked))

    def clear_messages(self, clearances: Sequence[Clearance]) -> dict[int, str]:
        """Tell what became of messages."""
        given = [{"MessageId": item.message_id, "ClearOutcome": item.outcome.value, "Text": item.text} for item in clearances]
        answer = self._integration.call("ClearMessages", Clearances={"Clearance": given})
        return {item.MessageId: item.ClearResult for item in answer or ()}


def _items(parent: Any, name: str) -> Sequence[Any]:  # noqa: ANN401 - zeep's own objects
    # zeep has None for an element without content.
    return (parent[name] or []) if parent is not None else []


def _pending_job(job: Any) -> PendingJob:  # noqa: ANN401 - zeep's own object
    return PendingJob(
        job_id=job.JobId,
        job_type=job.JobType,
        job_state=job.JobState,
        schema_version=job.SchemaVersion,
        not_before=job.NotBefore,
        election_id=job.ElectionId,
        data_kinds=frozenset(map(DataKind, _items(job.DataKinds, "DataKind"))),
    )


def _job_status(answer: Any) -> JobStatus:  # noqa: ANN401 - zeep's own object
    counts = _items(answer.OutcomeCounts, "OutcomeCount")
    return JobStatus(
        job_id=answer.JobId,
        job_state=answer.JobState,
        record_count=answer.RecordCount,
        records_processed=answer.RecordsProcessed,
        outcome_counts=tuple(OutcomeCount(outcome=item.Outcome, reason=item.FailureReason, count=item.Count) for item in counts),
        voters_without_voting_precinct=answer.VotersWithoutVotingPrecinct,
        refusal_code=answer.FileRefusal.Code if answer.FileRefusal else None,
        refusal_text=answer.FileRefusal.Text if answer.FileRefusal else None,
    )
