"""`votecal user`: people who act, their roles, and what they sign in to the console with."""

import os
from pathlib import Path

import click
import segno

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.domain.counties import Role
from votecal_soap.use_cases import console_sessions, staff_logins, staff_users


@click.group()
def user() -> None:
    """People who act, and their roles."""


@user.command()
@click.argument("user_name")
@click.option("--role", required=True, type=options.choice(Role))
@options.any_county
@options.acting_user
@pass_session
def add(session: Session, user_name: str, role: str, county_code: str | None, acting_user: str) -> None:
    """Add a person; the very first one is an SosAdministrator.

    \b
    Examples:
      votecal user add maria --role SosAdministrator
      votecal user add lee --role CountyUser --county 19 --as maria
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    command = staff_users.AddStaffUser(user_name=user_name, role=Role(role), county_code=county_code, acting_user=acting_user)
    person = staff_users.add(command, session.application.unit_of_work(), session.application.clock)
    output.show_fields({"User": person.user_name, "Role": person.role, "County": person.county_code})


@user.command("list")
@options.as_json
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """List people and their roles."""
    people = staff_users.listed(session.application.unit_of_work(read_only=True))
    if as_json:
        output.show_json([{"user_name": person.user_name, "role": person.role, "county_code": person.county_code} for person in people])
    else:
        output.show_table(("User", "Role", "County"), ((person.user_name, person.role, person.county_code) for person in people))


@user.command()
@click.argument("user_name")
@options.acting_user
@options.as_json
@pass_session
def password(session: Session, user_name: str, acting_user: str, as_json: bool) -> None:
    """Give a person a new password for the console and print it, once; every session of theirs ends.

    Example: votecal user password lee --as maria
    """
    application = session.application
    given = staff_logins.give_password(_change(user_name, acting_user), application.unit_of_work(), application.clock)
    if as_json:
        output.show_json({"user_name": user_name, "password": given})
    else:
        output.show_fields({"User": user_name, "Password": given})
        output.console(stderr=True).print("It is shown this once. Hand it over in private; the person can choose another in the console.")


@user.command()
@click.argument("user_name")
@click.option("--svg", "svg_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the QR code to this file instead of the terminal.")
@options.acting_user
@options.as_json
@pass_session
def totp(session: Session, user_name: str, svg_file: Path | None, acting_user: str, as_json: bool) -> None:
    """Give a person a new secret for their authenticator app and print it, once; every session of theirs ends.

    \b
    Examples:
      votecal user totp lee --as maria
      votecal user totp lee --svg lee.svg --as maria
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    application = session.application
    given = staff_logins.give_authenticator(_change(user_name, acting_user), application.unit_of_work(), application.clock, session.credential_key)
    if as_json:
        output.show_json({"user_name": user_name, "secret": given.secret, "address": given.address})
        return
    output.show_fields({"User": user_name, "Secret": given.secret, "Address": given.address})
    code = segno.make(given.address, micro=False)
    if svg_file is not None:
        with open(svg_file, "xb", opener=_for_owner_alone) as file:
            code.save(file, kind="svg", scale=6)
    else:
        code.terminal(compact=True)
    output.console(stderr=True).print("It is shown this once. Have the person's app read it now; the console asks for its code at every sign-in.")


@user.command("sign-out")
@click.argument("user_name")
@options.acting_user
@pass_session
def sign_out(session: Session, user_name: str, acting_user: str) -> None:
    """End every console session of a person, from the next page on.

    Example: votecal user sign-out lee --as maria
    """
    application = session.application
    ended = console_sessions.end_sessions(user_name, acting_user, application.unit_of_work(), application.clock)
    output.show_fields({"User": user_name, "Sessions ended": str(ended)})


@user.command("take-login")
@click.argument("user_name")
@options.acting_user
@pass_session
def take_login(session: Session, user_name: str, acting_user: str) -> None:
    """Take a person's password and authenticator away: the console opens for them no more.

    Example: votecal user take-login lee --as maria
    """
    application = session.application
    staff_logins.take_away(_change(user_name, acting_user), application.unit_of_work(), application.clock)
    output.show_fields({"User": user_name, "Console login": "none"})


def _change(user_name: str, acting_user: str) -> staff_logins.ChangeLogin:
    return staff_logins.ChangeLogin(user_name=user_name, acting_user=acting_user)


def _for_owner_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
