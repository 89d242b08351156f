"""One engine over one roll in a process of its own, so that its memory is its own: prints what it found and took as JSON.

`python -m benchmarks.duplicates_engine ENGINE FOLDER NAME MODE [ARGUMENT]`; called by `benchmarks.duplicates`.
"""

import sys
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.coa_job_workload import unit_of_work
from benchmarks.coa_workload import FIELDS, Mode
from benchmarks.duplicates_steps import ScoredRoll, Steps
from benchmarks.duplicates_workload import workload
from votecal_soap.domain.matching import MatchingFunction, MatchSettings
from votecal_soap.search.arrays import Floats, Integers
from votecal_soap.search.candidates import DEFAULT_CAP
from votecal_soap.search.duplicates import DuplicateScoring, ScoredPairs, searched_columns
from votecal_soap.search.fitting_duplicates import fit_duplicates
from votecal_soap.search.match_keys import PASSES
from votecal_soap.search.roll import Roll
from votecal_soap.search.roll_keys import RollKeys
from votecal_soap.search.weights import MatchWeights, expert_weights
from votecal_soap.use_cases.find_duplicates import pages_ahead

PARTITION: Final = 100_000
"""Voters in a partition: the shipped setting."""


def ours(database: Path, mode: Mode, weights: MatchWeights) -> ScoredRoll:
    """Read, find keys, then pair and score partition after partition, on one core; the database and the parsing of its pages use the other."""
    steps = Steps()
    roll = _roll(database)
    steps.end("load")
    settings = MatchSettings(function=MatchingFunction.DUPLICATE_VOTER, fields=FIELDS[mode])
    passes = PASSES[settings.function] - ({"licence"} if mode is not Mode.FULL else set())
    keys = RollKeys(searched_columns(roll.columns, settings), passes, DEFAULT_CAP)
    steps.end("keys")
    scoring = DuplicateScoring(weights, settings, roll_size=len(roll))
    ranges = (range(start, min(start + PARTITION, len(roll))) for start in range(0, len(roll), PARTITION))
    found = [_kept(roll, scored) for places in ranges for scored in scoring.scored(roll, *keys.pairs(places))]
    left, right, scores = (np.concatenate(column) for column in zip(*found, strict=True))
    steps.end("pairs and score")
    return ScoredRoll(left, right, scores, steps)


def _kept(roll: Roll, scored: ScoredPairs) -> tuple[Integers, Integers, Floats]:
    """UIDs and scores: what has been computed about the pairs goes, as in the job."""
    return roll.state_voter_ids[scored.left], roll.state_voter_ids[scored.right], scored.judgement.scores


def fitted(database: Path) -> MatchWeights:
    """As `votecal match fit --function duplicate_voter` does, every DL/ID taken for verified."""
    roll = _roll(database)
    return fit_duplicates(roll, frozenset, expert_weights(), version="silver", roll_size=len(roll)).weights


def _roll(database: Path) -> Roll:
    factory = unit_of_work(database)
    try:
        return Roll.of_pages(pages_ahead(factory, lambda: None))
    finally:
        factory.close()


def main(engine: str, folder: str, name: str, mode_name: str = "FULL", argument: str = "") -> None:
    """Run one."""
    made, mode = workload(Path(folder), name), Mode[mode_name]
    if engine == "fit":
        Path(argument).write_text(fitted(made.database).to_json())
        return
    if engine == "ours":
        found = ours(made.database, mode, MatchWeights.from_json(Path(argument).read_text()))
    elif engine == "duckdb":
        from benchmarks.duplicates_duckdb import score as score_by_duckdb

        found = score_by_duckdb(made.database, mode)
    else:
        from benchmarks.duplicates_splink import score as score_by_splink

        found = score_by_splink(made.database, mode, float(argument))
    print(found.told(made.true_pairs()))


if __name__ == "__main__":
    main(*sys.argv[1:])
