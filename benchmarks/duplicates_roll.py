"""The roll as the SQL rivals want it, read from the same database by the fastest way known to us, and what they derive from it."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from benchmarks.coa_job_workload import unit_of_work
from benchmarks.coa_workload import FIELDS, Mode
from votecal_soap.domain.matching import MatchField
from votecal_soap.search.candidates import CANDIDATE_COLUMNS
from votecal_soap.search.name_text import nicknames, sound
from votecal_soap.search.roll_pages import FIELD_SEPARATOR, RollPage
from votecal_soap.use_cases.find_duplicates import pages_ahead

_TYPES: Final = {name: pa.int64() if name == "state_voter_id" else pa.string() for name in CANDIDATE_COLUMNS}
_CONVERT: Final = csv.ConvertOptions(column_types=_TYPES, null_values=[""], strings_can_be_null=True)
_READ: Final = csv.ReadOptions(column_names=list(CANDIDATE_COLUMNS), block_size=1 << 30)
_PARSE: Final = csv.ParseOptions(delimiter=FIELD_SEPARATOR, quote_char=False)


def read_roll(database: Path) -> pa.Table:
    """Every voter as compared, texts as texts."""
    factory = unit_of_work(database)
    try:
        return pa.concat_tables(_parsed(page) for page in pages_ahead(factory, lambda: None))
    finally:
        factory.close()


def _parsed(page: RollPage) -> pa.Table:
    return csv.read_csv(BytesIO(page.text.encode()), read_options=_READ, parse_options=_PARSE, convert_options=_CONVERT)


def load(connection: Any, database: Path, mode: Mode) -> None:  # noqa: ANN401 - DuckDB's stubs name no class for it
    """Table `voter`: the columns of a mode, the date of birth with hyphens, sounds and full forms, each computed once for a distinct name."""
    roll = read_roll(database)
    connection.register("roll", roll)
    for name, function, columns in (("sounds", sound, ("last_first_token", "last_second_token")), ("forms", _full_form, ("middle_name",))):
        connection.register(name, _mapped(roll, function, columns))
    unused = [field.value for field in MatchField if field not in FIELDS[mode]]
    kept = ", ".join(f"NULL::VARCHAR AS {name}" if name in unused else f"roll.{name}" for name in CANDIDATE_COLUMNS[3:] if name != "date_of_birth")
    born = "substr(date_of_birth, 1, 4) || '-' || substr(date_of_birth, 5, 2) || '-' || substr(date_of_birth, 7, 2)"
    connection.execute(
        f"CREATE TABLE voter AS SELECT roll.state_voter_id AS unique_id, roll.drivers_license AS label, {kept}, {born} AS date_of_birth, "
        "first.value AS first_sound, nullif(second.value, first.value) AS second_sound, forms.value AS middle_canonical FROM roll "
        "LEFT JOIN sounds first ON first.name = last_first_token LEFT JOIN sounds second ON second.name = last_second_token "
        "LEFT JOIN forms ON forms.name = middle_name"
    )
    for name in ("roll", "sounds", "forms"):
        connection.unregister(name)


def _full_form(name: str) -> str | None:
    return nicknames().canonical.get(name, name) if len(name) > 1 else None


def _mapped(roll: pa.Table, function: Any, columns: Iterable[str]) -> pa.Table:  # noqa: ANN401 - text to text
    distinct = pc.unique(pa.chunked_array([chunk for name in columns for chunk in roll[name].chunks])).drop_null().to_pylist()
    return pa.table({"name": distinct, "value": pa.array(map(function, distinct), pa.string())})


_BIRTH: Final = ("date_of_birth",) * 2
_YEAR: Final = ("substr({}.date_of_birth, 1, 4)",) * 2
_DAY: Final = ("substr({}.date_of_birth, 6)",) * 2
_FIRST: Final = ("first_canonical",) * 2
_TOKEN: Final = ("last_first_token",) * 2
_PASSES: Final = (
    *((_BIRTH, (left, right)) for left in ("first_sound", "second_sound") for right in ("first_sound", "second_sound")),
    *((_BIRTH, (left, right)) for left, right in (_FIRST, ("middle_canonical", "first_canonical"), ("first_canonical", "middle_canonical"))),
    (_BIRTH, ("middle_canonical",) * 2),
    *(((left, right), _FIRST, _YEAR) for left in ("last_first_token", "last_second_token") for right in ("last_first_token", "last_second_token")),
    (_TOKEN, _FIRST, _DAY),
    (("ssn4",) * 2, ("first_sound",) * 2),
    (("zip_code",) * 2, ("house_number",) * 2, ("substr({}.first_name, 1, 1)",) * 2),
    (_TOKEN, _FIRST, ("zip_code",) * 2),
)
"""The product's passes: for each the equal pairs of one voter's column and another's."""


def passes(mode: Mode) -> list[str]:
    """As conditions on `l` and `r`."""
    chosen = [((("drivers_license",) * 2),)] if mode is Mode.FULL else []
    return [" AND ".join(f"{_column(left, 'l')} = {_column(right, 'r')}" for left, right in equal) for equal in [*chosen, *_PASSES]]


def _column(name: str, side: str) -> str:
    return name.format(side) if "{" in name else f"{side}.{name}"
