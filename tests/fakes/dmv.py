"""A voter, a DMV record that moves her, and a match of the two: what tests of matching begin from."""

from datetime import date
from typing import Any

from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, ResidenceAddress
from votecal_soap.domain.matching import Criterion, Match, MatchField
from votecal_soap.domain.voters import StateVoterId, Voter

NEW_HOME = ResidenceAddress(
    house_number="12", street_name="NEW", street_type="ST", unit_number="3", residence_city="LOS ANGELES", residence_state="CA", residence_zip_code="90012"
)
OLD_HOME = ResidenceAddress(house_number="7", street_name="OLD", street_type="AVE", residence_city="BURBANK", residence_state="CA", residence_zip_code="91501")


def a_voter(state_voter_id: int = 100_000_001, **changes: Any) -> Voter:
    """An active voter of county 19 at her old home, registered in 2020."""
    blank = Voter(*(None,) * len(Voter._fields))  # type: ignore[arg-type]
    return blank._replace(
        **{
            "state_voter_id": StateVoterId(state_voter_id),
            "county_code": "19",
            "ems_voter_id": f"LA{state_voter_id % 1000}",
            "version": 1,
            "effective_date": date(2020, 5, 1),
            "first_name": "ANA",
            "last_name": "GARCIA",
            "date_of_birth": date(1970, 1, 2),
            "drivers_license": f"A{state_voter_id % 10_000_000:07}",
            "drivers_license_status": "Verified",
            "drivers_license_verified_on": date(2020, 5, 2),
            **OLD_HOME._asdict(),
            "home_precinct": "000123",
            "home_precinct_part": "1",
            "registration_date": date(2020, 5, 1),
            "status": "Active",
            "vnc_due": 0,
            "message_sequence": 4,
            **changes,
        }
    )


def a_record(sequence: int = 1, **changes: Any) -> DmvRecord:
    """A change of address of that voter to her new home in the same county."""
    blank = DmvRecord(*(None,) * len(DmvRecord._fields))  # type: ignore[arg-type]
    return blank._replace(
        **{
            "sequence": sequence,
            "transaction_id": f"T{sequence:08}",
            "kind": DmvRecordKind.CHANGE_OF_ADDRESS,
            "transaction_date": date(2026, 3, 1),
            "drivers_license": "A0000001",
            "first_name": "ANA",
            "last_name": "GARCIA",
            "date_of_birth": date(1970, 1, 2),
            "new_address": NEW_HOME,
            "old_address": OLD_HOME,
            **changes,
        }
    )


def a_match(state_voter_id: int = 100_000_001, confidence: int = 100, **changes: Any) -> Match:
    """A match with a voter."""
    criteria = (Criterion(MatchField.DRIVERS_LICENSE, "exact", 20.0, "The same driver's licence or state id"),)
    match = Match(state_voter_id, confidence, 30.0, criteria, None, confidence == 100)
    return match._replace(**changes)
