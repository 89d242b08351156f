"""The county before its batch: an EMS with the same people in its own codes, drawn anew, with planted situations."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from votecal_soap.bootstrap import Application
from votecal_soap.contract.batch_writer import WireRecord, WireRegistration
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.extract import Extract, extract
from votecal_soap.county.reprecincting import reprecinct
from votecal_soap.demo.population import COUNTY, DISSOLVED, OTHER_COUNTY, PRECINCTS, Population, of_situation, resident
from votecal_soap.demo.situations import Situation
from votecal_soap.demo.state_side import ELECTION, NEW_PRECINCTS, uids_of
from votecal_soap.domain.jobs import DataKind
from votecal_soap.synthetic.batch_truth import truth_of
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.files import wire_records
from votecal_soap.synthetic.geography import PRECINCT_PARTS, precinct_code
from votecal_soap.synthetic.plant import plant
from votecal_soap.synthetic.scenario_records import FIRST_UNKNOWN_UID
from votecal_soap.synthetic.scenarios import Scenario

COUNTYS_NAME_OF_ELECTION: Final = "NOV26"
_EDITS: Final[Mapping[Situation, tuple[DataKind, dict[str, str | None]]]] = {
    Situation.NAME_CHANGED: (DataKind.NAME, {"nm_last": "Newly-Wed"}),
    Situation.CONTACT_CHANGED: (DataKind.CONTACT, {"email_addr": "new.address@example.org"}),
    Situation.PHONE_TOO_SHORT: (DataKind.CONTACT, {"phone_no": "555"}),
    Situation.PHONE_TOO_LONG: (DataKind.CONTACT, {"phone_no": "please call the daughter, never before noon"}),
    Situation.LAST_NAME_LOST: (DataKind.NAME, {"nm_last": None}),
    Situation.PRECINCT_NOT_SENT: (DataKind.HOME_PRECINCT, {"home_pct": "19-ANNEX", "home_pct_part": None}),
}
"""What clerks, and accidents, have done to a voter's row."""


def make_ems(path: Path, application: Application, people: Population, situations: Mapping[str, Situation]) -> None:
    """Fill the county's EMS from the same population as the state, and keep a backup of it beside it."""
    others = [voter.ems_voter_id for voter in people.other_countys_voters()]
    strangers = iter(uids_of(application, OTHER_COUNTY, others).values())
    unknown = iter(range(FIRST_UNKNOWN_UID, FIRST_UNKNOWN_UID + len(situations)))
    mistaken = {Situation.OTHER_COUNTYS_UID: strangers, Situation.UID_MISTYPED: unknown}
    uids = uids_of(application, COUNTY, list(situations))
    with EmsDatabase.create(path, COUNTY) as ems:
        names = ((precinct_code(COUNTY, number), "", f"Precinct {number}") for number in range(1, PRECINCTS + NEW_PRECINCTS + 1))
        ems.load_precincts(names)
        ems.load_voters(_known(people, situations, uids, mistaken))
    shutil.copy2(path, backup_of(path))


def backup_of(path: Path) -> Path:
    """Where the EMS's backup is."""
    return path.with_suffix(".backup")


def restore(path: Path) -> None:
    """Put the backup in the EMS's place: what it has learnt from the state since is forgotten."""
    shutil.copy2(backup_of(path), path)


def draw_anew(path: Path, situations: Mapping[str, Situation]) -> int:
    """Re-precinct the county and edit single voters; how many voters have a precinct by the new lines."""
    with EmsDatabase(path) as ems:
        drawn = reprecinct(ems, _new_lines(), ELECTION)
        for voter, situation in situations.items():
            if situation in _EDITS:
                kind, values = _EDITS[situation]
                ems.change(voter, kind, values)
    return drawn


def plant_transfers(application: Application, situations: Mapping[str, Situation]) -> None:
    """Have transfers wait at the state: nothing makes them by itself yet."""
    uids = uids_of(application, COUNTY, of_situation(situations, Situation.TRANSFER_PENDING))
    truths = (truth_of(0, Scenario.TRANSFER_PENDING, uid, voter, None) for voter, uid in uids.items())
    plant(truths, application.unit_of_work, application.clock.now())


def careless_extract(situations: Mapping[str, Situation]) -> Extract:
    """The EMS's extract with two faults of a program, for no row of the EMS can bring them about."""

    def extracted(ems: EmsDatabase, kinds: frozenset[DataKind], election_code: str | None) -> Iterator[WireRecord]:
        for record in extract(ems, kinds, election_code):
            yield _spoilt(record, situations.get(record.ems_voter_id or ""))

    return extracted


def _spoilt(record: WireRecord, situation: Situation | None) -> WireRecord:
    if situation is Situation.PARTY_UNASKED:
        return record._replace(registration=(record.registration or WireRegistration())._replace(party="N"))
    if situation is Situation.ELECTION_MISTAKEN and record.voting_precinct is not None:
        return record._replace(voting_precinct=record.voting_precinct._replace(election_id=COUNTYS_NAME_OF_ELECTION))
    return record


def _known(
    people: Population, situations: Mapping[str, Situation], uids: Mapping[str, int], mistaken: Mapping[Situation, Iterator[int]]
) -> Iterator[WireRecord]:
    voters = list(people.voters())
    for voter, record in zip(voters, wire_records(voters, load_county_codes()), strict=True):
        situation = situations[voter.ems_voter_id]
        if situation in mistaken:
            yield record._replace(state_voter_id=next(mistaken[situation]))
        elif resident(voter).has_uid and voter.ems_voter_id in uids:
            yield record._replace(state_voter_id=uids[voter.ems_voter_id], base_version=1)
        else:
            yield record


def _new_lines() -> dict[tuple[str, str | None], tuple[str, str | None]]:
    parts: Sequence[str | None] = sorted(set(PRECINCT_PARTS), key=str)
    return dict(_moves(parts))


def _moves(parts: Iterable[str | None]) -> Iterator[tuple[tuple[str, str | None], tuple[str, str | None]]]:
    for part in parts:
        for number in range(1, PRECINCTS + 1):
            after = PRECINCTS + (number + 1) // 2 if number <= DISSOLVED else number
            yield (precinct_code(COUNTY, number), part), (precinct_code(COUNTY, after), part)
