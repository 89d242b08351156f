"""What a DMV record makes of a voter (COA-08, COA-11, COA-14, COA-38): pure, the same for the job and for a county's acceptance."""

from collections.abc import Callable, Iterable
from datetime import date
from operator import itemgetter
from typing import Any, Final, NamedTuple

from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, ResidenceAddress
from votecal_soap.domain.dmv_values import Received
from votecal_soap.domain.judgement import AfterSteps, entail
from votecal_soap.domain.voters import ENDED, FIELD_INDEX, Voter, VoterStatus

MOVED_OUT_OF_COUNTY: Final = "Moved Out Of County"
"""Why a registration was cancelled in the mode `cancel_and_invite`."""

MOVED_OUT_OF_STATE: Final = "Moved Out Of State"
"""Why a registration is inactive (2 CCR 19080, COA-33)."""


class _Place(NamedTuple):
    """Fields that tell residences apart, and a voter's values of them."""

    names: tuple[str, ...]
    of: Callable[[Voter], tuple[object, ...]]


def _place(names: Iterable[str]) -> _Place:
    chosen = tuple(names)
    return _Place(chosen, itemgetter(*(FIELD_INDEX[name] for name in chosen)))


_BY_ZIP: Final = _place(name for name in ResidenceAddress._fields if name not in {"unit_type", "residence_city", "residence_state", "residence_zip_code"})
"""What tells residences apart beside the ZIP code: a city has several spellings, a unit several words for it."""

_BUILDING_BY_ZIP: Final = _place(name for name in _BY_ZIP.names if name != "unit_number")

_BY_CITY, _BUILDING_BY_CITY = (_place((*place.names, "residence_city")) for place in (_BY_ZIP, _BUILDING_BY_ZIP))
"""Where one of the two has no ZIP code."""


class Change(NamedTuple):
    """A voter after a change, and the names of the fields that differ."""

    after: Voter
    changed: tuple[str, ...]


class Application(NamedTuple):
    """A DMV record about to be applied: what it says, and where the voter lives now. A precinct is the deciding county's word."""

    record: DmvRecord
    received: Received
    county_code: str
    today: date
    home_precinct: str | None = None
    home_precinct_part: str | None = None


def applied(voter: Voter, application: Application, after_steps: AfterSteps) -> Change:
    """The voter's next version: address, county, and of a new registration all data received; a card is due (S6.3)."""
    wanted = _wanted(voter, application)
    changed = tuple(name for name, value in wanted.items() if voter[FIELD_INDEX[name]] != value)
    if not changed:
        return Change(voter, ())
    row: list[Any] = list(voter)
    for name in changed:
        row[FIELD_INDEX[name]] = wanted[name]
    _step(row, voter, application.record.transaction_date, application.today)
    entailed = entail(row, changed, after_steps)
    if not row[FIELD_INDEX["vnc_due"]]:
        row[FIELD_INDEX["vnc_due"]] = 1
        entailed += ("vnc_due",)
    return Change(Voter._make(row), changed + entailed)


def cancelled(voter: Voter, record: DmvRecord, today: date) -> Change:
    """The voter's next version in the mode `cancel_and_invite`: the registration ends, and no card is due any more (COA-11)."""
    wanted = {"status": VoterStatus.CANCELLED.value, "status_reason": MOVED_OUT_OF_COUNTY, "vnc_due": 0}
    row: list[Any] = list(voter)
    for name, value in wanted.items():
        row[FIELD_INDEX[name]] = value
    _step(row, voter, record.transaction_date, today)
    return Change(Voter._make(row), tuple(name for name, value in wanted.items() if voter[FIELD_INDEX[name]] != value))


def moved_out_of_state(voter: Voter, record: DmvRecord, today: date) -> Change:
    """The voter's next version once a county says that she left California: inactive, for a mailing to ask her (COA-33)."""
    wanted = {"status": VoterStatus.INACTIVE.value, "status_reason": MOVED_OUT_OF_STATE}
    changed = tuple(name for name, value in wanted.items() if voter[FIELD_INDEX[name]] != value)
    if not changed or voter.status in ENDED:
        return Change(voter, ())
    row: list[Any] = list(voter)
    for name in changed:
        row[FIELD_INDEX[name]] = wanted[name]
    _step(row, voter, record.transaction_date, today)
    return Change(Voter._make(row), changed)


