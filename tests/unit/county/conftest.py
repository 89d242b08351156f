"""A small EMS and a state that stands in for the real one, without a socket."""

import dataclasses
import hashlib
from datetime import UTC, datetime

import pytest

from votecal_soap.clock import FixedClock
from votecal_soap.contract.batch_writer import WireHomePrecinct, WireName, WireRecord, WireRegistration, WireResidenceAddress
from votecal_soap.contract.queue_page import QueuePage, ReceivedMessage, ReceivedRecordResult
from votecal_soap.contract.received_cases import ReceivedCase, ReceivedCasePage
from votecal_soap.contract.received_registrations import ReceivedMergedPage
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.office import Office
from votecal_soap.county.retry import Retry
from votecal_soap.county.state import DecidedCase, DecidedTransfer, JobStatus, PendingJob, ReportedRecord, UploadTicket
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.voters import VotingPrecinct
from votecal_soap.errors import ErrorCode, NotAllowed, NotFound, Unavailable

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KINDS = frozenset({DataKind.HOME_PRECINCT, DataKind.VOTING_PRECINCT})


class FakeState:
    """Keeps jobs, one upload and one queue as the contract says; breaks where `failures` says."""

    def __init__(self):
        self.jobs = {}
        self.calls = []
        self.failures = []
        self.upload = None
        self.received = bytearray()
        self.digests = []
        self.fast_lane = True
        self.token = 0
        self.queue = []
        self.clearances = {}
        self.closed = False
        self.completes_as = "Completed"
        self.refusal_code = "VC-1106"
        self.answers = []
        self.cases = {}
        self.found = ()
        self.registered = []
        self.registrations = []
        self.merged = {}

    def _call(self, name):
        self.calls.append(name)
        for failure in self.failures:
            if failure[0] == name:
                self.failures.remove(failure)
                raise failure[1]

    def offer(self, job_id, kinds=KINDS, state="Pending"):
        self.jobs[job_id] = PendingJob(
            job_id=job_id, job_type="VoterRecordUpdate", job_state=state, schema_version="1.0", not_before=NOW, election_id="2026-P", data_kinds=kinds
        )

    def _set(self, job_id, state):
        self.jobs[job_id] = dataclasses.replace(self.jobs[job_id], job_state=state)

    def get_pending_jobs(self):
        self._call("get_pending_jobs")
        return [job for job in self.jobs.values() if job.job_state in ("Pending", "Started", "FileRefused")]

    def acknowledge_started(self, job_id):
        self._call("acknowledge_started")
        self._set(job_id, "Started")
        return "Started"

    def begin_upload(self, job_id, file):
        self._call("begin_upload")
        if self.upload is None or self.upload[2] != file.sha256 or self.jobs[job_id].job_state == "FileRefused":
            self._set(job_id, "Started")
            self.upload = (9, job_id, file.sha256, file.byte_count)
            self.received = bytearray()
            self.digests.append(file.sha256)
        self.token += 1
        return UploadTicket(
            upload_id=9,
            complete=self.jobs[job_id].job_state in ("Received", "Completed"),
            next_offset=len(self.received),
            byte_count=file.byte_count,
            chunk_byte_limit=100,
            fast_lane_url="https://state.test/upload/9" if self.fast_lane else None,
            fast_lane_token=f"token-{self.token}" if self.fast_lane else None,
        )

    def put_bytes(self, ticket, offset, content):
        self._call("put_bytes")
        if ticket.fast_lane_token != f"token-{self.token}":
            raise NotAllowed(ErrorCode.UPLOAD_TOKEN_WRONG, "The token is not good.")
        return self._store(offset, content)

    def append_chunk(self, upload_id, offset, content):
        self._call("append_chunk")
        return self._store(offset, content)

    def store_part_of_next_piece(self, content):
        self.received += content

    def _store(self, offset, content):
        assert offset == len(self.received)
        self.received += content
        return len(self.received)

    def get_next_offset(self, upload_id):
        self._call("get_next_offset")
        return len(self.received)

    def complete_upload(self, upload_id):
        self._call("complete_upload")
        assert hashlib.sha256(self.received).hexdigest() == self.upload[2]
        self._set(self.upload[1], "Received")
        return "Received"

    def get_job_status(self, job_id):
        self._call("get_job_status")
        if self.jobs[job_id].job_state == "Received":
            self._set(job_id, self.completes_as)
        refused = self.jobs[job_id].job_state == "FileRefused"
        return JobStatus(
            job_id=job_id,
            job_state=self.jobs[job_id].job_state,
            record_count=2,
            records_processed=2,
            outcome_counts=(),
            voters_without_voting_precinct=0,
            refusal_code=self.refusal_code if refused else None,
            refusal_text="The header is wrong." if refused else None,
        )

    def get_message_queue(self, maximum_messages, after_message_id=None):
        self._call("get_message_queue")
        opened = [message for message in self.queue if message.message_id not in self.clearances]
        # Held back as the state does: an older message of the voter, by its sequence, has a higher id.
        offered = [one for one in opened if not any(_is_late(other, one) for other in opened) and one.message_id > (after_message_id or 0)]
        page = tuple(offered[:maximum_messages])
        return QueuePage(page, len(opened) - len(page))

    def clear_messages(self, clearances):
        self._call("clear_messages")
        answer = {}
        for item in clearances:
            answer[item.message_id] = "AlreadyCleared" if item.message_id in self.clearances else "Cleared"
            self.clearances[item.message_id] = item
        self._call("after_clear")
        return answer

    def list_match_cases(self, states=(), after_case_id=0):
        self._call("list_match_cases")
        wanted = {str(state) for state in states} or {"Open", "Provisional"}
        listed = [case for case_id, case in sorted(self.cases.items()) if case.case_state in wanted and case_id > after_case_id]
        return ReceivedCasePage(tuple(listed[:2]), len(listed) > 2)

    def get_match_case(self, case_id):
        self._call("get_match_case")
        if case_id not in self.cases:
            raise NotFound(ErrorCode.CASE_NOT_FOUND, "There is no such match case for this county.")
        return ReceivedCase(self.cases[case_id], {"TransactionId": "T1"})

    def search_voters(self, search):
        self._call("search_voters")
        self.searched = search
        return self.found

    def decide_match_case(self, transaction_id, decision):
        self.answers.append((transaction_id, decision.decision.value, decision.case_id, decision.expected_version))
        self.said = decision
        self._call("decide_match_case")
        states = {"Reject": "Rejected", "Redirect": "Open"}
        return self._decided(decision.case_id, states.get(decision.decision.value, "Accepted"), decision.expected_version, decision)

    def _decided(self, case_id, case_state, version, decision=None):
        case = self.cases[case_id]
        voter = case.voter
        if decision and decision.decision.value == "Accept":
            moved = {"county_code": case.new_county or voter.county_code, "record_version": 7, "residence": case.new_address, "home_precinct": None}
            voter = voter._replace(**moved, home_precinct_part=None)
        elif decision is None:
            voter = voter._replace(record_version=7)
        county = (decision and decision.county_code) or case.county_code
        needed = voter.home_precinct is None and voter.county_code == "19"
        self.cases[case_id] = case._replace(case_state=case_state, case_version=version + 1, county_code=county, voter=voter, home_precinct_needed=needed)
        if county != "19":
            del self.cases[case_id]
        return DecidedCase(case_state=case_state, case_version=version + 1, county_code=county, record_version=7)

    def undo_match_case(self, transaction_id, undo):
        self.answers.append((transaction_id, "Undo", undo.case_id, undo.expected_version))
        self._call("undo_match_case")
        return self._decided(undo.case_id, "Rejected", undo.expected_version)

    def report_unresolved_coa(self, transaction_id, report):
        self.answers.append((transaction_id, "NonMatch" if report.state_voter_id is None else "VoterNamed", report.work_item_id, 0))
        self._call("report_unresolved_coa")
        named = report.state_voter_id is not None
        return ReportedRecord(disposition="VoterNamed" if named else "NonMatch", case_id=77 if named else None)

    def reverse_transfer_out(self, transaction_id, transfer_id, basis):
        self.answers.append((transaction_id, "ReverseTransferOut", transfer_id, 0))
        self._call("reverse_transfer_out")
        return DecidedTransfer(state_uid=100000001, transfer_state="Reversed", record_version=8)

    def accept_transfer_out(self, transaction_id, transfer_id):
        self.answers.append((transaction_id, "AcceptTransferOut", transfer_id, 0))
        self._call("accept_transfer_out")
        return DecidedTransfer(state_uid=100000001, transfer_state="Accepted", record_version=None)

    def register_voter(self, transaction_id, new):
        self.registered.append((transaction_id, new))
        self._call("register_voter")
        return self.registrations.pop(0)

    def pull_merged_data(self, case_id, after=None):
        self._call("pull_merged_data")
        items = self.merged.get(case_id, ())
        start = 0 if after is None else [item.item_id for item in items].index(after) + 1
        return ReceivedMergedPage(tuple(items[start : start + 2]), len(items) > start + 2)

    def close(self):
        self.closed = True


