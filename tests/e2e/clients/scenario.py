"""What every client does and has to see: the expectations come from the state's own database, never from another client."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from votecal_soap import CONTRACT_VERSION
from votecal_soap.bootstrap import Application
from votecal_soap.contract.batch_writer import BatchFile, WireRecord, WireRegistration, write_batch_file
from votecal_soap.domain.batches import BatchHeader
from votecal_soap.domain.ems_messages import Clearance, ClearOutcome
from votecal_soap.domain.match_cases import CaseState, CaseType, MatchCase
from votecal_soap.domain.voters import Voter

PEOPLE = (
    *(("Abelard", "Abernathy", "1940-01-10"), ("Bettina", "Birdsong", "1942-02-11"), ("Crispin", "Castellanos", "1944-03-12")),
    *(("Dorothea", "Dietrich", "1946-04-13"), ("Ezekiel", "Eisenhower", "1948-05-14"), ("Fiammetta", "Fujimoto", "1950-06-15")),
    *(("Gottfried", "Goldberg", "1952-07-16"), ("Hildegard", "Hallorann", "1954-08-17"), ("Ignatius", "Ionescu", "1956-09-18")),
    *(("Jacinta", "Jaworski", "1958-10-19"), ("Konrad", "Kowalczyk", "1960-11-20"), ("Leopoldine", "Lindqvist", "1962-12-21")),
    *(("Marmaduke", "Montgomery", "1964-01-22"), ("Nicodemus", "Nakamura", "1966-02-23"), ("Ottoline", "Oyelaran", "1968-03-24")),
)
"""Each client registers another person: nobody is taken for whom another client registered."""

EMS_VOTER_ID = "CLIENT-1"
BASIS = "Signature agrees – «certain» ✓"
MIDDLE_NAME = "O'BRIEN & ŁUK"
PAGE = 5
RECORD_BYTES = 330
"""Of a record as `batch_for` writes it, about."""


@dataclass(frozen=True, kw_only=True)
class Before:
    """The county as it stands before the client comes."""

    county_code: str
    case: MatchCase
    voter: Voter
    message_types: list[str]
    depth: int
    job_id: int


def before(application: Application, county_code: str) -> Before:
    """Read what the client will be answered."""
    with application.unit_of_work(read_only=True) as uow:
        case, *_ = uow.match_cases.listed(county_code, states=[CaseState.OPEN], case_types=[CaseType.DMV_COA], after_case_id=0, limit=10)
        (voter,) = uow.voters.by_state_id([case.state_voter_id])
        (job,) = uow.jobs.listed(county_code=county_code)
        messages = uow.messages.page(county_code, PAGE, with_payload=False)
        return Before(
            county_code=county_code,
            case=case,
            voter=voter,
            message_types=[str(message.message_type) for message in messages],
            depth=uow.messages.depth(county_code),
            job_id=job.job_id,
        )


def batch_for(state: Before, path: Path, megabytes: float) -> BatchFile:
    """A batch of the county's about voters whom the state does not know, each with a phone: valid, and of any size."""
    header = BatchHeader(state.county_code, "VoterRecordUpdate", state.job_id, "1.0", datetime.now(UTC).isoformat(timespec="seconds"), "A sample client")
    count = int(megabytes * (1 << 20) / RECORD_BYTES)
    padding = "x" * 180
    records = (
        WireRecord(ems_voter_id=f"UNKNOWN-{number}", registration=WireRegistration(email=f"{padding}@example.org", phone="2135550100"))
        for number in range(1, count + 1)
    )
    return write_batch_file(path, header, records)


def expected(state: Before, registered: Voter, batch: BatchFile) -> dict[str, dict[str, Any]]:
    """The scenario, a line for each step; an operation more is a line more here and a call more in each client."""
    case, voter = state.case, state.voter
    uid = str(registered.state_voter_id)
    return {
        "ping": {"contract": CONTRACT_VERSION, "county": state.county_code},
        "list": {
            "case_id": str(case.case_id),
            "due_on": str(case.due_on),
            "first_name": voter.first_name,
            "middle_name": voter.middle_name,
            "last_name": voter.last_name,
            "suffix": None,
            "date_of_birth": str(voter.date_of_birth),
            "contributions": " ".join(f"{criterion.contribution:.2f}" for criterion in case.criteria),
            "more": "false",
        },
        "register": {"outcome": "Registered", "state_voter_id": uid, "record_version": "1"},
        "resend": {"state_voter_id": uid},
        "reused_id": {"code": "VC-4013", "name": "Conflict", "retryable": "false"},
        "update": {"outcome": "Applied", "record_version": str(voter.version + 1)},
        "decide": {"state": "Accepted", "case_version": str(case.version + 1), "record_version": str(voter.version + 2)},
        "conflict": {"code": "VC-4009", "name": "Conflict", "retryable": "false"},
        "not_found": {"code": "VC-2007", "name": "NotFound", "retryable": "false"},
        "no_credentials": {"code": "VC-3001", "name": "NotAllowed", "retryable": "false"},
        "queue": {"types": " ".join(state.message_types), "remaining": str(state.depth - PAGE)},
        "clear": {"results": " ".join(["Cleared"] * PAGE)},
        "poll": {"remaining": str(state.depth - 2 * PAGE)},
        "upload": {"job_id": str(state.job_id), "next_offset": str(batch.byte_count), "job_state": "Received"},
    }


def registered_voter(application: Application, county_code: str, ems_voter_id: str = EMS_VOTER_ID) -> Voter:
    """Whom the client registered."""
    with application.unit_of_work(read_only=True) as uow:
        voter = uow.voters.by_ems_id(county_code, ems_voter_id)
    assert voter is not None
    return voter


def take_all(application: Application, county_code: str) -> None:
    """Clear whatever waits for the county."""
    with application.unit_of_work() as uow:
        while page := uow.messages.page(county_code, 1000, with_payload=False):
            taken = [Clearance(message_id=message.message_id, outcome=ClearOutcome.PROCESSED) for message in page]
            uow.messages.clear(county_code, taken, datetime.now(UTC))
        uow.commit()
