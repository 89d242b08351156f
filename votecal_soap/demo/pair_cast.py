"""Who plays in the duplicates' act: people of their own, each on two records, or two people on one number."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

from votecal_soap.bootstrap import Application
from votecal_soap.contract.batch_writer import WireName
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.demo.dmv_cast import SECOND_REGISTRATIONS, living_alone
from votecal_soap.demo.dmv_making import Planted
from votecal_soap.demo.pair_situations import PairSituation
from votecal_soap.demo.population import COUNTY, OTHER_COUNTY, PRECINCTS, Population
from votecal_soap.demo.state_side import load_county, load_histories_of, uids_of
from votecal_soap.domain.voters import VoterStatus
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.dmv_simulator import NOT_VERIFIED_DIGIT, PENDING_DIGIT
from votecal_soap.synthetic.files import wire_records
from votecal_soap.synthetic.voters import SyntheticVoter, ems_voter_id, generate_voters

SEED: Final = 2
"""Nobody of the population."""

DRAWN: Final = 1_500
FIRST_NUMBER: Final = 80_000_001
YEARS_APART: Final = 10
OTHER_MIDDLE_NAME: Final = "QUENTIN"
OTHER_SURNAME: Final = "QUACKENBUSH"
COMMON_NAME: Final = WireName("MARIA", "GARCIA")
NO_NUMBER: Final[Mapping[str, Any]] = {"drivers_license": None, "ssn4": None}


class RecordPair(NamedTuple):
    """Two records of a situation, the older first, with their counties; none of them for pairs that others planted."""

    situation: PairSituation
    older: SyntheticVoter
    older_county: str
    newer: SyntheticVoter
    newer_county: str


class PlantedPair(NamedTuple):
    """A pair of the roll by the state's ids, the older record's first."""

    situation: PairSituation
    older_id: int
    newer_id: int

    @property
    def uids(self) -> tuple[int, int]:
        """Both, the lower first, as the pair's case has them."""
        return (min(self[1:]), max(self[1:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCast:
    """The pairs that the job is to find, and the two of the registration over a candidate: of Sierra, and the new one of Los Angeles."""

    pairs: Sequence[PlantedPair]
    candidate_id: int
    applicant: SyntheticVoter
    uids: frozenset[int]


def pair_cast(application: Application, people: Population, databases: Mapping[str, Path], files: Path, dmv: Sequence[Planted]) -> PairCast:
    """Bring the pairs into the state's roll and into both counties' EMS, with what hangs on them."""
    maker = _Maker(people)
    pairs = maker.pairs()
    candidate, applicant = maker.two_people_on_one_number(OTHER_COUNTY, COUNTY)
    uids: dict[str, int] = {}
    for county in (COUNTY, OTHER_COUNTY):
        records = [record for pair in pairs for record, of in ((pair.older, pair.older_county), (pair.newer, pair.newer_county)) if of == county]
        records += [candidate] if county == OTHER_COUNTY else []
        uids |= _load(application, county, records, databases[county], files)
    planted = [PlantedPair(pair.situation, uids[pair.older.ems_voter_id], uids[pair.newer.ems_voter_id]) for pair in pairs]
    return PairCast(
        pairs=[*planted, *_known_to_dmv(dmv)],
        candidate_id=uids[candidate.ems_voter_id],
        applicant=applicant,
        uids=frozenset(uids.values()),
    )


def _load(application: Application, county: str, records: Sequence[SyntheticVoter], database: Path, files: Path) -> dict[str, int]:
    load_county(application, files / f"county{county}-pairs.xml", county, records, _tell_nobody)
    load_histories_of(application, files / f"county{county}-pairs.jsonl", county, records, _tell_nobody)
    uids = uids_of(application, county, [record.ems_voter_id for record in records])
    known = (each._replace(state_voter_id=uids[each.ems_voter_id or ""], base_version=1) for each in wire_records(records, load_county_codes()))
    with EmsDatabase(database) as ems:
        ems.load_voters(known)
    return uids


def _known_to_dmv(dmv: Sequence[Planted]) -> Iterator[PlantedPair]:
    """The second act registered some people of Los Angeles in Sierra too, on the same day: the newer is the one that a batch has updated since (DLR-07)."""
    for item in dmv:
        if item.situation in SECOND_REGISTRATIONS:
            updated, other = item.voters
            yield PlantedPair(PairSituation.KNOWN_TO_DMV, int(other.state_voter_id), int(updated.state_voter_id))


def _tell_nobody(_: int, __: int | None) -> None:
    """Progress of a part that has no bar of its own."""


class _Maker:
    """Takes people who live alone, one after the other, and puts them on two records."""

    def __init__(self, people: Population) -> None:
        self._as_of = people.as_of
        self._people = {county: self._alone(county) for county in (COUNTY, OTHER_COUNTY)}
        self._numbers = count(FIRST_NUMBER)

    def pairs(self) -> list[RecordPair]:
        """One of each situation that is planted here."""
        here, there = COUNTY, OTHER_COUNTY
        return [
            self._alike(PairSituation.MERGED_AT_ONCE, here, here),
            self._alike(PairSituation.MERGED_PROVISIONALLY, there, here),
            self._alike(PairSituation.TAKEN_BACK, there, here),
            self._at_home(PairSituation.ONE_HOME, here),
            self._renamed(PairSituation.ONE_LICENCE, here, there),
            self._namesakes(PairSituation.NAMESAKES, here, there),
            self._namesakes(PairSituation.UNSURE, here, there),
            self._unlike(PairSituation.NUMBER_GIVEN_TWICE, here, there),
            self._unlike(PairSituation.NEITHER_AGREES, here, there),
            self._unlike(PairSituation.ONE_COUNTY, here, here),
        ]

    def two_people_on_one_number(self, one_county: str, other_county: str) -> tuple[SyntheticVoter, SyntheticVoter]:
        """Other names, births a decade or more apart."""
        one = self._next(one_county)
        other = next(voter for voter in self._people[other_county] if _is_somebody_else(one, voter))
        number = one.registration.drivers_license
        return one, self._recorded(other_county, other)._replace(registration=other.registration._replace(drivers_license=number))

    def _alike(self, situation: PairSituation, older_county: str, newer_county: str) -> RecordPair:
        """The same in everything but the home."""
        older = self._next(older_county)
        return RecordPair(situation, older, older_county, self._again(older, newer_county), newer_county)

    def _renamed(self, situation: PairSituation, older_county: str, newer_county: str) -> RecordPair:
        """The number and the first name agree; surname, birth and middle name do not, and no SSN4 was given the second time."""
        pair = self._alike(situation, older_county, newer_county)
        registration, other = pair.newer.registration, next(self._people[newer_county]).registration
        name = (registration.name or WireName())._replace(last_name=OTHER_SURNAME, middle_name=None)
        return pair._replace(newer=_changed(pair.newer, name=name, date_of_birth=other.date_of_birth, ssn4=None))

    def _at_home(self, situation: PairSituation, county: str) -> RecordPair:
        """Name, birth and home agree, but the middle name, and there is no number."""
        pair = self._alike(situation, county, county)
        registration = pair.older.registration
        name = (registration.name or WireName())._replace(middle_name=OTHER_MIDDLE_NAME)
        older = _changed(pair.older, **NO_NUMBER)
        return pair._replace(older=older, newer=_changed(pair.newer, name=name, residence_address=registration.residence_address, **NO_NUMBER))

    def _namesakes(self, situation: PairSituation, older_county: str, newer_county: str) -> RecordPair:
        """Birth agrees, and a name that many have; there is no number."""
        pair = self._alike(situation, older_county, newer_county)
        older, newer = (_changed(voter, name=COMMON_NAME, **NO_NUMBER) for voter in (pair.older, pair.newer))
        return pair._replace(older=older, newer=newer)

    def _unlike(self, situation: PairSituation, older_county: str, newer_county: str) -> RecordPair:
        older, newer = self.two_people_on_one_number(older_county, newer_county)
        late = newer._replace(registration=newer.registration._replace(registration_date=self._as_of))
        return RecordPair(situation, older, older_county, late, newer_county)

    def _next(self, county: str) -> SyntheticVoter:
        return self._recorded(county, next(self._people[county]))

    def _again(self, voter: SyntheticVoter, county: str) -> SyntheticVoter:
        """Registered once more, on the last day, at the home of somebody who does not play."""
        home = next(self._people[county]).registration
        moved = voter.registration._replace(
            residence_address=home.residence_address, home_precinct=home.home_precinct, registration_date=self._as_of, phone=home.phone, email=None
        )
        return self._recorded(county, voter._replace(registration=moved))

    def _recorded(self, county: str, voter: SyntheticVoter) -> SyntheticVoter:
        """A record of its own, under a number that nobody of the population has."""
        number = next(self._numbers)
        return voter._replace(number=number, ems_voter_id=ems_voter_id(county, number))

    def _alone(self, county: str) -> Iterator[SyntheticVoter]:
        drawn = generate_voters(DRAWN, SEED, county, precinct_count=PRECINCTS, as_of=self._as_of)
        return iter([voter for voter in living_alone(drawn) if _is_plain(voter) and _is_earlier(voter, self._as_of)])


def _changed(voter: SyntheticVoter, **changes: Any) -> SyntheticVoter:  # noqa: ANN401 - fields of the registration
    return voter._replace(registration=voter.registration._replace(**changes))


def _is_plain(voter: SyntheticVoter) -> bool:
    registration = voter.registration
    name, number = registration.name, registration.drivers_license
    is_named = name is not None and len(name.middle_name or "") > 1 and len(name.first_name or "") > 1 and name.suffix is None
    is_verified = number is not None and not number.endswith((NOT_VERIFIED_DIGIT, PENDING_DIGIT))
    return is_named and is_verified and registration.ssn4 is not None and registration.mailing_address is None and registration.status == VoterStatus.ACTIVE


def _is_earlier(voter: SyntheticVoter, as_of: object) -> bool:
    return str(voter.registration.registration_date) < str(as_of)


def _is_somebody_else(one: SyntheticVoter, other: SyntheticVoter) -> bool:
    first, second = one.person, other.person
    alike = first.first_name[0] == second.first_name[0] or first.surnames[0][0] == second.surnames[0][0]
    return not alike and abs(first.born - second.born) > YEARS_APART * 366
