"""One match case: both records side by side, the decision, the way back."""

from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from votecal_soap.clock import Clock
from votecal_soap.console import choices, context, formats
from votecal_soap.console.review_form import BASIS_LENGTH, ReviewForm, read_version, review_form
from votecal_soap.domain.county_answers import UndoMatchCase
from votecal_soap.domain.match_cases import CaseDecision, CaseState, Decision, MatchCase
from votecal_soap.errors import Conflict, InvalidRequest, NotFound
from votecal_soap.retrying import retry_undone
from votecal_soap.use_cases import decide_in_console, work_item_list, work_on_case
from votecal_soap.use_cases.ports import Application, UnitOfWorkFactory
from votecal_soap.use_cases.view_match_case import CaseView, view_match_case

blueprint = Blueprint("match_cases", __name__, url_prefix="/cases")

_SAID: Final = {
    Decision.ACCEPT: "Accept: the same person; what DMV sent is applied",
    Decision.REJECT: "Reject: not the same person",
    Decision.REDIRECT: "Redirect: the address lies in another county",
    Decision.OUT_OF_STATE: "Out of state: the voter has left California",
    Decision.UNPRECINCTABLE: "Unprecinctable: the address cannot be placed; a letter asks",
}
_SAID_OF_PAIR: Final = {Decision.ACCEPT: "Accept: the same person; the records are merged", Decision.REJECT: "Reject: not the same person"}
_FIELD_OF: Final = {"CountyCode": "county", "Comment": "comment", "HomePrecinct": "home_precinct"}
"""Where on the form stands what a refusal is about, by its place in the contract."""

_AFTER_APPLYING: Final = (Decision.ACCEPT, Decision.REJECT)
"""What can be said of two voters, and still of a provisional match."""


class DecisionForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """A decision over the version that was read."""

    version = HiddenField(validators=[InputRequired()])
    decision = RadioField("Decision", validators=[InputRequired("Choose what you decide.")])
    basis = TextAreaField(
        "Basis",
        [InputRequired("Say in a few words what you decided by."), Length(max=BASIS_LENGTH)],
        description="What you decided by. It stands in the voter's history and in the county's message; write no numbers of documents.",
        render_kw={"rows": 2, "maxlength": BASIS_LENGTH},
    )
    county = SelectField("County of the address", [Optional()], default="", description="For a redirection only.")
    comment = StringField("Comment for the letter", [Optional(), Length(max=BASIS_LENGTH)], description="For an unprecinctable address only.")
    home_precinct = StringField("Home precinct", [Optional(), Length(max=20)], description="For an acceptance, if it is known.")
    submit = SubmitField("Decide")


class UndoForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """Taking back over the version that was read."""

    version = IntegerField(validators=[InputRequired()])
    basis = StringField("Why it is taken back", [InputRequired("Say why."), Length(max=BASIS_LENGTH)])
    submit = SubmitField("Undo")


@blueprint.get("/<int:case_id>")
def show(case_id: int) -> str:
    """The case."""
    view = case_view(case_id)
    return case_page(view)


