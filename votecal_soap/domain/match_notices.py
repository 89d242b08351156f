"""What a county is told of matches, moves and DMV records that found nobody (COA-11, COA-21, COA-32, S10.11)."""

from datetime import date
from typing import NamedTuple

from votecal_soap.domain.dmv_records import DmvRecord, MailingAddress, ResidenceAddress
from votecal_soap.domain.duplicates import DuplicateCause
from votecal_soap.domain.match_cases import CaseState, CaseType, PotentialReason, TransferOut
from votecal_soap.domain.matching import Criterion
from votecal_soap.domain.voters import Voter


class DuplicateDetail(NamedTuple):
    """The other record of a pair, as the reader may see it, and where the pair stands (DUP-02)."""

    other_voter: Voter
    round_number: int
    cause: DuplicateCause
    same_drivers_license: bool
    asked_county: str | None
    first_rejected_by: str | None
    newer_id: int | None
    """Of a merge that stands."""
    older_id: int | None


class MatchNotice(NamedTuple):
    """One match case as a county gets it, in messages and in answers.

    `voter` is the record that a reader of this county may see: a confidential voter of another county comes without
    residence, e-mail and phone (EWS-14).
    """

    case_id: int
    case_type: CaseType
    case_state: CaseState
    case_version: int
    county_code: str
    confidence: int
    criteria: tuple[Criterion, ...]
    cap: str | None
    potential_reason: PotentialReason | None
    due_on: date | None
    work_item_id: int | None
    dmv_transaction_id: str | None
    dmv_transaction_date: date | None
    voter: Voter
    new_address: ResidenceAddress | None
    new_mailing_address: MailingAddress | None
    new_county: str | None
    home_precinct_needed: bool
    withheld_by_blackout: bool
    basis: str | None
    duplicate: DuplicateDetail | None = None


class TransferNotice(NamedTuple):
    """A voter who left for, came from, or went back to a county."""

    transfer: TransferOut
    match: MatchNotice | None
    voter: Voter | None = None
    """Of a move that a county registered: the record as the reader may see it."""
    confidence: int | None = None
    criteria: tuple[Criterion, ...] = ()
    basis: str | None = None


class DmvRecordNotice(NamedTuple):
    """A DMV record that matched nobody, with all its data."""

    work_item_id: int
    county_code: str
    record: DmvRecord
