"""The comparisons of evaluations that learn their weights: those of the service, but addresses part by part and free text, as foreign data need."""

from collections.abc import Callable, Mapping
from typing import Final

from votecal_soap.domain.matching import MatchField
from votecal_soap.search.arrays import Flags
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.evaluation.labelled_people import OTHER
from votecal_soap.search.levels import SIMILAR, Comparison, Level, alike, always, missing, one_slip, same
from votecal_soap.search.pairs import Pairs

_ALIKE: Final = 0.80


def _text(field: str) -> Comparison:
    return Comparison(
        field,
        (
            Level("exact", "Same", same(field)),
            Level("similar", "Differ by a slip", alike(field, SIMILAR)),
            Level("alike", "Alike", alike(field, _ALIKE)),
            Level("missing", "Nothing to compare", missing(field), neutral=True),
            Level("different", "Different", always),
        ),
    )


def _same_beginning(field: str, signs: int) -> Callable[[Pairs], Flags]:
    return lambda pairs: pairs.related(field, lambda left, right: left[:signs] == right[:signs])


def _code(field: str) -> Comparison:
    return Comparison(
        field,
        (
            Level("exact", "Same", same(field)),
            Level("one_slip", "Differ by one slip", one_slip(field)),
            Level("district", "Same first four signs", _same_beginning(field, 4)),
            Level("area", "Same first three signs", _same_beginning(field, 3)),
            Level("missing", "Nothing to compare", missing(field), neutral=True),
            Level("different", "Different", always),
        ),
    )


def _number(field: str) -> Comparison:
    return Comparison(
        field,
        (
            Level("exact", "Same", same(field)),
            Level("one_slip", "Differ by one slip", one_slip(field)),
            Level("missing", "Nothing to compare", missing(field), neutral=True),
            Level("different", "Different", always),
        ),
    )


GENERAL_COMPARISONS: Final[Mapping[str, Comparison]] = {
    **{field: comparison for field, comparison in COMPARISONS.items() if field != MatchField.ADDRESS},
    **{comparison.field: comparison for comparison in (_text("street"), _number("house_number"), _text("city"), _code("zip_code"), _text(OTHER))},
}
