"""The judge of the matching benchmark: what it counts by hand-made examples."""

from datetime import date

import numpy as np
import pytest

from benchmarks.coa_quality import Tenth, expected_calibration_error, pooled, scored, tenths
from benchmarks.coa_workload import Workload
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, ResidenceAddress
from votecal_soap.domain.matching import Criterion, Match, MatchField, MatchingFunction, MatchSettings, Person
from votecal_soap.search.memory_index import MemoryIndex
from votecal_soap.synthetic.coa import DmvCase, DriverKind
from votecal_soap.synthetic.frequency_tables import Origin

SETTINGS = MatchSettings(function=MatchingFunction.DMV_COA)
_NOTHING = dict.fromkeys(DmvRecord._fields)
RECORD = DmvRecord(
    **{**_NOTHING, "sequence": 1, "kind": DmvRecordKind.CHANGE_OF_ADDRESS, "transaction_date": date(2026, 1, 2), "new_address": ResidenceAddress()}
)


def case(sex, *uids):
    return DmvCase(RECORD, DriverKind.MOVER, tuple(map(str, uids)), Origin.WHITE, sex)


def found(state_voter_id, confidence, score):
    return Match(state_voter_id, confidence, score, (), None, False)


@pytest.fixture
def workload():
    """Three records: of a voter registered twice, of one registered once, and of nobody's."""
    truth = [frozenset({1, 2}), frozenset({3}), frozenset()]
    cases = [case("F", 1, 2), case("M", 3), case("F")]
    return Workload(rows=[], index=MemoryIndex([]), cases=cases, people=[Person()] * 3, truth=truth, index_seconds=0.0)


MATCHES = [[found(1, 99, 9.0), found(2, 60, 2.0)], [found(3, 70, 3.0)], [found(4, 55, 1.0)]]


def test_recall_is_over_all_true_pairs_found_or_not(workload):
    result = scored(workload, [[found(1, 99, 9.0)], [], []], SETTINGS)
    assert result.true_pairs == 3
    assert result.ranking.best().recall == pytest.approx(1 / 3)
    assert result.automatic == (1.0, pytest.approx(1 / 3))


def test_a_record_with_an_automatic_match_is_no_case_for_a_clerk(workload):
    assert scored(workload, MATCHES, SETTINGS).queued == 2


def test_a_group_counts_its_own_records_alone(workload):
    women = scored(workload, MATCHES, SETTINGS, lambda item: item.sex == "F")
    assert (women.records, women.true_pairs, women.queued) == (2, 2, 1)


def test_files_are_pooled_as_if_they_were_one(workload):
    one = scored(workload, MATCHES, SETTINGS)
    both = pooled([one, one])
    assert (both.records, both.true_pairs, both.queued) == (6, 6, 4)
    assert both.ranking.best().f1 == pytest.approx(one.ranking.best().f1)


def test_a_pair_that_lacks_a_licence_is_told_from_its_criteria(workload):
    lacking = found(3, 70, 3.0)._replace(criteria=(Criterion(MatchField.DRIVERS_LICENSE, "missing", 0.0, ""),))
    result = scored(workload, [MATCHES[0], [lacking], MATCHES[2]], SETTINGS)
    assert result.lacks_licence.tolist() == [False, False, True, False]


def test_calibration_compares_claim_and_finding_by_tenths():
    table = list(tenths(np.array([0.05, 0.95, 0.95, 1.0]), np.array([False, True, True, True])))
    assert [(tenth.lowest, tenth.pairs) for tenth in table] == [(0.0, 1), (0.9, 3)]
    assert expected_calibration_error(table) == pytest.approx((0.05 + 0.05 + 0.05) / 4)


def test_a_tenth_is_inside_unless_chance_cannot_explain_it():
    assert Tenth(0.5, 0.5, 0.55, 100).is_inside
    assert not Tenth(0.5, 0.5, 0.9, 100).is_inside
    assert Tenth(0.5, 0.5, 1.0, 2).is_inside
