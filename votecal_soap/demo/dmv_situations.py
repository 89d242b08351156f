"""What is planted in DMV's file, and what must come of it once the counties have answered (COA-02 to COA-38)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from votecal_soap.domain.dmv_files import DmvOutcome
from votecal_soap.domain.match_cases import CaseState, Disposition


class DmvSituation(StrEnum):
    """A DMV record's situation; each record of the file is in exactly one."""

    MOVED = "Moved"
    MOVED_OUT = "MovedOut"
    MOVED_IN = "MovedIn"
    MOVED_PROVISIONALLY = "MovedProvisionally"
    BLACKED_OUT = "BlackedOut"
    REGISTERED_AGAIN = "RegisteredAgain"
    LIVES_THERE = "LivesThere"
    OTHER_MIDDLE_NAME = "OtherMiddleName"
    RELATIVES_LICENCE = "RelativesLicence"
    FATHER_OR_SON = "FatherOrSon"
    REGISTERED_TWICE = "RegisteredTwice"
    LEFT_THE_STATE = "LeftTheState"
    OLD_NEWS = "OldNews"
    COUNTY_UNCLEAR = "CountyUnclear"
    BOX_AS_HOME = "BoxAsHome"
    CONFIDENTIAL = "Confidential"
    NOT_REGISTERED = "NotRegistered"
    MOVE_WAITS = "MoveWaits"
    OVERTAKEN = "Overtaken"
    OVERTAKING = "Overtaking"
    STRANGER = "Stranger"
    STRANGER_ELSEWHERE = "StrangerElsewhere"
    STRANGER_NOWHERE = "StrangerNowhere"
    STRANGER_OUT_OF_STATE = "StrangerOutOfState"
    NEW_VOTER = "NewVoter"
    SENT_TWICE = "SentTwice"
    SAID_TWICE = "SaidTwice"
    UNREADABLE = "Unreadable"


class Home(StrEnum):
    """What the county's own record of the voter says at the end."""

    NEW = "New"  # DMV's address, in the county that it lies in; cancelled in a county that the voter left
    OLD = "Old"  # as before
    AWAY = "Away"  # inactive: out of state
    NOBODYS = "Nobodys"  # there is no voter


class DmvExpected(NamedTuple):
    """How a record is counted, where its work item and its cases stand at the end, where the voter lives then, how it comes about."""

    outcome: DmvOutcome
    disposition: Disposition | None
    cases: tuple[CaseState, ...]
    home: Home
    about: str
    records: int = 1


_ACCEPTED: Final = (CaseState.ACCEPTED,)
_OPEN: Final = (CaseState.OPEN,)


def _applied(about: str, records: int = 1, outcome: DmvOutcome = DmvOutcome.AUTOMATIC_MATCH) -> DmvExpected:
    return DmvExpected(outcome, Disposition.AUTOMATIC_MATCH, _ACCEPTED, Home.NEW, about, records)


def _decided(disposition: Disposition, state: CaseState, home: Home, about: str) -> DmvExpected:
    return DmvExpected(DmvOutcome.POTENTIAL_MATCH, disposition, (state,), home, about)


def _left(about: str, cases: tuple[CaseState, ...] = _OPEN) -> DmvExpected:
    return DmvExpected(DmvOutcome.POTENTIAL_MATCH, Disposition.POTENTIAL_MATCH, cases, Home.OLD, about)


def _nobody(outcome: DmvOutcome, disposition: Disposition | None, about: str) -> DmvExpected:
    return DmvExpected(outcome, disposition, (), Home.NOBODYS, about)


