"""From the state's codes to this EMS's own: the way back of the county's translation rules, for what the state changes by itself.

What the table does not have stays as the state spells it, for a clerk to see. Names and addresses are in mixed case here.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from votecal_soap.contract.received_matches import ReceivedVoter
from votecal_soap.county.ems_schema import KIND_COLUMNS
from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress
from votecal_soap.domain.jobs import DataKind

Row = dict[str, str | None]
"""Values by column of the EMS's table of voters."""

ACTIVE: Final = "A"
INACTIVE: Final = "I"
CANCELLED: Final = "C"
DECLINED: Final = "D"

_SEXES: Final = {"M": "1", "F": "2", "X": "3"}
_STATUSES: Final = {"Active": ACTIVE, "Inactive": INACTIVE, "Cancelled": CANCELLED, "Pending": "P", "Declined": "D"}
_DIRECTIONS: Final = {"N": "North", "S": "South", "E": "East", "W": "West"}
_UNITS: Final = {"APT": "Apartment"}
_SUFFIXES: Final = {"JR": "Jr.", "SR": "Sr."}
_PARTIES: Final = {
    **{"DEM": "D", "REP": "R", "AIP": "A", "GRN": "G", "LIB": "L", "PAF": "P", "NPP": "N"},
    **{"AEL": "E", "NLP": "W", "REF": "F", "OTH": "O", "UNK": "U"},
}
_LANGUAGES: Final = {
    **{"en": "ENG", "es": "SPA", "zh": "CHI", "fil": "TAG", "hi": "HIN", "hy": "ARM", "ja": "JPN", "km": "KHM"},
    **{"ko": "KOR", "fa": "FAR", "pa": "PUN", "ru": "RUS", "hmn": "HMO", "th": "THA", "vi": "VIE"},
}
_STREET_TYPES: Final = {
    **{"AVE": "Avenue", "BLVD": "Boulevard", "CIR": "Circle", "CT": "Court", "DR": "Drive", "LN": "Lane"},
    **{"PL": "Place", "RD": "Road", "ST": "Street", "TER": "Terrace", "WAY": "Way"},
}

STATE_CODES: Final[Mapping[str, Mapping[str, str]]] = {
    column: {mine: code for code, mine in table.items()}
    for column, table in {
        **{"sex_cd": _SEXES, "reg_stat": _STATUSES, "nm_sfx": _SUFFIXES, "pty_cd": _PARTIES, "lang_cd": _LANGUAGES},
        **{"res_pre_dir": _DIRECTIONS, "res_post_dir": _DIRECTIONS, "res_street_typ": _STREET_TYPES, "res_unit_typ": _UNITS},
    }.items()
}
"""For each coded column, the state's code by the county's: the tables of the county's translation rules."""


def _coded(table: Mapping[str, str]) -> Callable[[str], str]:
    return lambda code: table.get(code, code)


def mixed_case(text: str) -> str:
    """As the EMS writes names and addresses: "O'BRIEN" is "O'Brien", "3RD" is "3rd"."""
    return re.sub(r"\w+", lambda word: word.group().capitalize(), text)


_COLUMNS: Final[Mapping[DataKind, tuple[tuple[str, Callable[[str], str]], ...]]] = {
    DataKind.NAME: (("FirstName", mixed_case), ("LastName", mixed_case), ("MiddleName", mixed_case), ("Prefix", mixed_case), ("Suffix", _coded(_SUFFIXES))),
    DataKind.IDENTITY: (("DateOfBirth", str), ("DriversLicense", str), ("Ssn4", str), ("Gender", _coded(_SEXES))),
    DataKind.CONTACT: (("Language", _coded(_LANGUAGES)), ("Phone", str), ("Email", str)),
    DataKind.PARTY: (("Party", _coded(_PARTIES)),),
}
"""For the simple kinds of data, the state's elements in the order of `KIND_COLUMNS`, and how each is written here."""

_RESIDENCE: Final[tuple[Callable[[str], str], ...]] = (
    *(str, str, _coded(_DIRECTIONS), mixed_case, _coded(_STREET_TYPES), _coded(_DIRECTIONS)),
    *(_coded(_UNITS), str, mixed_case, str, str),
)
_MAILING: Final[tuple[Callable[[str], str], ...]] = (mixed_case, mixed_case, mixed_case, mixed_case, str, str, mixed_case)


def residence_row(address: ResidenceAddress) -> Row:
    """A residence in the EMS's columns."""
    return _row(DataKind.RESIDENCE_ADDRESS, address, _RESIDENCE)


def mailing_row(address: MailingAddress | None) -> Row:
    """A mailing address in the EMS's columns; none empties them."""
    return _row(DataKind.MAILING_ADDRESS, address or MailingAddress(), _MAILING)


def voter_rows(voter: ReceivedVoter) -> dict[DataKind, Row]:
    """The state's record in the EMS's columns, by kind of data."""
    rows = {kind: _row(kind, [voter.texts.get(name) for name, _ in parts], [write for _, write in parts]) for kind, parts in _COLUMNS.items()}
    rows[DataKind.RESIDENCE_ADDRESS] = residence_row(voter.residence or ResidenceAddress())
    rows[DataKind.MAILING_ADDRESS] = mailing_row(voter.mailing)
    rows[DataKind.HOME_PRECINCT] = _row(DataKind.HOME_PRECINCT, (voter.home_precinct, voter.home_precinct_part), (str, str))
    status = (voter.texts.get("RegistrationDate"), voter.status, voter.texts.get("StatusReason"))
    rows[DataKind.REGISTRATION] = _row(DataKind.REGISTRATION, status, (str, _coded(_STATUSES), str))
    return rows


def _row(kind: DataKind, values: tuple[str | None, ...] | list[str | None], writers: tuple[Callable[[str], str], ...] | list[Callable[[str], str]]) -> Row:
    return {column: write(value) if value else None for column, value, write in zip(KIND_COLUMNS[kind], values, writers, strict=True)}
