"""What a county asks, says and is told about match cases, unresolved DMV records and moves (UC03.22.01, UC03.50.01, EWS-11).

A decision on a case is `match_cases.CaseDecision`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from votecal_soap.domain.match_cases import CaseState, CaseType, Disposition
from votecal_soap.domain.match_notices import MatchNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchCaseQuery:
    """Which of its cases a county wants, by rising id; empty states mean those that wait, empty types mean all."""

    states: frozenset[CaseState] = frozenset()
    case_types: frozenset[CaseType] = frozenset()
    after_case_id: int = 0
    limit: int | None = None


class MatchCasePage(NamedTuple):
    """Cases by rising id, and whether others follow."""

    cases: Sequence[MatchNotice]
    more: bool


class OwnRecord(NamedTuple):
    """The record of a case that a county is answered about, with its version if it is the county's own."""

    state_voter_id: int
    version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoMatchCase:
    """A county takes back a match that was applied (COA-34)."""

    case_id: int
    expected_version: int
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportUnresolvedCoa:
    """What a county found out about a DMV record that matched nobody: the voter it is, or None for nobody (COA-21)."""

    work_item_id: int
    state_voter_id: int | None
    basis: str


class ReportedCoa(NamedTuple):
    """Where the work item stands then, and the case that a named voter opened."""

    work_item_id: int
    disposition: Disposition
    case_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferDecision:
    """The losing county accepts a move, or reverses it and says why (S4.21)."""

    transfer_id: int
    basis: str | None = None
