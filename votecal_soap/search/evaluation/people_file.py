"""Reads labelled people from CSV or Parquet, whatever their columns are called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from votecal_soap.errors import ErrorCode, InvalidRequest

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id", "record_id", "rec_id", "recid", "unique_id", "uid"),
    "cluster": ("cluster", "cluster_id", "entity_id", "ent_id", "true_id", "person_id"),
    "first_name": ("first_name", "first", "given_name", "givenname", "forename", "fname", "firstname"),
    "middle_name": ("middle_name", "middle", "middlename", "mname"),
    "last_name": ("last_name", "last", "surname", "family_name", "lname", "lastname"),
    "full_name": ("full_name", "name", "fullname"),
    "suffix": ("suffix", "name_suffix"),
    "date_of_birth": ("date_of_birth", "dob", "birth_date", "birthdate", "date_birth", "birth_dt"),
    "birth_year": ("birth_year", "year_of_birth", "yob", "by", "dob_year"),
    "birth_month": ("birth_month", "month_of_birth", "bm", "dob_mon", "dob_month"),
    "birth_day": ("birth_day", "day_of_birth", "bd", "dob_day"),
    "gender": ("gender", "sex"),
    "dl_id": ("dl_id", "drivers_license", "drivers_licence", "idno", "soc_sec_id", "ssn", "national_id"),
    "ssn4": ("ssn4",),
    "house_number": ("house_number", "num", "number", "street_number", "house_num"),
    "street": ("street", "street_name", "address", "address_1", "address1", "street_address"),
    "unit_number": ("unit_number", "unit", "apartment"),
    "city": ("city", "town", "suburb", "residence_city", "place"),
    "zip": ("zip", "zip_code", "zipcode", "postcode", "postal_code", "postcode_fake"),
    "other": ("other", "extra", "email", "phone"),
}
"""Our name of a column, and the names that others give it, the more usual ones first."""

COMPARED: Final = frozenset(ALIASES) - {"id", "cluster"}


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
    table = _read(path)
    chosen = _choose(table.column_names, names)
    columns = {ours: _texts(table.column(theirs)) for ours, theirs in chosen.items()}
    ignored = tuple(name for name in table.column_names if name not in chosen.values())
    return PeopleFile(rows=table.num_rows, columns=columns, ignored=ignored)


def _read(path: Path) -> Any:  # noqa: ANN401 - pyarrow bears no types
    try:
        if path.suffix.lower() in {".parquet", ".pq"}:
            return pa.parquet.read_table(path)
        return _read_csv(path)
    except (pa.ArrowException, ValueError, KeyError) as error:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "the file is neither CSV with a heading nor Parquet", ref=path.name) from error


def _read_csv(path: Path) -> Any:  # noqa: ANN401 - pyarrow bears no types
    """Every cell is text, and no text is taken for a missing value: Null, Na and Nan are names."""
    heading = pa.csv.open_csv(path, parse_options=_PARSE).schema.names
    options = pa.csv.ConvertOptions(column_types=dict.fromkeys(heading, pa.string()), null_values=[], strings_can_be_null=False)
    return pa.csv.read_csv(path, convert_options=options, parse_options=_PARSE)


_PARSE: Final = pa.csv.ParseOptions(newlines_in_values=True)


def _texts(column: Any) -> list[str]:  # noqa: ANN401 - pyarrow bears no types
    if pa.types.is_floating(column.type):
        column = pc.cast(column, pa.int64(), safe=False)
    return [text or "" for text in pc.cast(column, pa.string()).to_pylist()]


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
