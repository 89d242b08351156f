"""Match cases, unresolved records and moves as a DMV file leaves them, for the calls of the counties."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from lxml import etree
from zeep import Plugin

from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, ResidenceAddress
from votecal_soap.domain.dmv_repeats import keyed
from votecal_soap.domain.match_cases import CaseState, CaseType, Disposition, TransferOut, TransferState, WorkItemStatus
from votecal_soap.domain.matching import Criterion, MatchField
from votecal_soap.domain.voters import StateVoterId, Voter
from votecal_soap.use_cases.ports import NewMatchCase, NewWorkItem, VoterChange

from .soap_requests import NOW, State

UID = 100000007
CRITERIA = (
    Criterion(MatchField.DATE_OF_BIRTH, "same", 9.5, "The dates of birth are the same."),
    Criterion(MatchField.LAST_NAME, "same", 8.25, "The last names are the same."),
)
RECORD = DmvRecord(
    **dict.fromkeys(DmvRecord._fields)
    | {
        "sequence": 1,
        "transaction_id": "DMV-1",
        "kind": DmvRecordKind.CHANGE_OF_ADDRESS,
        "transaction_date": date(2026, 2, 20),
        "first_name": "ANA",
        "last_name": "O'NEIL",
        "date_of_birth": date(1980, 2, 29),
        "new_address": ResidenceAddress(house_number="12", street_name="MAIN", residence_city="LOS ANGELES", residence_state="CA", residence_zip_code="90001"),
        "county_code": "19",
    }
)


def a_voter(state_voter_id: int = UID, **fields: Any) -> Voter:
    """A voter of Los Angeles."""
    usual = {
        "county_code": "19",
        "ems_voter_id": f"LA-{state_voter_id}",
        "version": 1,
        "effective_date": date(2025, 1, 2),
        "first_name": "ANA",
        "last_name": "O'NEIL",
        "date_of_birth": date(1980, 2, 29),
        "drivers_license": "A1234567",
        "ssn4": "1234",
        "phone": "2135550100",
        "house_number": "1",
        "street_name": "OLD",
        "street_type": "RD",
        "residence_city": "PASADENA",
        "residence_state": "CA",
        "residence_zip_code": "91101",
        "registration_date": date(2020, 10, 1),
        "status": "Active",
        "vnc_due": 0,
        "message_sequence": 0,
    }
    return Voter(**dict.fromkeys(Voter._fields) | usual | {"state_voter_id": StateVoterId(state_voter_id)} | fields)


@dataclass
class Situations:
    """Puts rows where the job would."""

    state: State
    job_id: int = field(init=False)

    def __post_init__(self) -> None:
        self.job_id = self.state.add_job()

    def add_voter(self, **fields: Any) -> Voter:
        """Insert a voter with match keys."""
        voter = a_voter(**fields)
        with self.state.application.unit_of_work() as uow:
            uow.voters.add_voters([voter], NOW)
            uow.commit()
        return voter

    def voter(self, state_voter_id: int = UID) -> Voter:
        """Where a voter stands."""
        with self.state.application.unit_of_work(read_only=True) as uow:
            (found,) = uow.voters.by_state_id([state_voter_id])
        return found

    def add_item(self, disposition: Disposition = Disposition.POTENTIAL_MATCH, *, record: DmvRecord = RECORD, county_code: str = "19") -> int:
        """A work item that waits, or was closed without a match."""
        status = WorkItemStatus.CLOSED if disposition is Disposition.NO_MATCH else WorkItemStatus.OPEN
        with self.state.application.unit_of_work() as uow:
            item_id = uow.work_items.reserve_ids(1)
            sent = record._replace(sequence=item_id, transaction_id=f"DMV-{item_id}")
            uow.work_items.add([NewWorkItem(item_id, keyed(sent), status, disposition, county_code, None, 80, "expert-2")], self.job_id, NOW)
            if disposition is Disposition.NO_MATCH:
                uow.work_items.add_potential_voters([item_id], NOW)
            uow.commit()
        return item_id

    def add_case(self, item_id: int, state_voter_id: int = UID, state: CaseState = CaseState.OPEN, **fields: Any) -> int:
        """A case of Los Angeles."""
        with self.state.application.unit_of_work() as uow:
            case_id = uow.match_cases.reserve_ids(1)
            usual = {"cap": "common_name", "potential_reason": "BelowAutomatic", "county_code": "19", "due_on": date(2026, 3, 9)} | fields
            case = NewMatchCase(
                **dict.fromkeys(NewMatchCase._fields)
                | {
                    "case_id": case_id,
                    "case_type": CaseType.DMV_COA,
                    "work_item_id": item_id,
                    "state_voter_id": state_voter_id,
                    "state": state,
                    "confidence": 87,
                    "criteria": CRITERIA,
                    "same_drivers_license": False,
                    "weights_version": "expert-2",
                    "automatic": state is CaseState.PROVISIONAL,
                }
                | usual
            )
            uow.match_cases.add([case], NOW)
            uow.commit()
        return case_id

    def add_transfer(self) -> int:
        """A voter of Los Angeles whom DMV moved to Sacramento, provisionally."""
        before = self.add_voter()
        item_id = self.add_item(Disposition.AUTOMATIC_MATCH, county_code="34")
        case_id = self.add_case(item_id, state=CaseState.PROVISIONAL, before_version=1, applied_version=2, potential_reason=None)
        pending_until = NOW + timedelta(days=10)
        after = before._replace(county_code="34", ems_voter_id=None, version=2, residence_city="SACRAMENTO", transfer_pending_until=pending_until)
        changed = ("county_code", "ems_voter_id", "residence_city", "transfer_pending_until")
        with self.state.application.unit_of_work() as uow:
            uow.voters.save_changes([VoterChange(before, after, changed)], NOW)
            transfer_id = uow.match_cases.reserve_ids(1)
            uow.match_cases.add_transfers(
                [TransferOut(transfer_id, UID, "19", "34", case_id, TransferState.OPEN, True, NOW, pending_until, decided_at=None, decided_by=None)]
            )
            uow.commit()
        return transfer_id


class AnswersKeepTheSchema(Plugin):  # type: ignore[misc] # zeep has no types
    """Holds every answer that a client receives against the committed schema."""

    def __init__(self, schema: etree.XMLSchema) -> None:
        self.schema = schema
        self.checked = 0

    def ingress(self, envelope: etree._Element, http_headers: Any, operation: Any) -> Any:
        (body,) = envelope.xpath("*[local-name() = 'Body']/*")
        if etree.QName(body).localname != "Fault":
            self.schema.assertValid(etree.fromstring(etree.tostring(body)))
            self.checked += 1
        return envelope, http_headers
