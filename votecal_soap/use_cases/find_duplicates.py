"""DUP-01 The pairs of a partition: by reading the whole roll once, or by looking changed voters up."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

from votecal_soap.clock import Clock
from votecal_soap.domain.duplicate_runs import DetectionRun, RollPartition
from votecal_soap.domain.duplicates import DuplicatePair
from votecal_soap.domain.matching import MatchingFunction, MatchSettings
from votecal_soap.search.candidates import CappedKey
from votecal_soap.search.duplicates import ChangedVoters, DuplicateScoring, WholeRoll
from votecal_soap.search.roll_pages import RollPage
from votecal_soap.search.weights import MatchWeights
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.search_service import weights_in_force

PAGE_VOTERS: Final = 50_000


class DuplicateFinder(Protocol):
    """Finds pairs at or above the manual threshold, and every pair of one DL/ID."""

    def pairs(self, partition: RollPartition, scoring: DuplicateScoring) -> list[DuplicatePair]:
        """Pairs that belong to the UIDs of a partition from its next one on."""
        ...


def duplicate_finder(run: DetectionRun, unit_of_work: UnitOfWorkFactory, clock: Clock, alive: Callable[[], object]) -> DuplicateFinder:
    """Prepare once what all partitions of a run need; `alive` is asked now and then, and raises when the run is no longer ours."""
    with unit_of_work(read_only=True) as uow:
        settings = uow.matching.settings(MatchingFunction.DUPLICATE_VOTER)
        changed = () if run.changed_since is None else uow.roll.changed_since(run.changed_since, uow.matching.roll_size())
    if run.changed_since is not None:
        return _Changed(changed, settings, unit_of_work, clock)
    return _Whole(settings, unit_of_work, clock, alive)


def duplicate_scoring(uow: UnitOfWork) -> tuple[DuplicateScoring, MatchSettings, MatchWeights]:
    """How pairs are judged now: a threshold that was set meanwhile holds from here on."""
    settings, weights = uow.matching.settings(MatchingFunction.DUPLICATE_VOTER), weights_in_force(uow, MatchingFunction.DUPLICATE_VOTER)
    return DuplicateScoring(weights, settings, roll_size=uow.matching.roll_size()), settings, weights


class _Whole:
    def __init__(self, settings: MatchSettings, unit_of_work: UnitOfWorkFactory, clock: Clock, alive: Callable[[], object]) -> None:
        self._roll = WholeRoll(pages_ahead(unit_of_work, alive), settings)
        _report(self._roll.capped, unit_of_work, clock)

    def pairs(self, partition: RollPartition, scoring: DuplicateScoring) -> list[DuplicatePair]:
        return self._roll.duplicates(partition.next_state_voter_id, partition.last_state_voter_id, scoring)


class _Changed:
    def __init__(self, changed: Sequence[int], settings: MatchSettings, unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
        self._changed = changed
        self._voters = ChangedVoters(changed, settings)
        self._unit_of_work = unit_of_work
        self._clock = clock

    def pairs(self, partition: RollPartition, scoring: DuplicateScoring) -> list[DuplicatePair]:
        first = bisect_left(self._changed, partition.next_state_voter_id)
        mine = self._changed[first : bisect_right(self._changed, partition.last_state_voter_id)]
        with self._unit_of_work(read_only=True) as uow:
            found, capped = self._voters.duplicates(uow.roll.rows(mine), uow.matching, scoring)
        _report(capped, self._unit_of_work, self._clock)
        return found


def pages_ahead(unit_of_work: UnitOfWorkFactory, alive: Callable[[], object]) -> Iterator[RollPage]:
    """The roll; the database puts a page together while the one before is taken apart."""
    with ThreadPoolExecutor(1, thread_name_prefix="roll") as reader:
        following = reader.submit(_page, unit_of_work, 0)
        while (page := following.result()).voters:
            following = reader.submit(_page, unit_of_work, page.last_state_voter_id)
            alive()
            yield page


def roll_pages(uow: UnitOfWork) -> Iterator[RollPage]:
    """The roll in one transaction, for whoever has no haste."""
    last = 0
    while (page := uow.roll.page(last, PAGE_VOTERS)).voters:
        last = page.last_state_voter_id
        yield page


def _page(unit_of_work: UnitOfWorkFactory, after_state_voter_id: int) -> RollPage:
    with unit_of_work(read_only=True) as uow:
        return uow.roll.page(after_state_voter_id, PAGE_VOTERS)


def _report(capped: Sequence[CappedKey], unit_of_work: UnitOfWorkFactory, clock: Clock) -> None:
    if capped:
        with unit_of_work() as uow:
            uow.matching.report_capped(sorted(capped), clock.now())
            uow.commit()
