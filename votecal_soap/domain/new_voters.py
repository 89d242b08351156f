"""The first version of a voter's record, however it comes to the state: by an initial load or by registration (EWS-09)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from votecal_soap.domain.batches import FieldError, Severity
from votecal_soap.domain.voters import REGISTRATION_FIELDS, Confidential, StateVoterId, VerificationStatus, Voter


def first_version(
    values: Mapping[str, Any],
    *,
    state_voter_id: int,
    county_code: str,
    ems_voter_id: str | None,
    effective_date: date,
    confidential: Confidential | None,
    card_due: bool = False,
) -> Voter:
    """Version 1 with these registration fields; DL/ID and SSN4 wait for DMV (IDV-01)."""
    fields: dict[str, Any] = {name: values.get(name) for name in REGISTRATION_FIELDS}
    return Voter(
        state_voter_id=StateVoterId(state_voter_id),
        county_code=county_code,
        ems_voter_id=ems_voter_id,
        version=1,
        effective_date=effective_date,
        **fields,
        drivers_license_status=VerificationStatus.PENDING.value if fields["drivers_license"] else None,
        drivers_license_verified_on=None,
        ssn4_status=VerificationStatus.PENDING.value if fields["ssn4"] else None,
        ssn4_verified_on=None,
        confidentiality=None if confidential is None else confidential.kind.value,
        confidential_since=None if confidential is None else confidential.since,
        vnc_due=int(card_due),
        first_time_federal=None,
        merged_into=None,
        message_sequence=0,
        transfer_pending_until=None,
    )


def confidential_too_early(confidential: Confidential | None, today: date) -> list[FieldError]:
    """A voter is not confidential since a day to come (EWS-14)."""
    if confidential is None or confidential.since <= today:
        return []
    return [FieldError("ConfidentialSinceInFuture", "Registration/ConfidentialSince", Severity.FATAL, "A voter is not confidential since a day to come.")]


def confidentiality_not_by_update() -> FieldError:
    """EWS-14: SOS alone sets it on a record that the state has."""
    text = "A voter's confidentiality is brought by an initial load or with a new registration; afterwards SOS sets it."
    return FieldError("ConfidentialityNotByBatch", "Registration/Confidentiality", Severity.FATAL, text)
