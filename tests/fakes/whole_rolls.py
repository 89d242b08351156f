"""Small rolls for comparing with themselves, as pages and as rows."""

from collections.abc import Iterator, Sequence
from random import Random

from benchmarks.coa_workload import voter_record
from votecal_soap.domain.duplicates import DuplicatePair
from votecal_soap.domain.matching import MatchingFunction, MatchSettings, Person
from votecal_soap.search.candidates import CandidateRow
from votecal_soap.search.duplicates import DuplicateScoring, WholeRoll
from votecal_soap.search.roll_pages import FIELD_SEPARATOR, ROW_SEPARATOR, RollPage
from votecal_soap.search.standardising import standardise, voter_person
from votecal_soap.search.weights import expert_weights
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE
from votecal_soap.synthetic.registration_noise import as_registered
from votecal_soap.synthetic.voters import generate_voters

DUPLICATES = MatchSettings(function=MatchingFunction.DUPLICATE_VOTER)
EVERYBODY = 0, 1 << 40


def rows_of(*people: Person, counties: Sequence[str] = (), confidential: Sequence[int] = ()) -> list[CandidateRow]:
    """Voters numbered from 1, in county 19 unless said otherwise."""
    home = dict(enumerate(counties, start=1))
    return [(number, int(number in confidential), home.get(number, "19"), *standardise(person)) for number, person in enumerate(people, start=1)]


def pages_of(rows: Sequence[CandidateRow], size: int = 100_000) -> Iterator[RollPage]:
    """The rows as a database hands them over, but that every page stands upside down: none promises an order."""
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        lines = [FIELD_SEPARATOR.join("" if cell is None else str(cell) for cell in row) for row in reversed(part)]
        yield RollPage(len(part), part[-1][0], ROW_SEPARATOR.join(lines))


def scoring(settings: MatchSettings = DUPLICATES) -> DuplicateScoring:
    """By the shipped weights, as fitted."""
    return DuplicateScoring(expert_weights(), settings, roll_size=None)


def duplicates_of(rows: Sequence[CandidateRow], settings: MatchSettings = DUPLICATES, cap: int = 1000) -> list[DuplicatePair]:
    """The pairs of a whole roll."""
    return WholeRoll(pages_of(rows), settings, cap=cap).duplicates(*EVERYBODY, scoring(settings))


def made_up_rows(count: int, seed: int) -> list[CandidateRow]:
    """Households of one county with the noise of real rolls, many of them registered twice; UIDs with gaps."""
    rates = ORDINARY_NOISE.doubled()
    voters = as_registered(generate_voters(count, seed, "19"), seed, "19", rates)
    numbers = sorted(Random(seed).sample(range(1, 10 * count), 2 * count))
    return [(number, 0, "19", *standardise(voter_person(voter_record(voter, number)))) for number, voter in zip(numbers, voters, strict=False)]
