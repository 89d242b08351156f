"""What a sandbox answers beside the services: who is planted, a clock to be moved, another batch job."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from votecal_soap.bootstrap import Application
from votecal_soap.domain.jobs import JobType
from votecal_soap.errors import ErrorCode, InvalidRequest, VoteCalError
from votecal_soap.sandbox.clock import SandboxClock
from votecal_soap.sandbox.planting import PlantedCounty, order_batch, run_job
from votecal_soap.soap.http_response import respond

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH: Final = "/sandbox"
_DIGITS: Final = 9


class SandboxControls:
    """The WSGI application in front of the services. A sandbox listens on its own machine alone, so nobody is asked for a password."""

    def __init__(self, application: Application, clock: SandboxClock, planted: Sequence[PlantedCounty], services: "WSGIApplication") -> None:
        """Pass on to the services whatever is not a control."""
        self._application = application
        self._clock = clock
        self._planted = planted
        self._services = services
        self._controls: Mapping[tuple[str, str], Callable[[Mapping[str, str]], dict[str, Any]]] = {
            ("GET", PATH): self._describe,
            ("POST", f"{PATH}/clock"): self._move_clock,
            ("POST", f"{PATH}/batch-job"): self._order_batch,
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:  # noqa: ANN401 - as WSGI has it
        """Answer one request."""
        path = environ.get("PATH_INFO", "").rstrip("/")
        if path != PATH and not path.startswith(f"{PATH}/"):
            return self._services(environ, start_response)
        control = self._controls.get((environ["REQUEST_METHOD"], path))
        if control is None:
            text = f"There are GET {PATH}, POST {PATH}/clock?days=7 and POST {PATH}/batch-job?county=19.\n"
            return respond(environ, start_response, "404 Not Found", text.encode())
        try:
            answer = control({name: values[-1] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()})
        except VoteCalError as error:
            return respond(environ, start_response, "400 Bad Request", f"{error}\n".encode())
        return respond(environ, start_response, "200 OK", json.dumps(answer, indent=2).encode() + b"\n", content_type="application/json")

    def _describe(self, _: Mapping[str, str]) -> dict[str, Any]:
        return {"now": self._clock.now().isoformat(), "counties": [described(county) for county in self._planted]}

    def _move_clock(self, given: Mapping[str, str]) -> dict[str, Any]:
        days = given.get("days", "")
        if not (days.isdecimal() and days.isascii() and len(days) <= _DIGITS):
            raise InvalidRequest(ErrorCode.VALUE_WRONG, "Say by how many days the clock goes forward: days=7.", ref="days")
        self._clock.move(int(days))
        run_job(self._application, JobType.MATCH_CASE_DEADLINES)
        return {"now": self._clock.now().isoformat()}

    def _order_batch(self, given: Mapping[str, str]) -> dict[str, Any]:
        county_code = given.get("county", "")
        if county_code not in {county.county_code for county in self._planted}:
            raise InvalidRequest(ErrorCode.VALUE_WRONG, "Name a county of this sandbox: county=19.", ref="county")
        return {"job_id": order_batch(self._application, county_code)}


def described(county: PlantedCounty) -> dict[str, Any]:
    """A county without its secret."""
    return {
        "county_code": county.county_code,
        "username": county.username,
        "voters": {situation.value: [str(uid) for uid in uids] for situation, uids in county.voters.items()},
    }