def is_current(voter: Voter, record: DmvRecord, received: Received) -> bool:
    """Whether the voter's record says all this already (COA-14)."""
    values = received.values
    if not received.has_residence or not lives_at(voter, received):
        return False
    others = [name for name in values if name not in ResidenceAddress._fields]
    if any(voter[FIELD_INDEX[name]] != values[name] for name in others):
        return False
    return record.kind is DmvRecordKind.CHANGE_OF_ADDRESS or _registration_day(voter, record) == voter.registration_date


def lives_at(voter: Voter, received: Received) -> bool:
    """Whether the residence received is the voter's own, however its city and unit are spelled."""
    return _same(voter, received, _BY_ZIP, _BY_CITY)


def is_older(voter: Voter, record: DmvRecord, moved_on: date | None) -> bool:
    """Whether the voter moved (`moved_on`) or registered after what DMV reports (COA-14)."""
    return any(day is not None and record.transaction_date < day for day in (moved_on, voter.registration_date))


def _wanted(voter: Voter, application: Application) -> dict[str, object]:
    wanted: dict[str, object] = dict(application.received.values)
    # What only spells the present residence otherwise is no move, and leaves it as the county wrote it.
    if application.received.has_residence and lives_at(voter, application.received):
        wanted = {name: value for name, value in wanted.items() if name not in ResidenceAddress._fields}
    if application.record.kind is DmvRecordKind.NEW_REGISTRATION:
        # A day to come is a slip of DMV's: nobody is registered ahead.
        wanted["registration_date"] = min(_registration_day(voter, application.record), max(application.today, voter.registration_date or application.today))
    if _is_revived(voter, application.record):
        wanted |= {"status": VoterStatus.ACTIVE.value, "status_reason": None}
    if voter.county_code != application.county_code:
        wanted |= {"county_code": application.county_code, "ems_voter_id": None}
    return wanted | _precinct(voter, application)


def _is_revived(voter: Voter, record: DmvRecord) -> bool:
    """An address in doubt was given anew by the voter in person; only a new registration begins one that had ended."""
    return voter.status == VoterStatus.INACTIVE or (voter.status in ENDED and record.kind is DmvRecordKind.NEW_REGISTRATION)


def _precinct(voter: Voter, application: Application) -> dict[str, object]:
    """The county's word; else none, unless the voter only moved within a house (COA-08)."""
    if application.home_precinct is not None:
        return {"home_precinct": application.home_precinct, "home_precinct_part": application.home_precinct_part}
    if voter.county_code == application.county_code and _stays_in_building(voter, application.received):
        return {}
    return {"home_precinct": None, "home_precinct_part": None}


def _stays_in_building(voter: Voter, received: Received) -> bool:
    return not received.has_residence or _same(voter, received, _BUILDING_BY_ZIP, _BUILDING_BY_CITY)


def _same(voter: Voter, received: Received, by_zip: _Place, by_city: _Place) -> bool:
    ours, theirs = (voter.residence_zip_code or "")[:5], str(received.values.get("residence_zip_code") or "")[:5]
    if ours and theirs and ours != theirs:
        return False
    place = by_zip if ours and theirs else by_city
    return place.of(voter) == tuple(map(received.values.get, place.names))


def _registration_day(voter: Voter, record: DmvRecord) -> date:
    return max(record.transaction_date, voter.registration_date or record.transaction_date)


def _step(row: list[Any], voter: Voter, transaction_date: date, today: date) -> None:
    """Number and date the new version: as-of answers stay right only if dates never fall, and none lies ahead."""
    row[FIELD_INDEX["version"]] = voter.version + 1
    row[FIELD_INDEX["effective_date"]] = max(voter.effective_date, min(transaction_date, today))
