"""The fast lane of an upload: PUT with Content-Range to the address that BeginUpload gave out (VRU-06).

The token stands for the credential that began the upload. Bytes go into the spool piece by piece, by the same use case
as AppendChunk; each piece that is there stays there when the sender breaks off.
"""

import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from votecal_soap.call_record import RECORD_KEY
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.file_exchange import Chunk
from votecal_soap.domain.uploads import Upload, is_replay
from votecal_soap.errors import Conflict, InvalidRequest, NotAllowed, NotFound, Unavailable, VoteCalError
from votecal_soap.retrying import retry_undone
from votecal_soap.soap.call_guard import CallGuard
from votecal_soap.soap.http_request import content_length, read_pieces
from votecal_soap.soap.http_response import respond
from votecal_soap.use_cases.append_chunk import UploadStore, append_chunk
from votecal_soap.use_cases.open_fast_lane import open_fast_lane
from votecal_soap.use_cases.ports import Application

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH: Final = re.compile(r"/upload/([0-9]{1,18})")
_RANGE: Final = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")
_BEARER: Final = re.compile(r"Bearer +(\S+)", re.IGNORECASE)
_PIECE: Final = 4 << 20
"""A piece costs one fsync and one commit, and is held in memory."""

_STATUSES: Final = {
    InvalidRequest: "400 Bad Request",
    NotAllowed: "401 Unauthorized",
    NotFound: "404 Not Found",
    Conflict: "409 Conflict",
    Unavailable: "503 Service Unavailable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteRange:
    """The bytes that a request brings, and the size of the whole file if it says so."""

    first: int
    size: int
    total: int | None

    @classmethod
    def parse(cls, header: str) -> "ByteRange | None":
        """Read a Content-Range; None when it is not one."""
        found = _RANGE.fullmatch(header.strip())
        if found is None or int(found[2]) < int(found[1]):
            return None
        return cls(first=int(found[1]), size=int(found[2]) - int(found[1]) + 1, total=None if found[3] == "*" else int(found[3]))


class UploadLane:
    """The WSGI application below /upload/."""

    def __init__(self, services: Application, guard: CallGuard) -> None:
        """Keep what it uses."""
        self._services = services
        self._guard = guard

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        """Answer one request."""
        path = PATH.fullmatch(environ.get("PATH_INFO", ""))
        if path is None:
            return respond(environ, start_response, "404 Not Found")
        if environ["REQUEST_METHOD"] != "PUT":
            return respond(environ, start_response, "405 Method Not Allowed", headers=[("Allow", "PUT")])
        environ[RECORD_KEY].operation = "PUT"
        try:
            self._guard.admit(environ).require_confidential()
            return self._put(int(path[1]), environ, start_response)
        except VoteCalError as error:
            environ[RECORD_KEY].fault = error.code.value
            return _refuse(environ, start_response, error)

    def _put(self, upload_id: int, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        upload, caller = self._authorise(upload_id, environ)
        environ[RECORD_KEY].county_code = caller.county_code
        self._guard.count(caller)
        length = content_length(environ)
        if length is None:
            return respond(environ, start_response, "411 Length Required")
        if length > self._services.config.put_byte_limit:
            return respond(environ, start_response, "413 Content Too Large")
        asked = ByteRange.parse(environ.get("HTTP_CONTENT_RANGE", ""))
        if asked is None or asked.size != length or asked.total not in (None, upload.byte_count):
            return _answer(environ, start_response, "400 Bad Request", upload.received_bytes)
        return self._receive(upload, caller, asked, environ, start_response)

    def _authorise(self, upload_id: int, environ: "WSGIEnvironment") -> tuple[Upload, Caller]:
        services = self._services
        bearer = _BEARER.fullmatch(environ.get("HTTP_AUTHORIZATION", "").strip())
        token, key = bearer[1] if bearer else "", services.config.credential_key.encode()
        return open_fast_lane(upload_id, token, services.unit_of_work, services.clock, key)

    def _receive(self, upload: Upload, caller: Caller, asked: ByteRange, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
        store = UploadStore(unit_of_work=self._services.unit_of_work, spool=self._services.spool)
        offset, arrived = asked.first, upload
        try:
            is_replay(upload, asked.first, asked.size)
            for piece in read_pieces(environ, asked.size, _PIECE):
                chunk = Chunk(upload_id=upload.upload_id, offset=offset, content=piece)
                arrived = retry_undone(partial(append_chunk, chunk, caller, store, self._services.clock))
                offset += len(piece)
        except Conflict as error:
            environ[RECORD_KEY].fault = error.code.value
            return _answer(environ, start_response, "409 Conflict", arrived.received_bytes, error)
        whole = offset == asked.first + asked.size
        return _answer(environ, start_response, "200 OK" if whole else "400 Bad Request", arrived.received_bytes)


def _answer(environ: "WSGIEnvironment", start_response: "StartResponse", status: str, next_offset: int, error: VoteCalError | None = None) -> list[bytes]:
    said: dict[str, object] = {"nextOffset": next_offset}
    if error is not None:
        said |= {"code": error.code.value, "text": error.text}
    return respond(environ, start_response, status, json.dumps(said).encode(), content_type="application/json")


def _refuse(environ: "WSGIEnvironment", start_response: "StartResponse", error: VoteCalError) -> list[bytes]:
    status = next(status for kind, status in _STATUSES.items() if isinstance(error, kind))
    headers = [("WWW-Authenticate", "Bearer")] if isinstance(error, NotAllowed) else []
    if error.retry_after_seconds is not None:
        headers.append(("Retry-After", str(error.retry_after_seconds)))
    content = json.dumps({"code": error.code.value, "text": error.text}).encode()
    return respond(environ, start_response, status, content, content_type="application/json", headers=headers)
