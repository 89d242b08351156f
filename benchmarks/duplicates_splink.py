"""The rival in record linkage: Splink 5 on DuckDB, written as well as we can. It uses every core.

The product's own standardised columns and passes, term frequencies on names, and the same silver labels that the product's
weights learn from: pairs of one DL/ID teach the m-probabilities. Expectation maximisation, which needs no labels, took longer
and learned that fathers and sons are one person (F1 .68).
"""

from pathlib import Path
from typing import Any, Final

import duckdb
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from benchmarks.coa_workload import Mode
from benchmarks.duplicates_roll import load, passes
from benchmarks.duplicates_steps import ScoredRoll, Steps
from benchmarks.splink_comparisons import date_of_birth, first_name, last_name, middle_name

LOWEST_PROBABILITY: Final = 0.01


def score(database: Path, mode: Mode, u_pairs: float) -> ScoredRoll:
    """Read, train, pair and score."""
    steps = Steps()
    connection = duckdb.connect()
    load(connection, database, mode)
    steps.end("load")
    linker = Linker(DuckDBAPI(connection=connection).register("voter"), _settings(mode), log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match([block_on("first_name", "last_name", "date_of_birth")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=u_pairs, seed=1)
    linker.training.estimate_m_from_label_column("label")
    steps.end("train")
    found = linker.inference.predict(threshold_match_probability=LOWEST_PROBABILITY)
    scored = connection.execute(f"SELECT unique_id_l, unique_id_r, match_weight FROM {found.physical_name}").fetchnumpy()
    steps.end("score")
    return ScoredRoll(scored["unique_id_l"], scored["unique_id_r"], scored["match_weight"], steps)


def _settings(mode: Mode) -> SettingsCreator:
    chosen = [first_name(), middle_name(), last_name(), date_of_birth(), _address(), comparisons.ExactMatch("suffix")]
    chosen += [comparisons.DamerauLevenshteinAtThresholds("ssn4", [1]), comparisons.ExactMatch("gender")]
    if mode is Mode.FULL:
        chosen.append(_license())
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="unique_id",
        comparisons=chosen,
        blocking_rules_to_generate_predictions=passes(mode),
        retain_matching_columns=False,
    )


def _license() -> Any:  # noqa: ANN401 - Splink's own types are internal
    """The label cannot teach its own worth: the rates of mistyped numbers are told."""
    return comparisons.CustomComparison(
        output_column_name="drivers_license",
        comparison_levels=[
            levels.NullLevel("drivers_license"),
            levels.ExactMatchLevel("drivers_license").configure(m_probability=0.94, fix_m_probability=True),
            levels.DamerauLevenshteinLevel("drivers_license", 1).configure(m_probability=0.05, fix_m_probability=True),
            levels.ElseLevel().configure(m_probability=0.01, fix_m_probability=True),
        ],
    )


def _address() -> Any:  # noqa: ANN401 - Splink's own types are internal
    chosen = [
        _same("house_number street zip_code", " AND coalesce(unit_number_l, '') = coalesce(unit_number_r, '')"),
        *(_same(names) for names in ("house_number street zip_code", "street zip_code", "house_number zip_code", "zip_code", "city")),
    ]
    return comparisons.CustomComparison(output_column_name="address", comparison_levels=[levels.NullLevel("zip_code"), *chosen, levels.ElseLevel()])


def _same(names: str, more: str = "") -> Any:  # noqa: ANN401 - as above
    return levels.CustomLevel(" AND ".join(f"{name}_l = {name}_r" for name in names.split()) + more, names.replace("_", " "))
