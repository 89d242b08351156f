"""What is planted among the county's voters, and what must come of it (VRU-11 to VRU-17)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from votecal_soap.domain.batches import FailureReason, Outcome


class Situation(StrEnum):
    """A voter's situation when the county's batch is made; each voter of the file is in exactly one."""

    REDRAWN = "Redrawn"
    KEPT = "Kept"
    NAME_CHANGED = "NameChanged"
    CONTACT_CHANGED = "ContactChanged"
    PHONE_TOO_SHORT = "PhoneTooShort"
    NOTHING_NEW = "NothingNew"
    PHONE_TOO_LONG = "PhoneTooLong"
    NOT_AT_THE_STATE = "NotAtTheState"
    UID_MISTYPED = "UidMistyped"
    OTHER_COUNTYS_UID = "OtherCountysUid"
    TRANSFER_PENDING = "TransferPending"
    DMV_ANSWER_WAITING = "DmvAnswerWaiting"
    EMS_RESTORED = "EmsRestored"
    LAST_NAME_LOST = "LastNameLost"
    PARTY_UNASKED = "PartyUnasked"
    ELECTION_MISTAKEN = "ElectionMistaken"
    PRECINCT_NOT_SENT = "PrecinctNotSent"


class Expected(NamedTuple):
    """What must come of a situation, how it comes about, and how many voters are put into it (0: the rest of the population)."""

    outcome: Outcome
    reason: FailureReason | None
    about: str
    voters: int = 0
    warning: bool = False


def _applied(about: str, voters: int = 0, *, warning: bool = False) -> Expected:
    return Expected(Outcome.APPLIED, None, about, voters, warning)


def _failed(reason: FailureReason, voters: int, about: str) -> Expected:
    return Expected(Outcome.FAILED, reason, about, voters)


EXPECTED: Final[Mapping[Situation, Expected]] = {
    Situation.REDRAWN: _applied("lives in a precinct that was dissolved"),
    Situation.KEPT: _applied("precinct stays; voting precinct is new for the election"),
    Situation.NAME_CHANGED: _applied("a clerk also changed the last name", 12),
    Situation.CONTACT_CHANGED: _applied("a clerk also changed the e-mail address", 20),
    Situation.PHONE_TOO_SHORT: _applied("telephone number of three digits", 6, warning=True),
    Situation.NOTHING_NEW: Expected(Outcome.UNCHANGED, None, "not registered, precinct stays: nothing is new"),
    Situation.PHONE_TOO_LONG: _failed(FailureReason.RECORD_UNREADABLE, 4, "a sentence in the telephone field breaks the schema"),
    Situation.NOT_AT_THE_STATE: _failed(FailureReason.VOTER_NOT_FOUND, 5, "came to the county after the initial load"),
    Situation.UID_MISTYPED: _failed(FailureReason.VOTER_NOT_FOUND, 3, "the EMS holds a UID that nobody has"),
    Situation.OTHER_COUNTYS_UID: _failed(FailureReason.VOTER_DOES_NOT_BELONG, 5, "the EMS holds the UID of the other county's voter"),
    Situation.TRANSFER_PENDING: _failed(FailureReason.VOTER_PENDING_TRANSFER, 7, "a transfer waits at the state"),
    Situation.DMV_ANSWER_WAITING: _failed(FailureReason.STATE_UPDATE_PENDING, 8, "DMV's answer waits on the county's queue"),
    Situation.EMS_RESTORED: _failed(FailureReason.STATE_UPDATE_PENDING, 6, "the EMS was restored to before DMV's answer"),
    Situation.LAST_NAME_LOST: _failed(FailureReason.FAILED_VALIDATION, 4, "the EMS has lost the last name"),
    Situation.PARTY_UNASKED: _failed(FailureReason.FAILED_VALIDATION, 3, "the party is sent too, which SOS did not authorise"),
    Situation.ELECTION_MISTAKEN: _failed(FailureReason.ELECTION_NOT_FOUND, 3, "the county's own name of the election is sent"),
    Situation.PRECINCT_NOT_SENT: _failed(FailureReason.PRECINCT_NOT_FOUND, 5, "a precinct that the state was never told of"),
}
