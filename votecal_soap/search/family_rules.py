"""Where likeness misleads, because families share names, births and homes: named rules that hold a confidence down (COA-05, COA-06).

A rule never raises a confidence. SOS may set each rule's ceiling (`MatchSettings.ceilings`).
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np

from votecal_soap.domain.matching import Ceiling, MatchField, MatchSettings
from votecal_soap.search.arrays import Flags, Integers
from votecal_soap.search.evidence import Evidence

COMMON_NAME_BITS: Final = 20.0
"""Rarity of first name and surname together below which strangers share name and birth date: one in a million."""

CLOSE_CALL: Final = 3.0
"""Bits between the best two candidates below which nobody can say which of them it is."""


class RuleName(StrEnum):
    """The rules, as they appear in a match's `cap`, in the configuration and in `votecal match explain`."""

    GENERATIONS = "generations"  # a parent and a child of one name
    TWINS = "twins"  # two children of one birth
    NAMESAKES_AT_HOME = "namesakes_at_home"  # one first name, two middle names, one home
    MARRIED_NAME = "married_name"  # a changed surname with nothing else to hold on to
    COMMON_NAME = "common_name"  # name and birth date of many people
    MISKEYED_LICENCE = "miskeyed_licence"  # the DL/ID agrees, the person does not
    SEVERAL_CANDIDATES = "several_candidates"  # more than one voter it may be


class FamilyRule(NamedTuple):
    """A situation, how far it holds the confidence down, and the words for a clerk."""

    name: RuleName
    ceiling: Ceiling
    text: str
    holds: Callable[[Evidence], Flags]
    at_most: int = 100
    """A confidence that is not exceeded wherever the thresholds lie."""


def _generations(evidence: Evidence) -> Flags:
    apart = evidence.a_generation_apart() | evidence.holds(MatchField.SUFFIX, "conflict")
    return evidence.same_name() & apart & ~evidence.same_id()


def _generations_with_id(evidence: Evidence) -> Flags:
    apart = evidence.a_generation_apart() | evidence.holds(MatchField.SUFFIX, "conflict")
    return evidence.same_name() & apart


def _twins(evidence: Evidence) -> Flags:
    loose = evidence.holds(MatchField.FIRST_NAME, "alike") | evidence.given_names_conflict()
    other_name = evidence.holds(MatchField.FIRST_NAME, "different") | (loose & ~evidence.same_id())
    return evidence.same_birth() & evidence.same_surname() & other_name & evidence.at_home()


def _namesakes_at_home(evidence: Evidence) -> Flags:
    left, right = evidence.pairs.each("middle_name", len, np.int16)
    two_names = evidence.holds(MatchField.MIDDLE_NAME, "different") & (left > 1) & (right > 1)
    return two_names & evidence.same_first_name() & evidence.same_surname() & evidence.at_home() & ~evidence.same_id()


def _married_name(evidence: Evidence) -> Flags:
    changed = evidence.holds(MatchField.LAST_NAME, "different", "alike")
    return changed & evidence.same_birth() & evidence.same_first_name() & ~evidence.same_id() & ~evidence.at_home()


def _common_name(evidence: Evidence) -> Flags:
    first_name_bits, _ = evidence.first_name_bits()
    bits = first_name_bits + evidence.surname_bits()
    named = evidence.same_name() & evidence.same_birth() & (bits < COMMON_NAME_BITS)
    return named & ~_more_than_name_and_birth(evidence)


def _more_than_name_and_birth(evidence: Evidence) -> Flags:
    place = evidence.at_home() | evidence.holds(MatchField.ADDRESS, "street", "number_zip", "zip", "city")
    return place | evidence.same_id() | evidence.holds(MatchField.MIDDLE_NAME, "exact", "initial", "similar")


def _miskeyed_licence(evidence: Evidence) -> Flags:
    other_name = evidence.holds(MatchField.FIRST_NAME, "different", "alike") | evidence.holds(MatchField.LAST_NAME, "different")
    other_birth = evidence.holds(MatchField.DATE_OF_BIRTH, "different", "same_year", "same_month", "same_day")
    return evidence.holds(MatchField.DRIVERS_LICENSE, "same") & other_name & other_birth


FAMILY_RULES: Final[tuple[FamilyRule, ...]] = (
    FamilyRule(RuleName.GENERATIONS, Ceiling.BELOW_MANUAL, "One name, but a generation apart or of conflicting suffix, and no number agrees", _generations),
    FamilyRule(RuleName.GENERATIONS, Ceiling.BELOW_AUTOMATIC, "One name, but a generation apart or of conflicting suffix", _generations_with_id),
    FamilyRule(RuleName.TWINS, Ceiling.BELOW_AUTOMATIC, "Born on one day in one home, but of different first names: perhaps twins", _twins),
    FamilyRule(RuleName.NAMESAKES_AT_HOME, Ceiling.BELOW_AUTOMATIC, "One name in one home, but different middle names", _namesakes_at_home),
    FamilyRule(RuleName.MARRIED_NAME, Ceiling.BELOW_AUTOMATIC, "The surname differs, and no number, address or middle name confirms", _married_name),
    FamilyRule(RuleName.COMMON_NAME, Ceiling.BELOW_AUTOMATIC, "Many people bear this name, and nothing but name and birth date agrees", _common_name),
    FamilyRule(RuleName.MISKEYED_LICENCE, Ceiling.BELOW_AUTOMATIC, "The DL/ID number agrees, but neither name nor date of birth", _miskeyed_licence, 80),
)
"""In this order; the lowest ceiling counts, the first rule that sets it is named."""

SEVERAL_CANDIDATES_TEXT: Final = "More than one voter agrees about as well"


def rule_text(name: str) -> str:
    """What a rule says to a clerk."""
    return next((rule.text for rule in FAMILY_RULES if rule.name == name), SEVERAL_CANDIDATES_TEXT)


class Capped(NamedTuple):
    """Confidences after the rules, and the number of the rule that held each down; -1 for none."""

    confidence: Integers
    rule: Integers


def apply_rules(confidence: Integers, evidence: Evidence, settings: MatchSettings) -> Capped:
    """Hold the confidences down."""
    held, by = confidence.copy(), np.full(len(confidence), -1, np.int64)
    for number, rule in enumerate(FAMILY_RULES):
        limit = limit_of(rule.ceiling, rule.name, settings, rule.at_most)
        lower = rule.holds(evidence) & (held > limit)
        held[lower], by[lower] = limit, number
    return Capped(held, by)


def limit_of(shipped: Ceiling, name: RuleName, settings: MatchSettings, at_most: int = 100) -> int:
    """The highest confidence that a rule allows."""
    ceiling = settings.ceilings.get(name, shipped)
    if ceiling is Ceiling.NONE:
        return 100
    return min(at_most, (settings.automatic if ceiling is Ceiling.BELOW_AUTOMATIC else settings.manual) - 1)
