"""`votecal user`: people who act, and their roles."""

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.domain.counties import Role
from votecal_soap.use_cases import staff_users


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
