"""What a check is, and how checks are run one after the other."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from votecal_soap.county.vendor_check.visit import CheckFailed, NotTried, Visit

READING_ONLY: Final = "It changes records: run again with --changing, against a sandbox or a test system."


class Kind(StrEnum):
    """What is checked."""

    OPERATION = "operation"
    MISTAKE = "mistake"


class Result(StrEnum):
    """What came of a check."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that is tried; `run` raises when it does not go as the contract says."""

    name: str
    service: str
    kind: Kind
    run: Callable[[Visit], None]
    changes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What came of it, with advice unless it passed."""

    check: Check
    result: Result
    advice: str
    seconds: float


def run_checks(checks: Iterable[Check], visit: Visit, *, changing: bool) -> Iterator[CheckResult]:
    """Run them in their order; each result as it comes."""
    for check in checks:
        began = time.monotonic()
        result, advice = _outcome(check, visit) if changing or not check.changes else (Result.NOT_TRIED, READING_ONLY)
        yield CheckResult(check=check, result=result, advice=advice, seconds=time.monotonic() - began)


def _outcome(check: Check, visit: Visit) -> tuple[Result, str]:
    try:
        check.run(visit)
    except CheckFailed as failure:
        return Result.FAIL, str(failure)
    except NotTried as reason:
        return Result.NOT_TRIED, str(reason)
    return Result.PASS, ""
