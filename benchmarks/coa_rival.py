"""The rival in matching: Splink 5 on DuckDB, written as well as we can.

It gets the product's own standardised columns and the same blocking passes, term frequencies on names, two rounds of
expectation maximisation (one blocks on the name, one on the date of birth, so that every field is trained), and a cap
on the pairs of each: without it a crowded date of birth takes minutes. It uses every core, ours one.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.coa_workload import FIELDS, Mode, Workload
from benchmarks.splink_comparisons import date_of_birth, first_name, last_name, middle_name
from votecal_soap.domain.matching import MatchField
from votecal_soap.search.candidates import IDENTITY_COLUMNS
from votecal_soap.search.name_text import nicknames, sound
from votecal_soap.search.standardising import StandardPerson, standard_old_address, standardise

EM_MAX_PAIRS: Final = 2e6
LOWEST_PROBABILITY: Final = 0.001
_OLD: Final = ("old_house_number", "old_street", "old_unit_number", "old_city", "old_zip_code")
_COLUMNS: Final = ("unique_id", *StandardPerson._fields, "middle_canonical", "first_sound", "second_sound", *_OLD)
_NO_OLD_ADDRESS: Final = (None,) * len(_OLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalResult:
    """Scored pairs (record number, UID, match weight in bits), and what the steps took."""

    pairs: list[tuple[int, int, float]]
    load_seconds: float
    training_seconds: float
    predict_seconds: float
    """Blocking and scoring, the model trained in the same process."""
    saved_model_seconds: float
    """Blocking and scoring with a model read from a file, tables loaded."""


def run_splink(workload: Workload, mode: Mode, folder: Path, u_pairs: float) -> RivalResult:
    """Train, score; then score once more with the model from a file."""
    begun = time.perf_counter()
    connection = duckdb.connect()
    tables = [_table(connection, "a_dmv", _dmv_rows(workload, mode)), _table(connection, "b_voter", _voter_rows(workload, mode))]
    loaded = time.perf_counter()
    linker = _linker(connection, tables, _settings(mode))
    _train(linker, u_pairs)
    trained = time.perf_counter()
    pairs = _predict(connection, linker)
    predicted = time.perf_counter()
    model = folder / f"splink {mode.name}.json"
    linker.misc.save_model_to_json(str(model), overwrite=True)
    saved = _linker(connection, tables, model)
    again = time.perf_counter()
    _predict(connection, saved)
    return RivalResult(
        pairs=pairs,
        load_seconds=loaded - begun,
        training_seconds=trained - loaded,
        predict_seconds=predicted - trained,
        saved_model_seconds=time.perf_counter() - again,
    )


def _linker(connection: Any, tables: Sequence[str], settings: SettingsCreator | Path) -> Linker:  # noqa: ANN401 - DuckDB's stubs name no class for it
    api = DuckDBAPI(connection=connection)
    return Linker([api.register(name, dataset_display_name=name) for name in tables], settings, log_level="ERROR")


def _train(linker: Linker, u_pairs: float) -> None:
    linker.training.estimate_probability_two_random_records_match([block_on("first_name", "last_name", "date_of_birth")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=u_pairs, seed=1)
    for rule in (block_on("first_name", "last_name"), block_on("date_of_birth")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True, max_pairs=EM_MAX_PAIRS)


def _predict(connection: Any, linker: Linker) -> list[tuple[int, int, float]]:  # noqa: ANN401 - as above
    found = linker.inference.predict(threshold_match_probability=LOWEST_PROBABILITY)
    rows: list[tuple[int, int, float]] = connection.execute(f"SELECT unique_id_l, unique_id_r, match_weight FROM {found.physical_name}").fetchall()
    return rows


def _table(connection: Any, name: str, rows: Iterable[Sequence[object]]) -> str:  # noqa: ANN401 - as above
    columns = zip(*rows, strict=True)
    arrow = pa.table({column: pa.array(values, pa.int64() if column == "unique_id" else pa.string()) for column, values in zip(_COLUMNS, columns, strict=True)})
    connection.register("given", arrow)
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
    connection.unregister("given")
    return name


def _voter_rows(workload: Workload, mode: Mode) -> Iterable[Sequence[object]]:
    for row in workload.rows:
        yield row[0], *_derived(StandardPerson(*row[len(IDENTITY_COLUMNS) :]), mode), *_NO_OLD_ADDRESS


def _dmv_rows(workload: Workload, mode: Mode) -> Iterable[Sequence[object]]:
    for number, person in enumerate(workload.people):
        yield number, *_derived(standardise(person), mode), *standard_old_address(person)


def _derived(person: StandardPerson, mode: Mode) -> Iterable[object]:
    """The columns of a person as texts; a date with hyphens, as Splink's functions for dates want it."""
    values = person._replace(**dict.fromkeys(field.value for field in MatchField if field not in FIELDS[mode]))
    born = str(values.date_of_birth) if values.date_of_birth else None
    yield from values._replace(date_of_birth=born and f"{born[:4]}-{born[4:6]}-{born[6:]}")  # type: ignore[arg-type] # a text here
    middle = values.middle_name if values.middle_name and len(values.middle_name) > 1 else None
    yield middle and nicknames().canonical.get(middle, middle)
    yield values.last_first_token and sound(values.last_first_token)
    yield values.last_second_token and sound(values.last_second_token)