def _is_late(older, message):
    same_voter = older.state_voter_id == message.state_voter_id
    return same_voter and older.voter_sequence < message.voter_sequence and older.message_id > message.message_id


@pytest.fixture
def state():
    return FakeState()


@pytest.fixture
def pauses():
    return []


def voter(number, **registration):
    name = WireName(f"First{number}", "O'Brien & Söhne", None, None, "Jr.")
    home = WireResidenceAddress(str(number), None, "North", "Main", "Street", None, None, None, "Los Angeles", "CA", "90012")
    values = {"name": name, "date_of_birth": "1980-02-03", "drivers_license": None, "ssn4": "1234", "gender": "2", "language": "EN", "party": "D"}
    values |= {"phone": "(213) 555-0100", "residence_address": home, "home_precinct": WireHomePrecinct("1234", "A")}
    values |= {"registration_date": "2001-05-06", "status": "A"} | registration
    return WireRecord(100000000 + number, f"LA-{number}", 1, None, WireRegistration(**values), VotingPrecinct("2026-P", "1234", "A"))


@pytest.fixture
def make_voter():
    return voter


@pytest.fixture
def ems(tmp_path):
    with EmsDatabase.create(tmp_path / "ems.db", "19") as database:
        database.load_voters([voter(1), voter(2), voter(3, status="C")])
        yield database


