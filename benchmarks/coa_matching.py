"""How well and how fast DMV records find their voters, beside Splink on the same data: quality, calibration, groups, speed."""

import gc
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib.util import find_spec
from math import log
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from benchmarks.coa_quality import Scored, expected_calibration_error, pooled, scored, tenths
from benchmarks.coa_workload import FIELDS, Mode, Workload, make_workload
from benchmarks.reporting import Report, command, peak_megabytes
from votecal_soap.domain.matching import Match, MatchingFunction, MatchSettings
from votecal_soap.search.confidence import posterior
from votecal_soap.search.evaluation.metrics import STRICT, Ranking
from votecal_soap.search.fitting import fit_silver
from votecal_soap.search.service import SearchService
from votecal_soap.search.standardising import standard_old_address, standardise
from votecal_soap.search.weights import Knot, MatchWeights, expert_weights
from votecal_soap.synthetic.coa import DmvCase
from votecal_soap.synthetic.frequency_tables import Origin
from votecal_soap.synthetic.noise_rates import ORDINARY_NOISE
from votecal_soap.use_cases.process_voter_record_update_batch import not_collecting

FITTING_SEED, DOUBLED_SEED, FIRST_SEED = 100, 200, 1
"""The weights are fitted on a roll and a file of their own, none of which is scored."""
AT_ONCE: Final = 2_000
"""Records a search, as the job takes them."""
SLOPE_VOTERS: Final = (100_000, 3_000_000)

BEST_F1: Final = {Mode.FULL: 0.9995, Mode.NO_LICENSE: 0.998, Mode.BARE: 0.995}
STRICT_RECALL: Final = {Mode.FULL: 0.999, Mode.NO_LICENSE: 0.995, Mode.BARE: 0.98}
RIVAL_F1_AT_MOST: Final = {Mode.FULL: None, Mode.NO_LICENSE: 0.990, Mode.BARE: 0.980}
"""Were Splink better than this, the data would be too easy to say anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much."""

    records: int
    fitting_records: int
    """DMV records that the weights are learned from: at full scale what `votecal match fit` takes, some months of DMV's files."""
    voters: int
    seeds: tuple[int, ...]
    u_pairs: float
    """Random pairs from which Splink learns what chance alone makes agree."""


SCALES: Final = {
    "small": Scale(records=2_000, fitting_records=10_000, voters=50_000, seeds=(1, 2), u_pairs=1e6),
    "full": Scale(records=20_000, fitting_records=300_000, voters=1_000_000, seeds=(1, 2, 3, 4, 5), u_pairs=1e7),
}


class Timed(NamedTuple):
    """The matches of a file, and what they took."""

    matches: list[list[Match]]
    standardise_seconds: float
    """Once for each record, before it is searched for; Splink's tables are standardised too before its clock runs."""
    seconds: float
    """Make keys, fetch candidates, compare, score, judge, explain."""
    cpu_seconds: float


def run(scale: str) -> Report:
    """Match DMV records with a roll, with all fields and with fewer, and let Splink do the same."""
    size = SCALES[scale]
    report = Report(benchmark="coa_matching", scale=scale)
    report.facts = {"records": size.records, "voters": size.voters, "seeds": list(size.seeds), "fitting seed": FITTING_SEED, "noise": asdict(ORDINARY_NOISE)}
    weights = {"silver": _fitted(report, size), "shipped": expert_weights()}
    found = _Found(weights, size, report)
    for seed in size.seeds:
        workload = make_workload(size.records, size.voters, seed)
        found.add(workload)
        if seed == FIRST_SEED:
            _compare_speed(report, workload, found.first_searches, size)
    found.report()
    _report_doubled(report, weights["silver"], size)
    if scale == "full":
        _report_slope(report, weights["silver"], size)
    gc.unfreeze()
    report.add("peak memory, this process", peak_megabytes(), "MB")
    return report


