"""A roll with pairs of records that may be one voter, what the detection finds of them, and who answers."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fakes.dmv import a_voter
from lxml import etree
from sqlalchemy import Engine, Row, Table, select

from db.engine import create_engine
from db.tables import ems_message, voter_activity
from db.unit_of_work import SqlUnitOfWorkFactory
from votecal_soap.clock import FixedClock
from votecal_soap.domain.counties import Caller, County, Election, Role, StaffUser
from votecal_soap.domain.county_answers import UndoMatchCase
from votecal_soap.domain.duplicate_cases import LicenseCorrection, RejectionCause, ReviewDecision
from votecal_soap.domain.duplicates import DuplicatePair
from votecal_soap.domain.match_cases import CaseDecision, Decision, MatchCase, WorkItemStatus
from votecal_soap.domain.matching import Criterion, MatchField, MatchingFunction, MatchingMode
from votecal_soap.domain.sos_work_items import SosWorkItem
from votecal_soap.domain.voter_children import Child, CustomField, NewChild, Participation, VotingMethod
from votecal_soap.domain.voters import VERSION_FIELDS, Voter
from votecal_soap.use_cases.decide_match_case import decide_match_case
from votecal_soap.use_cases.open_duplicate_cases import PairOutcome, open_duplicate_cases
from votecal_soap.use_cases.ports import VoterChange
from votecal_soap.use_cases.review_duplicate import review_duplicate
from votecal_soap.use_cases.undo_duplicate import undo_duplicate_by_sos
from votecal_soap.use_cases.undo_match_case import undo_match_case

NOW = datetime(2026, 3, 10, 20, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
DUE = date(2026, 3, 17)
OLD, NEW, THIRD = 100_000_001, 100_000_002, 100_000_003
COUNTIES = {"01": "Alameda", "19": "Los Angeles", "37": "San Diego"}
CRITERIA = (
    Criterion(MatchField.DATE_OF_BIRTH, "same", 12.5, "Same date of birth"),
    Criterion(MatchField.ADDRESS, "same", 9.5, "Same address"),
)
BOOK_KEEPING = {"version", "effective_date"}


def pair(one: int = OLD, other: int = NEW, **values: Any) -> DuplicatePair:
    """A potential match of two records with different numbers."""
    usual = {"confidence": 80, "criteria": CRITERIA, "cap": None, "same_drivers_license": False, "verified_license": False}
    return DuplicatePair(**{"state_voter_id": one, "other_state_voter_id": other, **usual, **values})


ONE_LICENSE = {"same_drivers_license": True, "verified_license": True}
LICENSE = "D7654321"


@dataclass
class Roll:
    """Detect, answer, look."""

    factory: SqlUnitOfWorkFactory
    engine: Engine
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    def add(self, *voters: Voter) -> None:
        """Records as they stand."""
        with self.factory() as uow:
            uow.voters.add_voters(voters, NOW)
            uow.commit()

    def add_children(self, *children: NewChild) -> None:
        """What hangs on them."""
        with self.factory() as uow:
            uow.children.add(children, NOW)
            uow.commit()

    def detect(self, *pairs: DuplicatePair) -> dict[PairOutcome, int]:
        """What the detection job hands over."""
        with self.factory() as uow:
            outcomes = open_duplicate_cases(uow, pairs, self.clock, weights_version="expert-1")
            uow.commit()
        return dict(outcomes)

    def voter(self, uid: int) -> Voter:
        """Where a record stands."""
        with self.factory(read_only=True) as uow:
            found = uow.voters.get(uid)
        assert found is not None
        return found

    def children(self, uid: int) -> list[Child]:
        """What hangs on a record and is in force."""
        with self.factory(read_only=True) as uow:
            return [child for child in uow.children.of_voters([uid]) if child.in_force]

    def case(self, case_id: int = 1) -> MatchCase:
        """Where a case stands."""
        with self.factory(read_only=True) as uow:
            found = uow.match_cases.get(case_id)
        assert found is not None
        return found

    def change(self, uid: int, **values: Any) -> None:
        """Something of a record changes."""
        with self.factory() as uow:
            (before,) = uow.voters.lock_by_state_id([uid])
            uow.voters.save_changes([VoterChange(before, before._replace(version=before.version + 1, **values), tuple(values))], NOW)
            uow.commit()

    def open_items(self, case_id: int = 1) -> list[str]:
        """The types of SOS work items of a case that are open."""
        return [item.item_type for item in self.items(case_id) if item.status is WorkItemStatus.OPEN]

    def items(self, case_id: int = 1) -> list[SosWorkItem]:
        """All of them."""
        with self.factory(read_only=True) as uow:
            return uow.sos_items.of_case(case_id)

    def rows(self, table: Table) -> list[Row[Any]]:
        """A table."""
        with self.engine.connect() as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key.columns)))

    def messages(self, county_code: str | None = None) -> list[tuple[str, str, int]]:
        """(County, type, UID) of each message, in order."""
        rows = self.rows(ems_message)
        return [(row.county_code, row.message_type, row.state_voter_id) for row in rows if county_code in (None, row.county_code)]

    def last_message(self, county_code: str) -> tuple[str, etree._Element]:
        """The last message of a county: type, and payload."""
        row = [row for row in self.rows(ems_message) if row.county_code == county_code][-1]
        return row.message_type, etree.fromstring(row.payload)

    def activities(self, uid: int) -> list[str]:
        """The activity types of a voter that no merge copied."""
        rows = [row for row in self.rows(voter_activity) if row.state_voter_id == uid and row.copied_from is None]
        return [row.activity_type for row in rows]

    def set_mode(self, *counties: str, mode: MatchingMode = MatchingMode.APPLY) -> None:
        """What counties want done with automatic matches."""
        with self.factory() as uow:
            for county_code in counties:
                uow.matching.save_mode(county_code, MatchingFunction.DUPLICATE_VOTER, mode, NOW, "sam")
            uow.commit()

    def decide(self, county: str, decision: Decision = Decision.ACCEPT, *, case_id: int = 1, version: int | None = None, **more: Any) -> MatchCase:
        """A county's clerk decides on the case as it stands, or on the version given."""
        seen = self.case(case_id).version if version is None else version
        given = CaseDecision(case_id=case_id, expected_version=seen, decision=decision, basis="the clerk has looked", **more)
        with self.factory() as uow:
            decided = decide_match_case(given, caller(county), uow, self.clock, timedelta(days=10))
            uow.commit()
        return decided

    def undo(self, county_code: str | None = None, *, case_id: int = 1) -> MatchCase:
        """A county's clerk takes a merge back, or SOS."""
        command = UndoMatchCase(case_id=case_id, expected_version=self.case(case_id).version, basis="they are sisters")
        with self.factory() as uow:
            if county_code is None:
                undone = undo_duplicate_by_sos(command, "sam", uow, self.clock)
            else:
                undone = undo_match_case(command, caller(county_code), uow, self.clock, timedelta(days=10))
            uow.commit()
        return undone

    def review(
        self, *, same_person: bool, cause: RejectionCause | None = None, corrections: tuple[LicenseCorrection, ...] = (), user: str = "sam", case_id: int = 1
    ) -> MatchCase:
        """An SOS user decides."""
        seen = self.case(case_id).version
        decision = ReviewDecision(case_id=case_id, expected_version=seen, same_person=same_person, basis="asked DMV", cause=cause, corrections=corrections)
        with self.factory() as uow:
            decided = review_duplicate(decision, user, uow, self.clock)
            uow.commit()
        return decided


