"""What the county side tells of while it works, for a progress bar or a log."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """What is being done."""

    CREATE_FILE = "CreateFile"  # done: records written
    SEND_FILE = "SendFile"  # done: bytes the state has
    AWAIT_RESULT = "AwaitResult"  # done: records the state has processed
    IMPORT_MESSAGES = "ImportMessages"  # done: messages imported in this round
    COMPARE_RECORDS = "CompareRecords"  # done: voters of the EMS compared with the state's


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a step has come; `total` is None while it is not known."""

    step: Step
    done: int
    total: int | None = None
    job_id: int | None = None


Tell = Callable[[Progress], None]


def tell_nobody(_: Progress) -> None:
    """Progress that nobody asked for."""