class _Found:
    """What the searches of all seeds found."""

    def __init__(self, weights: dict[str, MatchWeights], size: Scale, report: Report) -> None:
        self._weights = weights
        self._size = size
        self._report = report
        self._scored: dict[tuple[str, Mode], list[Scored]] = defaultdict(list)
        self._groups: dict[str, list[Scored]] = defaultdict(list)
        self._cpu: list[float] = []
        self.first_searches: dict[Mode, Timed] = {}

    def add(self, workload: Workload) -> None:
        """Search with every set of weights and fields."""
        for name, weights in self._weights.items():
            for mode in Mode:
                timed = search(workload, weights, mode, self._size.voters)
                self._scored[name, mode].append(scored(workload, timed.matches, settings(mode)))
                if name == "silver":
                    self._keep(workload, mode, timed)

    def _keep(self, workload: Workload, mode: Mode, timed: Timed) -> None:
        self.first_searches.setdefault(mode, timed)
        if mode is Mode.FULL:
            self._cpu.append(timed.cpu_seconds)
        if mode is Mode.NO_LICENSE:
            for origin in Origin:
                self._groups[f"origin {origin}"].append(scored(workload, timed.matches, settings(mode), partial(_is_of_origin, origin)))
            for sex in "FM":
                self._groups[f"sex {sex}"].append(scored(workload, timed.matches, settings(mode), partial(_is_of_sex, sex)))

    def report(self) -> None:
        """Everything that is pooled over the seeds."""
        for (name, mode), parts in self._scored.items():
            whole = pooled(parts)
            is_ours = name == "silver"
            _report_ranking(self._report, f"{name}, {mode}", whole.ranking, mode if is_ours else None)
            if is_ours:
                _report_bands(self._report, f"{name}, {mode}", whole, mode)
            _report_calibration(self._report, f"{name}, {mode}", whole, self._weights[name], is_barred=is_ours)
        for group, parts in self._groups.items():
            _report_group(self._report, group, pooled(parts))
        rate = self._size.records / float(np.median(self._cpu))
        self._report.add("records a second and core, from candidate fetch to explained matches", rate, "records/s", at_least=10_000)


def _is_of_origin(origin: Origin, case: DmvCase) -> bool:
    return case.origin == origin


def _is_of_sex(sex: str, case: DmvCase) -> bool:
    return case.sex == sex


def settings(mode: Mode) -> MatchSettings:
    """The shipped thresholds, and the fields of a mode."""
    return MatchSettings(function=MatchingFunction.DMV_COA, fields=FIELDS[mode])


def search(workload: Workload, weights: MatchWeights, mode: Mode, voters: int) -> Timed:
    """Search for every record of a file, on one core."""
    service = SearchService(weights, roll_size=voters)
    found = Timed([], 0.0, 0.0, 0.0)
    with not_collecting():  # as the job does
        for start in range(0, len(workload.people), AT_ONCE):
            found = _searched(service, workload, settings(mode), start, found)
    return found


def _searched(service: SearchService, workload: Workload, used: MatchSettings, start: int, found: Timed) -> Timed:
    people = workload.people[start : start + AT_ONCE]
    begun = time.perf_counter()
    for person in people:  # kept by the caches that the search asks
        standardise(person)
        standard_old_address(person)
    searched, cpu = time.perf_counter(), time.process_time()
    found.matches.extend(service.search(people, workload.index, used).matches)
    took = time.perf_counter() - searched
    cpu_took = time.process_time() - cpu
    return Timed(found.matches, found.standardise_seconds + searched - begun, found.seconds + took, found.cpu_seconds + cpu_took)


def _fitted(report: Report, size: Scale) -> MatchWeights:
    """As `votecal match fit` does: from pairs with two DL/IDs, which are hidden while it learns."""
    workload = make_workload(size.fitting_records, size.voters, FITTING_SEED)
    begun = time.process_time()
    fit = fit_silver(workload.people, workload.index, expert_weights(), version="silver", roll_size=size.voters)
    report.add("fit: from candidate fetch to checked weights", time.process_time() - begun, "s of a core")
    report.facts["fitted on"] = {"records": size.fitting_records, "labelled pairs, in two forms": fit.pairs, "of one person": fit.one_person}
    report.facts["calibration knots"] = {name: _rounded(getattr(fit.weights, name)) for name in ("calibration", "calibration_without_licence")}
    return fit.weights


def _rounded(knots: Sequence[Knot]) -> list[tuple[float, float]]:
    return [(round(score, 2), round(odds, 2)) for score, odds in knots]


def _report_ranking(report: Report, name: str, ranking: Ranking, barred: Mode | None) -> None:
    report.add(f"{name}: pair F1", ranking.best().f1, "share", at_least=BEST_F1[barred] if barred else None)
    report.add(f"{name}: recall at precision .999", ranking.recall_at_precision(STRICT), "share", at_least=STRICT_RECALL[barred] if barred else None)


def _report_bands(report: Report, name: str, whole: Scored, mode: Mode) -> None:
    is_barred = mode is Mode.NO_LICENSE
    precision, recall = whole.automatic
    report.add(f"{name}: automatic band, precision", precision, "share", at_least=STRICT if is_barred else None)
    report.add(f"{name}: automatic band, recall", recall, "share", at_least=0.96 if is_barred else None)
    report.add(f"{name}: manual queue", whole.queued / whole.records, "share", at_most=0.03 if is_barred else None)


