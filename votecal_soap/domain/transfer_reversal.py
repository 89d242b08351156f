"""Two persons were taken for one when a voter was transferred: what becomes of both records (S4.21, UC03.50.01). Pure."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from votecal_soap.clock import legal_date
from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.match_cases import TransferOut
from votecal_soap.domain.new_voters import first_version
from votecal_soap.domain.voter_children import Activity, Child, Contact, CustomField, Document, Participation
from votecal_soap.domain.voter_transfers import TRANSFERRED
from votecal_soap.domain.voters import FIELD_INDEX, REGISTRATION_FIELDS, VERSION_FIELDS, Confidential, Confidentiality, Voter, VoterStatus

_BOOK_KEEPING: Final = frozenset({"state_voter_id", "version", "effective_date"})


def restored(voter: Voter, before: Voter, ems_voter_id: str | None, today: date) -> Change:
    """The existing record's next version: as before the move, under the losing county's own id if that is still free."""
    wanted: dict[str, Any] = {name: before[FIELD_INDEX[name]] for name in VERSION_FIELDS if name not in _BOOK_KEEPING}
    wanted |= {"ems_voter_id": ems_voter_id, "transfer_pending_until": None}
    changed = tuple(name for name, value in wanted.items() if voter[FIELD_INDEX[name]] != value)
    after = voter._replace(**wanted, version=voter.version + 1, effective_date=max(voter.effective_date, today))
    return Change(after, changed)


def split_off(voter: Voter, before: Voter, applied: Voter, transfer: TransferOut, state_voter_id: int) -> Voter:
    """The other person's own record: what the affidavit gave, and what the gaining county has changed since."""
    mine = set(transfer.given_fields) | {name for name in REGISTRATION_FIELDS if voter[FIELD_INDEX[name]] != applied[FIELD_INDEX[name]]}
    values = {name: voter[FIELD_INDEX[name]] for name in mine} | {"status": voter.status, "status_reason": voter.status_reason}
    kind, since = voter.confidentiality, voter.confidential_since
    confidential = Confidential(Confidentiality(kind), since) if kind is not None and since is not None and before.confidentiality is None else None
    return first_version(
        values,
        state_voter_id=state_voter_id,
        county_code=voter.county_code,
        ems_voter_id=voter.ems_voter_id,
        effective_date=applied.effective_date,
        confidential=confidential,
        card_due=voter.status == VoterStatus.ACTIVE,
    )


def of_the_other(children: Iterable[Child], transfer: TransferOut, election_days: dict[str, date]) -> list[Child]:
    """The children that hang on the record because of the person who moved in: what the gaining county has entered since."""
    return [child for child in children if child.child_id is not None and child.in_force and _is_of_the_other(child, transfer, election_days)]


def _is_of_the_other(child: Child, transfer: TransferOut, election_days: dict[str, date]) -> bool:
    content, since = child.content, legal_date(transfer.opened_at)
    match content:
        case Activity():
            return content.county_code == transfer.gaining_county and content.activity_date >= since and content.activity_type != TRANSFERRED
        case Participation():
            return content.county_code == transfer.gaining_county and election_days.get(content.election_id, since) >= since
        case Contact():
            return content.county_code == transfer.gaining_county and content.contacted_at >= transfer.opened_at
        case CustomField():
            return content.county_code == transfer.gaining_county
        case Document():
            return content.received_on >= since
        case _:
            return False
