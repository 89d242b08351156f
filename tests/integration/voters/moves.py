"""A county registers a move, and the losing county has its say."""

from datetime import timedelta
from typing import Any

from votecal_soap.domain.county_answers import TransferDecision
from votecal_soap.domain.rules import RuleBooks
from votecal_soap.domain.voter_transfers import TransferResult, TransferVoter
from votecal_soap.use_cases.accept_transfer_out import accept_transfer_out
from votecal_soap.use_cases.reverse_transfer_out import reverse_transfer_out
from votecal_soap.use_cases.transfer_voter import transfer_voter
from votecal_soap.use_cases.undo_transfer_out import undo_transfer_out

from ..duplicates.pairs import OLD, Roll, caller

PENDING = timedelta(days=10)
AFFIDAVIT = {
    "first_name": "Ana",
    "last_name": "Garcia",
    "date_of_birth": "1970-01-02",
    "house_number": "12",
    "street_name": "New",
    "street_type": "ST",
    "residence_city": "San Diego",
    "residence_state": "CA",
    "residence_zip_code": "92101",
    "registration_date": "2026-03-01",
}


def move(roll: Roll, county: str = "37", *, base_version: int = 1, ems_voter_id: str = "SD-9", confidential: Any = None, **given: Any) -> TransferResult:
    """San Diego takes her over."""
    said = {name: value for name, value in {**AFFIDAVIT, **given}.items() if value is not ...}
    command = TransferVoter(
        state_voter_id=OLD, base_version=base_version, ems_voter_id=ems_voter_id, given=said, confidential=confidential, basis="registered at the counter"
    )
    with roll.factory() as uow:
        result = transfer_voter(command, caller(county), uow, roll.clock, PENDING, RuleBooks())
        uow.commit()
    return result


def say(roll: Roll, act: Any, transfer_id: int, county: str = "19", basis: str = "the clerk has looked") -> Any:
    """A county's word on a move."""
    with roll.factory() as uow:
        result = act(TransferDecision(transfer_id=transfer_id, basis=basis), caller(county), uow, roll.clock, PENDING)
        uow.commit()
    return result


accept, reverse, undo = accept_transfer_out, reverse_transfer_out, undo_transfer_out