def _report_calibration(report: Report, name: str, whole: Scored, weights: MatchWeights, *, is_barred: bool) -> None:
    calibration = list(tenths(posterior(whole.scores, weights, lacks_licence=whole.lacks_licence), whole.is_true))
    report.add(f"{name}: expected calibration error", expected_calibration_error(calibration), "share", at_most=0.01 if is_barred else None)
    report.add(f"{name}: tenths outside their 99 % interval", sum(not tenth.is_inside for tenth in calibration), "tenths", at_most=0 if is_barred else None)
    for tenth in calibration:
        report.add(f"{name}: from {tenth.lowest}, {tenth.pairs} pairs, claimed {tenth.claimed:.4f}, found", tenth.found, "share")


def _report_group(report: Report, group: str, part: Scored) -> None:
    precision, recall = part.automatic
    report.add(f"{group}, {Mode.NO_LICENSE}: pair F1", part.ranking.best().f1, "share")
    report.add(f"{group}, {Mode.NO_LICENSE}: automatic band, precision", precision, "share")
    report.add(f"{group}, {Mode.NO_LICENSE}: automatic band, recall", recall, "share")


def _report_doubled(report: Report, weights: MatchWeights, size: Scale) -> None:
    """All noise twice as frequent; the weights are still those of ordinary noise."""
    workload = make_workload(size.records, size.voters, DOUBLED_SEED, ORDINARY_NOISE.doubled())
    for mode in Mode:
        whole = scored(workload, search(workload, weights, mode, size.voters).matches, settings(mode))
        _report_ranking(report, f"noise doubled, {mode}", whole.ranking, None)
        precision, recall = whole.automatic
        report.add(f"noise doubled, {mode}: automatic band, precision", precision, "share")
        report.add(f"noise doubled, {mode}: automatic band, recall", recall, "share")


def _compare_speed(report: Report, workload: Workload, searches: dict[Mode, Timed], size: Scale) -> None:
    """Splink on the same roll and file: it uses every core, we use one. Its tables are loaded, our index is built before the clock runs."""
    if find_spec("splink") is None:
        report.facts["rival"] = "not measured: pip install 'votecal-soap[benchmark]'"
        return
    from benchmarks.coa_rival import run_splink

    for mode, ours in searches.items():
        with tempfile.TemporaryDirectory() as folder:
            splink = run_splink(workload, mode, Path(folder), size.u_pairs)
        ranking = _ranking_of(splink.pairs, workload)
        report.add(f"Splink, {mode}: pair F1", ranking.best().f1, "share", at_most=RIVAL_F1_AT_MOST[mode])
        report.add(f"Splink, {mode}: recall at precision .999", ranking.recall_at_precision(STRICT), "share")
        report.add(f"Splink, {mode}: load tables", splink.load_seconds, "s")
        report.add(f"Splink, {mode}: train", splink.training_seconds, "s")
        report.add(f"Splink, {mode}: block and predict", splink.predict_seconds, "s")
        report.add(f"Splink, {mode}: block and predict, saved model", splink.saved_model_seconds, "s")
        report.add(f"ours, {mode}: standardise", ours.standardise_seconds, "s")
        report.add(f"ours, {mode}: keys, candidates, score, explain", ours.seconds, "s")
        with_training = splink.training_seconds + splink.predict_seconds
        report.add(f"ours beside Splink with training, {mode}", ours.seconds / with_training, "ratio", at_most=0.1)
        report.add(f"ours beside Splink with a saved model, {mode}", ours.seconds / splink.saved_model_seconds, "ratio", at_most=1.0)
    report.add("ours: keys and index of the roll", workload.index_seconds, "s")


def _ranking_of(pairs: list[tuple[int, int, float]], workload: Workload) -> Ranking:
    is_true = np.array([uid in workload.truth[number] for number, uid, _ in pairs])
    return Ranking(np.array([weight for *_, weight in pairs]), is_true, workload.true_pairs)


def _report_slope(report: Report, weights: MatchWeights, size: Scale) -> None:
    """How the time of a record grows with the roll."""
    seconds = []
    for voters in SLOPE_VOTERS:
        gc.collect()
        workload = make_workload(size.records, voters, FIRST_SEED)
        seconds.append(search(workload, weights, Mode.FULL, voters).seconds / size.records)
        report.add(f"time a record, {voters:,} voters", seconds[-1] * 1e6, "µs")
    slope = log(seconds[-1] / seconds[0]) / log(SLOPE_VOTERS[-1] / SLOPE_VOTERS[0])
    report.add("growth of the time a record: exponent of the roll's size", slope, "exponent", at_most=0.5)


if __name__ == "__main__":
    command("coa_matching", run)
