"""The fast lane of an upload: PUT with Content-Range to the address that BeginUpload gave out (VRU-06)."""

import json
from typing import Any, Final

import requests

from votecal_soap.county.faults import code_of, error_of_status
from votecal_soap.county.secure_transport import refuse_open_transport
from votecal_soap.county.state import UploadTicket
from votecal_soap.errors import ErrorCode, Unavailable

_REDIRECTS: Final = 300


def put_piece(session: requests.Session, timeout: float, ticket: UploadTicket, offset: int, content: bytes) -> int:
    """Send one piece; the next offset. What the state kept of a piece that broke, GetUploadStatus tells."""
    url = ticket.fast_lane_url or ""
    refuse_open_transport(url)
    end = offset + len(content)
    headers = {
        "Authorization": f"Bearer {ticket.fast_lane_token}",
        "Content-Range": f"bytes {offset}-{end - 1}/{ticket.byte_count}",
        "Content-Type": "application/octet-stream",
    }
    try:
        # A redirect would carry voters' data to an address that nobody has checked.
        response = session.put(url, data=content, headers=headers, timeout=timeout, allow_redirects=False)
    except requests.RequestException as error:
        raise Unavailable(ErrorCode.BUSY, "The state cannot be reached.") from error
    said = _said(response)
    if not response.ok or response.status_code >= _REDIRECTS:
        raise error_of_status(response.status_code, code_of(said.get("code")))
    return int(said.get("nextOffset", end))


def _said(response: requests.Response) -> dict[str, Any]:
    try:
        said = response.json()
    except (json.JSONDecodeError, requests.JSONDecodeError, UnicodeDecodeError):
        return {}
    return said if isinstance(said, dict) else {}
