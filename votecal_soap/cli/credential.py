"""`votecal credential`: machine credentials of the counties. A secret is printed once, when it is made."""

from datetime import datetime

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.domain.counties import Credential
from votecal_soap.use_cases import add_credential, revoke_credential, rotate_credential

_expires = click.option("--expires", "expires_at", type=options.CaliforniaTime(), help="From then on it opens nothing. Default: never.")


@click.group()
def credential() -> None:
    """Machine credentials of the counties: each belongs to one county; only a keyed hash of its secret is stored."""


@credential.command()
@click.argument("username")
@options.county
@_expires
@click.option("--certificate-subject", help="Subject of the client certificate without which this credential is not accepted; a trusted proxy hands it on.")
@options.acting_user
@options.as_json
@pass_session
def add(
    session: Session, username: str, county_code: str, expires_at: datetime | None, certificate_subject: str | None, acting_user: str, as_json: bool
) -> None:
    """Add a credential and print its secret, once.

    Example: votecal credential add county19-ems --county 19 --expires 2027-01-01
    """
    command = add_credential.AddCredential(
        username=username,
        county_code=county_code,
        acting_user=acting_user,
        expires_at=expires_at,
        certificate_subject=certificate_subject,
    )
    application = session.application
    _show_secret(add_credential.add(command, application.unit_of_work(), application.clock, session.credential_key), as_json)


@credential.command()
@click.argument("username")
@_expires
@options.acting_user
@options.as_json
@pass_session
def rotate(session: Session, username: str, expires_at: datetime | None, acting_user: str, as_json: bool) -> None:
    """Replace the secret and print the new one, once; the old one stops at once.

    A county that needs time to switch gets a second credential first; then the first is revoked.

    Example: votecal credential rotate county19-ems
    """
    command = rotate_credential.RotateCredential(username=username, acting_user=acting_user, expires_at=expires_at)
    application = session.application
    _show_secret(rotate_credential.rotate(command, application.unit_of_work(), application.clock, session.credential_key), as_json)


@credential.command()
@click.argument("username")
@options.acting_user
@pass_session
def revoke(session: Session, username: str, acting_user: str) -> None:
    """Revoke a credential for good, from the next call on.

    Example: votecal credential revoke county19-ems
    """
    command = revoke_credential.RevokeCredential(username=username, acting_user=acting_user)
    revoked = revoke_credential.revoke(command, session.application.unit_of_work(), session.application.clock)
    output.show_fields({"Credential": revoked.username, "County": revoked.county_code, "Revoked": revoked.revoked_at})


@credential.command("list")
@options.any_county
@options.as_json
@pass_session
def list_(session: Session, county_code: str | None, as_json: bool) -> None:
    """List credentials, without anything of their secrets."""
    found = add_credential.listed(session.application.unit_of_work(read_only=True), county_code)
    if as_json:
        output.show_json([_shown(item) for item in found])
    else:
        output.show_table(("Credential", "County", "Expires", "Revoked", "Certificate"), (list(_shown(item).values()) for item in found))


def _shown(item: Credential) -> dict[str, object]:
    return {
        "username": item.username,
        "county_code": item.county_code,
        "expires_at": item.expires_at,
        "revoked_at": item.revoked_at,
        "certificate_subject": item.certificate_subject,
    }


def _show_secret(issued: add_credential.IssuedSecret, as_json: bool) -> None:
    if as_json:
        output.show_json({**_shown(issued.credential), "secret": issued.secret})
        return
    shown = issued.credential
    output.show_fields({"Credential": shown.username, "County": shown.county_code, "Expires": shown.expires_at})
    click.echo(f"Secret: {issued.secret}")
    click.echo("It is shown only now: hand it over by a safe way.", err=True)
