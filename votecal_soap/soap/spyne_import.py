"""Makes Spyne 2.14 importable on every Python that we support, and keeps it from logging requests.

Spyne carries six 1.14, whose lazy importer Python 3.12 no longer understands, and uses one function of the module `cgi`,
which 3.13 no longer has. Python looks into `sys.modules` for the full name first: seeding it with the standard modules
is enough, and nothing of Spyne is patched.
"""

import collections.abc
import http.cookies
import importlib
import logging
import math
import sys
import types
import urllib.error
import urllib.parse
import urllib.request
import warnings
from email.message import Message
from typing import Final

_MOVED: Final[dict[str, types.ModuleType]] = {
    "collections_abc": collections.abc,
    "http_cookies": http.cookies,
    "urllib.parse": urllib.parse,
    "urllib.request": urllib.request,
    "urllib.error": urllib.error,
}
_NEEDED: Final = ("spyne.application", "spyne.protocol.soap", "spyne.server.wsgi")


def import_spyne() -> None:
    """Seed what is missing, import Spyne once, and take its bad habits off."""
    for name, module in _MOVED.items():
        sys.modules.setdefault(f"spyne.util.six.moves.{name}", module)
    if sys.version_info >= (3, 13):
        sys.modules.setdefault("cgi", _cgi())
    with warnings.catch_warnings():
        # On 3.11 cgi is deprecated, and six's importer is found to be old at each import that fails.
        warnings.simplefilter("ignore")
        for module_name in _NEEDED:
            importlib.import_module(module_name)
    # Spyne collects garbage itself every second, in the middle of a call (measured: 40 ms); Python does it as well.
    vars(importlib.import_module("spyne.const"))["MIN_GC_INTERVAL"] = math.inf
    _remove_old_importer()
    _silence()


def parse_header(line: str) -> tuple[str, dict[str, str]]:
    """What Spyne wants of `cgi`: 'text/xml; charset=utf-8' to its value and parameters."""
    message = Message()
    message["content-type"] = line
    (value, _), *parameters = message.get_params(failobj=[("", "")])
    return value, {name.lower(): parameter for name, parameter in parameters}


def _cgi() -> types.ModuleType:
    module = types.ModuleType("cgi")
    vars(module)["parse_header"] = parse_header
    return module


def _remove_old_importer() -> None:
    """All that it could find was seeded; left in place, it makes every later failing import warn."""
    sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__module__ != "spyne.util.six"]


def _silence() -> None:
    """Spyne logs malformed requests whole, passwords included; what is to be known of a call is in our own line."""
    logger = logging.getLogger("spyne")
    logger.addHandler(logging.NullHandler())
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
