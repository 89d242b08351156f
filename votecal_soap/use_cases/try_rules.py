"""VRU-08 What a county's rules make of a value, step by step, before a batch meets them."""

from collections.abc import Mapping
from dataclasses import dataclass

from votecal_soap.clock import Clock
from votecal_soap.domain.batches import INITIAL_LOAD
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.rule_parameters import Action
from votecal_soap.domain.rules import RULE_FIELDS
from votecal_soap.domain.translation import Translator
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.import_rules import joined_rules
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.process_voter_record_update_batch import BATCH_TYPE, reading_rules


@dataclass(frozen=True, slots=True, kw_only=True)
class TryRules:
    """A county's values by field, as a batch or the initial load brings them; `text` stands in for the county's stored rules."""

    county_code: str
    values: Mapping[str, str]
    text: str | None = None
    initial_load: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of one field: the value after it, and whether it passed."""

    field: str
    action: Action
    value: str | None
    passed: bool


def trace(command: TryRules, uow: UnitOfWork, clock: Clock) -> list[Step]:
    """Run each value through its field's rules; an unknown field raises InvalidRequest."""
    for name in command.values:
        if name not in RULE_FIELDS:
            raise InvalidRequest(ErrorCode.RULES_WRONG, f"There is no field {name!r}; fields: {', '.join(sorted(RULE_FIELDS))}.", ref=name)
    translator = _translator(command, uow, clock)
    return [
        Step(field=name, action=action, value=value, passed=passed)
        for name, text in command.values.items()
        for action, value, passed in translator.steps(name, text)
    ]


def _translator(command: TryRules, uow: UnitOfWork, clock: Clock) -> Translator:
    batch_type = INITIAL_LOAD if command.initial_load else BATCH_TYPE
    with uow:
        text = uow.reference.rules_text(command.county_code) if command.text is None else command.text
        book = joined_rules(command.county_code, text, uow)
        rules = reading_rules(uow, command.county_code, clock, batch_type=batch_type, kinds=frozenset(DataKind), election_id=None)
    return Translator(book, rules.reference, batch_type=batch_type, kinds=rules.kinds, refs={})