@pytest.fixture
def office(ems, tmp_path, pauses):
    retry = Retry(sleep=pauses.append, attempts=4)
    return Office(ems=ems, work_dir=tmp_path / "work", clock=FixedClock(NOW), retry=retry, tell=lambda _: None, piece_bytes=200)


@pytest.fixture
def make_message():
    def message(message_id, number=1, kind="BatchRecordApplied", version=2, job_id=7, **values):
        outcome = kind.removeprefix("BatchRecord")
        result = ReceivedRecordResult(outcome, values.pop("reason", None), (), version, values.pop("errors", ()))
        sequence = values.pop("sequence", message_id)
        uid, ems_id = values.pop("uid", 100000000 + number), values.pop("ems_id", f"LA-{number}")
        detail = {"batch_record_result": result if kind.startswith("BatchRecord") else None} | values
        return ReceivedMessage(message_id, kind, "2026-03-01T00:00:00Z", uid, sequence, ems_id, version, job_id, number, **detail)

    return message


@pytest.fixture
def voter_row(ems):
    def row(number, columns):
        return ems.connection.execute(f"SELECT {columns} FROM voters WHERE voter_num = ?", (f"LA-{number}",)).fetchone()

    return row


@pytest.fixture
def down():
    return Unavailable(ErrorCode.BUSY, "The state cannot be reached.")
