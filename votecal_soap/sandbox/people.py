"""The made-up voters of a sandbox's counties, and who of them is put into which situation."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby, islice
from operator import attrgetter
from typing import Final

from votecal_soap.contract.batch_writer import WireName
from votecal_soap.domain.voters import VoterStatus
from votecal_soap.synthetic.dmv_simulator import NOT_VERIFIED_DIGIT, PENDING_DIGIT
from votecal_soap.synthetic.voters import SyntheticVoter, ems_voter_id, generate_voters

VOTERS: Final = 60
"""Of each county; all live alone, so that no relative is taken for one of them."""

COPIES: Final = 3
"""How often each situation is there: a vendor's program is seldom right the first time."""

PRECINCTS: Final = 5
_SEED: Final = 7
_DRAWN: Final = 2_000
_SECOND: Final = 90_000
"""Numbers of second registrations begin above those of the county's own voters."""

_LONG_BEFORE: Final = timedelta(days=30)


class Situation(StrEnum):
    """What has happened to a voter of the county."""

    WAITING_CASE = "WaitingCase"  # DMV tells of a move; the match waits for the county
    APPLIED_MATCH = "AppliedMatch"  # DMV told of a move within the county, and it was applied
    MOVED_AWAY = "MovedAway"  # DMV told of a move to the next county, which waits for this one's word
    PAIR = "Pair"  # registered in the next county too, perhaps
    MERGED = "Merged"  # was registered in the next county too: merged into this county's record
    CONFIDENTIAL = "Confidential"
    IDENTIFIED = "Identified"  # DMV has answered on the driver's licence


UNICODE_NAME: Final = WireName("Zoë", "Nuñez-Šimůnková", "Đặng")
"""Of the first waiting case: every letter has to come through a vendor's program unharmed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyPeople:
    """A county's voters; those in a situation in the order of their county ids."""

    county_code: str
    voters: tuple[SyntheticVoter, ...]
    cast: Mapping[Situation, tuple[SyntheticVoter, ...]]


def people_of(county_code: str, as_of: date) -> CountyPeople:
    """The same people in every sandbox, old enough by that day."""
    drawn = list(islice(_living_alone(generate_voters(_DRAWN, _SEED, county_code, precinct_count=PRECINCTS, as_of=as_of)), VOTERS))
    plain = iter(_plain(drawn))
    cast = {situation: tuple(next(plain) for _ in range(COPIES)) for situation in Situation}
    first, *others = cast[Situation.WAITING_CASE]
    renamed = first._replace(registration=first.registration._replace(name=UNICODE_NAME))
    cast[Situation.WAITING_CASE] = (renamed, *others)
    voters = tuple(renamed if voter is first else voter for voter in drawn)
    return CountyPeople(county_code=county_code, voters=voters, cast=cast)


def registered_again(people: CountyPeople, neighbour: CountyPeople) -> Iterator[SyntheticVoter]:
    """The same persons in the next county, registered there before: those merged with their licence, those of pairs without a number."""
    homes = iter(neighbour.voters)
    for number, voter in enumerate((*people.cast[Situation.MERGED], *people.cast[Situation.PAIR])):
        home = next(homes).registration
        registration = voter.registration._replace(
            residence_address=home.residence_address, home_precinct=home.home_precinct, registration_date=_before(voter), mailing_address=None
        )
        if number >= COPIES:
            registration = registration._replace(name=_married(registration.name), drivers_license=None, ssn4=None)
        yield voter._replace(ems_voter_id=ems_voter_id(neighbour.county_code, _SECOND + number), registration=registration)


def _married(name: WireName | None) -> WireName:
    return (name or WireName())._replace(last_name="Vandersteen")


def _before(voter: SyntheticVoter) -> date:
    registered = voter.registration.registration_date
    assert isinstance(registered, date)  # noqa: S101 - made-up voters have one
    return registered - _LONG_BEFORE


def _living_alone(voters: Iterable[SyntheticVoter]) -> Iterator[SyntheticVoter]:
    for _, members in groupby(voters, attrgetter("household")):
        first, *others = members
        if not others:
            yield first


def _plain(voters: Iterable[SyntheticVoter]) -> Iterator[SyntheticVoter]:
    """Active ones with a number that DMV would answer on, and nothing to confuse them by."""
    for voter in voters:
        registration = voter.registration
        number = registration.drivers_license or NOT_VERIFIED_DIGIT
        if (
            registration.status == VoterStatus.ACTIVE
            and number[-1] not in (NOT_VERIFIED_DIGIT, PENDING_DIGIT)
            and voter.person.suffix is None
            and registration.mailing_address is None
        ):
            yield voter
