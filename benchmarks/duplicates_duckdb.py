"""The rival in SQL: plain DuckDB, the product's passes as joins, levels as CASE with weights by hand. It uses every core."""

from pathlib import Path
from typing import Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from benchmarks.coa_workload import Mode
from benchmarks.duplicates_roll import load, passes
from benchmarks.duplicates_steps import ScoredRoll, Steps

_WEIGHTS: Final = """
CASE WHEN l.first_name = r.first_name THEN 3 WHEN l.first_canonical = r.first_canonical THEN 2
     WHEN jaro_winkler_similarity(l.first_name, r.first_name) >= .92 THEN 2
     WHEN l.first_name = r.middle_name OR l.middle_name = r.first_name THEN 1
     WHEN substr(l.first_name, 1, 1) = substr(r.first_name, 1, 1) AND (length(l.first_name) = 1 OR length(r.first_name) = 1) THEN 0 ELSE -5 END
+ CASE WHEN l.middle_name IS NULL OR r.middle_name IS NULL THEN 0 WHEN l.middle_name = r.middle_name THEN 3
       WHEN substr(l.middle_name, 1, 1) = substr(r.middle_name, 1, 1) THEN 2 ELSE -4 END
+ CASE WHEN l.last_name = r.last_name THEN 4
       WHEN l.last_first_token = r.last_first_token OR l.last_first_token = r.last_second_token OR l.last_second_token = r.last_first_token
         OR l.last_second_token = r.last_second_token THEN 2
       WHEN jaro_winkler_similarity(l.last_name, r.last_name) >= .92 THEN 2 ELSE -4 END
+ CASE WHEN l.date_of_birth IS NULL OR r.date_of_birth IS NULL THEN 0 WHEN l.date_of_birth = r.date_of_birth THEN 5
       WHEN damerau_levenshtein(l.date_of_birth, r.date_of_birth) <= 1 THEN 2 WHEN substr(l.date_of_birth, 6) = substr(r.date_of_birth, 6) THEN -1
       WHEN substr(l.date_of_birth, 1, 4) = substr(r.date_of_birth, 1, 4) THEN -2 ELSE -9 END
+ CASE WHEN l.zip_code IS NULL OR r.zip_code IS NULL THEN 0 WHEN l.house_number = r.house_number AND l.street = r.street THEN 4
       WHEN l.zip_code = r.zip_code THEN 1 ELSE -1.5 END
+ CASE WHEN l.ssn4 IS NULL OR r.ssn4 IS NULL THEN 0 WHEN l.ssn4 = r.ssn4 THEN 5 WHEN damerau_levenshtein(l.ssn4, r.ssn4) <= 1 THEN -2 ELSE -8 END
+ CASE WHEN l.drivers_license IS NULL OR r.drivers_license IS NULL THEN 0 WHEN l.drivers_license = r.drivers_license THEN 12
       WHEN damerau_levenshtein(l.drivers_license, r.drivers_license) <= 1 THEN 5 ELSE -8 END
+ CASE WHEN l.suffix IS NULL OR r.suffix IS NULL THEN 0 WHEN l.suffix = r.suffix THEN 2 ELSE -4 END
+ CASE WHEN l.gender IS NULL OR r.gender IS NULL THEN 0 WHEN l.gender = r.gender THEN .3 ELSE -8 END
"""


def score(database: Path, mode: Mode) -> ScoredRoll:
    """Read, pair, score."""
    steps = Steps()
    connection = duckdb.connect()
    load(connection, database, mode)
    steps.end("load")
    found = " UNION ".join(
        f"SELECT l.unique_id AS a, r.unique_id AS b FROM voter l JOIN voter r ON {condition} AND l.unique_id < r.unique_id" for condition in passes(mode)
    )
    connection.execute(f"CREATE TABLE pair AS {found}")
    steps.end("pairs")
    scored = connection.execute(f"SELECT a, b, {_WEIGHTS} AS weight FROM pair JOIN voter l ON l.unique_id = a JOIN voter r ON r.unique_id = b").fetchnumpy()
    steps.end("score")
    left, right, weights = (_plain(scored[name]) for name in ("a", "b", "weight"))
    return ScoredRoll(left, right, weights.astype(np.float64), steps)


def _plain(column: NDArray[np.generic]) -> NDArray[np.generic]:
    return np.asarray(np.ma.filled(column)) if isinstance(column, np.ma.MaskedArray) else column
