"""What hangs on a voter's record, a line for each thing, in words for a page (DLR-09, S2.27)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from votecal_soap.console.formats import words
from votecal_soap.domain.voter_children import Activity, AddressKind, Child, Contact, CustomField, Document, Participation, PastAddress


class ChildLine(NamedTuple):
    """A kind, when it was or from when, and what it says; which merge copied it here, or copied it from here to the newer record."""

    kind: str
    when: date | datetime | str | None
    text: str
    copied_by: int | None
    ended_by: int | None


def child_lines(children: Iterable[Child]) -> list[ChildLine]:
    """Lines for children; activities have a list of their own."""
    return [ChildLine(*_told(child), child.merge_case_id, child.deleted_case_id) for child in children]


def _told(child: Child) -> tuple[str, date | datetime | str | None, str]:
    match child.content:
        case PastAddress() as past:
            is_home = past.address_kind is AddressKind.RESIDENCE
            parts = past.residence if is_home else past.mailing
            return f"Past {'residence' if is_home else 'mailing address'}", past.effective_from, " ".join(str(part) for part in parts if part)
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
