"""Translation and filtering (VRU-08, VRU-09): what each field passes through, configured per county, never coded.

A county's rules are TOML text in the database; county 00 holds the statewide ones. For each field the county's
rules run first (they turn its codes into the state's), then the statewide ones. A county rule with the `code` of a
statewide one replaces it, so that a county may have another severity.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from votecal_soap.domain.batches import FailureReason, Severity
from votecal_soap.domain.rule_parameters import Action, check_parameters, texts
from votecal_soap.domain.voters import REGISTRATION_FIELDS
from votecal_soap.errors import ErrorCode, InvalidRequest

STATEWIDE: Final = "00"
PRECINCT_FIELDS: Final = ("voting_precinct", "voting_precinct_part")
RULE_FIELDS: Final = frozenset((*REGISTRATION_FIELDS, *PRECINCT_FIELDS))
DATE_FIELDS: Final = frozenset({"date_of_birth", "registration_date"})


TEXT_ONLY: Final = frozenset({Action.UPPER, Action.TRANSLATE, Action.REPLACE})
JUDGING: Final = frozenset({Action.REQUIRED, Action.ONE_OF, Action.PATTERN, Action.MAX_LENGTH, Action.DATE_RANGE, Action.KNOWN_PRECINCT})
BOOKS_REMEMBERED: Final = 200
"""More than there are counties; superseded texts are forgotten with all others."""


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


class RuleBooks:
    """Remembers the books of the texts that it has read, for whoever reads single records: a changed text is another book (VRU-08)."""

    def __init__(self) -> None:
        """None is read yet."""
        self._books: dict[tuple[str, str | None], RuleBook] = {}

    def of(self, statewide: str, county: str | None) -> RuleBook:
        """As `rule_book`; several threads may ask at once."""
        book = self._books.get((statewide, county))
        if book is None:
            if len(self._books) >= BOOKS_REMEMBERED:
                self._books.clear()
            book = self._books[statewide, county] = rule_book(statewide, county)
        return book


def _parse(text: str) -> tuple[list[Rule], dict[str, list[str]]]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidRequest(ErrorCode.RULES_WRONG, f"The rules are not TOML: {error}") from error
    unknown = sorted(set(data) - {"rule", "vnc"})
    if unknown:
        raise InvalidRequest(ErrorCode.RULES_WRONG, "Rules consist of [[rule]] tables and one [vnc] table.", ref=unknown[0])
    vnc = data.get("vnc", {})
    rules = data.get("rule", [])
    if not isinstance(vnc, dict) or not isinstance(rules, list) or not all(isinstance(item, dict) for item in rules):
        raise InvalidRequest(ErrorCode.RULES_WRONG, "Rules consist of [[rule]] tables and one [vnc] table.", ref="rule")
    for key, names in vnc.items():
        _check_fields(names, f"vnc.{key}")
    return [_rule(item, f"rule[{number}]") for number, item in enumerate(rules, 1)], vnc


def _rule(item: dict[str, Any], ref: str) -> Rule:
    given = dict(item)
    names = _check_fields(given.pop("fields", []), f"{ref}.fields")
    if not names:
        raise InvalidRequest(ErrorCode.RULES_WRONG, "A rule names the fields that it is for.", ref=f"{ref}.fields")
    action = _member(Action, given.pop("action", None), f"{ref}.action")
    batch_types = frozenset(texts(given.pop("batch_types", []), f"{ref}.batch_types"))
    judged = _judgement(given, action, ref) if action in JUDGING else {}
    check_parameters(action, given, ref)
    if action in TEXT_ONLY and not DATE_FIELDS.isdisjoint(names):
        raise InvalidRequest(ErrorCode.RULES_WRONG, f"The action {action} is for texts, and a date is one already.", ref=f"{ref}.fields")
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


def _check_fields(given: object, ref: str) -> tuple[str, ...]:
    names = tuple(texts(given, ref))
    for name in names:
        if name not in RULE_FIELDS:
            raise InvalidRequest(ErrorCode.RULES_WRONG, f"There is no field {name!r}; fields: {', '.join(sorted(RULE_FIELDS))}.", ref=ref)
    return names
