"""What hangs on a voter's record, a line for each thing, in words for a page (DLR-09, S2.27)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from votecal_soap.clock import legal_date
from votecal_soap.console.formats import day, words
from votecal_soap.domain.voter_children import Activity, AddressKind, Child, Contact, CustomField, Document, Participation, PastAddress
from votecal_soap.domain.voter_records import Letter


class ChildLine(NamedTuple):
    """A kind, when it was or from when until when, and what it says; which merge copied it here, or copied it from here to the newer record."""

    kind: str
    when: date | datetime | str | None
    text: str
    copied_by: int | None
    ended_by: int | None


def child_lines(children: Iterable[Child]) -> list[ChildLine]:
    """Lines for children; activities have a list of their own."""
    return [ChildLine(*_told(child), child.merge_case_id, child.deleted_case_id) for child in children]


def letter_lines(letters: Iterable[Letter]) -> list[ChildLine]:
    """Lines for letters, each with the day since which it is due."""
    return [ChildLine("Letter", letter.due_at, _of_letter(letter), None, None) for letter in letters]


def _of_letter(letter: Letter) -> str:
    return f"{words(letter.kind)}, {'due' if letter.listed_at is None else f'listed for the mail on {day(legal_date(letter.listed_at))}'}"


def _days(past: PastAddress) -> str | None:
    """The first and the last day, as far as they are known."""
    told = (("from", past.effective_from), ("until", past.effective_to))
    return " ".join(f"{word} {day(known)}" for word, known in told if known is not None) or None


def _told(child: Child) -> tuple[str, date | datetime | str | None, str]:
    match child.content:
        case PastAddress() as past:
            is_home = past.address_kind is AddressKind.RESIDENCE
            parts = past.residence if is_home else past.mailing
            return f"Past {'residence' if is_home else 'mailing address'}", _days(past), " ".join(str(part) for part in parts if part)
        case Participation() as vote:
            return "Vote", vote.election_id, f"{words(vote.voting_method)}{', federal' if vote.federal else ''}"
        case Document() as document:
            return str(document.document_kind), document.received_on, document.title or document.media_type
        case Contact() as contact:
            return "Contact", contact.contacted_at, f"{contact.channel}, {contact.author}: {contact.remark}"
        case CustomField() as custom:
            return "County's own field", custom.county_code, f"{custom.field_name}: {custom.field_value}"
        case Activity() as activity:
            return "Activity", activity.activity_date, activity.activity_type
