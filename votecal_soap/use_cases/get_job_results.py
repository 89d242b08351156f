"""UC04.14.01 step 5: the county reads one result for each record of its file, a page at a time (VRU-11, VRU-12, VRU-21)."""

from typing import Final

from votecal_soap.domain.counties import Caller
from votecal_soap.domain.file_exchange import ResultPage, ResultQuery
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.county_jobs import county_job
from votecal_soap.use_cases.ports import UnitOfWorkFactory

RESULT_LIMIT: Final = 1000


def get_job_results(query: ResultQuery, caller: Caller, unit_of_work: UnitOfWorkFactory) -> ResultPage:
    """Results after a sequence, in file order; `more` says that others follow."""
    if query.limit is not None and not 1 <= query.limit <= RESULT_LIMIT:
        raise InvalidRequest(ErrorCode.LIMIT_EXCEEDED, f"A page holds 1 to {RESULT_LIMIT} results.", ref="MaximumRecords")
    limit = query.limit or RESULT_LIMIT
    with unit_of_work(read_only=True) as uow:
        job = county_job(uow, caller, query.job_id)
        outcomes = uow.jobs.outcomes(job.job_id, query.after_sequence, limit + 1)
    return ResultPage(outcomes[:limit], len(outcomes) > limit)
