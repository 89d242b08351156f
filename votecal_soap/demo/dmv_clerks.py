"""What clerks of both counties do where the rule leaves it to them, and what the state refuses them (COA-21, COA-33, COA-34, S4.21)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from votecal_soap.bootstrap import Application
from votecal_soap.county.answer_book import WordDetail
from votecal_soap.county.clerk import Clerk
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.demo.county_rounds import Office, clerk_of
from votecal_soap.demo.dmv_making import Planted
from votecal_soap.demo.dmv_situations import DmvSituation
from votecal_soap.demo.findings import ClerksWord
from votecal_soap.demo.population import COUNTY, OTHER_COUNTY
from votecal_soap.domain.match_cases import Decision
from votecal_soap.domain.matching import Person
from votecal_soap.domain.voter_searches import VoterSearch
from votecal_soap.errors import ErrorCode, VoteCalError

FOLLOW_UP: Final = "Where do you live? A post office box is no residence."


class _Desk:
    """One clerk with the EMS that she reads; `planted` tells whom each situation is about."""

    def __init__(self, clerk: Clerk, ems: EmsDatabase, planted: Sequence[Planted]) -> None:
        self.clerk = clerk
        self._ems = ems
        self._planted = planted

    def uid(self, situation: DmvSituation) -> int:
        return int(self._of(situation).voters[0].state_voter_id)

    def person(self, situation: DmvSituation) -> Person:
        record = self._of(situation).record
        return Person(first_name=record.first_name, date_of_birth=record.date_of_birth)

    def case(self, situation: DmvSituation) -> int:
        return self._number("SELECT case_id FROM state_cases WHERE state_uid = ? ORDER BY case_id", self.uid(situation))

    def move(self, situation: DmvSituation) -> int:
        return self._number("SELECT transfer_id FROM state_transfers WHERE state_uid = ?", self.uid(situation))

    def record(self, situation: DmvSituation) -> int:
        query = "SELECT work_item_id FROM dmv_records WHERE json_extract(data, '$.TransactionId') = ?"
        return self._number(query, self._of(situation).record.transaction_id)

    def _of(self, situation: DmvSituation) -> Planted:
        return next(item for item in self._planted if item.situation is situation)

    def _number(self, query: str, key: object) -> int:
        row = self._ems.connection.execute(query, (key,)).fetchone()
        return 0 if row is None else int(row[0])


_Deed = tuple[str, DmvSituation, str, str, Callable[[_Desk, DmvSituation], str]]
"""County, situation, in words, what the state must say, and the deed."""


def _decide(decision: Decision, basis: str, detail: WordDetail | None = None) -> Callable[[_Desk, DmvSituation], str]:
    return lambda desk, situation: desk.clerk.decide(desk.case(situation), decision, basis, detail)


def _name_found_voter(desk: _Desk, situation: DmvSituation) -> str:
    """Search the state by what DMV has rightly, and name the best who is found."""
    found = desk.clerk.search(VoterSearch(person=desk.person(situation)))
    return desk.clerk.report(desk.record(situation), found[0].voter.state_voter_id if found else None, "Married since, asked by telephone")


def _name_again(desk: _Desk, situation: DmvSituation) -> str:
    return desk.clerk.report(desk.record(situation), desk.uid(situation), "Is it not she?")


def _say_nobody(desk: _Desk, situation: DmvSituation) -> str:
    return desk.clerk.report(desk.record(situation), None, "Nobody of ours")


FIRST_DEEDS: Final[tuple[_Deed, ...]] = (
    (COUNTY, DmvSituation.REGISTERED_TWICE, "accepts one of two", "Accept Accepted", _decide(Decision.ACCEPT, "Lives here")),
    (COUNTY, DmvSituation.COUNTY_UNCLEAR, "redirects it", "Redirect Open", _decide(Decision.REDIRECT, "In Sierra", WordDetail(county_code=OTHER_COUNTY))),
    (
        COUNTY,
        DmvSituation.BOX_AS_HOME,
        "cannot place it",
        "Unprecinctable Accepted",
        _decide(Decision.UNPRECINCTABLE, "No residence", WordDetail(comment=FOLLOW_UP)),
    ),
    (COUNTY, DmvSituation.UNDONE, "takes the match back", "Rejected", lambda desk, of: desk.clerk.undo(desk.case(of), "The voter never moved")),
    (COUNTY, DmvSituation.REVERSED, "reverses the move", "Reversed", lambda desk, of: desk.clerk.reverse_move(desk.move(of), "Somebody else moved")),
    (COUNTY, DmvSituation.MARRIED, "searches and names the voter", "VoterNamed", _name_found_voter),
)

LATER_DEEDS: Final[tuple[_Deed, ...]] = (
    (OTHER_COUNTY, DmvSituation.COUNTY_UNCLEAR, "accepts what was redirected", "Accept Accepted", _decide(Decision.ACCEPT, "Lives here now")),
    (COUNTY, DmvSituation.MARRIED, "accepts the voter named", "Accept Accepted", _decide(Decision.ACCEPT, "It is she")),
    (COUNTY, DmvSituation.UNDONE, "names the same voter again", ErrorCode.VALUE_WRONG, _name_again),
    (COUNTY, DmvSituation.UNDONE, "says that it is nobody", "NonMatch", _say_nobody),
    (COUNTY, DmvSituation.OTHER_MIDDLE_NAME, "decides once more", ErrorCode.CASE_DECIDED, _decide(Decision.REJECT, "Second thoughts")),
    (COUNTY, DmvSituation.OVERTAKEN, "decides a replaced case", ErrorCode.CASE_REPLACED, _decide(Decision.ACCEPT, "Late")),
    (COUNTY, DmvSituation.COUNTY_UNCLEAR, "decides another county's case", ErrorCode.CASE_NOT_FOUND, _decide(Decision.ACCEPT, "Late")),
)
"""What follows once the counties have heard of the first; codes are of faults."""


def clerks_at_work(application: Application, offices: Mapping[str, Office], planted: Sequence[Planted], deeds: Sequence[_Deed]) -> list[ClerksWord]:
    """Each deed in its order; a fault is what its code says."""
    with clerk_of(application, offices[COUNTY]) as ours, clerk_of(application, offices[OTHER_COUNTY]) as theirs:
        desks = {COUNTY: _Desk(*ours, planted), OTHER_COUNTY: _Desk(*theirs, planted)}
        return [ClerksWord(county, situation, did, expected, _said(desks[county], situation, deed)) for county, situation, did, expected, deed in deeds]


def _said(desk: _Desk, situation: DmvSituation, deed: Callable[[_Desk, DmvSituation], str]) -> str:
    try:
        return deed(desk, situation)
    except VoteCalError as error:
        return error.code
