"""What the accounts of the batch, of DMV's files and of duplicates are made of."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One more thing that must hold."""

    text: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleMessage:
    """A message as the county gets it, and where it stands after the county has cleared it."""

    message_id: int
    message_type: str
    situation: str | None
    payload: str
    still_offered: bool = True
    still_kept: bool = True


class ClerksWord(NamedTuple):
    """What a clerk of a county did, what must come of it, and what the state said."""

    county_code: str
    situation: str
    did: str
    expected: str
    result: str

    @property
    def is_right(self) -> bool:
        """Whether the state said what it must."""
        return self.result == self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCount:
    """What the counties say by their rule, with the state's answer: as planted, and as it was said."""

    answer: str
    planted: int
    said: int


def compare_answers(planted: Iterable[str], said: Mapping[str, int]) -> tuple[AnswerCount, ...]:
    """Every answer that was planted or said."""
    totals = Counter(planted)
    return tuple(AnswerCount(answer=answer, planted=totals[answer], said=said.get(answer, 0)) for answer in sorted({*totals, *said}))
