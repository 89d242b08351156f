"""What holds when a DMV record is applied, by the job or by a county: settings, modes, blackouts, rules (COA-06, COA-11, COA-12, JOB-04)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple, Self

from votecal_soap.clock import legal_date
from votecal_soap.domain.dmv_values import dmv_translator
from votecal_soap.domain.due_dates import due_on
from votecal_soap.domain.judgement import AfterSteps
from votecal_soap.domain.matching import CrossCountyMode, MatchingFunction, MatchingMode, MatchSettings
from votecal_soap.domain.rule_parameters import CODE_TABLES
from votecal_soap.domain.rules import STATEWIDE, Reference, RuleBook, rule_book
from votecal_soap.domain.statewide import shipped_rules
from votecal_soap.use_cases.ports import Blackout, UnitOfWork


class DmvRules:
    """The statewide rules, compiled once for many records."""

    def __init__(self, book: RuleBook, reference: Reference) -> None:
        """Compile them."""
        self.translator: Final = dmv_translator(book, reference)
        self.after_steps: Final = AfterSteps(book)
        self._made_of: Final = (book, reference)

    def __reduce__(self) -> tuple[type[Self], tuple[RuleBook, Reference]]:
        """Go to another process as they are written, and be compiled there."""
        return type(self), self._made_of


class Withheld(NamedTuple):
    """Whether a cancellation waits for the losing county's word, and whether only an election that is near makes it wait."""

    provisional: bool
    by_blackout: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingCircumstances:
    """Read in the transaction that applies, so that a change of configuration holds from then on."""

    now: datetime
    today: date
    due_on: date
    rules: DmvRules
    settings: Mapping[MatchingFunction, MatchSettings]
    modes: Mapping[tuple[str, MatchingFunction], MatchingMode]
    cross_county: CrossCountyMode
    blackouts: Sequence[Blackout]
    transfer_pending: timedelta
    counties: frozenset[str]

    def withheld(self, counties: tuple[str, str], function: MatchingFunction) -> Withheld:
        """Provisional wins if either county of a move says so, or a blackout holds for either (COA-12, JOB-04)."""
        by_blackout = any(blackout_holds(blackout, self.today, counties, (function,)) for blackout in self.blackouts)
        by_mode = any(self.modes.get((county, function)) is MatchingMode.PROVISIONAL for county in counties)
        return Withheld(by_blackout or by_mode, by_blackout)


def blackout_holds(blackout: Blackout, day: date, counties: Sequence[str], functions: Sequence[MatchingFunction]) -> bool:
    """Whether a blackout covers a day for one of these counties and functions; no counties mean any."""
    here = blackout.county_code is None or not counties or blackout.county_code in counties
    concerns = blackout.function is None or blackout.function in functions
    return here and concerns and blackout.first_day <= day <= blackout.last_day


def dmv_rules(uow: UnitOfWork, now: datetime) -> DmvRules:
    """The statewide rules with the code tables that they look up (VRU-08, OPS-04)."""
    book = rule_book(uow.reference.rules_text(STATEWIDE) or shipped_rules(), None)
    reference = Reference(
        codes={kind: frozenset(uow.reference.codes(kind)) for kind in CODE_TABLES},
        precincts=frozenset(),
        elections=frozenset(),
        today=legal_date(now),
    )
    return DmvRules(book, reference)


def match_settings(uow: UnitOfWork) -> Mapping[MatchingFunction, MatchSettings]:
    """How DMV's two kinds of record are matched now."""
    return {function: uow.matching.settings(function) for function in (MatchingFunction.DMV_COA, MatchingFunction.DMV_REGISTRATION)}


def matching_circumstances(uow: UnitOfWork, now: datetime, rules: DmvRules, transfer_pending: timedelta) -> MatchingCircumstances:
    """What holds now."""
    today = legal_date(now)
    return MatchingCircumstances(
        now=now,
        today=today,
        due_on=due_on(today, uow.matching.holidays()),
        rules=rules,
        settings=match_settings(uow),
        modes=uow.matching.modes(),
        cross_county=uow.matching.cross_county(),
        blackouts=uow.matching.blackouts(),
        transfer_pending=transfer_pending,
        counties=frozenset(county.county_code for county in uow.reference.counties()),
    )
