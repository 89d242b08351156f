"""Match cases as the county that reads them may see them (EWS-11, EWS-14)."""

from collections.abc import Sequence

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.dmv_values import Received
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.domain.match_notices import MatchNotice
from votecal_soap.domain.voters import Voter
from votecal_soap.use_cases.match_messages import CaseSight, DmvSubject, match_notice
from votecal_soap.use_cases.ports import UnitOfWork, WorkItem


def notices_of(uow: UnitOfWork, cases: Sequence[MatchCase], caller: Caller, clock: Clock) -> list[MatchNotice]:
    """The cases, in their order, with voter and DMV record."""
    voters = {int(voter.state_voter_id): voter for voter in uow.voters.by_state_id(sorted({case.state_voter_id for case in cases}))}
    items = uow.work_items.by_ids(sorted({case.work_item_id for case in cases if case.work_item_id is not None}))
    return [_notice(case, voters[case.state_voter_id], items[case.work_item_id], caller, clock) for case in cases if case.work_item_id is not None]


def _notice(case: MatchCase, voter: Voter, item: WorkItem, caller: Caller, clock: Clock) -> MatchNotice:
    # What the rules make of the record matters to a decision, not to a reader.
    subject = DmvSubject(item.work_item_id, item.record, Received({}, ()), item.county_code, item.signature_id)
    sight = CaseSight(case, case.state, case.version, case.basis)
    return match_notice(sight, subject, voter, reader_county=caller.county_code, today=legal_date(clock.now()))
