"""How matching is set: thresholds with a preview, the counties' modes, moves between counties, blackouts (COA-06, COA-11, COA-12, JOB-04)."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, IntegerField, SelectField, StringField, SubmitField
from wtforms.validators import InputRequired, Length, NumberRange

from votecal_soap.console import choices, context
from votecal_soap.console.roles import only
from votecal_soap.domain.counties import Role
from votecal_soap.domain.matching import CrossCountyMode, MatchingFunction, MatchingMode
from votecal_soap.errors import InvalidRequest
from votecal_soap.use_cases import blackouts, match_configuration, preview_thresholds
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, SOS_ROLES

blueprint = Blueprint("matching", __name__, url_prefix="/matching")

_PERCENT = [InputRequired(), NumberRange(1, match_configuration.HIGHEST)]
_MAY_LOOK = (*SOS_ROLES, Role.AUTHORISED_COUNTY_USER)


class ThresholdForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Both thresholds of a function."""

    automatic = IntegerField("Automatic: applied from", _PERCENT, description="A confidence of this or more is applied without asking.")
    manual = IntegerField("Manual: shown from", _PERCENT, description="From this on a county decides; below it nothing is done.")
    preview = SubmitField("Preview on the last file")
    submit = SubmitField("Set for runs that begin later")


class ModeForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A county's wish for a function."""

    county = SelectField("County")
    function = SelectField("Function", choices=choices.members(MatchingFunction))
    mode = SelectField("What to do with automatic matches", choices=choices.members(MatchingMode))
    submit = SubmitField("Set the mode")


class CrossCountyForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """The statewide setting."""

    cross_county = SelectField("A move to another county", choices=choices.members(CrossCountyMode))
    submit = SubmitField("Set for the state")


class BlackoutForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A time in which nothing is cancelled."""

    first_day = DateField("First day", [InputRequired()])
    last_day = DateField("Last day", [InputRequired()])
    county = SelectField("County", default="")
    function = SelectField("Function", default="", choices=choices.members(MatchingFunction, nothing="All functions"))
    reason = StringField("Reason", [InputRequired(), Length(max=blackouts.REASON_LENGTH)])
    submit = SubmitField("Add the blackout")


@blueprint.get("/")
@only(*_MAY_LOOK)
def show() -> str:
    """Everything that is set."""
    return _page()


@blueprint.route("/functions/<function>", methods=["GET", "POST"])
@only(*SOS_ROLES)
def thresholds(function: str) -> Response | str:
    """The thresholds of one function, with what others would have done."""
    chosen = _function(function)
    settings = next(item for item in match_configuration.configuration(context.reading()).settings if item.function is chosen)
    form = ThresholdForm(automatic=settings.automatic, manual=settings.manual)
    if not form.validate_on_submit():
        preview = _preview(chosen, settings.automatic, settings.manual)
        return render_template("matching/thresholds.html", settings=settings, form=form, preview=preview, tried=settings, is_preview=False)
    if form.preview.data:
        preview = _preview(chosen, form.automatic.data, form.manual.data)
        return render_template("matching/thresholds.html", settings=settings, form=form, preview=preview, tried=form, is_preview=True)
    command = match_configuration.SetMatchSettings(
        function=chosen, acting_user=context.person().user_name, automatic=form.automatic.data, manual=form.manual.data
    )
    return _done(lambda: match_configuration.set_match_settings(command, context.writing(), context.services().clock), "The thresholds are set.")


@blueprint.post("/modes")
@only(*match_configuration.MODE_SETTERS)
def set_mode() -> Response | str:
    """A county's mode for a function."""
    form = _mode_form()
    if not form.validate_on_submit():
        return _page(mode=form)
    command = match_configuration.SetMatchingMode(
        county_code=form.county.data,
        function=MatchingFunction(form.function.data),
        mode=MatchingMode(form.mode.data),
        acting_user=context.person().user_name,
    )
    return _done(lambda: match_configuration.set_matching_mode(command, context.writing(), context.services().clock), "The mode is set.")


@blueprint.post("/cross-county")
@only(*ADMINISTRATORS)
def set_cross_county() -> Response | str:
    """What a move to another county does."""
    form = CrossCountyForm()
    if not form.validate_on_submit():
        return _page(cross_county=form)
    command = match_configuration.SetCrossCounty(mode=CrossCountyMode(form.cross_county.data), acting_user=context.person().user_name)
    return _done(lambda: match_configuration.set_cross_county(command, context.writing(), context.services().clock), "The setting is changed.")


@blueprint.post("/blackouts")
@only(*ADMINISTRATORS)
def add_blackout() -> Response | str:
    """A time before an election."""
    form = _blackout_form()
    if not form.validate_on_submit():
        return _page(blackout=form)
    command = blackouts.AddBlackout(
        first_day=form.first_day.data,
        last_day=form.last_day.data,
        reason=form.reason.data.strip(),
        acting_user=context.person().user_name,
        county_code=form.county.data or None,
        function=MatchingFunction(form.function.data) if form.function.data else None,
    )
    return _done(lambda: blackouts.add_blackout(command, context.writing(), context.services().clock), "The blackout is added.")


@blueprint.post("/blackouts/<int:blackout_id>/remove")
@only(*ADMINISTRATORS)
def remove_blackout(blackout_id: int) -> Response:
    """Whatever waited because of it goes on waiting."""
    person, clock = context.person().user_name, context.services().clock
    return _done(lambda: blackouts.remove_blackout(blackout_id, person, context.writing(), clock), "The blackout is removed.")


def _page(mode: ModeForm | None = None, cross_county: CrossCountyForm | None = None, blackout: BlackoutForm | None = None) -> str:
    configuration = match_configuration.configuration(context.reading())
    return render_template(
        "matching/settings.html",
        configuration=configuration,
        blackouts=blackouts.blackouts(context.reading()),
        mode_form=mode or _mode_form(),
        cross_county_form=cross_county or CrossCountyForm(cross_county=str(configuration.cross_county)),
        blackout_form=blackout or _blackout_form(),
        is_administrator=context.person().role in ADMINISTRATORS,
        may_set_mode=context.person().role in match_configuration.MODE_SETTERS,
    )


def _mode_form() -> ModeForm:
    # Both forms stand on one page: their fields need ids of their own.
    form, own = ModeForm(prefix="mode-"), context.person().county_code
    form.county.choices = choices.counties(nothing=None, only=own)
    return form


def _blackout_form() -> BlackoutForm:
    form = BlackoutForm(prefix="blackout-")
    form.county.choices = choices.counties(nothing="All counties")
    return form


def _function(name: str) -> MatchingFunction:
    if name not in set(MatchingFunction):
        abort(HTTPStatus.NOT_FOUND)
    return MatchingFunction(name)


def _preview(function: MatchingFunction, automatic: int, manual: int) -> preview_thresholds.Preview | None:
    command = preview_thresholds.PreviewThresholds(function=function, automatic=automatic, manual=manual, acting_user=context.person().user_name)
    return preview_thresholds.preview_thresholds(command, context.reading())


def _done(change: Callable[[], object], said: str) -> Response:
    """Make the change and say so; what was wrong with it is said on the page it came from."""
    try:
        change()
    except InvalidRequest as error:
        flash(error.text, "danger")
    else:
        flash(said, "success")
    target = url_for(".thresholds", **request.view_args) if request.endpoint == "matching.thresholds" and request.view_args else url_for(".show")
    return redirect(target, HTTPStatus.SEE_OTHER)