def caller(county_code: str) -> Caller:
    """A county's credential."""
    return Caller(username=f"ems-{county_code}", county_code=county_code, credential_expires_at=None)


def begin(database_url: str) -> Roll:
    """A state with counties, people and elections, without voters."""
    engine = create_engine(database_url)
    roll = Roll(SqlUnitOfWorkFactory(engine), engine)
    with roll.factory() as uow:
        uow.reference.save_counties([County(county_code=code, name=name, fips=f"06{code}0"[:5]) for code, name in COUNTIES.items()])
        uow.reference.save_staff_user(StaffUser(user_name="sam", role=Role.SOS_USER, county_code=None))
        uow.reference.save_staff_user(StaffUser(user_name="ada", role=Role.SOS_ADMINISTRATOR, county_code=None))
        uow.reference.save_staff_user(StaffUser(user_name="cleo", role=Role.COUNTY_USER, county_code="19"))
        elections = (("2020-G", True), ("2021-S", False))
        uow.reference.save_elections([Election(election_id=name, name=name, election_date=date(2020, 11, 3), federal=flag) for name, flag in elections])
        uow.commit()
    return roll


def old_and_new(*, license_number: str | None = None, counties: tuple[str, str] = ("19", "37"), **new: Any) -> tuple[Voter, Voter]:
    """An older record, in Los Angeles, and a newer one, in San Diego, who is flagged as first-time federal voter."""
    number = {} if license_number is None else {"drivers_license": license_number}
    older = a_voter(OLD, registration_date=date(2010, 5, 1), county_code=counties[0], ems_voter_id="LA1", **number)
    usual = {"registration_date": date(2020, 5, 1), "ems_voter_id": "SD2", "first_time_federal": 1, "first_name": "ANNA"}
    return older, a_voter(NEW, county_code=counties[1], **{**usual, **number, **new})


def some_children(uid: int = OLD) -> list[NewChild]:
    """A vote in a federal election and a custom field."""
    return [
        NewChild(uid, Participation("19", "2020-G", VotingMethod.VOTE_BY_MAIL, True)),
        NewChild(uid, CustomField("19", "Sample ballot", "large print")),
    ]


def shown(voter: Voter) -> dict[str, Any]:
    """A record but for the numbers that rise with each change."""
    return {name: getattr(voter, name) for name in VERSION_FIELDS if name not in BOOK_KEEPING}
