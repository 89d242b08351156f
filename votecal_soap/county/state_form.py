"""From this EMS's codes to the state's, as the state's rules for the county make it: for comparing, where nothing is sent (2 CCR 19083).

A value that no table has stays as it is: at the state it is the same, or it is a difference to be looked at.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from votecal_soap.county.ems_schema import KIND_COLUMNS
from votecal_soap.county.state_codes import STATE_CODES
from votecal_soap.domain.record_checksums import FIELDS_OF_KIND, ComparedRecord

COMPARED_COLUMNS: Final = tuple(column for kind, names in FIELDS_OF_KIND.items() for column in KIND_COLUMNS[kind][: len(names)])
"""The columns in the order of the compared fields: kind by kind, but for the reason of the status."""

_Write = Callable[[str], str]
_SHORT_ZIP: Final = 5


def _digits(text: str) -> str:
    return text if text.isdigit() else re.sub("[^0-9]", "", text)


def _zip_code(text: str) -> str:
    return text if text.isdigit() and len(text) == _SHORT_ZIP else re.sub(r"^(\d{5})-?(\d{4})$", r"\1-\2", text)


def _license(text: str) -> str:
    return text if text.isalnum() else text.replace(" ", "").replace("-", "")


def _without_full_stops(text: str) -> str:
    return text.replace(".", "")


def _coded(table: Mapping[str, str], form: _Write = str) -> _Write:
    return lambda code: table.get(code) or form(code)


_FORMS: Final[Mapping[str, _Write]] = {
    "dl_num": _license,
    "phone_no": _digits,
    "res_zip": _zip_code,
    "mail_zip": _zip_code,
    "nm_pfx": _without_full_stops,
    "nm_sfx": _coded(STATE_CODES["nm_sfx"], _without_full_stops),
    **{column: _coded(table) for column, table in STATE_CODES.items() if column != "nm_sfx"},
}
_PLACES: Final = tuple((COMPARED_COLUMNS.index(column), write) for column, write in _FORMS.items())


def compared_record(state_uid: int, row: Sequence[str | None]) -> ComparedRecord:
    """A record from the values of `COMPARED_COLUMNS`."""
    values = list(row)
    for place, write in _PLACES:
        if value := values[place]:
            values[place] = write(value)
    return ComparedRecord(state_uid, values)
