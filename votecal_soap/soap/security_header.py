"""The WS-Security header: a UsernameToken to be read, a Timestamp to be answered with one."""

import base64
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from lxml import etree

from votecal_soap.contract.markup import date_time
from votecal_soap.contract.namespaces import WS_SECURITY, WS_SECURITY_UTILITY
from votecal_soap.errors import ErrorCode, InvalidRequest, NotAllowed
from votecal_soap.transport import Transport
from votecal_soap.use_cases.authenticate import PresentedCredential, PresentedDigest

_WSSE: Final = f"{{{WS_SECURITY}}}"
_WSU: Final = f"{{{WS_SECURITY_UTILITY}}}"
_SECURITY: Final = f"{_WSSE}Security"
_PLACE: Final = "/Envelope/Header/Security/UsernameToken"
_LONGEST_NONCE: Final = 256
_TIMESTAMP_LIFE: Final = timedelta(minutes=5)


def read_credential(headers: Iterable[etree._Element], transport: Transport) -> PresentedCredential:
    """What the call brings to say who it is; a password in the clear over the network is refused unread."""
    token = _find(headers, f"{_WSSE}UsernameToken")
    username = None if token is None else _text(token, f"{_WSSE}Username").strip()
    password = None if token is None else _child(token, f"{_WSSE}Password")
    is_digest = False
    if password is not None:
        transport.require_confidential()
        is_digest = _is_digest(password)
    return PresentedCredential(
        username=username,
        secret=None if password is None or is_digest else password.text or "",
        digest=_digest(token) if is_digest else None,
        source_address=transport.source_address,
        certificate_subject=transport.certificate_subject,
        checks_certificates=transport.checks_certificates,
        is_local=transport.is_local,
        place=_PLACE,
    )


def answer_timestamp(envelope: etree._Element | None, now: datetime) -> str:
    """A Security header with a Timestamp, when the request had one: WCF refuses an answer without, a fault too."""
    if envelope is None or not _has_timestamp(envelope):
        return ""
    times = f"<wsu:Created>{date_time(now)}</wsu:Created><wsu:Expires>{date_time(now + _TIMESTAMP_LIFE)}</wsu:Expires>"
    return f'<wsse:Security xmlns:wsse="{WS_SECURITY}" xmlns:wsu="{WS_SECURITY_UTILITY}"><wsu:Timestamp>{times}</wsu:Timestamp></wsse:Security>'


def _has_timestamp(envelope: etree._Element) -> bool:
    securities = (security for header in envelope.iterchildren("{*}Header") for security in header.iterchildren(_SECURITY))
    return any(_child(security, f"{_WSU}Timestamp") is not None for security in securities)


def _find(headers: Iterable[etree._Element], tag: str) -> etree._Element | None:
    for block in headers:
        if block.tag == _SECURITY and (found := _child(block, tag)) is not None:
            return found
    return None


def _child(parent: etree._Element, tag: str) -> etree._Element | None:
    # Not by `find`, which reads its argument as a path.
    return next(parent.iterchildren(tag), None)


def _text(parent: etree._Element, tag: str) -> str:
    child = _child(parent, tag)
    return "" if child is None else child.text or ""


def _is_digest(password: etree._Element) -> bool:
    """PasswordText is what the type says, or nothing: the profile's default."""
    kind = (password.get("Type") or "").strip().rpartition("#")[2]
    if kind not in ("", "PasswordText", "PasswordDigest"):
        raise NotAllowed(ErrorCode.NOT_AUTHENTICATED, "Send the password as PasswordText or PasswordDigest, over HTTPS.", ref=f"{_PLACE}/Password")
    return kind == "PasswordDigest"


def _digest(token: etree._Element | None) -> PresentedDigest:
    password, nonce, created = ("" if token is None else _text(token, name) for name in (f"{_WSSE}Password", f"{_WSSE}Nonce", f"{_WSU}Created"))
    content, created_at = _nonce(nonce), _instant(created)
    if content is None or created_at is None:
        text = f"A PasswordDigest needs a Nonce in base64, of at most {_LONGEST_NONCE} bytes, and Created as an xs:dateTime."
        raise InvalidRequest(ErrorCode.VALUE_WRONG, text, ref=_PLACE)
    return PresentedDigest(digest=password, nonce=content, created=created, created_at=created_at)


def _nonce(text: str) -> bytes | None:
    try:
        content = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        return None
    return content if 0 < len(content) <= _LONGEST_NONCE else None


def _instant(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text.strip())
        # WS-Security times without an offset are UTC.
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
