"""The rivals of the duplicates benchmark look at the pairs that the product looks at: a ratio against fewer would say nothing."""

import json

import pytest

from benchmarks.coa_workload import Mode
from benchmarks.duplicates_duckdb import score
from benchmarks.duplicates_engine import ours
from benchmarks.duplicates_workload import build, workload
from votecal_soap.search.weights import expert_weights


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A roll of fifteen hundred, people as compared alone."""
    made = workload(tmp_path_factory.mktemp("duplicates"), "roll")
    build(made, 1_500, 5, with_people=False)
    return made


def pairs(found):
    return {tuple(sorted(pair)) for pair in zip(found.left.tolist(), found.right.tolist(), strict=True)}


@pytest.mark.requirement("DUP-01")
@pytest.mark.parametrize("mode", [Mode.FULL, Mode.NO_LICENSE])
def test_plain_sql_scores_the_pairs_that_the_product_scores(made, mode):
    own = ours(made.database, mode, expert_weights())
    assert pairs(score(made.database, mode)) == pairs(own)
    assert len(own.left) == len(pairs(own)) > 50


def test_what_an_engine_tells_counts_the_true_pairs(made):
    told = json.loads(ours(made.database, Mode.FULL, expert_weights()).told(made.true_pairs()))
    assert told["found"] == 1.0
    assert told["f1"] > 0.9
    assert set(told["megabytes"]) == {"load", "keys", "pairs and score"}
