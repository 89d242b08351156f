"""Settles the account of DMV's files once their days have passed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace

from votecal_soap.bootstrap import Application
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.demo.county_rounds import Heard, Office
from votecal_soap.demo.dmv_account import DmvAccount, ExplainedCase, count_answers, count_dmv_outcomes, count_records
from votecal_soap.demo.dmv_checks import Ending, checks
from votecal_soap.demo.dmv_deadlines import Deadlines
from votecal_soap.demo.dmv_evidence import EXPLAINED, LOOKED_THROUGH, DmvEvidence, cases_of, of_situation, records_found, work_items
from votecal_soap.demo.dmv_killing import Killed
from votecal_soap.demo.dmv_letters import Letters
from votecal_soap.demo.dmv_situations import DmvFileNumber
from votecal_soap.demo.findings import ClerksWord
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases import list_jobs


def settle_dmv(
    application: Application,
    offices: Mapping[str, Office],
    evidence: DmvEvidence,
    *,
    jobs: Mapping[DmvFileNumber, int],
    heard: Heard,
    words: Sequence[ClerksWord],
    deadlines: Deadlines,
    killed: Killed,
    letters: Letters,
) -> DmvAccount:
    """Compare what was planted with where the state and the counties have it."""
    planted = evidence.planted
    reports = {file: list_jobs.report(job_id, application.unit_of_work(read_only=True)) for file, job_id in jobs.items()}
    counted = {file: report.dmv_file.outcomes if report.dmv_file else {} for file, report in reports.items()}
    scores = sum((Counter(report.dmv_file.scores) for report in reports.values() if report.dmv_file), Counter())
    items = work_items(application, jobs, planted)
    with ExitStack() as stack:
        databases = {county: stack.enter_context(EmsDatabase(office.ems_database)) for county, office in offices.items()}
        ending = Ending(
            application=application,
            evidence=evidence,
            reports=reports,
            items=items,
            cases=cases_of(application, items),
            databases=databases,
            heard=heard,
            deadlines=deadlines,
            killed=killed,
            letters=letters,
            words=words,
            scores=scores,
        )
        return DmvAccount(
            jobs=jobs,
            situations=count_records(planted, records_found(application, planted, items, databases)),
            outcomes=count_dmv_outcomes(planted, counted),
            scores=dict(scores),
            answered=count_answers(planted, heard.answers),
            words=tuple(words),
            letters=letters.counts,
            checks=checks(ending),
            explained=_explained(evidence, application, databases),
        )


def _explained(evidence: DmvEvidence, application: Application, databases: Mapping[str, EmsDatabase]) -> ExplainedCase:
    item, case, message = of_situation(evidence.planted, EXPLAINED), evidence.offered.case, evidence.offered.message
    with application.unit_of_work(read_only=True) as uow:
        offered = {each.message_id for each in uow.messages.page(case.county_code, LOOKED_THROUGH, with_payload=False)}
        kept = {message_id for message_id, _, _ in uow.messages.by_ids(case.county_code, [message.message_id])}
    if evidence.answered is None:
        raise NotFound(ErrorCode.VOTER_NOT_FOUND, "The voter of the explained case is gone.")
    seen = replace(message, still_offered=message.message_id in offered, still_kept=message.message_id in kept)
    answer = _answer(databases[case.county_code], case.case_id)
    return ExplainedCase(situation=EXPLAINED, case=case, message=seen, answer=answer, before=item.voters[0], after=evidence.answered)


def _answer(ems: EmsDatabase, case_id: int) -> str:
    query = "SELECT decision, basis, result FROM state_answers WHERE operation = 'DecideMatchCase' AND subject_id = ? ORDER BY rowid"
    row = ems.connection.execute(query, (case_id,)).fetchone()
    return "none" if row is None else f"{row[0]}: {row[1]}. The state: {row[2]}"
