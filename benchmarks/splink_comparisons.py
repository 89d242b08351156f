"""How Splink compares names and births in the benchmarks: the product's levels, as far as SQL says them well."""

from typing import Any

import splink.comparison_level_library as levels
import splink.comparison_library as comparisons


def first_name() -> Any:  # noqa: ANN401 - Splink's own types are internal
    """First names."""
    return comparison(
        "first_name",
        levels.ExactMatchLevel("first_name", term_frequency_adjustments=True),
        levels.CustomLevel("first_canonical_l = first_canonical_r", "nickname"),
        levels.JaroWinklerLevel("first_name", 0.92),
        levels.CustomLevel("first_name_l = middle_name_r OR middle_name_l = first_name_r", "swapped with middle name"),
        levels.CustomLevel("least(length(first_name_l), length(first_name_r)) = 1 AND first_name_l[1] = first_name_r[1]", "initial"),
        levels.JaroWinklerLevel("first_name", 0.8),
    )


def middle_name() -> Any:  # noqa: ANN401 - Splink's own types are internal
    """Middle names."""
    return comparison(
        "middle_name",
        levels.ExactMatchLevel("middle_name"),
        levels.CustomLevel("least(length(middle_name_l), length(middle_name_r)) = 1 AND middle_name_l[1] = middle_name_r[1]", "initial"),
        levels.JaroWinklerLevel("middle_name", 0.85),
    )


def last_name() -> Any:  # noqa: ANN401 - Splink's own types are internal
    """Surnames, one word or two."""
    shared = " OR ".join(f"last_{one}_token_l = last_{other}_token_r" for one in ("first", "second") for other in ("first", "second"))
    return comparison(
        "last_name",
        levels.ExactMatchLevel("last_name", term_frequency_adjustments=True),
        levels.CustomLevel(shared, "one surname of two"),
        levels.JaroWinklerLevel("last_name", 0.92),
        levels.JaroWinklerLevel("last_name", 0.82),
        levels.CustomLevel("middle_name_l = last_first_token_r OR middle_name_r = last_first_token_l", "former surname as middle name"),
    )


def date_of_birth() -> Any:  # noqa: ANN401 - Splink's own types are internal
    """Dates of birth, as texts with hyphens."""
    return comparison(
        "date_of_birth",
        levels.ExactMatchLevel("date_of_birth"),
        levels.DamerauLevenshteinLevel("date_of_birth", 1),
        levels.CustomLevel("date_of_birth_l[6:] = date_of_birth_r[6:]", "month and day"),
        levels.CustomLevel(
            "date_of_birth_l[:7] = date_of_birth_r[:7] OR (date_of_birth_l[:4] = date_of_birth_r[:4] AND date_of_birth_l[6:7] = date_of_birth_r[9:10])",
            "year and month, or day and month swapped",
        ),
        levels.CustomLevel("date_of_birth_l[:4] = date_of_birth_r[:4]", "year"),
    )


def comparison(name: str, *chosen: Any) -> Any:  # noqa: ANN401 - Splink's own types are internal
    """A field that counts for nothing where it is missing."""
    return comparisons.CustomComparison(output_column_name=name, comparison_levels=[levels.NullLevel(name), *chosen, levels.ElseLevel()])
