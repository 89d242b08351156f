"""Requests and answers of the services, as the tests of this folder write and read them."""

import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lxml import etree

from votecal_soap.bootstrap import Application
from votecal_soap.clock import FixedClock
from votecal_soap.credentials import keyed_hash
from votecal_soap.domain.counties import Credential
from votecal_soap.domain.ems_messages import MessageType, NewMessage
from votecal_soap.domain.jobs import DataKind, JobState, JobType
from votecal_soap.soap.metrics import CallMeter
from votecal_soap.wsgi import make_wsgi_app

NOW = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
KEY = "a key of the tests"
SECRET = "los-angeles-SECRET-password"
OTHER_SECRET = "sacramento-SECRET-password"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
ENVELOPES = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
TYPES = {"1.1": "text/xml; charset=utf-8", "1.2": "application/soap+xml; charset=utf-8"}
NAMESPACES = {"batch-data-exchange": "urn:votecal:batch-data-exchange:v1", "ems-integration": "urn:votecal:ems-integration:v1"}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer of the services, taken apart."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> etree._Element:
        """The one element of the SOAP body."""
        (element,) = etree.fromstring(self.content).xpath("/*/*[local-name() = 'Body']/*")
        return element

    @property
    def fault(self) -> dict[str, str]:
        """The typed detail of a fault, by name."""
        assert etree.QName(self.body).localname == "Fault", self.content
        (detail,) = self.body.xpath("*[local-name() = 'detail' or local-name() = 'Detail']/*")
        return {etree.QName(child).localname: child.text or "" for child in detail}

    def text(self, name: str) -> str | None:
        """The first element of that name in the body."""
        return self.body.findtext(f".//{{*}}{name}")


@dataclass
class State:
    """The services in process; every SOAP answer is checked against the committed schema."""

    application: Application
    clock: FixedClock
    schemas: dict[str, etree.XMLSchema]

    def __post_init__(self) -> None:
        self.reconfigure()

    def reconfigure(self, **settings: Any) -> None:
        """Start the services again with other settings."""
        self.application = replace(self.application, config=replace(self.application.config, **settings))
        self.meter = CallMeter()
        self.wsgi = make_wsgi_app(self.application, self.meter)

    def request(self, method: str, path: str, content: bytes = b"", **environ: str) -> Answer:
        """One HTTP request; keywords are WSGI's."""
        query = environ.pop("QUERY_STRING", "")
        started: list[Any] = []
        given = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "not-configured.invalid",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(content)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(content),
        } | environ
        parts = self.wsgi(given, lambda status, headers, exc_info=None: started.append((status, dict(headers))))
        status, headers = started[-1]
        return Answer(int(status[:3]), headers, b"".join(parts))

    def post(self, service: str, envelope: bytes, version: str = "1.1", **environ: str) -> Answer:
        """One SOAP request; the answer is valid, whatever it is."""
        answer = self.request("POST", f"/soap/{service}", envelope, **({"CONTENT_TYPE": TYPES[version]} | environ))
        if answer.content and answer.status in (200, 400, 500):
            self.check(service, answer)
        return answer

    def check(self, service: str, answer: Answer) -> None:
        """Hold an answer against the committed schema."""
        is_fault = etree.QName(answer.body).localname == "Fault"
        assert is_fault == (answer.status != 200)
        for element in answer.body.xpath("*[local-name() = 'detail' or local-name() = 'Detail']/*") if is_fault else [answer.body]:
            self.schemas[service].assertValid(etree.fromstring(etree.tostring(element)))

    def call(self, service: str, operation: str, content: str = "", *, header: str | None = None, version: str = "1.1", **environ: str) -> Answer:
        """One operation, by default with Los Angeles' credential."""
        body = f'<{operation} xmlns="{NAMESPACES[service]}">{content}</{operation}>'
        return self.post(service, envelope(body, security() if header is None else header, version), version, **environ)

    def add_job(self, county_code: str = "19", state: JobState = JobState.PENDING, not_before: datetime = NOW - timedelta(days=1)) -> int:
        """A job that SOS scheduled, and authorised unless it is still Scheduled."""
        with self.application.unit_of_work() as uow:
            job_id = uow.jobs.add(
                job_type=JobType.VOTER_RECORD_UPDATE,
                state=JobState.SCHEDULED,
                county_code=county_code,
                election_id="E-2026-06",
                data_kinds=[DataKind.VOTING_PRECINCT, DataKind.HOME_PRECINCT],
                not_before=not_before,
                repeat=None,
                notice="by telephone",
                scheduled_by="sos",
                scheduled_at=NOW - timedelta(days=2),
            )
            if state is not JobState.SCHEDULED:
                uow.jobs.authorise(job_id, "an administrator", NOW - timedelta(days=2))
                uow.jobs.set_state(job_id, state)
            uow.commit()
        return job_id

    def add_messages(self, count: int, county_code: str = "19", payload: str | None = None, **fields: Any) -> None:
        """Messages about one voter each, or about one voter when a UID is given."""
        with self.application.unit_of_work() as uow:
            uow.messages.add([message(number, county_code, payload, **fields) for number in range(1, count + 1)], NOW)
            uow.commit()


def message(number: int, county_code: str = "19", payload: str | None = None, **fields: Any) -> NewMessage:
    """A message as a batch makes it."""
    uid = fields.get("state_voter_id", 100000000 + number)
    return NewMessage(
        county_code=county_code,
        message_type=fields.get("message_type", MessageType.BATCH_RECORD_APPLIED),
        dedup_key=f"{county_code}-{uid}-{number}",
        payload=payload or f"<BatchRecordResult><JobId>7</JobId><RecordSequence>{number}</RecordSequence><Outcome>Applied</Outcome></BatchRecordResult>",
        blocks_updates=0,
        state_voter_id=uid,
        voter_sequence=number,
        ems_voter_id=f"LA-{number}",
        record_version=2,
        job_id=7,
        record_sequence=number,
    )


def security(username: str = "la-ems", secret: str = SECRET, more: str = "", kind: str = "") -> str:
    """A WS-Security header."""
    return (
        f'<wsse:Security xmlns:wsse="{WSSE}"><wsse:UsernameToken><wsse:Username>{username}</wsse:Username>'
        f"<wsse:Password{kind}>{secret}</wsse:Password></wsse:UsernameToken>{more}</wsse:Security>"
    )


def envelope(body: str, header: str, version: str = "1.1") -> bytes:
    """A SOAP envelope."""
    return f'<s:Envelope xmlns:s="{ENVELOPES[version]}"><s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>'.encode()


def credential(username: str, county_code: str, secret: str, **fields: Any) -> Credential:
    """A county's credential."""
    values = {"expires_at": NOW + timedelta(days=90), "revoked_at": None, "certificate_subject": None} | fields
    return Credential(username=username, county_code=county_code, secret_hmac=keyed_hash(secret, KEY.encode()), **values)
