"""`votecal db`: the schema."""

from pathlib import Path

import click

from votecal_soap.cli import output as terminal
from votecal_soap.cli.session import Session, pass_session


@click.group()
def db() -> None:
    """Create, upgrade and check the database that VOTECAL_DATABASE_URL names (a SQLite file in the data directory unless set)."""


@db.command()
@pass_session
def upgrade(session: Session) -> None:
    """Bring the database to this release's revision, from nothing or from an earlier one; what is up to date stays.

    Example: votecal db upgrade
    """
    from db import schema  # the database library takes a while to import

    url = session.config.effective_database_url
    before = schema.current(url)
    schema.upgrade(url)
    after = schema.current(url)
    terminal.console().print(f"The database is at revision {after}" + ("." if before == after else f", upgraded from {before or 'nothing'}."))


@db.command()
@pass_session
def check(session: Session) -> None:
    """Say whether the database is at this release's revision, and whether voters have their match keys; exit code 1 if not."""
    from db import schema
    from votecal_soap.use_cases.rebuild_match_keys import require_match_keys

    schema.check(session.config.effective_database_url)
    with session.application.unit_of_work(read_only=True) as uow:
        require_match_keys(uow)
    terminal.console().print(f"The database is at revision {schema.head()}, as this release needs.")


@db.command()
@click.option("--dialect", type=click.Choice(["oracle", "postgresql", "sqlite"]), default="oracle", show_default=True)
@click.option(
    "--oracle", "release", type=click.Choice(["19", "23"]), help="Write scripts for SQL*Plus instead: upgrade, rollback, views, roles, grants, partitioning."
)
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=Path("db/oracle"), show_default=True, help="Where --oracle writes them.")
@pass_session
def sql(session: Session, dialect: str, release: str | None, output: Path) -> None:
    """Print the whole upgrade as SQL, for DBAs who run it themselves; nothing is connected.

    Example: votecal db sql --dialect postgresql > upgrade.sql
    Example: votecal db sql --oracle 19 --output /srv/votecal-sql
    """
    from db import offline_sql, oracle_pack

    if release is None:
        click.echo(offline_sql.upgrade_sql(f"{dialect}://"))
        return
    written = oracle_pack.write(output, release)
    terminal.console().print(f"Wrote {len(written)} files to {output}; begin with {output / 'README.md'}.")
