"""Who sees what in the console (EWS-01, EWS-14, OPS-02): a county its own, SOS everything but what few may see; each look leaves a trace."""

from collections.abc import Iterable
from typing import Final, NoReturn

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.confidentiality import as_seen_by, is_confidential
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import VoteCalError
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.audit_trail import change_entry, record_change
from votecal_soap.use_cases.ports import UnitOfWork

EVERYBODY: Final = tuple(Role)
SEES_CONFIDENTIAL: Final = (Role.SOS_ADMINISTRATOR,)
"""Who at SOS may be told where a confidential voter lives."""
_NO_COUNTY: Final = ""


def is_of_sos(person: StaffUser) -> bool:
    """Whether a person acts for the state."""
    return person.role in SOS_ROLES


def sees_county(person: StaffUser, county_code: str | None) -> bool:
    """Whether a county's things are for this person."""
    return is_of_sos(person) or (county_code is not None and person.county_code == county_code)


def counties_of(uow: UnitOfWork, case: MatchCase) -> frozenset[str]:
    """Whose case it is: the county that decides, the other record's, the one that is asked, and those of a move that it made."""
    transfer = uow.match_cases.transfer_of_case(case.case_id)
    moved = () if transfer is None else (transfer.losing_county, transfer.gaining_county)
    return frozenset(filter(None, (case.county_code, case.other_county, case.asked_county, *moved)))


def sees_case(uow: UnitOfWork, person: StaffUser, case: MatchCase) -> bool:
    """Whether a case is for this person."""
    return is_of_sos(person) or person.county_code in counties_of(uow, case)


def as_person_sees(voter: Voter, person: StaffUser, clock: Clock) -> Voter:
    """The record without what this person may not be told."""
    if person.role in SEES_CONFIDENTIAL:
        return voter
    return as_seen_by(voter, person.county_code or _NO_COUNTY, legal_date(clock.now()))


def is_withheld(voter: Voter, person: StaffUser, clock: Clock) -> bool:
    """Whether residence, e-mail and phone were taken out for this person."""
    today = legal_date(clock.now())
    return is_confidential(voter, today) and person.role not in SEES_CONFIDENTIAL and person.county_code != voter.county_code


def known_person(uow: UnitOfWork, user_name: str) -> StaffUser:
    """Whoever acts, in any role."""
    return require_role(uow, user_name, EVERYBODY)


def refuse(uow: UnitOfWork, person: StaffUser, clock: Clock, subject: tuple[str, str | int], error: VoteCalError) -> NoReturn:
    """Write down that the person tried, then raise; `uow` has nothing else to commit."""
    record_change(
        uow,
        at=clock.now(),
        actor=person.user_name,
        action="AccessRefused",
        subject=subject,
        county_code=person.county_code,
        new={"role": person.role, "code": error.code},
    )
    uow.commit()
    raise error


def note_looks(uow: UnitOfWork, person: StaffUser, clock: Clock, action: str, voters: Iterable[Voter]) -> bool:
    """An audit entry for each voter seen who is confidential or not of the person's county (OPS-02); whether there were any."""
    now = clock.now()
    today = legal_date(now)
    seen = {voter.state_voter_id: voter for voter in voters if voter.county_code != person.county_code or is_confidential(voter, today)}
    entries = [
        change_entry(at=now, actor=person.user_name, action=action, subject=("Voter", uid), county_code=voter.county_code) for uid, voter in seen.items()
    ]
    if entries:
        uow.audit.add(entries)
    return bool(entries)
