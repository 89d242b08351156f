"""Voters: found, read in every section and version, and compared with another (EWS-08, S2.27, COA-05)."""

from datetime import date
from http import HTTPStatus
from typing import Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import DateField, IntegerField, SelectField, StringField, SubmitField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from votecal_soap.console import choices, context
from votecal_soap.console.child_lines import child_lines, letter_lines
from votecal_soap.console.roles import only
from votecal_soap.domain.matching import MatchField, MatchingFunction, Person
from votecal_soap.domain.record_comparison import compared, voter_record
from votecal_soap.domain.voter_searches import VoterSearch
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases import explain_match, find_voters, view_voter
from votecal_soap.use_cases.acting_user import SOS_ROLES

blueprint = Blueprint("voters", __name__, url_prefix="/voters")

HIGHEST_ID: Final = 999_999_999_999
_TEXT: Final = [Optional(), Length(max=60)]
_HANDS_OFF: Final = {"autocomplete": "off", "spellcheck": "false"}


class SearchForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """What is known of a person. It is sent in the request's body: no address and no log shows it (OPS-03)."""

    uid = IntegerField("UID", [Optional(), NumberRange(1, HIGHEST_ID)], render_kw={**_HANDS_OFF, "inputmode": "numeric"})
    drivers_license = StringField("DL/ID", _TEXT, render_kw=_HANDS_OFF)
    last_name = StringField("Last name", _TEXT, render_kw=_HANDS_OFF)
    first_name = StringField("First name", _TEXT, render_kw=_HANDS_OFF)
    middle_name = StringField("Middle name", _TEXT, render_kw=_HANDS_OFF)
    date_of_birth = DateField("Date of birth", [Optional()], render_kw=_HANDS_OFF)
    house_number = StringField("House number", _TEXT, render_kw=_HANDS_OFF)
    street = StringField("Street", _TEXT, render_kw=_HANDS_OFF)
    zip_code = StringField("ZIP", [Optional(), Length(max=10)], render_kw=_HANDS_OFF)
    submit = SubmitField("Search")


class ExplainForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Another voter to compare with."""

    other = IntegerField("UID of another voter", [InputRequired(), NumberRange(1, HIGHEST_ID)], render_kw={**_HANDS_OFF, "inputmode": "numeric"})
    function = SelectField("As", choices=choices.members(MatchingFunction))
    submit = SubmitField("Explain")


@blueprint.route("/", methods=["GET", "POST"])
def find() -> str | tuple[str, int]:
    """Search, and show who may be meant."""
    form = SearchForm()
    if not form.validate_on_submit():
        return render_template("voters/find.html", form=form, found=None, error=None)
    try:
        found = find_voters.find_voters(_search(form), context.person().user_name, context.writing(), context.services().clock)
    except InvalidRequest as error:
        return render_template("voters/find.html", form=form, found=None, error=error), HTTPStatus.UNPROCESSABLE_ENTITY
    return render_template("voters/find.html", form=form, found=found, error=None)


@blueprint.get("/<int:state_voter_id>")
def show(state_voter_id: int) -> str:
    """The record, or a version of it, or as it was on a day."""
    command = view_voter.ViewVoter(
        state_voter_id=state_voter_id,
        acting_user=context.person().user_name,
        version=request.args.get("version", type=int),
        as_of=_day(request.args.get("as_of")),
    )
    view = view_voter.view_voter(command, context.writing(), context.services().clock)
    shown = {"view": view, "command": command, "lines": [*child_lines(view.children), *letter_lines(view.letters)]}
    return render_template("voters/voter.html", form=ExplainForm(), may_explain=context.person().role in SOS_ROLES, **shown)


@blueprint.post("/<int:state_voter_id>/explain")
@only(*SOS_ROLES)
def compare(state_voter_id: int) -> Response:
    """Go to the comparison with another voter."""
    form = ExplainForm()
    if not form.validate_on_submit():
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Give the UID of the other voter.", ref="other")
    return redirect(url_for(".explain", state_voter_id=state_voter_id, other=form.other.data, function=form.function.data), HTTPStatus.SEE_OTHER)


@blueprint.get("/<int:state_voter_id>/explain/<int:other>")
@only(*SOS_ROLES)
def explain(state_voter_id: int, other: int) -> str:
    """Why two records match, or do not."""
    person, clock = context.person().user_name, context.services().clock
    name = request.args.get("function", MatchingFunction.DUPLICATE_VOTER)
    function = MatchingFunction(name) if name in set(MatchingFunction) else MatchingFunction.DUPLICATE_VOTER
    views = [view_voter.view_voter(view_voter.ViewVoter(state_voter_id=uid, acting_user=person), context.writing(), clock) for uid in (state_voter_id, other)]
    command = explain_match.ExplainMatch(left=state_voter_id, right=other, function=function, acting_user=person)
    explained = explain_match.explain_match(command, context.writing(), clock)
    fields = compared(*(voter_record(view.voter) for view in views))
    # Whether an address agreed tells an address.
    hidden = any(view.withheld for view in views)
    shown = [criterion for criterion in explained.match.criteria if not (hidden and criterion.field is MatchField.ADDRESS)]
    return render_template("voters/explain.html", views=views, explained=explained, fields=fields, function=function, shown_criteria=shown)


def _search(form: SearchForm) -> VoterSearch:
    person = Person(
        first_name=form.first_name.data or None,
        middle_name=form.middle_name.data or None,
        last_name=form.last_name.data or None,
        date_of_birth=form.date_of_birth.data,
        drivers_license=form.drivers_license.data or None,
        house_number=form.house_number.data or None,
        street=form.street.data or None,
        zip_code=form.zip_code.data or None,
    )
    return VoterSearch(person=person, state_voter_id=form.uid.data)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Write the day as 2026-03-10.", ref="as_of") from error
