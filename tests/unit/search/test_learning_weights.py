from datetime import date
from random import Random

import numpy as np
import pytest
from fakes.rolls import SETTINGS, roll

from votecal_soap.domain.matching import MatchField, Person
from votecal_soap.errors import Conflict
from votecal_soap.search.columns import Columns, Vocabulary
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.em import fit_by_em
from votecal_soap.search.evaluation.general_comparisons import GENERAL_COMPARISONS
from votecal_soap.search.evaluation.labelled_people import OTHER
from votecal_soap.search.evaluation.metrics import Ranking
from votecal_soap.search.fitting import fit_silver
from votecal_soap.search.frequencies import observed_frequencies, shipped_frequencies
from votecal_soap.search.pairs import Pairs
from votecal_soap.search.scoring import compare
from votecal_soap.search.service import SearchService
from votecal_soap.search.silver_labels import numbered, plain, silver_labels
from votecal_soap.search.standardising import standardise
from votecal_soap.search.weights import expert_weights

FIRST = ("ANA", "ZOE", "IDA", "EVA", "QUILL", "OTTO", "BEA", "URSULA", "HUGO", "FINN")
LAST = ("ZYSKOWSKI", "BAKER", "GARCIA", "OKAFOR", "NGUYEN", "SMITH", "ROMIG", "CHANG", "LOPEZ", "DUVAL")


def population(count, seed=1):
    """People of few names and birth years, so that strangers share keys."""
    rng = Random(seed)
    return [
        Person(
            first_name=rng.choice(FIRST),
            last_name=rng.choice(LAST),
            date_of_birth=date(rng.randrange(1950, 1960), rng.randrange(1, 13), rng.randrange(1, 28)),
            drivers_license=f"D{number:04d}{rng.randrange(1000):03d}",
            zip_code=f"9000{rng.randrange(1, 9)}",
        )
        for number in range(count)
    ]


def noisy(person, rng):
    """The person as another office wrote it."""
    draw = rng.random()
    if draw < 0.1:
        return person._replace(first_name=person.first_name[:-1] + "X")
    if draw < 0.2:
        return person._replace(date_of_birth=person.date_of_birth.replace(year=person.date_of_birth.year + 1))
    return person._replace(zip_code="90009") if draw < 0.5 else person


def test_silver_labels_are_made_of_licences_and_a_slip_says_nothing():
    vocabulary = Vocabulary()
    left = Columns.of([standardise(Person(drivers_license="D1234567"))], vocabulary)
    right = Columns.of([standardise(Person(drivers_license=number)) for number in ("D1234567", "D1234568", "B7777777", None)], vocabulary)
    truth, labelled = silver_labels(Pairs(left, right, np.zeros(4, np.int64), np.arange(4)), MatchField.DRIVERS_LICENSE)
    assert truth.tolist() == [True, False, False, False]
    assert labelled.tolist() == [True, False, True, False]


def test_a_pair_that_lacks_a_licence_is_labelled_by_ssn4_where_nothing_of_ssn4_is_learned():
    ana, namesake = (population(1)[0]._replace(drivers_license=licence, ssn4=ssn4) for licence, ssn4 in ((None, "1234"), ("D1234567", "9876")))
    sought = [ana._replace(drivers_license="B1111111"), ana._replace(drivers_license="B1111111", ssn4=None)]
    found = plain(sought, roll(ana, namesake), shipped_frequencies())
    pairs = zip(found.evidence.pairs.left_rows.tolist(), found.evidence.pairs.right_rows.tolist(), strict=True)
    labels = dict(zip(pairs, zip(found.known.tolist(), found.truth.tolist(), strict=True), strict=True))
    assert labels == {(0, 0): (True, True), (0, 1): (True, False), (1, 0): (False, False), (1, 1): (True, False)}
    assert not found.evidence.holds(MatchField.SSN4, "same", "different").any()
    with_ssn4 = numbered(sought, roll(ana, namesake), shipped_frequencies())
    assert with_ssn4.evidence.holds(MatchField.SSN4, "same", "different").any()
    assert with_ssn4.examples == 2


def test_a_labelled_pair_stands_for_those_without_a_label_that_lack_a_licence_on_the_same_side():
    ana = population(1)[0]._replace(drivers_license="B1111111")
    unnumbered = ana._replace(drivers_license=None)
    sought = [ana._replace(ssn4=ssn4) for ssn4 in ("1234", None, None)]
    found = plain(sought, roll(ana, unnumbered._replace(ssn4="1234")), shipped_frequencies())
    counted = dict(zip(found.evidence.pairs.right_rows[found.known].tolist(), found.stands_for[found.known].tolist(), strict=True))
    assert found.examples == 4
    assert counted == {0: 1.0, 1: 3.0}
    assert found.stands_for[found.known].sum() == len(found.evidence.pairs)


