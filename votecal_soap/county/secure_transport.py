"""Where a password and voters' data may be sent: encrypted, or not off this machine."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from votecal_soap.errors import ErrorCode, NotAllowed


def refuse_open_transport(url: str) -> None:
    """Raise for an address that is neither https nor this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
        return
    raise NotAllowed(ErrorCode.INSECURE_TRANSPORT, "The state's address must begin with https; http is for this machine only.")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
