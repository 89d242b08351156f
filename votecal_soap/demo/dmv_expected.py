"""What is planted in DMV's files, and what must come of it once the days have passed (COA-02 to COA-38)."""

from collections.abc import Mapping
from typing import Final

from votecal_soap.demo.dmv_situations import DmvExpected, DmvFileNumber, DmvSituation, Home
from votecal_soap.domain.dmv_files import DmvOutcome
from votecal_soap.domain.match_cases import CaseState, Disposition

_ACCEPTED: Final = (CaseState.ACCEPTED,)
_REJECTED: Final = (CaseState.REJECTED,)
_OPEN: Final = (CaseState.OPEN,)
_SAYS_ACCEPT: Final = ("DecideMatchCase Accept Accepted",)
_SAYS_NOBODY: Final = ("ReportUnresolvedCoa NonMatch",)
_LETS_GO: Final = ("AcceptTransferOut Accepted",)


def _applied(about: str, records: int = 1, file: DmvFileNumber = DmvFileNumber.FIRST) -> DmvExpected:
    return DmvExpected(DmvOutcome.AUTOMATIC_MATCH, Disposition.AUTOMATIC_MATCH, _ACCEPTED, Home.NEW, about, records, file=file)


def _provisional(about: str, ruled: tuple[str, ...], home: Home = Home.NEW, file: DmvFileNumber = DmvFileNumber.FIRST) -> DmvExpected:
    return DmvExpected(DmvOutcome.PROVISIONAL_MATCH, Disposition.AUTOMATIC_MATCH, _ACCEPTED, home, about, ruled=ruled, file=file)


def _undone(about: str, ruled: tuple[str, ...] = ()) -> DmvExpected:
    return DmvExpected(DmvOutcome.AUTOMATIC_MATCH, Disposition.NON_MATCH, _REJECTED, Home.OLD, about, ruled=ruled)


def _decided(disposition: Disposition, cases: tuple[CaseState, ...], home: Home, about: str, ruled: tuple[str, ...] = ()) -> DmvExpected:
    return DmvExpected(DmvOutcome.POTENTIAL_MATCH, disposition, cases, home, about, ruled=ruled)


def _left(about: str) -> DmvExpected:
    return DmvExpected(DmvOutcome.POTENTIAL_MATCH, Disposition.POTENTIAL_MATCH, _OPEN, Home.OLD, f"{about}: left, and overdue")


def _nobody(
    outcome: DmvOutcome, disposition: Disposition | None, about: str, ruled: tuple[str, ...] = (), file: DmvFileNumber = DmvFileNumber.FIRST
) -> DmvExpected:
    return DmvExpected(outcome, disposition, (), Home.NOBODYS, about, ruled=ruled, file=file)


