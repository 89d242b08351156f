"""Initial load of what hangs on a county's voters (`votecal load histories`): resumable, repeatable, no messages (DLR-09, OPS-04)."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.contract.history_file import HistoryLine, read_history_line
from votecal_soap.domain.voter_children import Document, NewChild, Participation
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import DocumentContent, LoadProgress, UnitOfWork, UnitOfWorkFactory, VoterChange

CHUNK_LINES: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadHistories:
    """Which file, of which county's voters, by whom; progress is told as (lines done, of)."""

    county_code: str
    file: Path
    actor: str
    on_progress: Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryReport:
    """What a load did, earlier runs of the same file included."""

    lines: int
    loaded: int
    voters_not_found: int


def load_histories(command: LoadHistories, unit_of_work: UnitOfWorkFactory, clock: Clock) -> HistoryReport:
    """Load the file; killed and started again, it goes on after the last committed chunk.

    Raises:
        InvalidRequest: at the first line that cannot be read or names an unknown election; what came before is loaded.
    """
    with command.file.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    with command.file.open(encoding="utf-8") as file:
        total = sum(1 for _ in file)
    with unit_of_work(read_only=True) as uow:
        if uow.reference.county(command.county_code) is None:
            raise NotFound(ErrorCode.COUNTY_NOT_FOUND, "There is no such county; load the reference data first.", ref=command.county_code)
        elections = frozenset(election.election_id for election in uow.reference.elections())
        done = uow.loads.progress(command.county_code, sha256)
    for number, lines in _chunks(command, elections, done.records):
        with unit_of_work() as uow:
            done = _load_chunk(uow, command, lines, done, clock)
            uow.loads.save_progress(command.county_code, sha256, done)
            uow.commit()
        command.on_progress(number, total)
    return HistoryReport(lines=total, loaded=done.loaded, voters_not_found=done.refused)


def _chunks(command: LoadHistories, elections: frozenset[str], done: int) -> Iterator[tuple[int, list[HistoryLine]]]:
    with command.file.open(encoding="utf-8") as file:
        lines = islice(enumerate(file, start=1), done, None)
        while part := list(islice(lines, CHUNK_LINES)):
            yield part[-1][0], [_read(command, number, line, elections) for number, line in part]


def _read(command: LoadHistories, number: int, text: str, elections: frozenset[str]) -> HistoryLine:
    try:
        line = read_history_line(text, command.county_code)
    except ValueError as error:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, str(error), ref=f"{command.file.name}, line {number}") from error
    if isinstance(line.content, Participation) and line.content.election_id not in elections:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "The state does not know this election: load it first.", ref=f"{command.file.name}, line {number}")
    return line


def _load_chunk(uow: UnitOfWork, command: LoadHistories, lines: list[HistoryLine], done: LoadProgress, clock: Clock) -> LoadProgress:
    now = clock.now()
    voters = {str(voter.ems_voter_id): voter for voter in uow.voters.lock_by_ems_id(command.county_code, sorted({line.ems_voter_id for line in lines}))}
    known = [line for line in lines if line.ems_voter_id in voters]
    documents = [(line.content, line.document) for line in known]
    contents = [DocumentContent(content.sha256, data) for content, data in documents if isinstance(content, Document) and data is not None]
    uow.children.add_contents(contents, now)
    uow.children.add([NewChild(int(voters[line.ems_voter_id].state_voter_id), line.content) for line in known if line.content is not None], now)
    uow.voters.save_changes(_marked({voters[line.ems_voter_id] for line in known if line.content is None}), now)
    counts = {"lines": len(lines), "loaded": len(known)}
    record_change(uow, at=now, actor=command.actor, action="LoadHistories", subject=("county", command.county_code), new=counts)
    return LoadProgress(0, done.records + len(lines), done.loaded + len(known), done.refused + len(lines) - len(known))


def _marked(voters: set[Voter]) -> list[VoterChange]:
    """First-time federal voters, by UID. The version stays: it is no change of the record that a county would have to take."""
    fresh = sorted(voter for voter in voters if not voter.first_time_federal)
    return [VoterChange(voter, voter._replace(first_time_federal=1), ("first_time_federal",)) for voter in fresh]
