"""Signing in and out."""

from http import HTTPStatus
from typing import Final

from flask import Blueprint, redirect, render_template, session, url_for
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField, SubmitField
from wtforms.validators import InputRequired, Length

from votecal_soap.console import context
from votecal_soap.console.browser_safety import transport
from votecal_soap.console.refusals import status_of
from votecal_soap.console.sessions import ConsoleUser
from votecal_soap.errors import NotAllowed, Unavailable
from votecal_soap.use_cases import console_sessions
from votecal_soap.use_cases.sign_in import SignIn, sign_in

blueprint = Blueprint("sign_in", __name__)

_LENGTH: Final = 200


class SignInForm(FlaskForm):  # type: ignore[misc] # Flask-WTF has no types
    """All that is asked for, at once."""

    user_name = StringField("User name", [InputRequired(), Length(max=60)], render_kw={"autocomplete": "username", "autofocus": True, "spellcheck": "false"})
    password = PasswordField("Password", [InputRequired(), Length(max=_LENGTH)], render_kw={"autocomplete": "current-password"})
    code = StringField(
        "Code from your authenticator app",
        [InputRequired(), Length(max=10)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )
    submit = SubmitField("Sign in")


@blueprint.route("/sign-in", methods=["GET", "POST"])
def ask() -> Response | str | tuple[str, int]:
    """Ask for name, password and code; then go where the person wanted to go."""
    if current_user.is_authenticated:
        return redirect(url_for("work_items.summary"))
    form = SignInForm()
    if not form.validate_on_submit():
        return render_template("sign_in.html", form=form, error=None)
    services = context.services()
    command = SignIn(user_name=form.user_name.data.strip(), password=form.password.data, code=form.code.data, source_address=transport().source_address)
    try:
        token = sign_in(command, services.unit_of_work, services.clock, context.key())
    except (NotAllowed, Unavailable) as error:
        return render_template("sign_in.html", form=form, error=error.text), status_of(error)
    return _welcome(token)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End this session, here and at the state."""
    console_sessions.sign_out(context.signed_in(), context.writing(), context.services().clock)
    logout_user()
    session.clear()
    return redirect(url_for("sign_in.ask"), HTTPStatus.SEE_OTHER)


def _welcome(token: str) -> Response:
    wanted = session.get("next")
    # What was in the cookie before somebody signed in may be another's.
    session.clear()
    login_user(ConsoleUser(token))
    return redirect(wanted or url_for("work_items.summary"), HTTPStatus.SEE_OTHER)
