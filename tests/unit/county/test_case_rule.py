"""The county's stated rule: what it accepts, what it rejects, and what it leaves for a clerk."""

import pytest

from votecal_soap.county.case_rule import WaitingCase, rule

THE_PERSON = frozenset({("FirstName", "exact"), ("LastName", "exact"), ("DateOfBirth", "exact"), ("LastName", "rare_surname")})
ANOTHER = frozenset({("FirstName", "different"), ("DateOfBirth", "different"), ("LastName", "exact"), ("DriversLicense", "same")})
CASE = WaitingCase(
    case_id=1, version=1, work_item_id=8, state_uid=100_000_001, is_known=True, confidence=80, reason="BelowAutomatic", cap="common_name", levels=THE_PERSON
)


def decisions(*cases):
    return [(ruled.case.case_id, ruled.decision.value) for ruled in rule(cases)]


@pytest.mark.requirement("COA-33")
@pytest.mark.parametrize("reason", ["BelowAutomatic", "NamedByCounty", None])
def test_one_name_and_one_birth_at_eighty_are_accepted(reason):
    assert decisions(CASE._replace(reason=reason)) == [(1, "Accept")]


@pytest.mark.requirement("COA-33")
def test_a_voter_who_left_the_state_is_told_so():
    assert decisions(CASE._replace(reason="OutOfState")) == [(1, "OutOfState")]


@pytest.mark.requirement("COA-33")
@pytest.mark.parametrize("reason", ["BelowAutomatic", "SeveralVoters"])
def test_another_first_name_and_birth_are_rejected_whatever_the_reason(reason):
    assert decisions(CASE._replace(levels=ANOTHER, cap="miskeyed_licence", reason=reason)) == [(1, "Reject")]


@pytest.mark.parametrize(
    "changes",
    [
        {"confidence": 79},
        {"levels": THE_PERSON - {("LastName", "exact")}},
        {"levels": THE_PERSON - {("DateOfBirth", "exact")}},
        {"levels": THE_PERSON | {("FirstName", "different")}},
        {"is_known": False},
        *({"cap": cap} for cap in ("twins", "generations", "several_candidates", "miskeyed_licence")),
        *({"reason": reason} for reason in ("SeveralVoters", "OlderThanRecord", "CountyUnclear", "AddressUnusable", "ConfidentialVoter")),
        *({"reason": reason} for reason in ("NotRegistered", "UpdatePending", "OfANewerState")),
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_everything_else_is_left_for_a_clerk(changes):
    assert decisions(CASE._replace(**changes)) == []


def test_of_two_candidates_who_both_pass_neither_is_accepted():
    assert decisions(CASE, CASE._replace(case_id=2)) == []
    assert decisions(CASE, CASE._replace(case_id=2, work_item_id=9)) == [(1, "Accept"), (2, "Accept")]
    assert decisions(CASE, CASE._replace(case_id=2, levels=ANOTHER)) == [(1, "Accept"), (2, "Reject")]
