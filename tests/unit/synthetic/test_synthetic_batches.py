from collections import Counter
from datetime import UTC, datetime
from importlib.resources import files
from random import Random

import pytest
from lxml import etree

from votecal_soap.domain.batches import FailureReason, Outcome
from votecal_soap.domain.jobs import DataKind
from votecal_soap.errors import InvalidRequest
from votecal_soap.synthetic.batch_truth import count_outcomes, read_truth
from votecal_soap.synthetic.batches import BatchSpec, generate_batch, write_batch
from votecal_soap.synthetic.county_codes import load_county_codes
from votecal_soap.synthetic.scenario_records import KnownVoter
from votecal_soap.synthetic.scenarios import Scenario, in_random_order, plan_batch, records_in, voters_in
from votecal_soap.synthetic.voters import generate_voters

CREATED = datetime(2026, 2, 1, tzinfo=UTC)
KINDS = frozenset(DataKind) - {DataKind.REGISTRATION}
NAMESPACE = "{urn:votecal:voter-record-update-batch:v1}"


def known_voters(count=2_000):
    return [KnownVoter(100_000_001 + number, f"19{number + 1:08d}", 1) for number in range(count)]


def spec(count=1_000, **changes):
    values = {
        "county_code": "19",
        "seed": 5,
        "job_id": 7,
        "election_id": "2026-PRIMARY",
        "authorised": KINDS,
        "plan": plan_batch(count, KINDS, with_other_county=True),
        "other_countys_uids": [100_900_001, 100_900_002],
    }
    return BatchSpec(**{**values, **changes})


def test_a_plan_holds_every_scenario_and_just_as_many_records_as_asked():
    for count in (60, 1_000, 12_345):
        plan = plan_batch(count, KINDS, with_other_county=True)
        assert set(plan) == set(Scenario)
        assert min(plan.values()) >= 1
        assert records_in(plan) == count


def test_a_plan_for_too_few_records_says_how_many_it_needs():
    with pytest.raises(InvalidRequest, match="22 records"):
        plan_batch(10, KINDS, with_other_county=True)


def test_a_plan_leaves_out_what_the_kinds_of_data_do_not_allow():
    plan = plan_batch(500, frozenset({DataKind.VOTING_PRECINCT}), with_other_county=False)
    assert set(plan) == {Scenario.VOTING_PRECINCT, Scenario.ELECTION_UNKNOWN, Scenario.KIND_NOT_AUTHORISED}
    assert Scenario.KIND_NOT_AUTHORISED not in plan_batch(500, frozenset(DataKind), with_other_county=True)


def test_scenarios_are_drawn_exactly_as_often_as_planned_and_mixed():
    plan = {Scenario.NAME: 30, Scenario.PARTY: 1, Scenario.TWICE: 10}
    drawn = list(in_random_order(plan, Random(1)))
    assert Counter(drawn) == plan
    assert drawn != sorted(drawn)


def test_the_same_seed_gives_the_same_batch():
    assert list(generate_batch(spec(), known_voters())) == list(generate_batch(spec(), known_voters()))


def test_the_truth_holds_every_outcome_and_every_reason():
    truths = [truth for _, truth in generate_batch(spec(), known_voters())]
    assert [truth.sequence for truth in truths] == list(range(1, 1_001))
    counts = count_outcomes(truths)
    assert {outcome for outcome, _ in counts} == set(Outcome)
    assert {reason for _, reason in counts if reason} == set(FailureReason)


def test_two_records_for_one_voter_come_in_sequence_with_the_same_base_version():
    pairs = [(record, truth) for record, truth in generate_batch(spec(), known_voters()) if truth.scenario is Scenario.TWICE]
    for (first, first_truth), (second, second_truth) in zip(pairs[::2], pairs[1::2], strict=True):
        assert second_truth.sequence == first_truth.sequence + 1
        assert first_truth.state_voter_id == second_truth.state_voter_id
        assert first.base_version == second.base_version == 1
        assert first.registration.home_precinct != second.registration.home_precinct


def test_a_batch_uses_voters_once_and_says_when_they_do_not_suffice():
    plan = spec().plan
    known = known_voters(voters_in(plan))
    assert len(list(generate_batch(spec(), known))) == 1_000
    with pytest.raises(InvalidRequest, match="more voters"):
        list(generate_batch(spec(), known[:-1]))


@pytest.mark.requirement("VRU-05")
@pytest.mark.parametrize("codes", [None, load_county_codes()], ids=["state codes", "county codes"])
def test_the_file_satisfies_the_schema_but_for_the_records_that_are_planted_to_break_it(tmp_path, codes):
    truth_path = tmp_path / "truth.jsonl"
    file = write_batch(tmp_path / "batch.xml", truth_path, spec(codes=codes), known_voters(), CREATED)
    truths = list(read_truth(truth_path))
    assert file.record_count == len(truths) == 1_000
    schema = etree.XMLSchema(etree.parse(str(files("xsd").joinpath("voter-record-update-batch.xsd"))))
    records = etree.parse(str(file.path)).getroot().findall(f"{NAMESPACE}Record")
    invalid = {number for number, record in enumerate(records, 1) if not schema.validate(etree.fromstring(etree.tostring(record)))}
    assert invalid == {truth.sequence for truth in truths if truth.scenario is Scenario.RECORD_BREAKS_SCHEMA}


def test_the_truth_file_holds_no_voters_data(tmp_path):
    truth_path = tmp_path / "truth.jsonl"
    write_batch(tmp_path / "batch.xml", truth_path, spec(), known_voters(), CREATED)
    text = truth_path.read_text().upper()
    for voter in generate_voters(100, 5, "19"):
        assert voter.registration.drivers_license is None or voter.registration.drivers_license not in text
        assert f'"{voter.registration.name.last_name.upper()}"' not in text