EXPECTED: Final[Mapping[DmvSituation, DmvExpected]] = {
    DmvSituation.MOVED: _applied("moved within Los Angeles", 4),
    DmvSituation.MOVED_OUT: _applied("moved from Los Angeles to Sierra: both counties are told", 2),
    DmvSituation.MOVED_IN: _applied("moved from Sierra to Los Angeles: both counties are told", 2),
    DmvSituation.MOVED_PROVISIONALLY: _provisional("moved to San Diego, which wants moves provisional: Los Angeles accepts", _LETS_GO),
    DmvSituation.BLACKED_OUT: _provisional("moved to San Bernardino during its blackout: Los Angeles accepts", _LETS_GO),
    DmvSituation.JUST_CERTAIN: _applied("no number, all else agrees: confidence 99, which meets the threshold"),
    DmvSituation.EXACT_LICENCE: _applied("two voters above the threshold: the one with the very licence moves"),
    DmvSituation.REGISTERED_AGAIN: _applied("a voter registered anew at DMV: all data and the signature are taken"),
    DmvSituation.LIVES_THERE: DmvExpected(DmvOutcome.ALREADY_CURRENT, Disposition.ALREADY_CURRENT, _ACCEPTED, Home.OLD, "lives there already"),
    DmvSituation.OTHER_MIDDLE_NAME: _decided(
        Disposition.ACCEPTED, _ACCEPTED, Home.NEW, "another middle name at the same home, no number: the county accepts", _SAYS_ACCEPT
    ),
    DmvSituation.REGISTRATION_UNSURE: _decided(
        Disposition.ACCEPTED, _ACCEPTED, Home.NEW, "a registration of confidence 99, where SOS asks 100 of registrations: the county accepts", _SAYS_ACCEPT
    ),
    DmvSituation.RELATIVES_LICENCE: _decided(
        Disposition.NON_MATCH,
        _REJECTED,
        Home.OLD,
        "a relative's name and birth with the voter's numbers: the county rejects the last candidate, then says nobody",
        ("DecideMatchCase Reject Rejected", *_SAYS_NOBODY),
    ),
    DmvSituation.LEFT_THE_STATE: _decided(
        Disposition.OUT_OF_STATE, _ACCEPTED, Home.AWAY, "a voter who went to Nevada: the county says so", ("DecideMatchCase OutOfState Accepted",)
    ),
    DmvSituation.UNDONE: _undone("moved, but a clerk undoes it: nobody's, which the clerk confirms"),
    DmvSituation.REVERSED: _undone("moved to Sierra, but a clerk of Los Angeles reverses it: nobody's, which Sierra confirms", _SAYS_NOBODY),
    DmvSituation.REGISTERED_TWICE: _decided(
        Disposition.ACCEPTED,
        (CaseState.ACCEPTED, CaseState.REJECTED),
        Home.NEW,
        "two voters above the threshold, both with the licence: none is moved, a clerk accepts one",
    ),
    DmvSituation.COUNTY_UNCLEAR: _decided(
        Disposition.ACCEPTED, _ACCEPTED, Home.NEW, "DMV's county and the ZIP code disagree: a clerk redirects it to Sierra, whose clerk accepts"
    ),
    DmvSituation.BOX_AS_HOME: _decided(Disposition.UNPRECINCTABLE, _ACCEPTED, Home.OLD, "a post office box as residence: a clerk cannot place it"),
    DmvSituation.MARRIED: DmvExpected(
        DmvOutcome.NO_MATCH, Disposition.ACCEPTED, _ACCEPTED, Home.NEW, "nobody by another surname: a clerk searches, names the voter and accepts"
    ),
    DmvSituation.FATHER_OR_SON: _left("one name and licence, births a generation apart"),
    DmvSituation.OLD_NEWS: _left("older than the voter's registration"),
    DmvSituation.COUNTY_UNKNOWN: _left("a ZIP code of no county"),
    DmvSituation.CONFIDENTIAL: _left("a confidential voter"),
    DmvSituation.NOT_REGISTERED: _left("the registration was cancelled"),
    DmvSituation.MOVE_WAITS: _left("another move of the voter waits"),
    DmvSituation.OVERTAKEN: _decided(Disposition.REPLACED, (CaseState.REPLACED,), Home.NEW, "waited for the county when a newer record came"),
    DmvSituation.OVERTAKING: _applied("the newer record, applied"),
    DmvSituation.WAITED: _decided(Disposition.REPLACED, (CaseState.REPLACED,), Home.NEW, "waited for the county when a newer file came"),
    DmvSituation.STRANGER: _nobody(DmvOutcome.NO_MATCH, Disposition.NON_MATCH, "nobody known, at an address in Los Angeles, which confirms it", _SAYS_NOBODY),
    DmvSituation.STRANGER_ELSEWHERE: _nobody(
        DmvOutcome.NO_MATCH, Disposition.NON_MATCH, "nobody known, at an address in Sierra, which confirms it", _SAYS_NOBODY
    ),
    DmvSituation.STRANGER_NOWHERE: _nobody(DmvOutcome.NO_MATCH_WITHOUT_COUNTY, Disposition.NO_MATCH, "nobody known, of no county: SOS's own work item"),
    DmvSituation.STRANGER_OUT_OF_STATE: _nobody(DmvOutcome.NO_MATCH_OUT_OF_STATE, Disposition.NO_MATCH, "nobody known, out of state"),
    DmvSituation.NEW_VOTER: _nobody(DmvOutcome.REGISTRATION_PENDING, Disposition.REGISTRATION_PENDING, "a new registration, for the county to register"),
    DmvSituation.SENT_TWICE: _nobody(DmvOutcome.DUPLICATE, None, "the same transaction once more"),
    DmvSituation.SAID_TWICE: _nobody(DmvOutcome.DUPLICATE, None, "the same licence, address and day under another transaction"),
    DmvSituation.UNREADABLE: _nobody(DmvOutcome.UNREADABLE, None, "a telephone number of thirty digits breaks the schema"),
    DmvSituation.MOVED_ON: _applied("the newer record of one that waited, applied", file=DmvFileNumber.CLOSED),
    DmvSituation.SENT_LATER: _nobody(DmvOutcome.DUPLICATE, None, "a transaction of the first file", file=DmvFileNumber.CLOSED),
    DmvSituation.SAID_LATER: _nobody(DmvOutcome.DUPLICATE, None, "licence, address and day of the first file", file=DmvFileNumber.CLOSED),
    DmvSituation.UNANSWERED: _provisional("moved from Sierra to San Diego: ten days without an answer let it stand", (), file=DmvFileNumber.CLOSED),
    DmvSituation.UNANSWERED_IN_BLACKOUT: _provisional(
        "moved from Sierra to San Bernardino in its blackout: waits until Sierra accepts", _LETS_GO, file=DmvFileNumber.CLOSED
    ),
    DmvSituation.INVITED: DmvExpected(
        DmvOutcome.AUTOMATIC_MATCH,
        Disposition.AUTOMATIC_MATCH,
        _ACCEPTED,
        Home.ENDED,
        "moved to Sierra: cancelled and invited",
        file=DmvFileNumber.INVITING,
    ),
    DmvSituation.INVITED_PROVISIONALLY: _provisional(
        "moved to San Diego, provisionally: cancelled and invited once Los Angeles accepts", _SAYS_ACCEPT, Home.ENDED, DmvFileNumber.INVITING
    ),
    DmvSituation.KILLED_OVER: _applied("moved within Sierra, in the file whose worker is killed", 60, DmvFileNumber.KILLED),
}
"""In the order of the files."""
