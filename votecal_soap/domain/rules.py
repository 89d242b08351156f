"""Translation and filtering (VRU-08, VRU-09): what each field passes through, configured per county, never coded.

A county's rules are TOML text in the database; county 00 holds the statewide ones. For each field the county's
rules run first (they turn its codes into the state's), then the statewide ones. A county rule with the `code` of a
statewide one replaces it, so that a county may have another severity.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from votecal_soap.domain.batches import FailureReason, Severity
from votecal_soap.domain.voters import REGISTRATION_FIELDS
from votecal_soap.errors import ErrorCode, InvalidRequest

STATEWIDE: Final = "00"
PRECINCT_FIELDS: Final = ("voting_precinct", "voting_precinct_part")
RULE_FIELDS: Final = frozenset((*REGISTRATION_FIELDS, *PRECINCT_FIELDS))
DATE_FIELDS: Final = frozenset({"date_of_birth", "registration_date"})


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


JUDGING: Final = frozenset({Action.REQUIRED, Action.ONE_OF, Action.PATTERN, Action.MAX_LENGTH, Action.DATE_RANGE, Action.KNOWN_PRECINCT})
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One step of one or more fields. A judging rule carries the error that a value which fails it gets."""

    fields: tuple[str, ...]
    action: Action
    parameters: Mapping[str, Any]
    batch_types: frozenset[str] = frozenset()
    code: str = ""
    severity: Severity = Severity.FATAL
    text: str = ""
    reason: FailureReason = FailureReason.FAILED_VALIDATION


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBook:
    """A county's rules with the statewide ones, in the order in which they run, and what a change entails (VRU-19).

    A changed field of `vnc_fields` makes a voter notification card due, unless every changed field is in
    `vnc_suppressed_when_only`, as for a pure re-precincting.
    """

    rules: tuple[Rule, ...]
    vnc_fields: frozenset[str]
    vnc_suppressed_when_only: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What the rules look values up in; loaded before a batch begins (OPS-04)."""

    codes: Mapping[str, frozenset[str]]
    precincts: frozenset[str]
    elections: frozenset[str]
    today: date


def rule_book(statewide: str, county: str | None) -> RuleBook:
    """Join the statewide rules and a county's; text that is wrong raises InvalidRequest with the rule's number."""
    state_rules, state_vnc = _parse(statewide)
    county_rules, county_vnc = _parse(county or "")
    replaced = {rule.code for rule in county_rules if rule.code}
    kept = [rule for rule in state_rules if not rule.code or rule.code not in replaced]
    vnc = {**state_vnc, **county_vnc}
    return RuleBook(
        rules=(*county_rules, *kept),
        vnc_fields=frozenset(vnc.get("fields", ())),
        vnc_suppressed_when_only=frozenset(vnc.get("suppress_when_only", ())),
    )


def _parse(text: str) -> tuple[list[Rule], dict[str, list[str]]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidRequest(ErrorCode.RULES_WRONG, f"The rules are not TOML: {error}") from error
    unknown = sorted(set(data) - {"rule", "vnc"})
    if unknown:
        raise InvalidRequest(ErrorCode.RULES_WRONG, "Rules consist of [[rule]] tables and one [vnc] table.", ref=unknown[0])
    vnc: dict[str, list[str]] = data.get("vnc", {})
    for key, names in vnc.items():
        _check_fields(names, f"vnc.{key}")
    return [_rule(item, f"rule[{number}]") for number, item in enumerate(data.get("rule", []), 1)], vnc


def _rule(item: dict[str, Any], ref: str) -> Rule:
    given = dict(item)
    names = tuple(given.pop("fields", ()))
    _check_fields(names, f"{ref}.fields")
    if not names:
        raise InvalidRequest(ErrorCode.RULES_WRONG, "A rule names the fields that it is for.", ref=f"{ref}.fields")
    action = _member(Action, given.pop("action", None), f"{ref}.action")
    batch_types = frozenset(given.pop("batch_types", ()))
    judged = _judgement(given, action, ref) if action in JUDGING else {}
    wrong = sorted(set(given) - _PARAMETERS[action])
    if wrong:
        raise InvalidRequest(ErrorCode.RULES_WRONG, f"The action {action} has no such parameter.", ref=f"{ref}.{wrong[0]}")
    if _PARAMETERS[action] and not given:
        raise InvalidRequest(ErrorCode.RULES_WRONG, f"The action {action} needs {' or '.join(sorted(_PARAMETERS[action]))}.", ref=ref)
    return Rule(fields=names, action=action, parameters=given, batch_types=batch_types, **judged)


def _judgement(given: dict[str, Any], action: Action, ref: str) -> dict[str, Any]:
    missing = sorted({"code", "text"} - set(given))
    if missing:
        raise InvalidRequest(ErrorCode.RULES_WRONG, f"The action {action} judges, so it needs a code and a text.", ref=f"{ref}.{missing[0]}")
    default_reason = FailureReason.PRECINCT_NOT_FOUND if action is Action.KNOWN_PRECINCT else FailureReason.FAILED_VALIDATION
    return {
        "code": str(given.pop("code")),
        "text": str(given.pop("text")),
        "severity": _member(Severity, given.pop("severity", Severity.FATAL), f"{ref}.severity"),
        "reason": default_reason,
    }


def _member(kind: type[Any], value: object, ref: str) -> Any:  # noqa: ANN401 - a member of the enumeration given
    try:
        return kind(value)
    except ValueError as error:
        allowed = ", ".join(member.value for member in kind)
        raise InvalidRequest(ErrorCode.RULES_WRONG, f"This must be one of: {allowed}.", ref=ref) from error


def _check_fields(names: Iterable[str], ref: str) -> None:
    for name in names:
        if name not in RULE_FIELDS:
            raise InvalidRequest(ErrorCode.RULES_WRONG, f"There is no field {name!r}; fields: {', '.join(sorted(RULE_FIELDS))}.", ref=ref)
