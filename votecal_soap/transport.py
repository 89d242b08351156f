"""What can be believed of the connection that a call came over: its security, its client certificate."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, Final

from votecal_soap.config import Config
from votecal_soap.errors import ErrorCode, NotAllowed

_FORWARDING: Final = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_VIA")
"""Headers that only a proxy adds."""

_WITH_PORT: Final = re.compile(r"(?P<plain>[0-9.]+):[0-9]+|\[(?P<bracketed>[0-9A-Fa-f:.]+)\](:[0-9]+)?")
"""An address of version 4 with a port, or one of version 6 in brackets, with or without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """What is believed of a connection.

    `is_confidential`: nobody on the way can read a password. `is_local`: the caller is on this machine.
    `checks_certificates`: certificates are looked at. `certificate_subject`: None when there is none to believe.
    `source_address`: who began it, as far as a trusted proxy says; whoever a stranger claims to speak for is not believed.
    """

    is_confidential: bool
    is_local: bool
    checks_certificates: bool
    certificate_subject: str | None
    source_address: str

    def require_confidential(self) -> None:
        """Refuse a secret that came where others can read it."""
        if not self.is_confidential:
            raise NotAllowed(ErrorCode.INSECURE_TRANSPORT, "A secret is accepted over HTTPS only; change it, for it was sent in the clear.")


def read_transport(environ: Mapping[str, Any], config: Config) -> Transport:
    """Judge a connection by its peer; headers about it are believed from configured proxies alone."""
    is_proxy, is_local = _is_trusted_proxy(environ, config), _is_local(environ)
    checks_certificates = bool(config.client_certificate_header)
    return Transport(
        is_confidential=_is_confidential(environ, is_trusted_proxy=is_proxy, is_local=is_local),
        is_local=not is_proxy and is_local,
        checks_certificates=checks_certificates,
        certificate_subject=_header(environ, config.client_certificate_header) if is_proxy and checks_certificates else None,
        source_address=_source_address(environ, config, is_trusted_proxy=is_proxy),
    )


def _source_address(environ: Mapping[str, Any], config: Config, *, is_trusted_proxy: bool) -> str:
    """The last address on the way in that is no trusted proxy's: what stands before it anybody may have written."""
    peer = str(environ.get("REMOTE_ADDR", ""))
    if not is_trusted_proxy:
        return peer
    way = [_without_port(part.strip()) for part in str(environ.get("HTTP_X_FORWARDED_FOR", "")).split(",") if part.strip()]
    return next((address for address in reversed(way) if not _is_proxy(address, config)), peer)


def _without_port(address: str) -> str:
    """Some proxies write the port too: with it each connection would be a stranger's."""
    if found := _WITH_PORT.fullmatch(address):
        return found["plain"] or found["bracketed"]
    return address


def _is_trusted_proxy(environ: Mapping[str, Any], config: Config) -> bool:
    return _is_proxy(str(environ.get("REMOTE_ADDR", "")), config)


def _is_proxy(address: str, config: Config) -> bool:
    if not config.trusted_proxies:
        return False
    try:
        peer = ip_address(address)
        return any(peer in ip_network(proxy, strict=False) for proxy in config.trusted_proxies)
    except ValueError:
        return False


def _is_confidential(environ: Mapping[str, Any], *, is_trusted_proxy: bool, is_local: bool) -> bool:
    if is_trusted_proxy and "HTTP_X_FORWARDED_PROTO" in environ:
        return str(environ["HTTP_X_FORWARDED_PROTO"]).strip().lower() == "https"
    return environ.get("wsgi.url_scheme") == "https" or is_local


def _is_local(environ: Mapping[str, Any]) -> bool:
    # A proxy on this machine that is not configured would make every caller look local.
    if any(name in environ for name in _FORWARDING):
        return False
    return _is_loopback(str(environ.get("REMOTE_ADDR", "")))


@lru_cache(1024)
def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _header(environ: Mapping[str, Any], name: str) -> str | None:
    return str(environ.get(f"HTTP_{name.upper().replace('-', '_')}", "")).strip() or None
