"""Sends one file to the state, from where the state has it to its end, whatever breaks in between (VRU-06)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from votecal_soap.contract.batch_writer import BatchFile
from votecal_soap.county.retry import Retry
from votecal_soap.county.state import BatchDataExchange, UploadTicket
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotAllowed, NotFound, Unavailable

PIECE_BYTES: Final = 8 << 20
"""One PUT of the fast lane: large enough for speed, small enough to lose."""

FAST_LANE_FAILURES: Final = 3
"""Failures in a row after which the rest goes by SOAP: a firewall may let POST pass, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What an upload needs; `note` hears of the upload and its next offset after each piece."""

    state: BatchDataExchange
    retry: Retry
    note: Callable[[int, int], None]
    piece_bytes: int = PIECE_BYTES


def send_file(sending: Sending, job_id: int, file: BatchFile) -> None:
    """Send what the state does not have yet, and complete the upload."""
    ticket = sending.retry.call(lambda: sending.state.begin_upload(job_id, file))
    if ticket.complete:
        return
    _Upload(sending, job_id, file, ticket).send_rest()
    sending.retry.call(lambda: sending.state.complete_upload(ticket.upload_id))


class _Upload:
    """An upload under way: which lane is open, and how often it failed in a row."""

    def __init__(self, sending: Sending, job_id: int, file: BatchFile, ticket: UploadTicket) -> None:
        self._sending = sending
        self._state = sending.state
        self._job_id = job_id
        self._file = file
        self._ticket = ticket
        self._fast_lane = ticket.fast_lane_url is not None and ticket.fast_lane_token is not None
        self._failures = 0

    def send_rest(self) -> None:
        offset = self._ticket.next_offset
        while offset < self._file.byte_count:
            try:
                offset = self._send_piece(offset)
                self._failures = 0
            except (Unavailable, Conflict) as error:
                offset = self._after_break(error)
            except (InvalidRequest, NotAllowed, NotFound) as error:
                offset = self._after_refusal(error)
            self._sending.note(self._ticket.upload_id, offset)

    def _send_piece(self, offset: int) -> int:
        with self._file.path.open("rb") as file:
            file.seek(offset)
            if self._fast_lane:
                return self._state.put_bytes(self._ticket, offset, file.read(self._sending.piece_bytes))
            return self._state.append_chunk(self._ticket.upload_id, offset, file.read(self._ticket.chunk_byte_limit))

    def _after_break(self, error: Unavailable | Conflict) -> int:
        """Ask how far the state has it: a broken piece may have arrived in part."""
        self._failures += 1
        if self._failures >= self._sending.retry.attempts or error.code is ErrorCode.UPLOAD_CLOSED:
            raise error
        self._fast_lane = self._fast_lane and self._failures < FAST_LANE_FAILURES
        self._sending.retry.pause(self._failures, error)
        return self._sending.retry.call(lambda: self._state.get_next_offset(self._ticket.upload_id))

    def _after_refusal(self, error: InvalidRequest | NotAllowed | NotFound) -> int:
        """The fast lane's token may have run out: ask for another once, then go by SOAP."""
        if not self._fast_lane:
            raise error
        self._failures += 1
        self._ticket = self._sending.retry.call(lambda: self._state.begin_upload(self._job_id, self._file))
        self._fast_lane = self._failures == 1 and self._ticket.fast_lane_token is not None
        return self._ticket.next_offset