EXPECTED: Final[Mapping[DmvSituation, DmvExpected]] = {
    DmvSituation.MOVED: _applied("moved within Los Angeles", 4),
    DmvSituation.MOVED_OUT: _applied("moved from Los Angeles to Sierra: both counties are told", 2),
    DmvSituation.MOVED_IN: _applied("moved from Sierra to Los Angeles: both counties are told", 2),
    DmvSituation.MOVED_PROVISIONALLY: _applied("moved to San Diego, which wants moves provisional: Los Angeles accepts", outcome=DmvOutcome.PROVISIONAL_MATCH),
    DmvSituation.BLACKED_OUT: _applied("moved to San Bernardino during its blackout: Los Angeles accepts", outcome=DmvOutcome.PROVISIONAL_MATCH),
    DmvSituation.REGISTERED_AGAIN: _applied("a voter registered anew at DMV: all data and the signature are taken"),
    DmvSituation.LIVES_THERE: DmvExpected(DmvOutcome.ALREADY_CURRENT, Disposition.ALREADY_CURRENT, _ACCEPTED, Home.OLD, "lives there already"),
    DmvSituation.OTHER_MIDDLE_NAME: _decided(
        Disposition.ACCEPTED, CaseState.ACCEPTED, Home.NEW, "another middle name at the same home, no number: the county accepts"
    ),
    DmvSituation.RELATIVES_LICENCE: _decided(
        Disposition.NON_MATCH, CaseState.REJECTED, Home.OLD, "a relative's name and birth with the voter's numbers: the county rejects"
    ),
    DmvSituation.LEFT_THE_STATE: _decided(Disposition.OUT_OF_STATE, CaseState.ACCEPTED, Home.AWAY, "a voter who went to Nevada: the county says so"),
    DmvSituation.FATHER_OR_SON: _left("one name and licence, births a generation apart: left for a clerk"),
    DmvSituation.REGISTERED_TWICE: _left("registered in both counties with one licence: left for clerks", (CaseState.OPEN, CaseState.OPEN)),
    DmvSituation.OLD_NEWS: _left("older than the voter's registration: left for a clerk"),
    DmvSituation.COUNTY_UNCLEAR: _left("DMV's county and the ZIP code disagree: left for a clerk"),
    DmvSituation.BOX_AS_HOME: _left("a post office box as residence, which the rules refuse: left for a clerk"),
    DmvSituation.CONFIDENTIAL: _left("a confidential voter: left for a clerk"),
    DmvSituation.NOT_REGISTERED: _left("the registration was cancelled: left for a clerk"),
    DmvSituation.MOVE_WAITS: _left("another move of the voter waits: left for a clerk"),
    DmvSituation.OVERTAKEN: _decided(Disposition.REPLACED, CaseState.REPLACED, Home.NEW, "waited for the county when a newer record came"),
    DmvSituation.OVERTAKING: _applied("the newer record, applied"),
    DmvSituation.STRANGER: _nobody(DmvOutcome.NO_MATCH, Disposition.NON_MATCH, "nobody known, at an address in Los Angeles, which confirms it"),
    DmvSituation.STRANGER_ELSEWHERE: _nobody(DmvOutcome.NO_MATCH, Disposition.NON_MATCH, "nobody known, at an address in Sierra, which confirms it"),
    DmvSituation.STRANGER_NOWHERE: _nobody(DmvOutcome.NO_MATCH_WITHOUT_COUNTY, Disposition.NO_MATCH, "nobody known, of no county: SOS's own work item"),
    DmvSituation.STRANGER_OUT_OF_STATE: _nobody(DmvOutcome.NO_MATCH_OUT_OF_STATE, Disposition.NO_MATCH, "nobody known, out of state"),
    DmvSituation.NEW_VOTER: _nobody(DmvOutcome.REGISTRATION_PENDING, Disposition.REGISTRATION_PENDING, "a new registration, for the county to register"),
    DmvSituation.SENT_TWICE: _nobody(DmvOutcome.DUPLICATE, None, "the same transaction once more"),
    DmvSituation.SAID_TWICE: _nobody(DmvOutcome.DUPLICATE, None, "the same licence, address and day under another transaction"),
    DmvSituation.UNREADABLE: _nobody(DmvOutcome.UNREADABLE, None, "a telephone number of thirty digits breaks the schema"),
}
"""In the order of the file, but for the two records of one voter, which stand in theirs."""
