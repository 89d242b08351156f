"""COA-05 Take the match keys that changed since the last merge over into the large table, in the order in which it lies on disk.

Nothing that is found depends on it: a search reads both tables. Each step is a transaction that leaves both right, so a
merge may stop or be killed between any two, and goes on with what is left.
"""

from collections.abc import Callable
from typing import Final

from votecal_soap.use_cases.ports import UnitOfWorkFactory

STEP_KEYS: Final = 10_000
"""Keys in one transaction: on SQLite every writer waits as long as that takes, some tenths of a second."""


def merge_match_keys(unit_of_work: UnitOfWorkFactory, stop: Callable[[], bool] = lambda: False) -> int:
    """Merge step by step until all recent keys have been passed, or `stop` says so; how many were merged."""
    merged, after_key = 0, None
    while not stop():
        with unit_of_work() as uow:
            step = uow.matching.merge_keys(after_key, STEP_KEYS)
            uow.commit()
        merged, after_key = merged + step.merged, step.last_key
        if after_key is None:
            break
    return merged
