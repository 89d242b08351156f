"""How a demonstration is shown: its progress while it runs, its account at the end."""

import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from votecal_soap.cli import demo_dmv_view, demo_pair_view, output
from votecal_soap.contract.wsdl import SERVICES
from votecal_soap.domain.jobs import JobType
from votecal_soap.domain.voters import Voter

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from votecal_soap.county.progress import Progress as Told
    from votecal_soap.demo.account import Account, SituationCount, VoterHistory
    from votecal_soap.demo.demonstration import Stage
    from votecal_soap.demo.findings import SampleMessage


class StepBars:
    """A bar for each step; without a terminal a line for each that has ended."""

    def __init__(self, bar: "Progress") -> None:
        """Draw with this."""
        self._bar = bar
        self._tasks: dict[str, TaskID] = {}

    def begun(self, title: str) -> None:
        """Show a bar that does not know its end."""
        self._tasks[title] = self._bar.add_task(title, total=None)

    def advanced(self, title: str, done: int, total: int | None) -> None:
        """Move it."""
        self._bar.update(self._tasks[title], completed=done, total=total)

    def ended(self, title: str, seconds: float) -> None:
        """Fill it."""
        task = next(task for task in self._bar.tasks if task.id == self._tasks[title])
        self._bar.update(task.id, completed=task.total or 1, total=task.total or 1)
        if self._bar.disable:
            output.console(stderr=True).print(f"{seconds:6.1f} s  {title}")


def show_account(account: "Account", as_json: bool) -> None:
    """The account, for a person or for a program."""
    if as_json:
        output.show_json(_as_json(account))
        return
    _heading("What was planted among the county's voters, and what came of it")
    output.show_table(("Planted", "Found", "Outcome or reason: how it comes about (situation)"), map(_situation_row, account.situations))
    _heading(f"Job {account.job_id}: as planted, as the state counted, as the county was told")
    rows = ((*map(_number, (count.planted, count.at_state, count.at_county)), count.outcome, count.reason) for count in account.outcomes)
    output.show_table(("Planted", "  State", " County", "Outcome", "Reason"), rows)
    _heading(f"The county's queue: {account.queue_before:,} messages before it polled, {account.queue_after:,} after it cleared")
    for message in account.messages:
        _show_message(message)
    _heading(f"Voter {account.history.before.state_voter_id}, whose name and precinct changed")
    _show_history(account.history)
    if account.dmv is not None:
        demo_dmv_view.show_dmv_account(account.dmv, _show_message)
    if account.pairs is not None:
        demo_pair_view.show_pair_account(account.pairs, _show_message)
    _heading("How long it took")
    output.show_table(("Seconds", "Step"), ((f"{seconds:7.2f}", title) for title, seconds in account.seconds.items()))
    _show_verdict(account)


def show_what_is_left(data_dir: Path | None) -> None:
    """How to see more, when it was played once."""
    kept = f"The database and all files stay in {data_dir}." if data_dir else "Nothing is kept; --data-dir DIR keeps it."
    _line(f"{kept} Without --once the services stay up, to be tried.")


def show_where_to_look(stage: "Stage") -> None:
    """Addresses, credentials and commands, as they can be copied into another terminal."""
    from votecal_soap.demo import population
    from votecal_soap.demo.state_side import ADMINISTRATOR, ELECTION, SOS_USER, credential_name

    with stage.application.unit_of_work(read_only=True) as uow:
        job_ids = {job.job_id: job.job_type for job in uow.jobs.listed()}
    last_job, first_dmv_job = max(job_ids), min(job_id for job_id, kind in job_ids.items() if kind is JobType.PROCESS_DMV_COA_RECORD_FILE)
    url, files = stage.application.config.public_url, stage.directory / "files"
    _heading("Where to look next (the services are up, the county polls; Ctrl-C ends it all)")
    for service in SERVICES:
        _line(f"{url}{service.path}?wsdl")
    _heading("Credentials, which exist in this demonstration's database alone")
    for county, secret in stage.secrets.items():
        _line(f"county {county}: {credential_name(county)}  {secret.read_text()}")
    _line(f"SOS administrator: {ADMINISTRATOR}   SOS user: {SOS_USER}")
    _show_console_login(stage, ADMINISTRATOR)
    _heading("Commands, in another terminal")
    _line(f"export VOTECAL_DATA_DIR={stage.directory} VOTECAL_PUBLIC_URL={url} VOTECAL_DATABASE_URL= VOTECAL_CONFIG_FILE=")
    _line("votecal job show 1")
    _line("votecal queue status")
    _line(f"votecal job show {first_dmv_job}   # DMV's first file")
    _line("votecal match config show")
    for county, path in stage.ems_databases.items():
        caller = f"--username {credential_name(county)} --secret-file {stage.secrets[county]}"
        _line(f"votecal county cases --url {url} {caller} --ems {path}   # and case, decide, undo, reverse-move, report, search")
    _line(f"votecal list show --as {SOS_USER}")
    _line(f"votecal rules test --county {population.COUNTY} party=D 'street_type=Avenue' phone=555")
    _line(f"votecal county reprecinct --ems {stage.ems_database} --election {ELECTION} {stage.people.busiest_precinct()}=1900101")
    kinds = "home-precinct,voting-precinct,name,contact"
    _line(f"votecal job schedule voter-record-update --county {population.COUNTY} --election {ELECTION} --kinds {kinds} --notice 'by phone' --as {SOS_USER}")
    _line(f"votecal job authorise {last_job + 1} --as {ADMINISTRATOR}   # the county, polling, then does it")
    _line(f"votecal job show {last_job + 1} --follow")
    _heading("Files")
    for path in (stage.directory / "votecal.db", *stage.ems_databases.values(), files, stage.directory / "demo.log"):
        _line(str(path))


