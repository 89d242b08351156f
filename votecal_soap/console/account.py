"""A person's own login: another password, and the end of all sessions."""

from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, SubmitField
from wtforms.validators import EqualTo, InputRequired, Length

from votecal_soap.console import context
from votecal_soap.errors import VoteCalError
from votecal_soap.use_cases import console_sessions, staff_logins

blueprint = Blueprint("account", __name__)
_SHORTEST, _LONGEST = staff_logins.PASSWORD_LENGTHS[0], staff_logins.PASSWORD_LENGTHS[-1]


class PasswordForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """The old password, and the new one twice."""

    old = PasswordField("Password now", [InputRequired(), Length(max=200)], render_kw={"autocomplete": "current-password"})
    new = PasswordField(
        "New password",
        [InputRequired(), Length(min=_SHORTEST, max=_LONGEST)],
        description=f"{_SHORTEST} characters or more; a sentence is good.",
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField("New password again", [EqualTo("new", "The two are not the same.")], render_kw={"autocomplete": "new-password"})
    submit = SubmitField("Change the password")


@blueprint.route("/account", methods=["GET", "POST"])
def show() -> Response | str | tuple[str, int]:
    """Who I am here; another password."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template("account.html", form=form)
    command = staff_logins.ChangeOwnPassword(user_name=context.person().user_name, old=form.old.data, new=form.new.data)
    try:
        staff_logins.change_own_password(command, context.writing(), context.services().clock)
    except VoteCalError as error:
        form.old.errors = [*form.old.errors, error.text]
        return render_template("account.html", form=form), HTTPStatus.FORBIDDEN
    flash("The password is changed. Sign in with the new one.", "success")
    return redirect(url_for("sign_in.ask"), HTTPStatus.SEE_OTHER)


@blueprint.post("/account/end-sessions")
def end_sessions() -> Response:
    """Sign out everywhere."""
    user_name = context.person().user_name
    console_sessions.end_sessions(user_name, user_name, context.writing(), context.services().clock)
    return redirect(url_for("sign_in.ask"), HTTPStatus.SEE_OTHER)