@blueprint.post("/<int:case_id>/decide")
def decide(case_id: int) -> Response | tuple[str, int]:
    """Decide; a decision over an older version is a conflict, and nothing is changed."""
    view = case_view(case_id)
    form = _decision_form(view)
    if not form.validate_on_submit():
        return case_page(view, decision=form), HTTPStatus.UNPROCESSABLE_ENTITY
    services = context.services()
    try:
        # By itself: the look at the case has left its trace in the audit trail by now, and a view that has committed is not run again.
        decided = retry_undone(partial(decide_in_console.decide, _decision(case_id, form), *_acting(services)))
    except Conflict as conflict:
        return conflict_page(case_id, conflict)
    except (InvalidRequest, NotFound) as error:
        field = form[_FIELD_OF.get(error.ref or "", "basis")]
        field.errors = [*field.errors, error.text]
        return case_page(view, decision=form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(f"Case {case_id} is now {formats.words(decided.state).lower()}.", "success")
    return _onward(view.case)


@blueprint.post("/<int:case_id>/undo")
def undo(case_id: int) -> Response | tuple[str, int]:
    """Take back what the match did."""
    view = case_view(case_id)
    form = UndoForm()
    if not form.validate_on_submit():
        return case_page(view, undoing=form), HTTPStatus.UNPROCESSABLE_ENTITY
    services = context.services()
    command = UndoMatchCase(case_id=case_id, expected_version=form.version.data, basis=form.basis.data)
    try:
        retry_undone(partial(decide_in_console.undo, command, *_acting(services)))
    except Conflict as conflict:
        return conflict_page(case_id, conflict)
    flash(f"Case {case_id} was taken back: it is rejected, and the voter's record is as before.", "success")
    return redirect(url_for(".show", case_id=case_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<int:case_id>/<any(claim, release):action>")
def hold(case_id: int, action: str) -> Response | tuple[str, int]:
    """Take a case to work on, or give it back."""
    use_case = work_on_case.claim if action == "claim" else work_on_case.release
    try:
        use_case(_work(case_id), context.writing(), context.services().clock)
    except Conflict as conflict:
        return conflict_page(case_id, conflict)
    return redirect(url_for(".show", case_id=case_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<int:case_id>/notes")
def note(case_id: int) -> Response:
    """Keep a note."""
    try:
        work_on_case.add_note(_work(case_id), request.form.get("note", ""), context.writing(), context.services().clock)
    except InvalidRequest as error:
        flash(error.text, "warning")
    return redirect(url_for(".show", case_id=case_id, _anchor="notes"), HTTPStatus.SEE_OTHER)


@blueprint.get("/<int:case_id>/next")
def following(case_id: int) -> Response:
    """The next case that waits, of the same type; the summary when there is none."""
    return _onward(case_view(case_id).case)


def _work(case_id: int) -> work_on_case.WorkOnCase:
    return work_on_case.WorkOnCase(case_id=case_id, acting_user=context.person().user_name)


def _acting(services: Application) -> tuple[str, UnitOfWorkFactory, Clock, timedelta]:
    return context.person().user_name, services.unit_of_work, services.clock, transfer_pending()


def transfer_pending() -> timedelta:
    """How long a provisional move waits."""
    return timedelta(days=context.config().transfer_pending_days)


def case_view(case_id: int) -> CaseView:
    """The case as the person who asks may see it; a look that leaves a trace."""
    return view_match_case(case_id, context.person().user_name, context.writing(), context.services().clock)


def _decision_form(view: CaseView) -> DecisionForm:
    form = DecisionForm(version=str(view.case.version))
    is_pair = view.case.other_state_voter_id is not None
    said = _AFTER_APPLYING if is_pair or view.case.state is CaseState.PROVISIONAL else tuple(Decision)
    words = _SAID_OF_PAIR if is_pair else _SAID
    form.decision.choices = choices.choices((str(decision), words[decision]) for decision in said)
    form.county.choices = choices.counties()
    return form


def _decision(case_id: int, form: DecisionForm) -> CaseDecision:
    decision = Decision(form.decision.data)
    return CaseDecision(
        case_id=case_id,
        expected_version=read_version(form.version.data),
        decision=decision,
        basis=form.basis.data.strip(),
        county_code=form.county.data or None if decision is Decision.REDIRECT else None,
        comment=form.comment.data or None,
        home_precinct=form.home_precinct.data or None if decision is Decision.ACCEPT else None,
    )


def case_page(view: CaseView, *, decision: DecisionForm | None = None, undoing: UndoForm | None = None, review: ReviewForm | None = None) -> str:
    """The page; a form that is not given is empty."""
    return render_template(
        "cases/case.html",
        view=view,
        form=decision or _decision_form(view),
        undo_form=undoing or UndoForm(formdata=None, version=view.case.version),
        review_form=review or review_form(view.case),
    )


def conflict_page(case_id: int, conflict: Conflict) -> tuple[str, int]:
    """What the person wrote is shown again, so that nothing has to be typed twice."""
    given = request.form.get("basis", "")
    page = render_template("cases/conflict.html", view=case_view(case_id), conflict=conflict, given=given)
    return page, HTTPStatus.CONFLICT


def _onward(case: MatchCase) -> Response:
    case_id = work_item_list.next_case(case, context.person().user_name, context.reading())
    target = url_for("work_items.summary") if case_id is None else url_for(".show", case_id=case_id)
    return redirect(target, HTTPStatus.SEE_OTHER)
