"""People as columns of numbers: each distinct text once in a vocabulary, so that equal texts are equal numbers."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count, islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from votecal_soap.search.address_text import Address
from votecal_soap.search.arrays import Codes, Flags
from votecal_soap.search.standardising import StandardPerson

TEXT_COLUMNS: Final = tuple(name for name in StandardPerson._fields if name != "date_of_birth")


class Vocabulary(defaultdict[str | None, int]):
    """Text → code, given out as texts appear; None and the empty text are 0, missing.

    One vocabulary serves both sides of a comparison and lives as long as one search: it holds voters' names.
    """

    def __init__(self) -> None:
        """Know nothing but the missing text; both lookup and numbering are the dictionary's own, in C."""
        super().__init__(count(1).__next__, {None: 0, "": 0})
        self._texts: Final[list[str]] = [""]

    @property
    def texts(self) -> list[str]:
        """The text of each code."""
        known = len(self._texts)
        if known < len(self) - 1:
            self._texts.extend(text for text in islice(self, known + 1, None) if text)
        return self._texts

    def encode(self, texts: Iterable[str | None]) -> Codes:
        """The codes of texts."""
        return np.fromiter(map(self.__getitem__, texts), np.int32)

    def each(self, codes: Codes, function: Callable[[str], Any], kind: type[np.generic]) -> NDArray[Any]:
        """A function of the text, for each code: computed once for each distinct text; 0 for what is missing."""
        texts = self.texts
        present = np.zeros(len(texts), np.bool_)
        present[codes] = True
        present[0] = False
        distinct = np.flatnonzero(present)
        table = np.zeros(len(texts), kind)
        table[distinct] = [function(texts[code]) for code in distinct.tolist()]
        return table[codes]


class Columns:
    """Standardised people by column; `date_of_birth` holds numbers like 19710624, every other column codes."""

    __slots__ = ("_arrays", "vocabulary")

    def __init__(self, vocabulary: Vocabulary, arrays: Mapping[str, Codes]) -> None:
        """Take arrays of one length, one for each field of StandardPerson."""
        self.vocabulary: Final = vocabulary
        self._arrays: Final = dict(arrays)

    @classmethod
    def of(cls, people: Sequence[Sequence[Any]], vocabulary: Vocabulary) -> "Columns":
        """The columns of people, given as rows of StandardPerson's fields."""
        cells = list(zip(*people, strict=True)) if people else [()] * len(StandardPerson._fields)
        arrays = {name: encoded(name, column, vocabulary) for name, column in zip(StandardPerson._fields, cells, strict=True)}
        return cls(vocabulary, arrays)

    def __getitem__(self, name: str) -> Codes:
        """One column."""
        return self._arrays[name]

    def __len__(self) -> int:
        """How many people."""
        return len(self._arrays["last_name"])

    def at(self, addresses: Sequence[Address]) -> "Columns":
        """The same people, at other addresses."""
        cells = zip(*addresses, strict=True) if addresses else [()] * len(Address._fields)
        arrays = {name: self.vocabulary.encode(column) for name, column in zip(Address._fields, cells, strict=True)}
        return Columns(self.vocabulary, {**self._arrays, **arrays})

    def with_column(self, name: str, texts: Iterable[str | None]) -> "Columns":
        """The same people with one more column."""
        return Columns(self.vocabulary, {**self._arrays, name: self.vocabulary.encode(texts)})

    def without(self, names: Iterable[str], rows: Flags | None = None) -> "Columns":
        """The same people with some columns missing, for all or for the flagged rows."""
        blank = {name: np.zeros_like(self[name]) if rows is None else np.where(rows, np.int32(0), self[name]) for name in names}
        return Columns(self.vocabulary, {**self._arrays, **blank})


def encoded(name: str, column: Iterable[Any], vocabulary: Vocabulary) -> Codes:
    """The cells of a column of StandardPerson as Columns holds them."""
    if name == "date_of_birth":
        return np.fromiter((number or 0 for number in column), np.int32)
    return vocabulary.encode(column)
