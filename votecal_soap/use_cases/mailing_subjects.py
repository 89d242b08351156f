"""Reads whom the lines of a mailing list are for, page by page (COA-35)."""

from collections.abc import Iterator, Sequence
from typing import Final

from votecal_soap.domain.dmv_records import DmvRecord
from votecal_soap.domain.mailing_lists import MailingSubject
from votecal_soap.domain.match_cases import MailingKind
from votecal_soap.domain.voters import Voter
from votecal_soap.use_cases.ports import MailingRow, UnitOfWork, WorkItem

PAGE: Final = 1_000


def due_rows(uow: UnitOfWork, kind: MailingKind, county_code: str | None) -> Iterator[Sequence[MailingRow]]:
    """Pages of lines that wait; those read may be marked meanwhile."""
    after = 0
    while rows := uow.mailings.due(kind, county_code, after, PAGE):
        yield rows
        after = rows[-1].mailing_id


def exported_rows(uow: UnitOfWork, export_name: str) -> Iterator[Sequence[MailingRow]]:
    """Pages of the lines of a file that was written."""
    after = 0
    while rows := uow.mailings.exported(export_name, after, PAGE):
        yield rows
        after = rows[-1].mailing_id


def waiting_lines(uow: UnitOfWork, county_code: str | None) -> dict[MailingKind, int]:
    """How many lines of each list wait."""
    counts = {kind: uow.mailings.due_count(kind, county_code) for kind in MailingKind}
    cards, people = uow.voters.count_with_card_due(county_code), uow.work_items.count_potential_voters_due(county_code)
    return {**counts, MailingKind.VNC_DUE: cards, MailingKind.POTENTIAL_VOTER: people}


def voters_with_card_due(uow: UnitOfWork, county_code: str | None) -> Iterator[Sequence[Voter]]:
    """Pages of voters who are due a notification card, locked."""
    after = 0
    while uids := uow.voters.with_card_due(county_code, after, PAGE):
        locked = uow.voters.lock_by_state_id(uids)
        yield [voter for voter in locked if voter.vnc_due]
        after = uids[-1]


def potential_voters(uow: UnitOfWork, county_code: str | None) -> Iterator[Sequence[WorkItem]]:
    """Pages of work items whose person was in no list yet; those read may be marked meanwhile."""
    after = 0
    while item_ids := uow.work_items.potential_voters_due(county_code, after, PAGE):
        items = uow.work_items.by_ids(item_ids)
        yield [items[item_id] for item_id in item_ids]
        after = item_ids[-1]


def subjects_of(uow: UnitOfWork, rows: Sequence[MailingRow]) -> list[MailingSubject]:
    """Whom the lines are for, as they are known now."""
    voters = {int(voter.state_voter_id): voter for voter in uow.voters.by_state_id([row.state_voter_id for row in rows if row.state_voter_id is not None])}
    items = uow.work_items.by_ids([row.work_item_id for row in rows if row.work_item_id is not None])
    return [_subject(row, voters.get(row.state_voter_id or 0), items[row.work_item_id].record if row.work_item_id in items else None) for row in rows]


def _subject(row: MailingRow, voter: Voter | None, record: DmvRecord | None) -> MailingSubject:
    return MailingSubject(row.county_code or (voter and voter.county_code), voter, row.work_item_id, record, row.comment)
