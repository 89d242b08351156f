"""What a person chooses from in a form."""

from collections.abc import Iterable
from enum import StrEnum

from wtforms.fields.choices import SelectChoice

from votecal_soap.console import context, formats


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Value and label of each."""
    return [SelectChoice(value=value, label=label) for value, label in pairs]


def members(kind: type[StrEnum], *, nothing: str | None = None) -> list[SelectChoice]:
    """The members of an enumeration in words; `nothing` is the label of choosing none."""
    first = [] if nothing is None else [("", nothing)]
    return choices([*first, *((str(member), formats.words(member)) for member in kind)])


def counties(*, nothing: str | None = "", only: str | None = None) -> list[SelectChoice]:
    """The counties, or one; `nothing` is the label of choosing none."""
    first = [] if nothing is None else [("", nothing)]
    named = ((code, f"{code} {name}") for code, name in context.county_names().items() if only in (None, code))
    return choices([*first, *named])