def test_no_pair_is_labelled_by_the_ssn4_that_brought_it_together():
    ana = population(1)[0]._replace(drivers_license=None, ssn4="1234")
    stranger = ana._replace(first_name="OTTO", date_of_birth=ana.date_of_birth.replace(month=ana.date_of_birth.month % 12 + 1), zip_code="95501")
    assert len(numbered([ana], roll(stranger), shipped_frequencies()).evidence.pairs) == 1
    assert len(plain([ana], roll(stranger), shipped_frequencies()).evidence.pairs) == 0


def test_weights_are_learned_from_licences_and_keep_those_of_the_licence():
    people = population(1200)
    rng = Random(2)
    start = expert_weights()
    fit = fit_silver([noisy(person, rng) for person in people], roll(*people), start, version="silver-1", roll_size=1200)
    assert (fit.weights.version, fit.weights.origin, fit.weights.roll_size) == ("silver-1", "silver", 1200)
    assert fit.weights.levels["drivers_license"] == start.levels["drivers_license"]
    assert fit.weights.levels["date_of_birth"] != start.levels["date_of_birth"]
    assert fit.f1 > 0.95
    assert fit.calibration_error < 0.02
    assert 0 < fit.held_back < fit.pairs
    match = SearchService(fit.weights).search([people[0]._replace(drivers_license=None)], roll(*people), SETTINGS).matches[0][0]
    assert match.state_voter_id == 1


def test_too_few_licences_teach_nothing():
    people = population(20)
    with pytest.raises(Conflict):
        fit_silver(people, roll(*people), expert_weights(), version="silver-1", roll_size=20)


def test_fitting_twice_gives_the_same_weights():
    people = population(700)
    one, two = (fit_silver(people, roll(*people), expert_weights(), version="v", roll_size=700) for _ in range(2))
    assert one == two


def test_without_labels_people_are_told_apart():
    people = population(400)
    rng = Random(3)
    vocabulary = Vocabulary()
    left = Columns.of([standardise(person) for person in people], vocabulary)
    right = Columns.of([standardise(noisy(person, rng)) for person in people], vocabulary)
    rows = np.arange(400 * 400)
    comparisons = {name: comparison for name, comparison in COMPARISONS.items() if name != "drivers_license"}
    frequencies = observed_frequencies(left, right)
    candidates = compare(Pairs(left, right, rows // 400, rows % 400), frequencies, comparisons=comparisons)
    draw = np.random.default_rng(1).integers(0, 400, (2, 50_000))
    random = compare(Pairs(left, right, draw[0], draw[1]), frequencies, comparisons=comparisons)
    found = fit_by_em(candidates, random, possible=160_000, stands_for=1.0, version="em")
    scores, weights = found.score(candidates).reshape(400, 400), found.one
    assert (scores.argmax(axis=1) == np.arange(400)).mean() > 0.97
    assert weights.levels["date_of_birth"]["exact"] > 5
    assert weights.levels["date_of_birth"]["different"] < -2
    assert set(weights.levels["suffix"].values()) == {0.0}


def household(number, rng):
    """Three people of one surname and one home."""
    home = {
        "last_name": rng.choice(LAST),
        "house_number": str(number + 1),
        "street": f"{rng.choice(LAST)} ST",
        "city": "FRESNO",
        "zip_code": f"937{number % 50:02d}",
    }
    births = [date(rng.randrange(1930, 2005), rng.randrange(1, 13), rng.randrange(1, 28)) for _ in range(3)]
    return [Person(first_name=name, date_of_birth=born, gender=rng.choice("FM"), **home) for name, born in zip(rng.sample(FIRST, 3), births, strict=True)]


def test_a_household_is_not_taken_for_one_person():
    """Twice as many pairs share a home as are one person: with two kinds of pairs, EM would learn the homes."""
    rng = Random(5)
    people = [member for number in range(150) for member in household(number, rng)]
    vocabulary = Vocabulary()
    left = Columns.of([standardise(person) for person in people], vocabulary).with_column(OTHER, [None] * 450)
    right = Columns.of([standardise(noisy(person, rng)) for person in people], vocabulary).with_column(OTHER, [None] * 450)
    rows = np.arange(450 * 450)
    shared = Pairs(left, right, rows // 450, rows % 450).equal("house_number") | Pairs(left, right, rows // 450, rows % 450).equal("first_name")
    rows = np.flatnonzero(shared)
    frequencies = observed_frequencies(left, right)
    candidates = compare(Pairs(left, right, rows // 450, rows % 450), frequencies, comparisons=GENERAL_COMPARISONS)
    draw = np.random.default_rng(1).integers(0, 450, (2, 50_000))
    random = compare(Pairs(left, right, draw[0], draw[1]), frequencies, comparisons=GENERAL_COMPARISONS)
    found = fit_by_em(candidates, random, possible=450 * 450, stands_for=1.0, version="em")
    truth = rows // 450 == rows % 450
    assert Ranking(found.score(candidates), truth, 450).best().f1 > 0.98
    assert found.one.levels["first_name"]["different"] < -3
    assert found.household.levels["first_name"]["different"] == 0.0
    assert found.household.levels["house_number"]["exact"] > 3
