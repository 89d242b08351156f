"""What the browser is told not to do, and over which connections a page is given at all."""

from typing import Any, Final

from flask import Flask, Response, request
from flask_talisman import Talisman

from votecal_soap.config import Config
from votecal_soap.console import context
from votecal_soap.transport import Transport, read_transport

_SELF: Final = "'self'"
_POLICY: Final = {
    "default-src": "'none'",
    "script-src": _SELF,
    "style-src": _SELF,
    "img-src": [_SELF, "data:"],  # Bootstrap's style sheet draws its arrows and ticks so
    "connect-src": _SELF,
    "form-action": _SELF,
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""Nothing from elsewhere, and no script or style inside a page."""


def protect(app: Flask, config: Config) -> None:
    """Send the headers with every answer; refuse connections on which others can read."""
    over_tls = config.public_url.startswith("https:")
    Talisman(
        app,
        # The proxy in front ends TLS; what did not come through one is refused below.
        force_https=False,
        strict_transport_security=over_tls,
        session_cookie_secure=over_tls,
        session_cookie_samesite="Strict",
        content_security_policy=_POLICY,
        frame_options="DENY",
        referrer_policy="same-origin",
    )
    app.before_request(_require_confidential)
    app.after_request(_keep_out_of_caches)


def transport() -> Transport:
    """What is believed of this request's connection."""
    return read_transport(request.environ, context.config())


def _require_confidential() -> None:
    transport().require_confidential()


def _keep_out_of_caches(response: Response) -> Response:
    """Pages show voters; style sheets and scripts do not."""
    if request.endpoint not in STATIC:
        response.headers["Cache-Control"] = "no-store"
    return response


STATIC: Final[frozenset[Any]] = frozenset({"static", "bootstrap.static"})
"""Endpoints of files that are the same for everybody."""
