"""`votecal match rebuild-keys` and `capped-keys`: the keys by which candidates are found (COA-05)."""

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.search.match_keys import pass_of
from votecal_soap.use_cases.rebuild_match_keys import RebuildMatchKeys, rebuild_match_keys


@click.command()
@options.acting_user
@options.as_json
@pass_session
def rebuild_keys(session: Session, acting_user: str, as_json: bool) -> None:
    """Make every voter's match keys anew: after the upgrade to the first release that has them, and when an upgrade says so.

    Killed and started again, it goes on after the last committed step. About a minute for a million voters; until it
    is done, nothing is matched. Voters may be written meanwhile.

    Example: votecal match rebuild-keys --as ada
    """
    application = session.application
    with output.progress() as bar:
        task = bar.add_task("voters", total=None)
        command = RebuildMatchKeys(acting_user=acting_user, on_progress=lambda done, of: bar.update(task, completed=done, total=of))
        report = rebuild_match_keys(command, application.unit_of_work, application.clock)
    if as_json:
        output.show_json({"voters": report.voters, "resumed": report.resumed, "capped_keys": report.capped})
    else:
        fields = {"Voters, about": report.voters, "Resumed": "yes" if report.resumed else "no", "Keys too common to find anybody": report.capped}
        output.show_fields(fields)


@click.command()
@options.as_json
@pass_session
def capped_keys(session: Session, as_json: bool) -> None:
    """List the match keys that are too common to find anybody, as last seen: the way in, never a value, and how many voters share it."""
    with session.application.unit_of_work(read_only=True) as uow:
        found = uow.matching.capped_keys()
    rows = [{"pass": pass_of(item.key), "key": item.key, "voters": item.voter_count, "reported_at": item.reported_at} for item in found]
    if as_json:
        output.show_json(rows)
    elif rows:
        output.show_table(("Way in", "Key", "Voters", "Seen"), (tuple(row.values()) for row in rows))
    else:
        output.console().print("No key is too common.")
