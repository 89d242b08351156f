"""Who plays in DMV's file: voters who live alone and have a licence, and a few whom the state knows in a special way."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from votecal_soap.bootstrap import Application
from votecal_soap.clock import legal_date
from votecal_soap.contract.batch_writer import WireRecord
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.demo.days import DAY_OF_FILE
from votecal_soap.demo.dmv_making import Cast
from votecal_soap.demo.dmv_situations import DmvSituation
from votecal_soap.demo.population import COUNTY, OTHER_COUNTY, Population
from votecal_soap.demo.situations import Situation
from votecal_soap.demo.state_side import load_county, uids_of
from votecal_soap.domain.voters import Confidentiality, Voter, VoterStatus
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.files import wire_records
from votecal_soap.synthetic.voters import SyntheticVoter, ems_voter_id
from votecal_soap.use_cases.ports import VoterChange

LOOKED_AT: Final = 900
"""Voters of each county from whom the cast is taken."""

SECOND_REGISTRATIONS: Final = {DmvSituation.REGISTERED_TWICE: (90_000_000, True), DmvSituation.EXACT_LICENCE: (90_000_001, False)}
"""Who is registered in the other county too: under which number there, and whether that record has the licence."""


def cast_of(application: Application, people: Population, situations: Mapping[str, Situation], files: Path) -> Cast:
    """Choose the voters, and bring those of special situations into theirs."""
    alone = living_alone(islice(people.loaded_voters(), LOOKED_AT))
    kept = (voter for voter in alone if situations[voter.ems_voter_id] is Situation.KEPT)
    ours = _voters(application, COUNTY, [voter.ems_voter_id for voter in kept])
    neighbours = list(islice(people.other_countys_voters(), LOOKED_AT))
    theirs = _voters(application, OTHER_COUNTY, [voter.ems_voter_id for voter in living_alone(neighbours)])
    waiting = _voters(application, COUNTY, [voter for voter, situation in situations.items() if situation is Situation.TRANSFER_PENDING])
    plain = iter(filter(_is_plain, ours))
    twice, exact = _of(plain), _of(plain)
    special = {
        DmvSituation.CONFIDENTIAL: (_made_confidential(application, _of(plain)),),
        DmvSituation.NOT_REGISTERED: (_of(voter for voter in theirs if voter.status == VoterStatus.CANCELLED and voter.drivers_license),),
        DmvSituation.MOVE_WAITS: (_of(voter for voter in waiting if voter.drivers_license),),
        DmvSituation.REGISTERED_TWICE: (twice, _registered_again(application, DmvSituation.REGISTERED_TWICE, twice, people, files)),
        DmvSituation.EXACT_LICENCE: (exact, _registered_again(application, DmvSituation.EXACT_LICENCE, exact, people, files)),
    }
    today = legal_date(application.clock.now())
    days = {file: today + timedelta(days=day) for file, day in DAY_OF_FILE.items()}
    return Cast(ours=list(plain), theirs=list(filter(_is_plain, theirs)), special=special, days=days)


def make_other_ems(path: Path, application: Application, people: Population, cast: Cast) -> None:
    """Fill the other county's EMS with the people that the state has there."""
    voters = [*people.other_countys_voters(), *(_second_registration(people, situation, cast.special[situation][0]) for situation in SECOND_REGISTRATIONS)]
    uids = uids_of(application, OTHER_COUNTY, [voter.ems_voter_id for voter in voters])
    with EmsDatabase.create(path, OTHER_COUNTY) as ems:
        ems.load_voters(_known(wire_records(voters, load_county_codes()), uids))


def _known(records: Iterable[WireRecord], uids: Mapping[str, int]) -> Iterator[WireRecord]:
    for record in records:
        yield record._replace(state_voter_id=uids[record.ems_voter_id or ""], base_version=1)


def living_alone(voters: Iterable[SyntheticVoter]) -> list[SyntheticVoter]:
    """Those whose household has nobody else."""
    known = list(voters)
    members = Counter(voter.household for voter in known)
    return [voter for voter in known if members[voter.household] == 1]


def _voters(application: Application, county_code: str, ems_voter_ids: list[str]) -> list[Voter]:
    with application.unit_of_work() as uow:
        found = {voter.ems_voter_id: voter for voter in uow.voters.lock_by_ems_id(county_code, ems_voter_ids)}
    return [found[ems_id] for ems_id in ems_voter_ids if ems_id in found]


def _is_plain(voter: Voter) -> bool:
    return voter.status == VoterStatus.ACTIVE and voter.drivers_license is not None and voter.suffix is None and voter.mailing_line1 is None


def _of(voters: Iterator[Voter]) -> Voter:
    voter = next(voters, None)
    if voter is None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Every situation needs voters: take at least 1,000.", ref="voters")
    return voter


def _made_confidential(application: Application, voter: Voter) -> Voter:
    """As another system of the state keeps it: no county's batch says this."""
    after = voter._replace(version=voter.version + 1, confidentiality=Confidentiality.SAFE_AT_HOME.value)
    with application.unit_of_work() as uow:
        uow.voters.lock_by_state_id([int(voter.state_voter_id)])
        uow.voters.save_changes([VoterChange(voter, after, ("confidentiality",))], application.clock.now())
        uow.commit()
    return after


def _registered_again(application: Application, situation: DmvSituation, voter: Voter, people: Population, files: Path) -> Voter:
    """The same person in the other county's roll."""
    second = _second_registration(people, situation, voter)
    load_county(application, files / f"county46-{second.ems_voter_id}.xml", OTHER_COUNTY, [second], lambda _done, _total: None)
    return _of(iter(_voters(application, OTHER_COUNTY, [second.ems_voter_id])))


def _second_registration(people: Population, situation: DmvSituation, voter: Voter) -> SyntheticVoter:
    number, has_licence = SECOND_REGISTRATIONS[situation]
    (first,) = (each for each in islice(people.loaded_voters(), LOOKED_AT) if each.ems_voter_id == voter.ems_voter_id)
    neighbour = next(people.other_countys_voters()).registration
    moved = first.registration._replace(residence_address=neighbour.residence_address, home_precinct=neighbour.home_precinct)
    if not has_licence:
        moved = moved._replace(drivers_license=None)
    return first._replace(ems_voter_id=ems_voter_id(OTHER_COUNTY, number), registration=moved)
