"""The mailing lists at the end: each is exported, its lines are counted, and who stands in it is read (COA-35, S6.12)."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from votecal_soap.bootstrap import Application
from votecal_soap.clock import legal_date
from votecal_soap.demo.dmv_expected import EXPECTED
from votecal_soap.demo.dmv_making import Planted
from votecal_soap.demo.dmv_situations import DmvExpected, Home
from votecal_soap.demo.state_side import SOS_USER
from votecal_soap.domain.dmv_files import DmvOutcome
from votecal_soap.domain.mailing_lists import LetterSettings
from votecal_soap.domain.match_cases import Disposition, MailingKind
from votecal_soap.use_cases.export_mailing_list import ExportMailingList, export_again, export_mailing_list


class LetterCount(NamedTuple):
    """A list: as planted, and the lines of its file that are about DMV's records."""

    kind: MailingKind
    planted: int
    listed: int


class Letters(NamedTuple):
    """All lists, and the voters in each by the state's id; lines about persons whom the state does not know have none."""

    counts: tuple[LetterCount, ...]
    voters: Mapping[MailingKind, Sequence[int]]


def export_letters(application: Application, planted: Sequence[Planted]) -> Letters:
    """Export every list, that of the follow-up letters twice, and count."""
    files = {kind: _exported(application, kind) for kind in MailingKind}
    rows = {kind: [] if file is None else list(csv.DictReader(file.read_text().splitlines())) for kind, file in files.items()}
    voters = {kind: [int(row["StateVoterId"]) for row in lines if row.get("StateVoterId")] for kind, lines in rows.items()}
    cast = {int(voter.state_voter_id) for item in planted for voter in item.voters}
    # Cards are due for the county's batch too: only those of the voters whom DMV told of are counted.
    listed = {kind: len(lines) for kind, lines in rows.items()} | {MailingKind.VNC_DUE: sum(uid in cast for uid in voters[MailingKind.VNC_DUE])}
    counts = tuple(LetterCount(kind, _planted(kind, planted), listed[kind]) for kind in MailingKind)
    return Letters(counts, voters)


def voters_who_moved(planted: Sequence[Planted]) -> set[int]:
    """Who must get a notification card."""
    return {int(item.voters[0].state_voter_id) for item in planted if EXPECTED[item.situation].home is Home.NEW}


def _planted(kind: MailingKind, planted: Sequence[Planted]) -> int:
    if kind is MailingKind.VNC_DUE:
        return len(voters_who_moved(planted))
    return sum(kind in _letters_of(EXPECTED[item.situation]) for item in planted)


def _letters_of(expected: DmvExpected) -> set[MailingKind]:
    due = {
        MailingKind.NON_MATCH_NOTICE: expected.disposition is Disposition.NON_MATCH,
        MailingKind.POTENTIAL_VOTER: expected.disposition in {Disposition.NO_MATCH, Disposition.NON_MATCH},
        MailingKind.UNPRECINCTABLE_FOLLOW_UP: expected.disposition is Disposition.UNPRECINCTABLE,
        MailingKind.RE_REGISTRATION_INVITATION: expected.home is Home.ENDED,
        MailingKind.OUT_OF_STATE: expected.disposition is Disposition.OUT_OF_STATE or expected.outcome is DmvOutcome.NO_MATCH_OUT_OF_STATE,
    }
    return {kind for kind, is_due in due.items() if is_due}


def _exported(application: Application, kind: MailingKind) -> Path | None:
    config, parts = application.config, (application.unit_of_work, application.clock)
    settings = LetterSettings(today=legal_date(application.clock.now()), registration_link=config.registration_url, blank_form=config.invitation_blank_form)
    command = ExportMailingList(kind=kind, directory=config.export_dir, actor=SOS_USER, settings=settings)
    exported = export_mailing_list(command, *parts)
    if exported is not None and kind is MailingKind.UNPRECINCTABLE_FOLLOW_UP:
        # A printer that jammed: the same letters again, which no activity notes a second time.
        return export_again(command, exported.path.name, *parts).path
    return None if exported is None else exported.path
