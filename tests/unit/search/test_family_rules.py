from dataclasses import replace
from datetime import date

import pytest
from fakes.rolls import ANA, SETTINGS

from votecal_soap.domain.matching import Ceiling, MatchingFunction, MatchSettings
from votecal_soap.search.family_rules import FAMILY_RULES, RuleName, rule_text
from votecal_soap.search.service import SearchService
from votecal_soap.search.weights import expert_weights

SURE = replace(expert_weights(), intercept=100.0)
"""Weights that believe everything, so that only rules hold a confidence down."""

NAMELESS = ANA._replace(drivers_license=None, ssn4=None, middle_name=None)
ELSEWHERE = {"house_number": "9", "street": "Oak Ave", "city": "Eureka", "zip_code": "95501"}

MARIA = NAMELESS._replace(first_name="Maria", last_name="Garcia")


def explain(left, right, settings=SETTINGS):
    return SearchService(SURE).explain(left, right, settings)


SITUATIONS = [
    (RuleName.GENERATIONS, NAMELESS, NAMELESS._replace(date_of_birth=date(1945, 3, 2)), 49),
    (RuleName.GENERATIONS, NAMELESS._replace(suffix="Jr"), NAMELESS._replace(suffix="Sr"), 49),
    (RuleName.GENERATIONS, ANA._replace(suffix="Jr"), ANA._replace(suffix="Sr"), 98),
    (RuleName.TWINS, NAMELESS, NAMELESS._replace(first_name="Zoe"), 98),
    (RuleName.TWINS, NAMELESS._replace(first_name="S", middle_name="Eva"), NAMELESS._replace(first_name="Susan", middle_name="Ina"), 98),
    (RuleName.NAMESAKES_AT_HOME, NAMELESS._replace(middle_name="Eva"), NAMELESS._replace(middle_name="Olga"), 98),
    (RuleName.MARRIED_NAME, NAMELESS, NAMELESS._replace(last_name="Baker", **ELSEWHERE), 98),
    (
        RuleName.COMMON_NAME,
        NAMELESS._replace(first_name="Maria", last_name="Garcia"),
        NAMELESS._replace(first_name="Maria", last_name="Garcia", **ELSEWHERE),
        98,
    ),
    (RuleName.MISKEYED_LICENCE, ANA, ANA._replace(first_name="Zoe", last_name="Baker", date_of_birth=date(1950, 3, 2)), 80),
]


@pytest.mark.requirement("COA-05")
@pytest.mark.parametrize(("rule", "left", "right", "highest"), SITUATIONS)
def test_a_rule_holds_the_confidence_down_and_is_named(rule, left, right, highest):
    match = explain(left, right)
    assert (match.cap, match.confidence) == (rule, highest)


@pytest.mark.requirement("COA-06")
@pytest.mark.parametrize(("rule", "left", "right", "highest"), SITUATIONS)
def test_a_rule_can_be_switched_off(rule, left, right, highest):
    match = explain(left, right, replace(SETTINGS, ceilings={rule: Ceiling.NONE}))
    assert match.cap is None
    assert match.confidence > highest


@pytest.mark.requirement("COA-06")
def test_a_rule_follows_the_thresholds():
    match = explain(NAMELESS, NAMELESS._replace(first_name="Zoe"), MatchSettings(function=MatchingFunction.DMV_COA, automatic=90))
    assert match.confidence == 89


@pytest.mark.requirement("COA-06")
def test_a_rule_can_be_made_stricter():
    match = explain(NAMELESS, NAMELESS._replace(first_name="Zoe"), replace(SETTINGS, ceilings={RuleName.TWINS: Ceiling.BELOW_MANUAL}))
    assert match.confidence == 49


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (ANA, ANA),
        (NAMELESS, NAMELESS),
        (NAMELESS, NAMELESS._replace(date_of_birth=date(1971, 6, 25))),
        (NAMELESS, NAMELESS._replace(last_name="Baker")),
        (NAMELESS, NAMELESS._replace(last_name="Baker", middle_name="Zyskowski", **ELSEWHERE)),
        (NAMELESS, NAMELESS._replace(**ELSEWHERE)),
    ],
)
def test_no_rule_holds_where_nothing_misleads(left, right):
    assert explain(left, right).cap is None


def test_every_rule_has_words_for_a_clerk():
    assert all(rule_text(name) for name in RuleName)
    assert {rule.name for rule in FAMILY_RULES} | {RuleName.SEVERAL_CANDIDATES} == set(RuleName)
