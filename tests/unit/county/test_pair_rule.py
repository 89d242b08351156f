"""The county's stated rule on two records that may be one voter's: what it accepts, what it rejects, what it leaves for a clerk."""

import pytest

from votecal_soap.county.case_rule import WaitingCase
from votecal_soap.county.pair_rule import rule_pairs

THE_PERSON = frozenset({("FirstName", "exact"), ("LastName", "exact"), ("DateOfBirth", "exact"), ("DriversLicense", "same")})
ANOTHER = frozenset({("FirstName", "different"), ("DateOfBirth", "different"), ("LastName", "exact"), ("DriversLicense", "same")})
PAIR = WaitingCase(
    case_id=1, version=1, work_item_id=None, state_uid=100_000_001, is_known=True, confidence=95, reason="BelowAutomatic", cap=None, levels=THE_PERSON
)


def decisions(*pairs):
    return [(ruled.case.case_id, ruled.decision.value) for ruled in rule_pairs(pairs)]


@pytest.mark.requirement("DUP-03")
@pytest.mark.parametrize("corroborated", [("DriversLicense", "same"), ("Ssn4", "same"), ("Address", "home")])
def test_one_name_one_birth_and_one_number_or_home_are_accepted(corroborated):
    assert decisions(PAIR._replace(levels=THE_PERSON - {("DriversLicense", "same")} | {corroborated}, reason=None)) == [(1, "Accept")]


@pytest.mark.requirement("DUP-03", "DUP-04")
def test_another_first_name_and_birth_are_rejected_even_on_one_number():
    assert decisions(PAIR._replace(levels=ANOTHER, confidence=60, cap="miskeyed_licence")) == [(1, "Reject")]


@pytest.mark.parametrize(
    "changes",
    [
        {"confidence": 94},
        {"levels": THE_PERSON - {("DriversLicense", "same")}},
        {"levels": THE_PERSON - {("LastName", "exact")}},
        {"levels": THE_PERSON | {("FirstName", "different")}},
        {"is_known": False},
        *({"cap": cap} for cap in ("twins", "generations")),
        *({"reason": reason} for reason in ("ConfidentialVoter", "NotRegistered", "MergePending", "OfANewerState")),
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_everything_else_is_left_for_a_clerk(changes):
    assert decisions(PAIR._replace(**changes)) == []


def test_of_two_records_that_both_pass_with_one_of_the_countys_neither_is_accepted():
    assert decisions(PAIR, PAIR._replace(case_id=2)) == []
    assert decisions(PAIR, PAIR._replace(case_id=2, state_uid=100_000_002)) == [(1, "Accept"), (2, "Accept")]
