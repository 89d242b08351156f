"""What stands in the lines of mailing lists (COA-35): to whom, where, and what the letter needs. Pure.

Where a confidential voter lives stands in no list: there is the mailing address, or none (EWS-14).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from votecal_soap.domain.confidentiality import is_confidential
from votecal_soap.domain.dmv_records import DmvRecord, MailingAddress, ResidenceAddress
from votecal_soap.domain.match_cases import MailingKind
from votecal_soap.domain.voters import Voter


class MailingSubject(NamedTuple):
    """Whom a letter is for: a voter, the person of a DMV record, or a voter whom a DMV record brought into the list."""

    county_code: str | None
    voter: Voter | None = None
    work_item_id: int | None = None
    record: DmvRecord | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterSettings:
    """What lines say beside the person. `polling_places` by county and precinct; None when cards name none."""

    today: date
    registration_link: str
    blank_form: bool
    polling_places: Mapping[tuple[str, str], str] | None = None


Cell = str | int | date | None
_Cells = Callable[[MailingSubject, LetterSettings], tuple[Cell, ...]]

NAME: Final = ("FirstName", "MiddleName", "LastName", "Suffix")
ADDRESS: Final = ("AddressLine1", "AddressLine2", "AddressLine3", "City", "State", "ZipCode", "Country")
_NO_ADDRESS: Final = (None,) * len(ADDRESS)


def columns(kind: MailingKind, settings: LetterSettings) -> tuple[str, ...]:
    """The heading of a list."""
    polling_place = ("PollingPlace",) if kind is MailingKind.VNC_DUE and settings.polling_places is not None else ()
    return ("CountyCode", *_OWN[kind][0], *NAME, *ADDRESS, *polling_place)


def line(kind: MailingKind, subject: MailingSubject, settings: LetterSettings) -> tuple[Cell, ...]:
    """One line of a list, under its heading."""
    cells = (subject.county_code, *_OWN[kind][1](subject, settings), *_name(subject), *_address(subject, settings.today))
    if kind is not MailingKind.VNC_DUE or settings.polling_places is None:
        return cells
    return (*cells, _polling_place(subject, settings.polling_places))


def residence_line(address: ResidenceAddress) -> str | None:
    """House, street and unit as on an envelope; None when there is no street."""
    house = "".join(filter(None, (address.house_number, address.house_number_suffix)))
    parts = (house, address.street, address.unit_type, address.unit_number)
    return " ".join(filter(None, parts)) if address.street else None


def _name(subject: MailingSubject) -> tuple[Cell, ...]:
    person = subject.voter or subject.record
    return (None,) * len(NAME) if person is None else (person.first_name, person.middle_name, person.last_name, person.suffix)


def _address(subject: MailingSubject, today: date) -> tuple[Cell, ...]:
    """DMV's new address, for it is the newest; else the voter's own. Mail goes to the mailing address if there is one."""
    mailing = [subject.record and subject.record.mailing_address, subject.voter and _mailing_of(subject.voter)]
    residence = subject.record.new_address if subject.record else subject.voter and _residence_of(subject.voter)
    if subject.voter is not None and is_confidential(subject.voter, today):
        return next((tuple(address) for address in mailing if address and any(address)), _NO_ADDRESS)
    of_record = mailing[0] if subject.record else mailing[1]
    if of_record and any(of_record):
        return tuple(of_record)
    return _NO_ADDRESS if residence is None else _on_envelope(residence)


def _on_envelope(address: ResidenceAddress) -> tuple[Cell, ...]:
    return (residence_line(address), None, None, address.residence_city, address.residence_state, address.residence_zip_code, None)


def _mailing_of(voter: Voter) -> MailingAddress:
    return MailingAddress(*(getattr(voter, name) for name in MailingAddress._fields))


def _residence_of(voter: Voter) -> ResidenceAddress:
    return ResidenceAddress(*(getattr(voter, name) for name in ResidenceAddress._fields))


def _uid(subject: MailingSubject) -> int | None:
    return None if subject.voter is None else int(subject.voter.state_voter_id)


def _language(subject: MailingSubject) -> str | None:
    return (subject.voter and subject.voter.language) or (subject.record and subject.record.language) or None


def _is_confidential(subject: MailingSubject, settings: LetterSettings) -> str:
    return "yes" if subject.voter is not None and is_confidential(subject.voter, settings.today) else "no"


def _polling_place(subject: MailingSubject, places: Mapping[tuple[str, str], str]) -> str | None:
    precinct = subject.voter and subject.voter.home_precinct
    return places.get((subject.county_code or "", precinct)) if precinct else None


def _item(subject: MailingSubject, _: LetterSettings) -> tuple[Cell, ...]:
    return (subject.work_item_id, _uid(subject), subject.record and subject.record.transaction_date)


def _potential(subject: MailingSubject, _: LetterSettings) -> tuple[Cell, ...]:
    return (subject.work_item_id, _language(subject))


def _card(subject: MailingSubject, settings: LetterSettings) -> tuple[Cell, ...]:
    voter = subject.voter
    own = (None,) * 3 if voter is None else (voter.ems_voter_id, voter.home_precinct, voter.home_precinct_part)
    return (_uid(subject), *own, _language(subject), _is_confidential(subject, settings))


def _follow_up(subject: MailingSubject, settings: LetterSettings) -> tuple[Cell, ...]:
    hidden = subject.record is None or _is_confidential(subject, settings) == "yes"
    address = None if hidden or subject.record is None else subject.record.new_address
    where = (None,) * 3 if address is None else (residence_line(address), address.residence_city, address.residence_zip_code)
    return (subject.work_item_id, _uid(subject), _language(subject), subject.comment, *where)


def _invitation(subject: MailingSubject, settings: LetterSettings) -> tuple[Cell, ...]:
    return (_uid(subject), _language(subject), "yes" if settings.blank_form else "no", settings.registration_link)


_OWN: Final[Mapping[MailingKind, tuple[tuple[str, ...], _Cells]]] = {
    MailingKind.NON_MATCH_NOTICE: (("WorkItemId", "StateVoterId", "DmvTransactionDate"), _item),
    MailingKind.POTENTIAL_VOTER: (("WorkItemId", "Language"), _potential),
    MailingKind.VNC_DUE: (("StateVoterId", "EmsVoterId", "Precinct", "PrecinctPart", "Language", "Confidential"), _card),
    MailingKind.UNPRECINCTABLE_FOLLOW_UP: (
        ("WorkItemId", "StateVoterId", "Language", "Comment", "UnplacedAddress", "UnplacedCity", "UnplacedZipCode"),
        _follow_up,
    ),
    MailingKind.RE_REGISTRATION_INVITATION: (("StateVoterId", "Language", "BlankForm", "RegistrationLink"), _invitation),
    MailingKind.OUT_OF_STATE: (("WorkItemId", "StateVoterId", "DmvTransactionDate"), _item),
}
"""What a list has of its own, between the county and the name."""