def _settings(mode: Mode) -> SettingsCreator:
    chosen = [first_name(), middle_name(), last_name(), date_of_birth(), _address(), comparisons.ExactMatch("suffix")]
    if mode is not Mode.BARE:
        chosen += [comparisons.DamerauLevenshteinAtThresholds("ssn4", [1]), comparisons.ExactMatch("gender")]
    if mode is Mode.FULL:
        chosen.append(comparisons.DamerauLevenshteinAtThresholds("drivers_license", [1]))
    return SettingsCreator(
        link_type="link_only",
        unique_id_column_name="unique_id",
        comparisons=chosen,
        blocking_rules_to_generate_predictions=_blocking(mode),
        retain_matching_columns=False,
    )


_BIRTH: Final = ("date_of_birth", "date_of_birth")
_YEAR: Final = ("substr({}.date_of_birth,1,4)", "substr({}.date_of_birth,1,4)")
_DAY: Final = ("substr({}.date_of_birth,6)", "substr({}.date_of_birth,6)")
_NAME: Final = (("last_first_token", "last_first_token"), ("first_canonical", "first_canonical"))
_INITIAL: Final = ("substr({}.first_name,1,1)", "substr({}.first_name,1,1)")
_SSN4: Final = ("ssn4", "ssn4")
_PASSES: Final = (
    *((_BIRTH, ("first_sound", "first_sound")), (_BIRTH, ("first_sound", "second_sound")), (_BIRTH, ("second_sound", "first_sound"))),
    *((_BIRTH, ("first_canonical", "first_canonical")), (_BIRTH, ("middle_canonical", "first_canonical")), (_BIRTH, ("first_canonical", "middle_canonical"))),
    *((*_NAME, _YEAR), (*_NAME, _DAY), (*_NAME, ("zip_code", "zip_code")), (*_NAME, ("old_zip_code", "zip_code"))),
    *((("zip_code", "zip_code"), ("house_number", "house_number"), _INITIAL), (("old_zip_code", "zip_code"), ("old_house_number", "house_number"), _INITIAL)),
)
_PASSES_WITH_SSN4: Final = (*_PASSES, (_SSN4, _YEAR), (_SSN4, ("first_sound", "first_sound")))
"""The product's passes: for each the equal pairs of DMV's column and the voter's."""


def _blocking(mode: Mode) -> list[Any]:
    rules: list[Any] = [
        " AND ".join(f"{_column(left, 'l')} = {_column(right, 'r')}" for left, right in equal)
        for equal in (_PASSES if mode is Mode.BARE else _PASSES_WITH_SSN4)
    ]
    return [*([block_on("drivers_license")] if mode is Mode.FULL else []), *rules]


def _column(name: str, side: str) -> str:
    return name.format(side) if "{" in name else f"{side}.{name}"


def _address() -> Any:  # noqa: ANN401 - as above
    """The better of the record's two addresses, against the registered one; voters have no old address here."""
    return comparisons.CustomComparison(
        output_column_name="address",
        comparison_levels=[
            levels.CustomLevel("zip_code_r IS NULL OR (zip_code_l IS NULL AND old_zip_code_l IS NULL)", "missing").configure(is_null_level=True),
            _either("house_number street zip_code", " AND coalesce({side}unit_number_l, '') = coalesce(unit_number_r, '')"),
            _either("house_number street zip_code"),
            _either("street zip_code"),
            _either("house_number zip_code"),
            _either("zip_code"),
            _either("city"),
            levels.ElseLevel(),
        ],
    )


def _either(names: str, more: str = "") -> Any:  # noqa: ANN401 - as above
    sides = (" AND ".join(f"{side}{name}_l = {name}_r" for name in names.split()) + more.format(side=side) for side in ("", "old_"))
    return levels.CustomLevel(" OR ".join(f"({side})" for side in sides), names.replace("_", " "))
