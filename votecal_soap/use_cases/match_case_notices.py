"""Match cases as the county that reads them may see them (EWS-11, EWS-14)."""

from collections.abc import Mapping, Sequence

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.dmv_values import Received
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.domain.match_notices import MatchNotice
from votecal_soap.domain.voters import Voter
from votecal_soap.use_cases.duplicate_messages import PairSight, duplicate_notice, voters_of
from votecal_soap.use_cases.match_messages import CaseSight, DmvSubject, match_notice
from votecal_soap.use_cases.ports import UnitOfWork, WorkItem


def notices_of(uow: UnitOfWork, cases: Sequence[MatchCase], caller: Caller, clock: Clock) -> list[MatchNotice]:
    """The cases, in their order, with their voters, and with DMV's record or the merge that was made."""
    uids = {uid for case in cases for uid in (case.state_voter_id, case.other_state_voter_id) if uid is not None}
    voters = {int(voter.state_voter_id): voter for voter in uow.voters.by_state_id(sorted(uids))}
    items = uow.work_items.by_ids(sorted({case.work_item_id for case in cases if case.work_item_id is not None}))
    notices = []
    for case in cases:
        if case.other_state_voter_id is not None:
            notices.append(_of_pair(uow, case, voters, caller, clock))
        elif case.work_item_id is not None:
            notices.append(_notice(case, voters[case.state_voter_id], items[case.work_item_id], caller, clock))
    return notices


def _of_pair(uow: UnitOfWork, case: MatchCase, voters: Mapping[int, Voter], caller: Caller, clock: Clock) -> MatchNotice:
    """The reader's own record stands first."""
    one, other = (voters[uid] for uid in voters_of(case))
    own, second = (other, one) if caller.county_code == other.county_code != one.county_code else (one, other)
    merge = uow.merges.get(case.case_id)
    sight = PairSight(case, merge if merge is not None and merge.undone_at is None else None)
    return duplicate_notice(sight, own, second, reader_county=caller.county_code, today=legal_date(clock.now()))


def _notice(case: MatchCase, voter: Voter, item: WorkItem, caller: Caller, clock: Clock) -> MatchNotice:
    # What the rules make of the record matters to a decision, not to a reader.
    subject = DmvSubject(item.work_item_id, item.record, Received({}, ()), item.county_code, item.signature_id)
    sight = CaseSight(case, case.state, case.version, case.basis)
    return match_notice(sight, subject, voter, reader_county=caller.county_code, today=legal_date(clock.now()))
