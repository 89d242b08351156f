"""The whole roll as columns of numbers: read once, page by page, for comparing it with itself (DUP-01).

A page comes as one text that the database has put together: to make an object of each of its cells would cost as much
as all that follows.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from votecal_soap.search.arrays import Codes, Flags, Integers
from votecal_soap.search.candidates import CANDIDATE_COLUMNS, IDENTITY_COLUMNS, CandidateRow
from votecal_soap.search.columns import Columns, Vocabulary
from votecal_soap.search.roll_pages import FIELD_SEPARATOR, RollPage
from votecal_soap.search.standardising import StandardPerson

_NUMBERS: Final = {"state_voter_id": pa.int64(), "confidential": pa.int32(), "date_of_birth": pa.int32()}
_LARGEST_PAGE: Final = 1 << 30
_PARSE: Final = csv.ParseOptions(delimiter=FIELD_SEPARATOR, quote_char=False, ignore_empty_lines=False)
_READ: Final = csv.ReadOptions(column_names=list(CANDIDATE_COLUMNS), use_threads=True, block_size=_LARGEST_PAGE)
_CONVERT: Final = csv.ConvertOptions(
    column_types={name: _NUMBERS.get(name, pa.dictionary(pa.int32(), pa.string())) for name in CANDIDATE_COLUMNS},
    null_values=[""],
    strings_can_be_null=False,
)


_NOBODY: Final = pa.table({name: pa.array([], kind) for name, kind in _CONVERT.column_types.items()})
_NAMES: Final = frozenset(name for name in StandardPerson._fields if name.startswith(("first_", "middle_", "last_")))
"""Columns that are compared with each other: a first name may be another's middle name."""


class Roll:
    """People in the order of their UIDs; about 100 bytes a voter beside the texts."""

    def __init__(self, columns: Columns, state_voter_ids: Integers, counties: Codes, confidential: Flags) -> None:
        """Take columns of one length."""
        self.columns: Final = columns
        self.state_voter_ids: Final = state_voter_ids
        self._counties: Final = counties
        self._confidential: Final = confidential

    @classmethod
    def of_pages(cls, pages: Iterable[RollPage]) -> "Roll":
        """The roll from its pages; the lines are parsed, and equal texts found, outside Python."""
        tables = [csv.read_csv(BytesIO(page.text.encode()), read_options=_READ, parse_options=_PARSE, convert_options=_CONVERT) for page in pages]
        table = pa.concat_tables(tables or [_NOBODY]).unify_dictionaries()
        del tables
        if not _is_rising(np.asarray(table["state_voter_id"])):
            table = table.sort_by("state_voter_id")  # no database promises in which order it puts a text together
        vocabulary = _RollVocabulary()
        arrays = {}
        for name in CANDIDATE_COLUMNS:  # each is let go as soon as it is numbered: two rolls at once would be too many
            arrays[name] = _encoded(name, table[name], vocabulary)
            table = table.drop_columns(name)
        pa.default_memory_pool().release_unused()
        vocabulary.clear()  # nothing more is encoded, and half of its memory is the way from text to number
        people = Columns(vocabulary, {name: arrays[name] for name in StandardPerson._fields})
        return cls(people, arrays["state_voter_id"], arrays["county_code"], arrays["confidential"] != 0)

    @classmethod
    def of_rows(cls, rows: Sequence[CandidateRow]) -> "Roll":
        """A small roll, from rows in the order of their UIDs."""
        vocabulary = Vocabulary()
        cells = dict(zip(IDENTITY_COLUMNS, zip(*(row[: len(IDENTITY_COLUMNS)] for row in rows), strict=True) if rows else [()] * 3, strict=True))
        columns = Columns.of([row[len(IDENTITY_COLUMNS) :] for row in rows], vocabulary)
        numbers, confidential = (np.array(cells[name], np.int64) for name in ("state_voter_id", "confidential"))
        return cls(columns, numbers, vocabulary.encode(cells["county_code"]), confidential != 0)

    def __len__(self) -> int:
        """How many voters."""
        return len(self.state_voter_ids)

    def places(self, first_state_voter_id: int, last_state_voter_id: int) -> range:
        """Where the voters of a range of UIDs stand, both ends included."""
        start = np.searchsorted(self.state_voter_ids, first_state_voter_id, "left")
        return range(int(start), int(np.searchsorted(self.state_voter_ids, last_state_voter_id, "right")))

    def hidden(self, left: Integers, right: Integers) -> Flags:
        """Pairs across counties with a confidential voter: the address of such a one is nothing to the other's county (EWS-14)."""
        confidential = self._confidential[left] | self._confidential[right]
        return np.asarray(confidential & (self._counties[left] != self._counties[right]))

    def bearers(self, places: Integers) -> Integers:
        """How many voters bear the DL/ID of each of these; 0 for one who has none."""
        licences = self.columns["drivers_license"]
        counts = np.bincount(licences)
        counts[0] = 0
        return np.asarray(counts[licences[places]])


def taken(columns: Columns, places: Integers) -> Columns:
    """Some of the people, with the numbers of their texts."""
    return Columns(columns.vocabulary, {name: columns[name][places] for name in StandardPerson._fields})


class _RollVocabulary(Vocabulary):
    """Learns the texts of a whole column at once; one by one they would cost five times as much."""

    def __init__(self) -> None:
        """Know nothing but the missing text."""
        super().__init__()
        self._numbered: Final[list[str]] = [""]

    @property
    def texts(self) -> list[str]:
        """The text of each code, those of several columns more than once."""
        return self._numbered

    def learned(self, distinct: list[str]) -> Codes:
        """The codes of distinct texts, equal to those of another column that has them too."""
        new = [text for text in distinct if text not in self]
        self.update(zip(new, range(len(self._numbered), len(self._numbered) + len(new)), strict=True))
        self._numbered.extend(new)
        return self.encode(distinct)

    def appended(self, distinct: list[str]) -> Codes:
        """Codes of distinct texts that no other column is compared with."""
        codes = np.arange(len(self._numbered), len(self._numbered) + len(distinct), dtype=np.int32)
        self._numbered.extend(distinct)
        return np.where(np.fromiter(map(bool, distinct), np.bool_, len(distinct)), codes, np.int32(0))


def _encoded(name: str, cells: Any, vocabulary: _RollVocabulary) -> NDArray[Any]:  # noqa: ANN401 - pyarrow has no types
    if name in _NUMBERS:
        return np.asarray(cells.fill_null(0))
    distinct = cells.chunk(0).dictionary.to_pylist() if cells.num_chunks else []
    codes = vocabulary.learned(distinct) if name in _NAMES else vocabulary.appended(distinct)
    return np.concatenate([np.empty(0, np.int32), *(codes[np.asarray(part.indices)] for part in cells.chunks)])


def _is_rising(numbers: NDArray[Any]) -> bool:
    return bool((numbers[1:] > numbers[:-1]).all())
