"""COA-35 Letters that are due go out as lists: CSV files for whoever prints (OPS-05).

One transaction a list. The file gets its name after the commit: what a kill loses is written again by the file's name.
"""

import csv
import io
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple, TextIO

from votecal_soap.clock import Clock, legal_date
from votecal_soap.contract.csv_cells import neutral
from votecal_soap.contract.whole_files import whole_file
from votecal_soap.domain.mailing_lists import LetterSettings, MailingSubject, columns, line
from votecal_soap.domain.match_cases import MailingKind
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.storage import disk_of
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.mailing_subjects import due_rows, exported_rows, potential_voters, subjects_of, voters_with_card_due
from votecal_soap.use_cases.ports import NewActivity, UnitOfWork, UnitOfWorkFactory, VoterChange, WorkItem

FAILURE_NOTICE: Final = "DMV COA Failure Notice"
"""Noted once, when a notice for a known voter is generated (S6.12): her change of address failed, for nobody can place the address.

A non-match notice goes to a person whom DMV alone knows; no voter's history can tell of it.
"""

LETTER_ACTIVITY: Final = {
    MailingKind.VNC_DUE: "VNC Listed For Mailing",
    MailingKind.UNPRECINCTABLE_FOLLOW_UP: FAILURE_NOTICE,
    MailingKind.RE_REGISTRATION_INVITATION: "Re-Registration Invitation Listed For Mailing",
    MailingKind.OUT_OF_STATE: "Out-Of-State Notice Listed For Mailing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportMailingList:
    """Which list, of one county or of all, where to, what its lines say, and who exports."""

    kind: MailingKind
    directory: Path
    actor: str
    settings: LetterSettings
    county_code: str | None = None


class MailingExport(NamedTuple):
    """A file that is ready for the printer."""

    path: Path
    line_count: int


def export_mailing_list(command: ExportMailingList, unit_of_work: UnitOfWorkFactory, clock: Clock) -> MailingExport | None:
    """Write what is due and mark it; None when nothing is."""
    now = clock.now()
    name = _file_name(command, now)
    with unit_of_work() as uow:
        pages = _take_pages(uow, command, name, now)
        first = next(pages, None)
        if first is None:
            return None
        with _list_file(command.directory / name) as file:
            count = _write(file, command.kind, command.settings, chain([first], pages))
            _audit(uow, command, name, now, count, "ExportMailingList")
            uow.commit()
    return MailingExport(command.directory / name, count)


def export_again(command: ExportMailingList, file_name: str, unit_of_work: UnitOfWorkFactory, clock: Clock) -> MailingExport:
    """Write a list anew by its file's name: the same lines with names and addresses as they are now. Nothing is marked or noted."""
    with unit_of_work() as uow:
        rows = exported_rows(uow, file_name)
        first = next(rows, None)
        if first is None or first[0].kind is not command.kind:
            raise InvalidRequest(ErrorCode.VALUE_WRONG, "No such list was exported under this name.", ref="again")
        with _list_file(command.directory / file_name) as file:
            count = _write(file, command.kind, command.settings, (subjects_of(uow, page) for page in chain([first], rows)))
            _audit(uow, command, file_name, clock.now(), count, "ExportMailingListAgain")
            uow.commit()
    return MailingExport(command.directory / file_name, count)


def _take_pages(uow: UnitOfWork, command: ExportMailingList, name: str, now: datetime) -> Iterator[Sequence[MailingSubject]]:
    """Each page is marked as it is read."""
    if command.kind is MailingKind.VNC_DUE:
        for voters in voters_with_card_due(uow, command.county_code):
            _mark_cards(uow, voters, name, now)
            yield _noted(uow, command.kind, [MailingSubject(voter.county_code, voter) for voter in voters], name, now)
    elif command.kind is MailingKind.POTENTIAL_VOTER:
        for items in potential_voters(uow, command.county_code):
            _mark_people(uow, items, name, now)
            yield [MailingSubject(item.county_code, None, item.work_item_id, item.record) for item in items]
    else:
        for rows in due_rows(uow, command.kind, command.county_code):
            uow.mailings.mark_exported([row.mailing_id for row in rows], now, name)
            yield _noted(uow, command.kind, subjects_of(uow, rows), name, now)


def _mark_people(uow: UnitOfWork, items: Sequence[WorkItem], name: str, now: datetime) -> None:
    uow.work_items.mark_potential_voters_listed([item.work_item_id for item in items], now)
    rows = [(MailingKind.POTENTIAL_VOTER, item.county_code, None, item.work_item_id, None) for item in items]
    uow.mailings.add_exported(rows, now, name)


def _mark_cards(uow: UnitOfWork, voters: Sequence[Voter], name: str, now: datetime) -> None:
    # The flag is the moment's book-keeping: a new version would make every county's batch that is under way outdated.
    uow.voters.save_changes([VoterChange(voter, voter._replace(vnc_due=0), ("vnc_due",)) for voter in voters], now)
    rows = [(MailingKind.VNC_DUE, voter.county_code, int(voter.state_voter_id), None, None) for voter in voters]
    uow.mailings.add_exported(rows, now, name)


def _noted(uow: UnitOfWork, kind: MailingKind, subjects: Sequence[MailingSubject], name: str, now: datetime) -> Sequence[MailingSubject]:
    """The same subjects; the activity history of each known voter tells of the letter."""
    voters = [subject.voter for subject in subjects if subject.voter is not None]
    if activity := LETTER_ACTIVITY.get(kind):
        basis, day = f"Mailing list {name}", legal_date(now)
        noted = [NewActivity(voter.state_voter_id, voter.county_code, activity, day, basis, voter.version, None) for voter in voters]
        uow.voters.add_activities(noted, now)
    return subjects


def _write(file: TextIO, kind: MailingKind, settings: LetterSettings, pages: Iterable[Sequence[MailingSubject]]) -> int:
    """Heading and lines; how many lines."""
    rows = csv.writer(file)
    rows.writerow(columns(kind, settings))
    count = 0
    for subjects in pages:
        rows.writerows([neutral(cell) for cell in line(kind, subject, settings)] for subject in subjects)
        count += len(subjects)
    # On the disk before the commit: what is marked as listed must not meet a full disk afterwards.
    file.flush()
    os.fsync(file.fileno())
    return count


@contextmanager
def _list_file(path: Path) -> Iterator[TextIO]:
    """A file for its owner alone, which bears its name once it is whole."""
    with disk_of("the exports"):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with whole_file(path) as raw:
            text = io.TextIOWrapper(raw, encoding="utf-8", newline="", write_through=True)
            yield text
            text.detach()


def _file_name(command: ExportMailingList, now: datetime) -> str:
    kind = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in command.kind).lstrip("-")
    return f"{kind}-{command.county_code or 'all'}-{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}.csv"


def _audit(uow: UnitOfWork, command: ExportMailingList, name: str, now: datetime, count: int, action: str) -> None:
    told = {"file": name, "kind": command.kind.value, "lines": count}
    record_change(uow, at=now, actor=command.actor, action=action, subject=("mailing_list", command.kind), county_code=command.county_code, new=told)
