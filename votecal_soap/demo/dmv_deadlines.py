"""The day on which deadlines have passed: moves that stand, cases that are announced as overdue, a file that was never finished (COA-37, VRU-15)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from votecal_soap.bootstrap import Application
from votecal_soap.clock import legal_date
from votecal_soap.demo.dmv_making import Planted
from votecal_soap.demo.dmv_situations import DmvSituation
from votecal_soap.demo.job_orders import await_end, order
from votecal_soap.domain.jobs import JobState, JobType
from votecal_soap.domain.match_cases import TransferState


class Deadlines(NamedTuple):
    """What the passed days brought: overdue cases by county, where two moves stand that nobody answered, the unfinished file."""

    overdue: Mapping[str, int]
    unanswered: TransferState | None
    unanswered_in_blackout: TransferState | None
    unfinished: JobState


def let_deadlines_pass(application: Application, planted: Sequence[Planted], unfinished_job: int) -> Deadlines:
    """Run the job of deadlines twice: the second time there is nothing left to announce."""
    for _ in range(2):
        await_end(application, order(application, JobType.MATCH_CASE_DEADLINES))
    with application.unit_of_work(read_only=True) as uow:
        overdue = dict(uow.match_cases.overdue_counts(legal_date(application.clock.now())))
    return Deadlines(
        overdue=overdue,
        unanswered=_move_of(application, planted, DmvSituation.UNANSWERED),
        unanswered_in_blackout=_move_of(application, planted, DmvSituation.UNANSWERED_IN_BLACKOUT),
        unfinished=await_end(application, unfinished_job),
    )


def _move_of(application: Application, planted: Sequence[Planted], situation: DmvSituation) -> TransferState | None:
    record = next(item.record for item in planted if item.situation is situation)
    with application.unit_of_work(read_only=True) as uow:
        ids = range(1, 4 * len(planted))
        item = next(each for each in uow.work_items.by_ids(ids).values() if each.record.transaction_id == record.transaction_id)
        (case,) = uow.match_cases.of_work_items([item.work_item_id])
        transfer = uow.match_cases.transfer_of_case(case.case_id)
    return None if transfer is None else transfer.state
