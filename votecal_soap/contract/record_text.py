"""Takes the values out of a record's text with one pattern, which is also its validation, instead of walking its tree.

What the pattern captures is what a parser would give. A record that it does not fit (escaped characters, prefixes,
empty-element tags that clear a field, or a breach of the schema) is validated and read from its tree.
Measured: 5 µs a record, against 7 for parsing and validating and 13 for reading the tree.
"""

from collections.abc import Callable
from itertools import repeat
from operator import is_not, itemgetter
from typing import Any, Final, NamedTuple

from votecal_soap.contract.record_pattern import RecordPattern

SHAPES_KEPT: Final = 4_096


class RecordValues(NamedTuple):
    """The texts of a record: ids and precinct by name, the registration's fields with their values in the same order."""

    sequence: str
    state_voter_id: str | None
    ems_voter_id: str | None
    base_version: str | None
    effective_date: str | None
    fields: tuple[str, ...]
    values: tuple[str | None, ...]
    precinct: tuple[str, str, str | None] | None


_FIRST: Final = 5
_NOTHING: Final = repeat(None)

Shape = tuple[tuple[str, ...], Callable[[tuple[str | None, ...]], tuple[str | None, ...]]]


class RecordText:
    """Reads records' texts; remembers which fields a set of captures stands for."""

    def __init__(self) -> None:
        """Know no shape yet."""
        pattern = RecordPattern()
        self._fits = pattern.fits
        self._fields = pattern.fields
        self._after = _FIRST + len(pattern.fields)
        self._shapes: dict[tuple[bool, ...], Shape] = {}

    def read(self, text: str) -> RecordValues | None:
        """The values of a valid record whose text ends with its end tag; None when it has to be validated and read from its tree."""
        found = self._fits(text)
        if found is None:
            return None
        captured, after = found.groups(), self._after
        given = captured[_FIRST:after]
        present = tuple(map(is_not, given, _NOTHING))
        fields, values = self._shapes.get(present) or self._learn(present)
        precinct = None if captured[after] is None else (captured[after + 1], captured[after + 2], captured[after + 3])
        return RecordValues(captured[0], captured[1], captured[2], captured[3], captured[4], fields, values(given), precinct)

    def _learn(self, present: tuple[bool, ...]) -> Shape:
        if len(self._shapes) >= SHAPES_KEPT:
            self._shapes.clear()
        there = {name for (name, _), is_there in zip(self._fields, present, strict=True) if is_there}
        places = [place for place, (name, field) in enumerate(self._fields) if field is not None and name in there]
        fields = tuple(str(self._fields[place][1]) for place in places)
        shape = self._shapes[present] = (fields, _getter(places))
        return shape


def _getter(places: list[int]) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    if len(places) > 1:
        return itemgetter(*places)
    # A getter of one place would give the value itself.
    return itemgetter(slice(places[0], places[0] + 1) if places else slice(0))
