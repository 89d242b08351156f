"""`votecal credential`: machine credentials of the counties. A secret is printed once, when it is made."""

from datetime import datetime, timedelta

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.domain.counties import Credential
from votecal_soap.secret_box import SecretBox
from votecal_soap.use_cases import (
    add_credential,
    credential_alerts,
    expire_credential,
    give_digest_secret,
    issue_credential,
    revoke_credential,
    rotate_credential,
)

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
@options.county
@click.option("--name", "username", help="User name. Default: the next free one, such as county19-2.")
@_expires
@click.option("--overlap-days", type=click.IntRange(1, 365), help="The credential in use ends after so many days. Default: it stays as it is.")
@click.option("--certificate-subject", help="Subject of the client certificate that goes with it. Default: that of the one in use, if it is bound to one.")
@options.acting_user
@options.as_json
@pass_session
def issue(
    session: Session,
    county_code: str,
    username: str | None,
    expires_at: datetime | None,
    overlap_days: int | None,
    certificate_subject: str | None,
    acting_user: str,
    as_json: bool,
) -> None:
    """Issue a county's next credential beside the one in use, and print its secret, once.

    A county has two valid credentials at most: it puts the new one in, and the old one ends.

    Example: votecal credential issue --county 19 --overlap-days 14
    """
    command = issue_credential.IssueCredential(
        county_code=county_code,
        username=username,
        acting_user=acting_user,
        expires_at=expires_at,
        overlap=None if overlap_days is None else timedelta(days=overlap_days),
        certificate_subject=certificate_subject,
    )
    application = session.application
    issued, older = issue_credential.issue(command, application.unit_of_work(), application.clock, session.credential_key)
    _show_secret(issued, as_json)
    for item in () if as_json else older:
        output.show_fields({"In use": item.username, "Expires": item.expires_at})


@credential.command()
@click.argument("username")
@click.option("--at", "expires_at", type=options.CaliforniaTime(), help="From then on it opens nothing.")
@click.option("--never", is_flag=True, help="It does not end by itself.")
@options.acting_user
@pass_session
def expire(session: Session, username: str, expires_at: datetime | None, never: bool, acting_user: str) -> None:
    """Set when a credential ends. The county reads it from Ping.

    Example: votecal credential expire county19-1 --at 2027-01-31
    """
    if never == (expires_at is not None):
        raise click.UsageError("Give --at or --never.")
    command = expire_credential.ExpireCredential(username=username, acting_user=acting_user, expires_at=expires_at)
    ending = expire_credential.expire(command, session.application.unit_of_work(), session.application.clock)
    output.show_fields({"Credential": ending.username, "County": ending.county_code, "Expires": ending.expires_at})


@credential.command()
@click.argument("username")
@options.acting_user
@options.as_json
@pass_session
def digest(session: Session, username: str, acting_user: str, as_json: bool) -> None:
    """Give a credential a secret for PasswordDigest, beside its other secret, and print it, once.

    For clients that cannot send PasswordText. The state must be able to read this secret, and keeps it encrypted.

    Example: votecal credential digest county19-1
    """
    application = session.application
    command = give_digest_secret.GiveDigestSecret(username=username, acting_user=acting_user)
    box = SecretBox(application.config.digest_keys)
    _show_secret(give_digest_secret.give_digest_secret(command, application.unit_of_work(), application.clock, box), as_json)


@credential.command()
@click.option("--read", "read", metavar="USERNAME", help="Mark the alert about this credential as read.")
@options.acting_user
@options.as_json
@pass_session
def alerts(session: Session, read: str | None, acting_user: str, as_json: bool) -> None:
    """List credentials that somebody calls with wrong secrets again and again.

    Example: votecal credential alerts --read county19-1
    """
    application = session.application
    if read is not None:
        credential_alerts.mark_read(read, acting_user, application.unit_of_work(), application.clock)
    found = credential_alerts.listed(acting_user, application.unit_of_work(read_only=True))
    if as_json:
        output.show_json([alert._asdict() for alert in found])
    else:
        output.show_table(("Credential", "Since", "Last", "Wrong secrets"), ((a.username, a.opened_at, a.last_at, a.attempt_count) for a in found))


@credential.command()
@click.argument("username")
@_expires
@options.acting_user
@options.as_json
@pass_session
def rotate(session: Session, username: str, expires_at: datetime | None, acting_user: str, as_json: bool) -> None:
    """Replace the secret and print the new one, once; the old one stops at once, and so does its secret for digests.

    A county that needs time to switch is issued a second credential instead: votecal credential issue.

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
        output.show_table(("Credential", "County", "Expires", "Revoked", "Certificate", "Digests"), (list(_shown(item).values()) for item in found))


def _shown(item: Credential) -> dict[str, object]:
    return {
        "username": item.username,
        "county_code": item.county_code,
        "expires_at": item.expires_at,
        "revoked_at": item.revoked_at,
        "certificate_subject": item.certificate_subject,
        "digests": item.digest_secret is not None,
    }


def _show_secret(issued: add_credential.IssuedSecret, as_json: bool) -> None:
    if as_json:
        output.show_json({**_shown(issued.credential), "secret": issued.secret})
        return
    shown = issued.credential
    output.show_fields({"Credential": shown.username, "County": shown.county_code, "Expires": shown.expires_at, "Certificate": shown.certificate_subject})
    click.echo(f"Secret: {issued.secret}")
    click.echo("It is shown only now: hand it over by a safe way.", err=True)
