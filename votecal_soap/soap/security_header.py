"""The WS-Security header: a UsernameToken to be read, a Timestamp to be answered with one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from lxml import etree

from votecal_soap.contract.markup import date_time
from votecal_soap.contract.namespaces import WS_SECURITY, WS_SECURITY_UTILITY
from votecal_soap.errors import ErrorCode, NotAllowed
from votecal_soap.transport import Transport
from votecal_soap.use_cases.authenticate import PresentedCredential

_WSSE: Final = f"{{{WS_SECURITY}}}"
_WSU: Final = f"{{{WS_SECURITY_UTILITY}}}"
_PLACE: Final = "/Envelope/Header/Security/UsernameToken"
_TIMESTAMP_LIFE: Final = timedelta(minutes=5)


def read_credential(headers: Iterable[etree._Element], transport: Transport) -> PresentedCredential:
    """What the call brings to say who it is; a password in the clear over the network is refused unread."""
    token = _find(headers, f"{_WSSE}UsernameToken")
    username = None if token is None else (token.findtext(f"{_WSSE}Username") or "").strip()
    password = None if token is None else token.find(f"{_WSSE}Password")
    if password is not None:
        transport.require_confidential()
        _require_text(password)
    return PresentedCredential(
        username=username,
        secret=None if password is None else password.text or "",
        certificate_subject=transport.certificate_subject,
        checks_certificates=transport.checks_certificates,
        is_local=transport.is_local,
        place=_PLACE,
    )


def answer_timestamp(envelope: etree._Element | None, now: datetime) -> str:
    """A Security header with a Timestamp, when the request had one: WCF refuses an answer without, a fault too."""
    if envelope is None or envelope.find(f"{{*}}Header/{_WSSE}Security/{_WSU}Timestamp") is None:
        return ""
    times = f"<wsu:Created>{date_time(now)}</wsu:Created><wsu:Expires>{date_time(now + _TIMESTAMP_LIFE)}</wsu:Expires>"
    return f'<wsse:Security xmlns:wsse="{WS_SECURITY}" xmlns:wsu="{WS_SECURITY_UTILITY}"><wsu:Timestamp>{times}</wsu:Timestamp></wsse:Security>'


def _find(headers: Iterable[etree._Element], tag: str) -> etree._Element | None:
    for block in headers:
        if block.tag == f"{_WSSE}Security" and (found := block.find(tag)) is not None:
            return found
    return None


def _require_text(password: etree._Element) -> None:
    """PasswordText is what the type says, or nothing: the profile's default."""
    kind = (password.get("Type") or "").strip().rpartition("#")[2]
    if kind not in ("", "PasswordText"):
        raise NotAllowed(ErrorCode.NOT_AUTHENTICATED, "Send the password as PasswordText, over HTTPS; other kinds are not accepted.", ref=f"{_PLACE}/Password")
