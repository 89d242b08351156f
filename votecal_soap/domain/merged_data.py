"""What merges added to a newer record, for its county to pull (DLR-15, EWS-12): pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple, get_args

from votecal_soap.domain.merging import MergeRecord
from votecal_soap.domain.voter_children import Child, ChildContent

_RANKS: Final = {kind.__name__: rank for rank, kind in enumerate(get_args(ChildContent))}
"""Items come kind by kind, each kind by its ids: an order that a later merge does not disturb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedDataQuery:
    """What one case's merge copied, or all merges to a record; `after` is the last item of the page before."""

    case_id: int | None = None
    state_voter_id: int | None = None
    after: str | None = None
    limit: int | None = None
    with_content: bool = False


class MergedItem(NamedTuple):
    """A copy on the newer record; a document has its size, and its bytes where they were asked for and fit."""

    child: Child
    older_id: int
    byte_count: int | None = None
    content: bytes | None = None


class MergedPage(NamedTuple):
    """Items in their order, and whether others follow."""

    items: tuple[MergedItem, ...]
    more: bool


def place_of(source: str) -> tuple[int, int] | None:
    """Where an item stands among all; None for what names no item."""
    kind, _, number = source.partition(":")
    return (_RANKS[kind], int(number)) if kind in _RANKS and number.isdecimal() else None


def copies_of(children: Iterable[Child], merges: Iterable[MergeRecord], after: tuple[int, int] | None) -> list[Child]:
    """The copies of these merges that are in force, behind a place, in their order."""
    made_by = {record.case_id for record in merges}
    mine = [child for child in children if child.merge_case_id in made_by and child.in_force and child.child_id is not None]
    placed = sorted((place, child) for child in mine if (place := place_of(child.source)) is not None and (after is None or place > after))
    return [child for _, child in placed]
