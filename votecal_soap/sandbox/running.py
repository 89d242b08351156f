"""A sandbox from an empty temporary directory to its services, and nothing left of it afterwards."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from votecal_soap.bootstrap import Application, build
from votecal_soap.clock import Clock
from votecal_soap.config import Config
from votecal_soap.credentials import generate_secret
from votecal_soap.demo.services import LOOPBACK, Services, free_port
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.sandbox.clock import SandboxClock
from votecal_soap.sandbox.controls import SandboxControls
from votecal_soap.sandbox.planting import PlantedCounty, plant
from votecal_soap.wsgi import make_wsgi_app

COUNTIES: Final = ("19", "34")
"""Los Angeles and Sacramento, unless others are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """What is up."""

    application: Application
    counties: Sequence[PlantedCounty]

    @property
    def url(self) -> str:
        """Where the services are."""
        return self.application.config.public_url


@contextmanager
def sandbox(clock: Clock, *, port: int = 0, county_codes: Sequence[str] = COUNTIES) -> Iterator[Sandbox]:
    """Services, scheduler and worker over planted data while the block runs; port 0 takes a free one.

    Raises:
        InvalidRequest: VALUE_WRONG for less than two counties, or for one that is named twice.
    """
    if len(county_codes) < 2 or len(set(county_codes)) < len(county_codes):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A sandbox has at least two counties, each once: voters move between them.", ref="county")
    with tempfile.TemporaryDirectory(prefix="votecal-sandbox-") as made:
        moved = SandboxClock(clock)
        application = build(_config(Path(made), port or free_port()), moved, database_clock=moved, callers_clock=clock)
        try:
            counties = plant(application, county_codes)
            controls = SandboxControls(application, moved, counties, make_wsgi_app(application))
            with Services(application, controls).up():
                yield Sandbox(application=application, counties=counties)
        finally:
            application.unit_of_work.close()


def _config(directory: Path, port: int) -> Config:
    """Settings of the sandbox's own: whatever database the environment names stays untouched."""
    address = f"{LOOPBACK}:{port}"
    return Config(
        data_dir=directory,
        credential_key=generate_secret(),
        digest_keys=(generate_secret(),),
        public_url=f"http://{address}",
        listen=address,
        worker_poll_seconds=0.2,
        dmv_settle_seconds=0,
    )
