"""What a record of DMV's files may be, and what is said of how it ends (COA-02 to COA-38); the table is in `dmv_expected`."""

from enum import IntEnum, StrEnum
from typing import NamedTuple

from votecal_soap.domain.dmv_files import DmvOutcome
from votecal_soap.domain.match_cases import CaseState, Disposition


class DmvFileNumber(IntEnum):
    """DMV's files, in the order in which they come."""

    FIRST = 1
    CLOSED = 2  # Sierra's office is closed
    INVITING = 3  # a move to another county cancels the registration
    KILLED = 4  # the worker is killed in the middle of it


class DmvSituation(StrEnum):
    """A DMV record's situation; each record of the files is in exactly one."""

    MOVED = "Moved"
    MOVED_OUT = "MovedOut"
    MOVED_IN = "MovedIn"
    MOVED_PROVISIONALLY = "MovedProvisionally"
    BLACKED_OUT = "BlackedOut"
    JUST_CERTAIN = "JustCertain"
    EXACT_LICENCE = "ExactLicence"
    REGISTERED_AGAIN = "RegisteredAgain"
    LIVES_THERE = "LivesThere"
    OTHER_MIDDLE_NAME = "OtherMiddleName"
    REGISTRATION_UNSURE = "RegistrationUnsure"
    RELATIVES_LICENCE = "RelativesLicence"
    LEFT_THE_STATE = "LeftTheState"
    UNDONE = "Undone"
    REVERSED = "Reversed"
    REGISTERED_TWICE = "RegisteredTwice"
    COUNTY_UNCLEAR = "CountyUnclear"
    BOX_AS_HOME = "BoxAsHome"
    MARRIED = "Married"
    FATHER_OR_SON = "FatherOrSon"
    OLD_NEWS = "OldNews"
    COUNTY_UNKNOWN = "CountyUnknown"
    CONFIDENTIAL = "Confidential"
    NOT_REGISTERED = "NotRegistered"
    MOVE_WAITS = "MoveWaits"
    OVERTAKEN = "Overtaken"
    OVERTAKING = "Overtaking"
    WAITED = "Waited"
    STRANGER = "Stranger"
    STRANGER_ELSEWHERE = "StrangerElsewhere"
    STRANGER_NOWHERE = "StrangerNowhere"
    STRANGER_OUT_OF_STATE = "StrangerOutOfState"
    NEW_VOTER = "NewVoter"
    SENT_TWICE = "SentTwice"
    SAID_TWICE = "SaidTwice"
    UNREADABLE = "Unreadable"
    MOVED_ON = "MovedOn"
    SENT_LATER = "SentLater"
    SAID_LATER = "SaidLater"
    UNANSWERED = "Unanswered"
    UNANSWERED_IN_BLACKOUT = "UnansweredInBlackout"
    INVITED = "Invited"
    INVITED_PROVISIONALLY = "InvitedProvisionally"
    KILLED_OVER = "KilledOver"


class Home(StrEnum):
    """What the county's own record of the voter says at the end."""

    NEW = "New"  # DMV's address, in the county that it lies in; cancelled in a county that the voter left
    OLD = "Old"  # as before
    AWAY = "Away"  # inactive: out of state
    ENDED = "Ended"  # cancelled, and registered nowhere else: invited to register
    NOBODYS = "Nobodys"  # there is no voter


class DmvExpected(NamedTuple):
    """How a record is counted, where its work item and its cases stand at the end, where the voter lives then, how it comes about.

    `ruled` is what the counties say of it by their rule, with the state's answer; everything else is said by clerks.
    """

    outcome: DmvOutcome
    disposition: Disposition | None
    cases: tuple[CaseState, ...]
    home: Home
    about: str
    records: int = 1
    ruled: tuple[str, ...] = ()
    file: DmvFileNumber = DmvFileNumber.FIRST
