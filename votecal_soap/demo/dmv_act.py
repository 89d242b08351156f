"""The second act, in the order of its days: people move, DMV tells, the state matches, the counties answer, deadlines pass, letters go out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from votecal_soap.bootstrap import Application
from votecal_soap.demo.county_rounds import Heard, Office, let_counties_answer, lose_work_list
from votecal_soap.demo.days import DAY_OF_DEADLINES, DAY_OF_FILE, DaysClock
from votecal_soap.demo.dmv_account import DmvAccount
from votecal_soap.demo.dmv_clerks import FIRST_DEEDS, LATER_DEEDS, clerks_at_work
from votecal_soap.demo.dmv_configuration import cancel_and_invite
from votecal_soap.demo.dmv_deadlines import Deadlines, let_deadlines_pass
from votecal_soap.demo.dmv_evidence import EXPLAINED, DmvEvidence, offered_case, voter_now, voters_above_threshold
from votecal_soap.demo.dmv_file import leave_unfinished, receive, receive_slowly, refused_files
from votecal_soap.demo.dmv_killing import kill_in_the_middle
from votecal_soap.demo.dmv_letters import export_letters
from votecal_soap.demo.dmv_making import Planted
from votecal_soap.demo.dmv_settling import settle_dmv
from votecal_soap.demo.dmv_situations import DmvFileNumber, DmvSituation
from votecal_soap.demo.findings import ClerksWord
from votecal_soap.demo.population import COUNTY, OTHER_COUNTY
from votecal_soap.demo.services import Services
from votecal_soap.demo.steps import Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Where it plays."""

    application: Application
    clock: DaysClock
    services: Services
    offices: Mapping[str, Office]
    planted: list[Planted]
    steps: Steps


def play(act: Act) -> DmvAccount:
    """All its days, and the account."""
    heard, words = Heard(), list[ClerksWord]()
    evidence = _first_day(act, heard, words)
    closed = _next_days(act, heard)
    deadlines = _day_of_deadlines(act, heard, evidence.unfinished_job)
    with act.steps.step("State: a worker is killed over a file, another ends it"):
        act.clock.set_forward(DAY_OF_FILE[DmvFileNumber.KILLED])
        killed = kill_in_the_middle(act.application, act.services, act.planted)
    with act.steps.step("Counties hear of it; letters go out"):
        let_counties_answer(act.application, list(act.offices.values()), heard)
        letters = export_letters(act.application, act.planted)
    jobs = {DmvFileNumber.FIRST: evidence.arrival.job_id, **closed, DmvFileNumber.KILLED: killed.job_id}
    return settle_dmv(act.application, act.offices, evidence, jobs=jobs, heard=heard, words=words, deadlines=deadlines, killed=killed, letters=letters)


def _first_day(act: Act, heard: Heard, words: list[ClerksWord]) -> DmvEvidence:
    application, planted = act.application, act.planted
    with act.steps.step("State: DMV's file comes slowly; broken ones are refused"):
        rivals = voters_above_threshold(application, planted, DmvSituation.EXACT_LICENCE)
        arrival = receive_slowly(application, planted)
        offered = offered_case(application, arrival.job_id, planted)
        refused, unfinished_job = refused_files(application, planted), leave_unfinished(application, planted)
    with act.steps.step("Counties: import, decide, answer; a work list is lost and found"):
        let_counties_answer(application, list(act.offices.values()), heard)
        answered = voter_now(application, planted, EXPLAINED)
        lost = lose_work_list(act.offices[COUNTY])
        let_counties_answer(application, list(act.offices.values()), heard)
    with act.steps.step("Counties: the clerks' work"):
        words += clerks_at_work(application, act.offices, planted, FIRST_DEEDS)
        let_counties_answer(application, list(act.offices.values()), heard)
        words += clerks_at_work(application, act.offices, planted, LATER_DEEDS)
        let_counties_answer(application, list(act.offices.values()), heard)
    return DmvEvidence(
        planted=planted, arrival=arrival, offered=offered, rivals=rivals, refused=refused, unfinished_job=unfinished_job, lost=lost, answered=answered
    )


def _next_days(act: Act, heard: Heard) -> dict[DmvFileNumber, int]:
    """A file while Sierra's office is closed, and one under the other rule of moves."""
    jobs: dict[DmvFileNumber, int] = {}
    with act.steps.step("State and Los Angeles: two more days, two more files"):
        for file in (DmvFileNumber.CLOSED, DmvFileNumber.INVITING):
            act.clock.set_forward(DAY_OF_FILE[file])
            cancel_and_invite(act.application, on=file is DmvFileNumber.INVITING)
            jobs[file] = receive(act.application, file, act.planted)
            let_counties_answer(act.application, [act.offices[COUNTY]], heard)
        cancel_and_invite(act.application, on=False)
    return jobs


def _day_of_deadlines(act: Act, heard: Heard, unfinished_job: int) -> Deadlines:
    with act.steps.step("State: deadlines pass; Sierra opens again"):
        act.clock.set_forward(DAY_OF_DEADLINES)
        deadlines = let_deadlines_pass(act.application, act.planted, unfinished_job)
        let_counties_answer(act.application, [act.offices[OTHER_COUNTY], act.offices[COUNTY]], heard)
    return deadlines


def offices_of(databases: Mapping[str, Path], secrets: Mapping[str, Path], work_dir: Path) -> dict[str, Office]:
    """Both counties' offices."""
    return {county: Office(county_code=county, ems_database=path, work_dir=work_dir, secret=secrets[county].read_text()) for county, path in databases.items()}
