"""How good scored pairs are, given the truth: ranking, bands, calibration, groups of people."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from scipy.stats import binom

from benchmarks.coa_workload import Workload
from votecal_soap.domain.matching import Band, Match, MatchField, MatchSettings, band
from votecal_soap.search.arrays import Flags, Floats
from votecal_soap.search.evaluation.metrics import Ranking
from votecal_soap.synthetic.coa import DmvCase

INTERVAL: Final = 0.99
TENTHS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """Pairs of records and voters, from one file or from several; recall is over `true_pairs`, found or not."""

    scores: Floats
    is_true: Flags
    lacks_licence: Flags
    """Compared by DL/ID, but one of the two bears none; these have a calibration of their own."""
    bands: list[Band]
    true_pairs: int
    records: int
    queued: int
    """Records with no automatic match but a potential one: each is a case for a clerk."""

    @property
    def ranking(self) -> Ranking:
        """From the best pair to the worst."""
        return Ranking(self.scores, self.is_true, self.true_pairs)

    @property
    def automatic(self) -> tuple[float, float]:
        """Precision and recall of the automatic band."""
        chosen = np.array([item is Band.AUTOMATIC for item in self.bands])
        hits = int(self.is_true[chosen].sum())
        return hits / max(int(chosen.sum()), 1), hits / self.true_pairs


def scored(workload: Workload, matches: list[list[Match]], settings: MatchSettings, of: Callable[[DmvCase], bool] = lambda _: True) -> Scored:
    """The matches of a file's records, or of those that `of` chooses."""
    chosen = [number for number, case in enumerate(workload.cases) if of(case)]
    pairs = [
        (match.score, match.state_voter_id in workload.truth[number], band(match.confidence, settings), _lacks_licence(match))
        for number in chosen
        for match in matches[number]
    ]
    scores, is_true, bands, lacks_licence = zip(*pairs, strict=True)
    return Scored(
        scores=np.array(scores),
        is_true=np.array(is_true),
        lacks_licence=np.array(lacks_licence),
        bands=list(bands),
        true_pairs=sum(len(workload.truth[number]) for number in chosen),
        records=len(chosen),
        queued=sum(_is_queued([band(match.confidence, settings) for match in matches[number]]) for number in chosen),
    )


def _lacks_licence(match: Match) -> bool:
    return any(criterion.field is MatchField.DRIVERS_LICENSE and criterion.level == "missing" for criterion in match.criteria)


def _is_queued(bands: list[Band]) -> bool:
    return Band.AUTOMATIC not in bands and Band.POTENTIAL in bands


def pooled(parts: Iterable[Scored]) -> Scored:
    """Several files as if they were one."""
    files = list(parts)
    return Scored(
        scores=np.concatenate([part.scores for part in files]),
        is_true=np.concatenate([part.is_true for part in files]),
        lacks_licence=np.concatenate([part.lacks_licence for part in files]),
        bands=[item for part in files for item in part.bands],
        true_pairs=sum(part.true_pairs for part in files),
        records=sum(part.records for part in files),
        queued=sum(part.queued for part in files),
    )


class Tenth(NamedTuple):
    """Pairs whose probability lies in one tenth of the scale: what was claimed and what was found.

    Tenths of the scale, not of the pairs: of these, nine in ten are all but certain, and nine tenths of the pairs would say nothing.
    A search returns pairs of 1 % and more, so the lowest tenth begins there. Capped pairs count with their probability, not with their cap.
    """

    lowest: float
    claimed: float
    found: float
    pairs: int

    @property
    def is_inside(self) -> bool:
        """Whether as many pairs are true as a binomial of the mean claim gives in 99 of 100 cases: ten right tenths are all inside in 9 of 10 runs."""
        low, high = binom.interval(INTERVAL, self.pairs, self.claimed)
        return bool(low <= round(self.found * self.pairs) <= high)


def tenths(probability: Floats, is_true: Flags) -> Iterator[Tenth]:
    """The calibration of probabilities, from 0 to 1; a tenth without pairs is left out."""
    place = np.minimum((probability * TENTHS).astype(np.int64), TENTHS - 1)
    for tenth in range(TENTHS):
        inside = place == tenth
        if inside.any():
            yield Tenth(tenth / TENTHS, float(probability[inside].mean()), float(is_true[inside].mean()), int(inside.sum()))


def expected_calibration_error(calibration: list[Tenth]) -> float:
    """The mean distance between claim and finding, each pair counting once (ECE)."""
    return sum(tenth.pairs * abs(tenth.claimed - tenth.found) for tenth in calibration) / sum(tenth.pairs for tenth in calibration)
