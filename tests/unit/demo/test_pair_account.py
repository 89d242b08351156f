"""The account of the duplicates tells every pair that did not end as it must."""

import pytest

from votecal_soap.demo.findings import Check, ClerksWord, SampleMessage, compare_answers
from votecal_soap.demo.pair_account import PairAccount, PairFound, count_pair_outcomes, count_pairs
from votecal_soap.demo.pair_cast import PlantedPair
from votecal_soap.demo.pair_situations import EXPECTED, PairSituation, Review, Standing
from votecal_soap.domain.match_cases import CaseState

PAIRS = [PlantedPair(situation, 100_000_001 + 2 * place, 100_000_002 + 2 * place) for place, situation in enumerate(PairSituation)]


@pytest.fixture
def found():
    """Where all pairs stand when nothing went wrong."""
    ends = {pair: EXPECTED[pair.situation] for pair in PAIRS}
    return {pair: PairFound(state=end.state, standing=end.standing, review=end.review) for pair, end in ends.items()}


def account(found, *, said=(), words=(), checks=()):
    answers = compare_answers((answer for pair in PAIRS for answer in EXPECTED[pair.situation].ruled), {**dict(RULED), **dict(said)})
    message = SampleMessage(message_id=1, message_type="PotentialDuplicate", situation=None, payload="")
    return PairAccount(job_id=1, situations=count_pairs(PAIRS, found), outcomes=(), answered=answers, words=tuple(words), message=message, checks=tuple(checks))


RULED = {answer: sum(each == answer for expected in EXPECTED.values() for each in expected.ruled) for end in EXPECTED.values() for answer in end.ruled}


def test_what_ended_as_planted_is_exact(found):
    assert account(found).is_exact


@pytest.mark.parametrize(
    "changed",
    [{"state": CaseState.OPEN}, {"state": None}, {"standing": Standing.ONE}, {"standing": None}, {"review": Review.OPEN}],
)
def test_a_pair_that_ended_otherwise_is_told(found, changed):
    pair = next(pair for pair in PAIRS if pair.situation is PairSituation.TAKEN_BACK)
    end = {"state": CaseState.REJECTED, "standing": Standing.TWO, "review": Review.NONE} | changed
    found[pair] = PairFound(**end)
    told = account(found)
    (count,) = [count for count in told.situations if count.otherwise]
    assert (count.situation, count.found, told.is_exact) == (PairSituation.TAKEN_BACK, 0, False)


def test_an_answer_a_deed_or_a_check_that_is_not_as_planted_is_told(found):
    assert not account(found, said={"DecideMatchCase Accept Accepted": 0}).is_exact
    assert not account(found, said={"DecideMatchCase Reject Rejected": 1}).is_exact
    assert not account(found, words=[ClerksWord("19", "Namesakes", "rejects", "Reject Rejected", "VC-4009")]).is_exact
    assert not account(found, checks=[Check(text="never", holds=False)]).is_exact


def test_pairs_of_the_population_are_counted_beside_the_planted_ones():
    counts = {count.outcome: (count.planted, count.at_state) for count in count_pair_outcomes(PAIRS, {"Opened": 9, "Merged": 1})}
    assert counts["Opened"][1] - counts["Opened"][0] == 2
    assert counts["Merged"] == (1, 1)
    assert counts["ProvisionallyMerged"] == (3, 0)


def test_a_pairs_uids_are_told_the_lower_first():
    assert PlantedPair(PairSituation.UNSURE, 9, 3).uids == (3, 9)