def _show_console_login(stage: "Stage", user_name: str) -> None:
    from votecal_soap.clock import CALIFORNIA
    from votecal_soap.demo.console_login import give_login

    login = give_login(stage.application, user_name)
    _line(f"console: {stage.application.config.public_url}/console")
    _line(f"console login: {login.user_name}  {login.password}")
    codes = ", ".join(f"{instant.astimezone(CALIFORNIA):%H:%M:%S} {code}" for instant, code in login.codes)
    _line(f"one-time codes by the time in California: {codes}")
    _line(f"later codes: votecal user totp {user_name} --as {user_name} for an authenticator app; this one's secret is {login.secret}")


def tell_of_messages(told: "Told") -> None:
    """A line for each page that the polling county imports."""
    if told.done:
        output.console(stderr=True).print(f"county: {told.step} {told.done}{f' of {told.total}' if told.total else ''}")


def _situation_row(count: "SituationCount") -> tuple[object, ...]:
    from votecal_soap.demo.situations import EXPECTED

    expected = EXPECTED[count.situation]
    outcome = expected.reason or f"{expected.outcome}{' with a warning' if expected.warning else ''}"
    return _number(count.planted), _number(count.found), f"{outcome}: {expected.about} ({count.situation})"


def _number(number: int) -> str:
    return f"{number:7,}"


def _show_message(message: "SampleMessage") -> None:
    stands = "still offered" if message.still_offered else "cleared, offered no more, " + ("kept" if message.still_kept else "LOST")
    _line(f"\n{message.message_type} {message.message_id} ({message.situation}); now {stands}")
    for line in _indented(message.payload):
        _line(line)


def _indented(payload: str) -> Iterable[str]:
    """XML with an element a line; the payload is ours, so that nothing but elements stands between tags."""
    depth = 0
    for tag in re.findall(r"<[^/>]+>[^<]+</[^>]+>|<[^>]+>", payload):
        is_end = tag.startswith("</")
        depth -= is_end
        yield f"  {'  ' * depth}{tag}"
        depth += not is_end and "</" not in tag


def _show_history(history: "VoterHistory") -> None:
    rows = (
        ("before the batch", history.before),
        ("after the batch", history.after),
        (f"as of {history.yesterday}", history.as_of_yesterday),
        (f"as of {history.today}", history.as_of_today),
    )
    columns = ("Record", "Version", "Effective", "Last name", "Precinct", "Card due", "DL/ID")
    output.show_table(columns, ((title, *_voter_row(voter)) for title, voter in rows))


def _voter_row(voter: Voter | None) -> tuple[object, ...]:
    if voter is None:
        return ("none",)
    due = "yes" if voter.vnc_due else "no"
    return voter.version, voter.effective_date, voter.last_name, voter.home_precinct, due, voter.drivers_license_status


def _show_verdict(account: "Account") -> None:
    _heading("Verdict")
    for check in account.checks:
        _line(f"{'yes' if check.holds else 'NO '}  {check.text}")
    differences = [count for count in account.situations if count.found != count.planted or count.otherwise]
    if differences:
        _heading("Differences")
        rows = ((count.situation, count.planted, count.found, _others(count)) for count in differences)
        output.show_table(("Situation", "Planted", "Found", "Others came to"), rows)
    if account.dmv is not None:
        demo_dmv_view.show_dmv_verdict(account.dmv)
    if account.pairs is not None:
        demo_pair_view.show_pair_verdict(account.pairs)
    _line("Every count is exactly what was planted." if account.is_exact else "THIS IS NOT WHAT WAS PLANTED.")


def _others(count: "SituationCount") -> str:
    return "; ".join(f"{number} x {told}" for told, number in count.otherwise.items())


def _heading(text: str) -> None:
    output.console().print(f"\n[bold]{text}[/bold]", soft_wrap=True)


def _line(text: str) -> None:
    output.console().print(text, markup=False, soft_wrap=True)


def _as_json(account: "Account") -> dict[str, object]:
    history = account.history
    return {
        "is_exact": account.is_exact,
        **{name: value for name, value in asdict(account).items() if name not in {"history", "dmv", "pairs"}},
        "dmv": demo_dmv_view.as_json(account.dmv) if account.dmv else None,
        "pairs": demo_pair_view.as_json(account.pairs) if account.pairs else None,
        "history": {
            "before": history.before._asdict(),
            "after": history.after._asdict(),
            "as_of_yesterday": history.as_of_yesterday._asdict() if history.as_of_yesterday else None,
            "as_of_today": history.as_of_today._asdict() if history.as_of_today else None,
        },
    }
