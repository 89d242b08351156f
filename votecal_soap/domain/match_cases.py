"""Match cases and the work items behind them (COA-03 to COA-38); who may decide what, and what a decision leads to."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from votecal_soap.domain.duplicates import DuplicateCause
from votecal_soap.domain.matching import Criterion


class CaseType(StrEnum):
    """What was matched with a voter."""

    DMV_COA = "DmvCoa"
    DMV_REGISTRATION = "DmvRegistration"
    DUPLICATE_VOTER = "DuplicateVoter"


class CaseState(StrEnum):
    """Where a match case stands."""

    OPEN = "Open"  # potential: waits for a county
    PROVISIONAL = "Provisional"  # applied; a cancellation waits for the losing county (COA-12)
    ACCEPTED = "Accepted"
    REJECTED = "Rejected"  # final: this pair does not come back from the same record (COA-34)
    REJECTED_BY_USER = "RejectedByUser"  # one county rejected, another is asked (DUP-03)
    REPLACED = "Replaced"  # a newer record of the same voter took its place (COA-31)


class Decision(StrEnum):
    """What a county says of a case (COA-33)."""

    ACCEPT = "Accept"
    REJECT = "Reject"
    REDIRECT = "Redirect"  # the address lies in another county
    OUT_OF_STATE = "OutOfState"
    UNPRECINCTABLE = "Unprecinctable"  # a follow-up letter is due


class WorkItemStatus(StrEnum):
    """Whether someone or something still has to act on it."""

    OPEN = "Open"
    CLOSED = "Closed"


class Disposition(StrEnum):
    """How a DMV work item ended, or why it still waits."""

    AUTOMATIC_MATCH = "AutomaticMatch"  # COA-07, COA-10
    ALREADY_CURRENT = "AlreadyCurrent"  # the voter lives there already (COA-14)
    POTENTIAL_MATCH = "PotentialMatch"  # open: waits for a county (COA-30)
    NO_MATCH = "NoMatch"  # nobody at or above the manual threshold (COA-20)
    NON_MATCH = "NonMatch"  # the county confirms it: a notice is due (COA-21)
    REPLACED = "Replaced"  # COA-31
    ACCEPTED = "Accepted"  # by a county (COA-33)
    UNRESOLVED = "Unresolved"  # every candidate was rejected (COA-33)
    OUT_OF_STATE = "OutOfState"
    UNPRECINCTABLE = "Unprecinctable"  # the county cannot place the address: a follow-up letter is due (COA-33)
    REGISTRATION_PENDING = "RegistrationPending"  # went to its county as a new registration (COA-38)
    VOTER_NAMED = "VoterNamed"  # open: the county named the voter (COA-21)


class PotentialReason(StrEnum):
    """Why a match at or above the automatic threshold was left to a county all the same."""

    BELOW_AUTOMATIC = "BelowAutomatic"
    SEVERAL_VOTERS = "SeveralVoters"  # COA-13
    OLDER_THAN_RECORD = "OlderThanRecord"  # COA-14
    OUT_OF_STATE = "OutOfState"  # COA-14
    COUNTY_UNCLEAR = "CountyUnclear"  # COA-11
    ADDRESS_UNUSABLE = "AddressUnusable"  # the rules refuse it as a residence (VRU-08)
    CONFIDENTIAL_VOTER = "ConfidentialVoter"  # EWS-14
    NOT_REGISTERED = "NotRegistered"  # the voter's registration has ended or never began
    UPDATE_PENDING = "UpdatePending"  # the voter is in a pending transfer
    NAMED_BY_COUNTY = "NamedByCounty"  # COA-21
    MERGE_PENDING = "MergePending"  # another merge of one of the records waits for a county (DUP-07)


class MatchCase(NamedTuple):
    """A pair of a record and a voter, or of two voters, with what made it and what became of it.

    `version` rises with each change: a decision names the version that it saw (COA-33). `before_version` and
    `applied_version` are the voter's versions around the change that acceptance made, for undo (COA-34). A duplicate's
    `state_voter_id` is the lower UID of the two and `county_code` its county; the fields from `other_state_voter_id` on are a
    duplicate's alone (DUP-01, DUP-03).
    """

    case_id: int
    case_type: CaseType
    work_item_id: int | None
    state_voter_id: int
    county_code: str
    """The county that decides."""
    state: CaseState
    version: int
    confidence: int
    criteria: tuple[Criterion, ...]
    cap: str | None
    potential_reason: PotentialReason | None
    same_drivers_license: bool
    weights_version: str
    opened_at: datetime
    due_on: date | None
    overdue_announced_at: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    basis: str | None
    before_version: int | None
    applied_version: int | None
    automatic: bool
    other_state_voter_id: int | None = None
    other_county: str | None = None
    """The other voter's county; None when it is the same."""
    round_number: int | None = None
    """Rises when a rejected pair is opened again."""
    cause: DuplicateCause | None = None
    deciding_digest: str | None = None
    """Of the fields that decide on the pair, as they were judged last: a rejected pair comes back when it differs."""
    asked_county: str | None = None
    """The one county whose word is awaited; None: any county of the case, or none when it is with SOS."""
    first_rejected_by: str | None = None
    """The county that rejected first."""


class TransferState(StrEnum):
    """Where a move out of a county stands (S4.21)."""

    OPEN = "Open"
    ACCEPTED = "Accepted"  # by the losing county, or because its time passed
    REVERSED = "Reversed"


class TransferOut(NamedTuple):
    """A voter who moved to another county: the losing county accepts or reverses."""

    transfer_id: int
    state_voter_id: int
    losing_county: str
    gaining_county: str
    case_id: int | None
    state: TransferState
    provisional: bool
    """Whether a cancellation waits for the losing county's word (COA-12)."""
    opened_at: datetime
    pending_until: datetime
    decided_at: datetime | None
    decided_by: str | None
    before_version: int | None = None
    """Of a move that a county registered (TransferVoter), which has no case: the record's version before it."""
    applied_version: int | None = None
    """The version that the move made."""
    given_fields: tuple[str, ...] = ()
    """The fields that the affidavit gave: should it be another person's, they are that person's (UC03.50.01)."""


class MailingKind(StrEnum):
    """Lists for mailings (COA-35)."""

    NON_MATCH_NOTICE = "NonMatchNotice"
    POTENTIAL_VOTER = "PotentialVoter"
    VNC_DUE = "VncDue"
    UNPRECINCTABLE_FOLLOW_UP = "UnprecinctableFollowUp"
    RE_REGISTRATION_INVITATION = "ReRegistrationInvitation"
    OUT_OF_STATE = "OutOfState"


DECISION_DAYS: Final = 5
"""Business days that a county has (2 CCR 19077(b), COA-37)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDecision:
    """A county's decision on a case as it saw it."""

    case_id: int
    expected_version: int
    decision: Decision
    basis: str
    county_code: str | None = None
    """Of a redirection."""
    comment: str | None = None
    home_precinct: str | None = None
    """Of an acceptance, if the county knows it already."""
    home_precinct_part: str | None = None
