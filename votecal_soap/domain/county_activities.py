"""What a county may enter in a voter's activity history (EWS-12, S4.22, S6.13, S7.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple


class CountyActivity(StrEnum):
    """The value is the name on the wire."""

    ADDRESS_VERIFICATION_MAILED = "AddressVerificationMailed"
    ALTERNATE_RESIDENCY_CONFIRMATION_MAILED = "AlternateResidencyConfirmationMailed"
    CHANGE_OF_ADDRESS_NOTICE_MAILED = "ChangeOfAddressNoticeMailed"
    CONFIRMATION_NOTICE_MAILED = "ConfirmationNoticeMailed"
    DMV_COA_FAILURE_LETTER_MAILED = "DmvCoaFailureLetterMailed"
    MAIL_RETURNED = "MailReturned"
    NOTIFICATION_CARD_MAILED = "NotificationCardMailed"
    OTHER_NOTICE_MAILED = "OtherNoticeMailed"
    RESIDENCY_CONFIRMATION_MAILED = "ResidencyConfirmationMailed"
    VOTE_BY_MAIL_APPLICATION_RECEIVED = "VoteByMailApplicationReceived"
    VOTER_CONTACTED = "VoterContacted"


ACTIVITY_TYPES: Final[Mapping[CountyActivity, str]] = {
    CountyActivity.ADDRESS_VERIFICATION_MAILED: "Address Verification Notice Mailed",
    CountyActivity.ALTERNATE_RESIDENCY_CONFIRMATION_MAILED: "ARCP Mailed",
    CountyActivity.CHANGE_OF_ADDRESS_NOTICE_MAILED: "CAN Mailed",
    CountyActivity.CONFIRMATION_NOTICE_MAILED: "8(d)(2) Notice Mailed",
    CountyActivity.DMV_COA_FAILURE_LETTER_MAILED: "DMV COA Failure Letter Mailed by County",
    CountyActivity.MAIL_RETURNED: "Mail Returned",
    CountyActivity.NOTIFICATION_CARD_MAILED: "VNC Mailed",
    CountyActivity.OTHER_NOTICE_MAILED: "Notice Mailed",
    CountyActivity.RESIDENCY_CONFIRMATION_MAILED: "RCP Mailed",
    CountyActivity.VOTE_BY_MAIL_APPLICATION_RECEIVED: "Vote-by-Mail Application Received",
    CountyActivity.VOTER_CONTACTED: "Voter Contacted",
}
"""What stands in the history; the words are those of the use cases where they have any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddVoterActivity:
    """What a county enters."""

    state_voter_id: int
    activity: CountyActivity
    activity_date: date
    basis: str | None = None


class NotedActivity(NamedTuple):
    """What was entered, and the version of the record, which an entry does not change."""

    state_voter_id: int
    record_version: int
    activity: CountyActivity
    activity_date: date


class PrintedCard(NamedTuple):
    """A voter notification card, and the version of the record that it shows."""

    state_voter_id: int
    record_version: int | None = None


class PrintedCardOutcome(StrEnum):
    """What became of one card; the value is the name on the wire."""

    CONFIRMED = "Confirmed"
    NOT_DUE = "NotDue"
    STILL_DUE = "StillDue"
    VOTER_NOT_FOUND = "VoterNotFound"


class PrintedCardResult(NamedTuple):
    """The outcome, and the version of the record if the voter is the county's."""

    state_voter_id: int
    outcome: PrintedCardOutcome
    record_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmVncPrinted:
    """Cards that were printed on one day."""

    printed_on: date
    cards: tuple[PrintedCard, ...]
