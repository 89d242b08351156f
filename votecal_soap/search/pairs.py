"""Pairs of people to compare, by column; a text function is computed once for each distinct pair of texts."""

from collections.abc import Callable, Hashable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from votecal_soap.search.arrays import Codes, Flags, Floats, Integers
from votecal_soap.search.columns import Columns

TOO_FAR: Final = 2
"""Slips are counted up to one; two stands for all more."""


class Pairs:
    """Pairs of a left and a right person, with what has been computed about them."""

    def __init__(self, left: Columns, right: Columns, left_rows: Integers, right_rows: Integers) -> None:
        """Both sides share one vocabulary."""
        self.left: Final = left
        self.right: Final = right
        self.left_rows: Final = left_rows
        self.right_rows: Final = right_rows
        self._cells: dict[tuple[str, bool], Codes] = {}
        self._computed: dict[Hashable, NDArray[Any]] = {}

    def __len__(self) -> int:
        """How many pairs."""
        return len(self.left_rows)

    def at(self, left: Columns) -> "Pairs":
        """The same pairs, the left people elsewhere; nothing computed is kept."""
        return Pairs(left, self.right, self.left_rows, self.right_rows)

    def cells(self, name: str) -> tuple[Codes, Codes]:
        """A column of the left and of the right person of each pair."""
        return self._side(name, left=True), self._side(name, left=False)

    def _side(self, name: str, *, left: bool) -> Codes:
        kept = self._cells.get((name, left))
        if kept is None:
            kept = self.left[name][self.left_rows] if left else self.right[name][self.right_rows]
            self._cells[name, left] = kept
        return kept

    def equal(self, name: str, other: str | None = None) -> Flags:
        """Where the left person's column holds the same text as the right person's (or as another column of the right person)."""
        left, right = self._side(name, left=True), self._side(other or name, left=False)
        return np.asarray((left == right) & (left != 0))

    def missing(self, name: str, other: str | None = None) -> Flags:
        """Where the left side lacks the column, or the right side (perhaps another column)."""
        return np.asarray((self._side(name, left=True) == 0) | (self._side(other or name, left=False) == 0))

    def each(self, name: str, function: Callable[[str], Any], kind: type[np.generic]) -> tuple[NDArray[Any], NDArray[Any]]:
        """A function of the text on both sides."""
        each = self.left.vocabulary.each
        return each(self.left[name], function, kind)[self.left_rows], each(self.right[name], function, kind)[self.right_rows]

    def similarity(self, name: str, other: str | None = None, *, where: Flags | None = None) -> Floats:
        """Jaro-Winkler similarity, 0 to 1; 0 where a side is missing, and outside `where`, for it is the dearest of all looks."""
        if where is None:
            return self.kept(("similarity", name, other), lambda: self._similarity(name, other or name, None))
        return self._similarity(name, other or name, where)

    def slips(self, name: str) -> NDArray[Any]:
        """How many signs are mistyped, left out, added or swapped with their neighbour: 0, 1 or more; TOO_FAR where a side is missing."""
        return self.kept(("slips", name), lambda: self._slips(name))

    def _slips(self, name: str) -> NDArray[Any]:
        left, right = self.cells(name)
        return np.where(self.missing(name), np.int8(TOO_FAR), self._compute(left, right, np.int8, _slips, left != right))

    def related(self, name: str, function: Callable[[str, str], bool], *, where: Flags | None = None) -> Flags:
        """A relation of two texts; false where a side is missing, and outside `where`."""
        left, right = self.cells(name)
        return self._compute(left, right, np.bool_, lambda a, b: np.fromiter(map(function, a, b), np.bool_, len(a)), where)

    def kept(self, what: Hashable, compute: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """Something about all pairs, computed when first asked for."""
        found = self._computed.get(what)
        if found is None:
            found = self._computed[what] = compute()
        return found

    def _similarity(self, name: str, other: str, where: Flags | None) -> Floats:
        left, right = self._side(name, left=True), self._side(other, left=False)
        same = (left == right) & (left != 0)
        found = self._compute(left, right, np.float32, _jaro_winkler, ~same if where is None else where & ~same)
        found[same if where is None else where & same] = 1.0
        return found

    def _compute(
        self,
        left: Codes,
        right: Codes,
        kind: type[np.generic],
        function: Callable[[list[str], list[str]], NDArray[Any]],
        where: Flags | None = None,
    ) -> NDArray[Any]:
        texts = self.left.vocabulary.texts
        both = np.flatnonzero((left != 0) & (right != 0) & (True if where is None else where))
        distinct, place = np.unique(left[both].astype(np.int64) << 32 | right[both], return_inverse=True)
        result = np.zeros(len(left), kind)
        if len(distinct):
            pairs = [texts[code] for code in (distinct >> 32).tolist()], [texts[code] for code in (distinct & 0xFFFFFFFF).tolist()]
            result[both] = function(*pairs)[place]
        return result


def _jaro_winkler(left: list[str], right: list[str]) -> NDArray[Any]:
    return process.cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float32)


def _slips(left: list[str], right: list[str]) -> NDArray[Any]:
    return process.cpdist(left, right, scorer=OSA.distance, score_cutoff=1, dtype=np.int8)
