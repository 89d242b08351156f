import json
from dataclasses import replace

import numpy as np
import pytest

from votecal_soap.domain.matching import MatchingFunction, MatchSettings, Person
from votecal_soap.errors import InvalidRequest
from votecal_soap.search.calibration import calibration_of
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.confidence import in_percent, posterior
from votecal_soap.search.criteria import INTERACTION_WORDS
from votecal_soap.search.evidence import INTERACTIONS
from votecal_soap.search.frequencies import shipped_frequencies
from votecal_soap.search.service import SearchService
from votecal_soap.search.weights import MatchWeights, expert_weights


def test_weights_survive_being_stored():
    assert MatchWeights.from_json(expert_weights().to_json()) == expert_weights()


def test_the_shipped_weights_know_every_level_and_interaction():
    weights = expert_weights()
    assert {name: set(levels) for name, levels in weights.levels.items()} == {name: {level.name for level in item.levels} for name, item in COMPARISONS.items()}
    assert set(weights.interactions) == set(INTERACTIONS) == set(INTERACTION_WORDS)


def test_a_missing_field_is_worth_nothing():
    assert {levels["missing"] for levels in expert_weights().levels.values()} == {0.0}


def test_agreement_is_worth_more_than_contradiction():
    for name, levels in expert_weights().levels.items():
        first, last = (COMPARISONS[name].levels[place].name for place in (0, -1))
        assert levels[first] > levels[last]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda values: values.pop("levels"),
        lambda values: values["levels"].pop("ssn4"),
        lambda values: values["levels"]["ssn4"].update(new=1),
        lambda values: values.update(intercept="x"),
        lambda values: values.update(calibration=[[1.0, 0.0], [1.0, 2.0]]),
    ],
)
def test_weights_of_another_version_are_refused(spoil):
    values = json.loads(expert_weights().to_json())
    spoil(values)
    with pytest.raises(InvalidRequest):
        MatchWeights.from_json(json.dumps(values))


def test_text_that_is_no_weights_is_refused():
    with pytest.raises(InvalidRequest):
        MatchWeights.from_json("[]")


def test_confidence_is_the_posterior_rounded_down_and_at_most_99():
    weights = replace(expert_weights(), calibration=())
    assert in_percent(posterior(np.array([-99.0, 0.0, 1.0, 99.0]), weights)).tolist() == [0, 50, 66, 99]


def test_a_calibration_learned_from_pairs_makes_claims_come_true():
    rng = np.random.default_rng(1)
    scores = rng.normal(0, 8, 20_000)
    truth = rng.random(20_000) < 1 / (1 + np.exp2(-(scores / 2 - 1)))
    weights = replace(expert_weights(), calibration=calibration_of(scores, truth))
    assert posterior(scores, weights).mean() == pytest.approx(truth.mean(), abs=0.005)
    for low in (0.0, 0.1, 0.3, 0.6, 0.9):
        claimed = posterior(scores, weights)
        inside = (claimed >= low) & (claimed < low + 0.1)
        assert truth[inside].mean() == pytest.approx(claimed[inside].mean(), abs=0.02)


def test_errors_that_stay_at_any_score_hold_the_claims_down():
    """A share of twins that no likeness tells from one person: a straight line (Platt) would promise more and more."""
    rng = np.random.default_rng(2)
    scores = rng.normal(0, 8, 100_000)
    truth = rng.random(100_000) < 0.99 / (1 + np.exp2(-scores))
    weights = replace(expert_weights(), calibration=calibration_of(scores, truth))
    top = scores > 10
    assert posterior(scores, weights)[top].mean() == pytest.approx(truth[top].mean(), abs=0.002)
    assert posterior(np.array([1e6]), weights)[0] < 0.995


def test_a_calibration_never_falls_and_claims_no_more_than_its_labels_bear():
    scores = np.arange(200) / 10.0
    knots = calibration_of(scores, scores >= 10.0)
    odds = [known for _, known in knots]
    assert odds == sorted(odds)
    assert 2 ** odds[-1] < 100 / 0.5 + 1
    assert 2 ** -odds[0] < 100 / 0.5 + 1


def test_a_pair_that_stands_for_others_counts_as_often_in_a_calibration():
    rng = np.random.default_rng(3)
    scores = rng.normal(0, 8, 4_000)
    truth = rng.random(4_000) < 1 / (1 + np.exp2(-scores))
    twice = rng.random(4_000) < 0.5
    repeated = calibration_of(np.append(scores, scores[twice]), np.append(truth, truth[twice]))
    assert calibration_of(scores, truth, np.where(twice, 2.0, 1.0)) == repeated
    assert calibration_of(scores, truth) != repeated


def test_pairs_that_lack_a_licence_have_a_calibration_of_their_own():
    weights = replace(expert_weights(), calibration=((-10.0, -10.0), (10.0, 10.0)), calibration_without_licence=((-10.0, -9.0), (10.0, 11.0)))
    assert in_percent(posterior(np.zeros(2), weights, lacks_licence=np.array([False, True]))).tolist() == [50, 66]
    assert in_percent(posterior(np.zeros(1), weights)).tolist() == [50]
    unlearned = replace(weights, calibration_without_licence=())
    assert in_percent(posterior(np.zeros(1), unlearned, lacks_licence=np.array([True]))).tolist() == [50]


def test_weights_kept_before_there_was_a_second_calibration_still_load():
    values = json.loads(expert_weights().to_json())
    del values["calibration_without_licence"]
    assert MatchWeights.from_json(json.dumps(values)) == replace(expert_weights(), calibration_without_licence=())


def test_one_gender_tells_something_where_the_first_names_do_not_quite_agree():
    """Two people of one first name are mostly of one gender anyway; twins of two names are half the time."""
    service = SearchService(replace(expert_weights(), interactions={**expert_weights().interactions, "one_gender": 1.0}))
    ana, zoe = (Person(first_name=name, last_name="BAKER", gender="F") for name in ("ANA", "ZOE"))

    def told(left, right):
        return "one_gender" in [criterion.level for criterion in service.explain(left, right, MatchSettings(function=MatchingFunction.DMV_COA)).criteria]

    assert told(ana, zoe)
    assert not told(ana, ana)
    assert not told(ana, zoe._replace(gender="M"))
    assert not told(ana, zoe._replace(gender=None))
    assert not told(ana, zoe._replace(first_name=None))


def test_too_few_pairs_teach_no_calibration():
    assert calibration_of(np.array([1.0, 2.0]), np.array([True, False])) == ()


def test_a_rare_name_is_worth_more_bits_than_a_common_one():
    frequencies = shipped_frequencies()
    assert frequencies.surnames["GARCIA"] < frequencies.surnames["BAKER"] < frequencies.rarest_surname
    assert frequencies.first_names["MARIA"] < frequencies.first_names["AGNES"] < frequencies.rarest_first_name
