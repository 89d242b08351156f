"""VRU-08 An administrator replaces a county's translation and filtering rules, or the statewide ones, as text."""

from dataclasses import dataclass
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.rules import STATEWIDE, Reference, RuleBook, rule_book
from votecal_soap.domain.statewide import shipped_rules
from votecal_soap.domain.translation import Translator
from votecal_soap.errors import ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork

LENGTH_LIMIT: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRules:
    """Whose rules (00: statewide), the TOML text, and who imports them."""

    county_code: str
    text: str
    acting_user: str


def import_rules(command: ImportRules, uow: UnitOfWork, clock: Clock) -> RuleBook:
    """Check the text together with the statewide rules, then replace the old text; batches that begin later use it."""
    if len(command.text) > LENGTH_LIMIT:
        raise InvalidRequest(ErrorCode.RULES_WRONG, f"The rules are longer than {LENGTH_LIMIT} characters.")
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        book = joined_rules(command.county_code, command.text, uow)
        _compile(book, clock)
        old = uow.reference.rules_text(command.county_code)
        uow.reference.save_rules_text(command.county_code, command.text)
        record_change(
            uow,
            at=clock.now(),
            actor=command.acting_user,
            action="ImportRules",
            subject=("county_rules", command.county_code),
            county_code=None if command.county_code == STATEWIDE else command.county_code,
            old={"rules": old},
            new={"rules": command.text},
        )
        uow.commit()
    return book


def rules_text(county_code: str, uow: UnitOfWork) -> str | None:
    """A county's rules in force, or None when it has none of its own; the shipped ones hold for 00 until SOS imports others."""
    with uow:
        _require_county(county_code, uow)
        return uow.reference.rules_text(county_code) or (shipped_rules() if county_code == STATEWIDE else None)


def joined_rules(county_code: str, text: str | None, uow: UnitOfWork) -> RuleBook:
    """A text for a county joined with the statewide rules; text that is wrong raises InvalidRequest."""
    _require_county(county_code, uow)
    if county_code == STATEWIDE:
        return rule_book(text or shipped_rules(), None)
    return rule_book(uow.reference.rules_text(STATEWIDE) or shipped_rules(), text)


def _require_county(county_code: str, uow: UnitOfWork) -> None:
    if county_code != STATEWIDE and uow.reference.county(county_code) is None:
        raise NotFound(ErrorCode.COUNTY_NOT_FOUND, f"There is no county {county_code}; 00 is the whole state.", ref="county")


def _compile(book: RuleBook, clock: Clock) -> None:
    """Compile every rule as a batch would: a pattern that is wrong shows now, not in the night."""
    reference = Reference(codes={}, precincts=frozenset(), elections=frozenset(), today=legal_date(clock.now()))
    for batch_type in {"", *(name for rule in book.rules for name in rule.batch_types)}:
        Translator(book, reference, batch_type=batch_type, kinds=frozenset(), refs={})
