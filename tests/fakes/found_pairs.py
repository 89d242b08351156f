"""In place of opening cases: a pair leaves an audit entry, in the transaction it was found in, so that nothing of it outlives a rollback."""

from collections import Counter
from collections.abc import Callable, Sequence

from votecal_soap.clock import Clock
from votecal_soap.domain.duplicates import DuplicatePair
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.open_duplicate_cases import PairOutcome
from votecal_soap.use_cases.ports import UnitOfWork

FOUND = "FoundPair"


class NotedPairs:
    """See `OpenDuplicateCases`; `at_slice` is called with the number of the slice, before and after its pairs are noted."""

    def __init__(self, at_slice: Callable[[int, str], None] = lambda number, moment: None) -> None:
        self._at_slice = at_slice
        self.slices = 0

    def __call__(
        self, uow: UnitOfWork, pairs: Sequence[DuplicatePair], clock: Clock, *, weights_version: str, job_id: int | None = None
    ) -> Counter[PairOutcome]:
        """Note them."""
        self.slices += 1
        self._at_slice(self.slices, "before")
        for pair in pairs:
            subject = ("pair", f"{pair.state_voter_id}-{pair.other_state_voter_id}")
            record_change(uow, at=clock.now(), actor=f"job:{job_id}", action=FOUND, subject=subject, new={"verified": pair.verified_license})
        self._at_slice(self.slices, "after")
        return Counter({PairOutcome.OPENED: len(pairs)})
