"""Reads labelled people from CSV or Parquet, whatever their columns are called."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.search.evaluation.foreign_table import is_readable, read_table, texts

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "record_id", "rec_id", "recid", "unique_id", "uid"),
    "cluster": ("cluster", "cluster_id", "entity_id", "ent_id", "true_id", "person_id", "cluster_label", "true_cluster", "label", "ncid", "voter_id"),
    "first_name": ("first_name", "first", "given_name", "givenname", "forename", "fname", "firstname", "frst_name", "name_first"),
    "middle_name": ("middle_name", "middle", "middlename", "mname", "midl_name", "middle_initial"),
    "last_name": ("last_name", "last", "surname", "family_name", "lname", "lastname", "sname", "name_last"),
    "full_name": ("full_name", "name", "fullname"),
    "suffix": ("suffix", "name_suffix", "name_suffix_lbl", "name_sufx_cd", "suffx"),
    "date_of_birth": ("date_of_birth", "dob", "birth_date", "birthdate", "date_birth", "birth_dt"),
    "birth_year": ("birth_year", "year_of_birth", "yob", "by", "dob_year"),
    "birth_month": ("birth_month", "month_of_birth", "bm", "dob_mon", "dob_month"),
    "birth_day": ("birth_day", "day_of_birth", "bd", "dob_day"),
    "age": ("age", "birth_age", "age_at_year_end"),
    "gender": ("gender", "sex", "gender_code", "sex_code"),
    "dl_id": ("dl_id", "drivers_license", "drivers_licence", "idno", "soc_sec_id", "ssn", "national_id"),
    "ssn4": ("ssn4",),
    "house_number": ("house_number", "num", "number", "street_number", "house_num", "address_number"),
    "street": ("street", "street_name", "address", "address_1", "address1", "street_address", "res_street_address", "mail_addr1"),
    "unit_number": ("unit_number", "unit", "apartment"),
    "city": ("city", "town", "suburb", "residence_city", "place", "res_city_desc", "birth_place", "municipality"),
    "zip": ("zip", "zip_code", "zipcode", "zip5", "postcode", "postal_code", "postcode_fake"),
    "other": ("other", "extra", "email", "phone", "phone_number", "full_phone_num", "phone_num", "occupation"),
}
"""Our name of a column, and the names that others give it, the more usual ones first."""

_LABELS: Final = frozenset({"id", "cluster"})
COMPARED: Final = frozenset(ALIASES) - _LABELS

_MARKS: Final = frozenset({"nan", "none", "null", "na", "n/a", "#n/a", "<na>", "nat", "\\n", "missing", "unknown", "?", "-", "."})
_NEVER_WORDS: Final = frozenset({"date_of_birth", "birth_year", "birth_month", "birth_day", "age", "dl_id", "ssn4", "house_number", "zip"})
_FEWEST_MARKS: Final = 2
_MARKED_SHARE: Final = 0.002
"""Of a column's cells, how many a mark must fill to be one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFile:
    """A file's people by our column names; every cell a text, missing is empty."""

    rows: int
    columns: Mapping[str, Sequence[str]]
    ignored: tuple[str, ...]
    """The file's columns that nothing was made of."""


def read_people(path: Path, names: Mapping[str, str]) -> PeopleFile:
    """Read the people of a file; `names` says what a column is called there: ours → theirs.

    Raises:
        InvalidRequest: if it is neither CSV nor Parquet, a named column is not there, or no column tells people apart.
    """
    table = read_table(path)
    chosen = _choose([field.name for field in table.schema if is_readable(field.type)], names)
    columns = _without_marks({ours: texts(table.column(theirs)) for ours, theirs in chosen.items()})
    ignored = tuple(name for name in table.column_names if name not in chosen.values())
    return PeopleFile(rows=table.num_rows, columns=columns, ignored=ignored)


def _without_marks(columns: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Empty what the file marks as missing in words. Null, Na and Nan are names, but not dates or ZIP codes: where they stand there, they are marks."""
    marks: set[str] = set()
    for name in _NEVER_WORDS & set(columns):
        found = Counter(cell for cell in map(_mark, columns[name]) if cell in _MARKS)
        marks |= {mark for mark, count in found.items() if count >= max(_FEWEST_MARKS, _MARKED_SHARE * len(columns[name]))}
    if not marks:
        return dict(columns)
    return {name: cells if name in _LABELS else ["" if _mark(cell) in marks else cell for cell in cells] for name, cells in columns.items()}


def _mark(cell: str) -> str:
    return cell.strip().lower()


def _choose(present: Sequence[str], names: Mapping[str, str]) -> dict[str, str]:
    """Ours → theirs: what was named, then what can be guessed."""
    named = dict(_named(one, other, present) for one, other in names.items())
    lowered = {name.lower().strip(): name for name in reversed(present) if name not in named.values()}
    guessed = {ours: next((lowered[alias] for alias in aliases if alias in lowered), None) for ours, aliases in ALIASES.items()}
    found = {ours: theirs for ours, theirs in {**guessed, **named}.items() if theirs is not None}
    if not COMPARED & set(found):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"no column tells people apart; {_help(present)}")
    return found


def _named(one: str, other: str, present: Sequence[str]) -> tuple[str, str]:
    """(ours, theirs), whichever way round they were written."""
    ours = {alias: name for name, aliases in ALIASES.items() for alias in aliases}
    if one in ours and other in present:
        return ours[one], other
    if other in ours and one in present:
        return ours[other], one
    raise InvalidRequest(ErrorCode.VALUE_WRONG, f"--columns cannot be {one}={other}; {_help(present)}")


def _help(present: Sequence[str]) -> str:
    return f"the file has {', '.join(present)}; --columns OURS=THEIRS,... says which is which, OURS being one of {', '.join(ALIASES)}"
