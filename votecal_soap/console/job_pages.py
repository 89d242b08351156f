"""Jobs: scheduled, authorised, watched, paused, cancelled (UC05.20.01, JOB-01 to JOB-04)."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateTimeLocalField, SelectField, SelectMultipleField, StringField, SubmitField, widgets
from wtforms.validators import Length, Optional

from votecal_soap.clock import CALIFORNIA
from votecal_soap.console import choices, context, formats
from votecal_soap.console.roles import only
from votecal_soap.domain.duplicate_runs import DetectionScope
from votecal_soap.domain.jobs import FINISHED_STATES, DataKind, Job, JobState, JobType
from votecal_soap.errors import Conflict, InvalidRequest, NotFound
from votecal_soap.use_cases import authorise_job, job_outlook, list_jobs, reference_lists, schedule_job, stop_job
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, SOS_ROLES

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")

_REFRESH_SECONDS: Final = 5
_MOVING: Final = frozenset({JobState.PENDING, JobState.STARTED, JobState.RECEIVED, JobState.PROCESSING})


class ScheduleForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """All that a job of any type may have; what does not fit the type is refused with the reason."""

    job_type = SelectField("Type of job", choices=choices.members(JobType))
    county = SelectField("County", default="", description="Of a county's batch.")
    election = SelectField("Election", default="", description="Of a batch with voting precincts.")
    kinds = SelectMultipleField(
        "Kinds of data that the county may send",
        choices=choices.members(DataKind),
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )
    notice = StringField("Who at the county gave notice, and when", [Optional(), Length(max=schedule_job.NOTICE_LENGTH)])
    file_name = StringField("Name of DMV's file", [Optional(), Length(max=200)], description="As it is dropped, ending in .xml; without a path.")
    scope = SelectField(
        "Voters whom duplicate detection compares with everybody",
        choices=choices.choices([("", ""), (DetectionScope.CHANGED, "Changed since its last run"), (DetectionScope.WHOLE, "The whole roll")]),
        default="",
        description="Empty: the changed ones.",
    )
    start = DateTimeLocalField("Start, California time", [Optional()], format="%Y-%m-%dT%H:%M", description="Empty: now.")
    repeat = StringField("Repetition", [Optional(), Length(max=60)], description="A cron line, as 0 2 * * * for 2 am every day. Never for a batch or a file.")
    confirmed = BooleanField("Schedule it although a blackout holds then")
    check = SubmitField("Show what else runs then")
    submit = SubmitField("Schedule")


@blueprint.get("/")
@only(*SOS_ROLES)
def listing() -> str:
    """The newest jobs."""
    lines = job_outlook.job_lines(context.person().user_name, context.reading())
    moving = any(line.job.state in _MOVING for line in lines)
    return render_template("jobs/list.html", lines=lines, refresh=_REFRESH_SECONDS if moving else None, now=context.services().clock.now())


@blueprint.route("/new", methods=["GET", "POST"])
@only(*SOS_ROLES)
def new() -> Response | str | tuple[str, int]:
    """Look at what else runs then, and schedule."""
    form = _form()
    if not form.validate_on_submit():
        return render_template("jobs/new.html", form=form, outlook=None, error=None)
    command = _command(form)
    clock = context.services().clock
    outlook = job_outlook.outlook(command, context.reading(), clock)
    if form.check.data or (outlook.blackouts and not command.confirmed):
        return render_template("jobs/new.html", form=form, outlook=outlook, error=None)
    try:
        scheduled = schedule_job.schedule(command, context.writing(), clock, context.recurrence())
    except (InvalidRequest, NotFound) as error:
        return render_template("jobs/new.html", form=form, outlook=outlook, error=error), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(f"Job {scheduled.job.job_id} is scheduled.", "success")
    return redirect(url_for(".show", job_id=scheduled.job.job_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/<int:job_id>")
@only(*SOS_ROLES)
def show(job_id: int) -> str:
    """How far a job has come, and what came of it; `before`: its runs before that one."""
    before = request.args.get("before", type=int)
    report = list_jobs.report(job_id, context.reading(), runs_before=before)
    may_authorise = report.job.state is JobState.SCHEDULED and context.person().role in ADMINISTRATORS
    refresh = _REFRESH_SECONDS if report.job.state in _MOVING else None
    return render_template("jobs/job.html", report=report, may_authorise=may_authorise, refresh=refresh, actions=_actions(report.job), before=before)


@blueprint.post("/<int:job_id>/<action>")
@only(*SOS_ROLES)
def act(job_id: int, action: str) -> Response:
    """Authorise, pause, resume or cancel."""
    if action not in _ACTIONS:
        abort(HTTPStatus.NOT_FOUND)
    try:
        job = _ACTIONS[action](job_id)
    except Conflict as conflict:
        flash(f"{conflict.text} Nothing was changed.", "warning")
    else:
        said = "It stops at the next safe point." if job.state is JobState.PROCESSING else f"Job {job_id} is now {formats.words(job.state).lower()}."
        flash(said, "success")
    return redirect(url_for(".show", job_id=job_id), HTTPStatus.SEE_OTHER)


def _authorise(job_id: int) -> Job:
    person, config = context.person().user_name, context.config()
    command = authorise_job.AuthoriseJob(job_id=job_id, acting_user=person, second_person=config.second_person_authorises)
    return authorise_job.authorise(command, context.writing(), context.services().clock)


def _stopping(use_case: Callable[..., Job]) -> Callable[[int], Job]:
    def act_on(job_id: int) -> Job:
        command = stop_job.StopJob(job_id=job_id, acting_user=context.person().user_name)
        return use_case(command, context.writing(), context.services().clock)

    return act_on


_ACTIONS: Final[dict[str, Callable[[int], Job]]] = {
    "authorise": _authorise,
    "pause": _stopping(stop_job.pause),
    "resume": _stopping(stop_job.resume),
    "cancel": _stopping(stop_job.cancel),
}


def _actions(job: Job) -> list[str]:
    if job.state in (JobState.PAUSED, JobState.FAILED):
        return ["resume", "cancel"]
    return [] if job.state in FINISHED_STATES else ["pause", "cancel"]


def _form() -> ScheduleForm:
    form = ScheduleForm()
    elections = reference_lists.elections(context.reading())
    form.county.choices = choices.counties()
    named = ((item.election_id, f"{item.name}, {formats.day(item.election_date)}") for item in elections)
    form.election.choices = choices.choices([("", ""), *named])
    return form


def _command(form: ScheduleForm) -> schedule_job.ScheduleJob:
    return schedule_job.ScheduleJob(
        job_type=JobType(form.job_type.data),
        acting_user=context.person().user_name,
        county_code=form.county.data or None,
        election_id=form.election.data or None,
        data_kinds=schedule_job.data_kinds(form.kinds.data or ()),
        not_before=_instant(form.start.data),
        repeat=form.repeat.data or None,
        notice=form.notice.data or None,
        file_name=form.file_name.data or None,
        scope=DetectionScope(form.scope.data) if form.scope.data else None,
        confirmed=bool(form.confirmed.data),
    )


def _instant(local: datetime | None) -> datetime | None:
    """A browser's time of day is taken for California's, whatever the clerk's computer says."""
    return None if local is None else local.replace(tzinfo=CALIFORNIA).astimezone(UTC)
