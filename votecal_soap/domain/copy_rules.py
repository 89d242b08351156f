"""The rules that run when a merge copies children (DLR-11): what is left out, what is changed, what it does to the newer record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from votecal_soap.domain.confidentiality import is_confidential
from votecal_soap.domain.voter_children import AddressKind, Child, ChildContent, Document, Participation, PastAddress
from votecal_soap.domain.voters import Voter


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRules:
    """Which rules run. A rule that is off leaves what it is about as it comes."""

    clear_first_time_federal: bool = True
    """Copied participation in a federal election shows that the voter is no first-time federal voter."""
    one_vote_per_election: bool = True
    """Nobody votes twice at an election: where the newer record holds one already, the older one's is not copied."""
    one_document_per_content: bool = True
    """An image that the newer record holds already, by kind and digest, is not copied."""
    close_residences: bool = True
    """A residence of the older record ends, at the latest, on the day before the newer registration."""
    carry_confidentiality: bool = True
    """Who was confidential on either record stays so: the protection is the person's, not the record's (EWS-14)."""


SHIPPED: CopyRules = CopyRules()


def copied_contents(originals: Iterable[Child], present: Sequence[Child], newer: Voter, rules: CopyRules) -> list[tuple[Child, ChildContent]]:
    """The originals that are copied, each with the content of its copy; `present` are the newer record's children in force."""
    voted = {child.content.election_id for child in present if isinstance(child.content, Participation)}
    held = {(child.content.document_kind, child.content.sha256) for child in present if isinstance(child.content, Document)}
    copies = []
    for child in originals:
        content = child.content
        if isinstance(content, Participation) and rules.one_vote_per_election:
            if content.election_id in voted:
                continue
            voted.add(content.election_id)
        elif isinstance(content, Document) and rules.one_document_per_content:
            if (content.document_kind, content.sha256) in held:
                continue
            held.add((content.document_kind, content.sha256))
        elif isinstance(content, PastAddress) and rules.close_residences:
            content = _closed(content, newer.registration_date)
        copies.append((child, content))
    return copies


def changed_by_copying(newer: Voter, older: Voter, contents: Iterable[ChildContent], today: date, rules: CopyRules) -> Voter:
    """The newer record as copying leaves it; its version is not raised here."""
    changed = newer
    if rules.clear_first_time_federal and newer.first_time_federal and any(isinstance(item, Participation) and item.federal for item in contents):
        changed = changed._replace(first_time_federal=0)
    if rules.carry_confidentiality and is_confidential(older, today) and not is_confidential(newer, today):
        changed = changed._replace(confidentiality=older.confidentiality, confidential_since=older.confidential_since)
    return changed


def _closed(address: PastAddress, registered: date | None) -> PastAddress:
    if address.address_kind is not AddressKind.RESIDENCE or registered is None:
        return address
    last = registered - timedelta(days=1)
    if address.effective_from is not None and address.effective_from > last:
        return address
    return address._replace(effective_to=last if address.effective_to is None else min(address.effective_to, last))
