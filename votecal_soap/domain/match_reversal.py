"""Takes back what a match did to a voter, and leaves alone what came after it (COA-34, S10.10): pure."""

from datetime import date
from typing import Any, Final, NamedTuple

from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.voters import FIELD_INDEX, VERSION_FIELDS, Voter

_BOOK_KEEPING: Final = frozenset({"state_voter_id", "version", "effective_date"})

FOLLOWING_FIELDS: Final = frozenset({"ems_voter_id", "home_precinct", "home_precinct_part", "vnc_due"})
"""Set in consequence of the match: a precinct, a card and the gaining county's id of an address that was wrong go with it."""


class Reversal(NamedTuple):
    """The voter's next record, or the fields in which a later change stands on top."""

    change: Change | None
    in_the_way: tuple[str, ...]


def reversal(voter: Voter, before: Voter, applied: Voter, today: date) -> Reversal:
    """The record with all that differs between `before` and `applied` as it was before; `voter` is the record now."""
    touched = [name for name in VERSION_FIELDS if name not in _BOOK_KEEPING and _value(before, name) != _value(applied, name)]
    in_the_way = tuple(name for name in touched if name not in FOLLOWING_FIELDS and _value(voter, name) != _value(applied, name))
    if in_the_way:
        return Reversal(None, in_the_way)
    moved_back = "county_code" in touched
    restored = {name for name in (*touched, *(FOLLOWING_FIELDS if moved_back else ())) if _value(voter, name) != _value(before, name)}
    values: dict[str, Any] = {name: _value(before, name) for name in restored}
    after = voter._replace(
        **values,
        version=voter.version + 1,
        effective_date=max(voter.effective_date, today),
        transfer_pending_until=None,
    )
    return Reversal(Change(after, (*sorted(restored), "transfer_pending_until")), ())


def _value(voter: Voter, name: str) -> object:
    return voter[FIELD_INDEX[name]]
