"""The actions of rules and their parameters, checked when rules are read: none may break on a record (VRU-08)."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

from votecal_soap.errors import ErrorCode, InvalidRequest

CODE_TABLES: Final = ("Gender", "Language", "Party", "StreetType", "Suffix")
"""The reference tables that rules may look codes up in."""


class Action(StrEnum):
    """What a rule does with a value; the first four change it, the others judge it."""

    TIDY = "tidy"  # trim, one blank between words
    UPPER = "upper"
    TRANSLATE = "translate"  # by `table`; a value that is not in it goes on as it is
    REPLACE = "replace"  # `pattern` (a regular expression) by `replacement`
    CLEAR = "clear"  # one of `values` means nothing was given
    REQUIRED = "required"
    ONE_OF = "one_of"  # of `values`, or of the reference table `codes`
    PATTERN = "pattern"  # the whole value matches `pattern`
    MAX_LENGTH = "max_length"  # at most `length` characters
    DATE_RANGE = "date_range"  # from `earliest` to today less `minimum_age` years
    KNOWN_PRECINCT = "known_precinct"  # one of the county's precincts


_PARAMETERS: Final[dict[Action, frozenset[str]]] = {
    Action.TIDY: frozenset(),
    Action.UPPER: frozenset(),
    Action.TRANSLATE: frozenset({"table"}),
    Action.REPLACE: frozenset({"pattern", "replacement"}),
    Action.CLEAR: frozenset({"values"}),
    Action.REQUIRED: frozenset(),
    Action.ONE_OF: frozenset({"values", "codes"}),
    Action.PATTERN: frozenset({"pattern"}),
    Action.MAX_LENGTH: frozenset({"length"}),
    Action.DATE_RANGE: frozenset({"earliest", "minimum_age"}),
    Action.KNOWN_PRECINCT: frozenset(),
}
_OPTIONAL: Final = frozenset({"replacement", "codes", "earliest", "minimum_age"})
_FORMS: Final = {
    "table": "A table maps texts to texts.",
    "pattern": "A pattern is a regular expression.",
    "replacement": "A replacement is a text that may name the pattern's groups.",
    "values": "Values are a list of texts.",
    "codes": f"Codes is one of {', '.join(CODE_TABLES)}.",
    "length": "A length is a whole number of at least 1.",
    "earliest": "Earliest is a date in the form YYYY-MM-DD, in quotes.",
    "minimum_age": "A minimum age is a whole number of years.",
}


def check_parameters(action: Action, given: Mapping[str, Any], ref: str) -> None:
    """Raise InvalidRequest with the place unless the parameters are the action's and of the right form."""
    allowed = _PARAMETERS[action]
    for name in sorted(set(given) - allowed):
        raise _wrong(f"The action {action} has no such parameter.", f"{ref}.{name}")
    needed = {"values"} - set(given) if action is Action.ONE_OF and "codes" not in given else allowed - _OPTIONAL - {"values"} - set(given)
    if needed or (allowed and not given):
        raise _wrong(f"The action {action} needs {' or '.join(sorted(allowed))}.", ref)
    for name, value in given.items():
        if not _is_right(name, value, given):
            raise _wrong(_FORMS[name], f"{ref}.{name}")


def texts(value: object, ref: str) -> list[str]:
    """A list of texts, or InvalidRequest with the place."""
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise _wrong("This must be a list of texts.", ref)
    return value


def _is_right(name: str, value: object, given: Mapping[str, Any]) -> bool:
    match name:
        case "table":
            return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())
        case "pattern":
            return isinstance(value, str) and _compiles(value, "")
        case "replacement":
            return isinstance(value, str) and _compiles(str(given.get("pattern", "")), value)
        case "values":
            return isinstance(value, list) and all(isinstance(text, str) for text in value)
        case "codes":
            return value in CODE_TABLES
        case "earliest":
            return isinstance(value, str) and _is_date(value)
        case _:
            return isinstance(value, int) and not isinstance(value, bool) and value >= (name == "length")


def _compiles(pattern: str, replacement: str) -> bool:
    try:
        # An empty alternative always matches, so that the replacement is looked at too.
        re.compile(f"{pattern}|").sub(replacement, "")
    except (re.error, IndexError):
        return False
    return True


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _wrong(text: str, ref: str) -> InvalidRequest:
    return InvalidRequest(ErrorCode.RULES_WRONG, text, ref=ref)
