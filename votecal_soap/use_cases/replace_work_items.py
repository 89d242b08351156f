"""COA-31 A newer DMV record of a voter takes the place of an earlier one that still waits: closed, with its cases, and the county is told."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from votecal_soap.domain.dmv_values import Received
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import CaseState, Disposition, MatchCase
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.match_messages import CaseSight, DmvSubject, tell_of_case
from votecal_soap.use_cases.ports import UnitOfWork, WorkItem


class EarlierItems(NamedTuple):
    """Open work items of some voters, and all voters of the cases of those items."""

    by_voter: Mapping[int, Sequence[int]]
    state_voter_ids: frozenset[int]


def earlier_items(uow: UnitOfWork, state_voter_ids: Sequence[int]) -> EarlierItems:
    """What waits for these voters."""
    if not state_voter_ids:
        return EarlierItems({}, frozenset())
    by_voter = uow.work_items.earlier_open(state_voter_ids)
    items = sorted({item for items in by_voter.values() for item in items})
    cases = uow.match_cases.of_work_items(items) if items else []
    return EarlierItems(by_voter, frozenset(case.state_voter_id for case in cases if case.state is CaseState.OPEN))


def replace_earlier(uow: UnitOfWork, effects: MatchEffects, earlier: EarlierItems, state_voter_ids: Iterable[int]) -> None:
    """Close what waits for these voters as Replaced; `effects` holds the voters of its cases."""
    items = sorted({item for uid in state_voter_ids for item in earlier.by_voter.get(uid, ())})
    if not items:
        return
    known = uow.work_items.by_ids(items)
    for case in uow.match_cases.replace(items, effects.at):
        _tell(effects, case, known[case.work_item_id or 0])
    uow.work_items.close(items, Disposition.REPLACED, effects.at)


def _tell(effects: MatchEffects, case: MatchCase, item: WorkItem) -> None:
    subject = DmvSubject(item.work_item_id, item.record, Received({}, ()), item.county_code, item.signature_id)
    sight = CaseSight(case, CaseState.REPLACED, case.version, "A newer DMV record of this voter has come.")
    tell_of_case(effects, MessageType.MATCH_CASE_REPLACED, sight, subject, county_code=case.county_code)
    effects.audit("ReplaceMatchCase", ("MatchCase", case.case_id), case.county_code, old={"state": CaseState.OPEN}, new={"state": CaseState.REPLACED})
