"""`votecal county compare`: the county's monthly check of its EMS against the state (2 CCR 19083)."""

from typing import TYPE_CHECKING

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.county_connection import Connection, connection, office_at

if TYPE_CHECKING:
    from votecal_soap.county.progress import Progress
    from votecal_soap.county.record_comparison import Comparison, FoundDifference

_WORDS = {
    "MissingAtState": "missing at the state",
    "MissingAtCounty": "missing at the county",
    "FieldsDiffer": "fields differ",
}


@click.command()
@connection
@click.option("--status-only", is_flag=True, help="Compare the status of each registration and nothing else.")
@click.option("--group-size", type=click.IntRange(1, 2_000), help="Records of the state in a group that is compared at once. Default: 100.")
@click.option("--link", is_flag=True, help="Take over the state's ids of voters whom the EMS has by the county's number alone.")
@click.option("--mark", is_flag=True, help="Mark what differs to be sent with the next Voter Record Update batch: the county's data is the right one.")
@click.option("--show", default=50, show_default=True, type=click.IntRange(0), help="List so many differences of each kind; all are counted.")
@options.as_json
def compare(connection: Connection, status_only: bool, group_size: int | None, link: bool, mark: bool, show: int, as_json: bool) -> None:
    """Compare the EMS with the state by checksums, and list what is not alike, in the order in which 2 CCR 19083 has it corrected.

    Import the county's messages first (votecal county sync): what they tell of is not alike until then. A voter who is missing at the state is
    registered with `votecal county register --voter`. Nobody is locked out on either side.

    \b
    Examples:
      votecal county compare --url https://votecal.example --username county19-ems --secret-file secret --ems county19.db
      votecal county compare ... --status-only --json
      votecal county compare ... --mark
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    from votecal_soap.county.record_comparison import ComparisonSettings, compare_records
    from votecal_soap.domain.synchronisation import UNASKED_GROUP_SIZE, SynchronizationScope

    scope = SynchronizationScope.STATUS if status_only else SynchronizationScope.RECORD
    settings = ComparisonSettings(scope=scope, group_size=group_size or UNASKED_GROUP_SIZE, mark=mark, link=link, keep=show)
    with output.progress() as bar:
        task = bar.add_task("compare", total=None)

        def tell(told: "Progress") -> None:
            bar.update(task, completed=told.done, total=told.total)

        with office_at(connection, tell) as (office, state):
            found = compare_records(office, state, settings)
    _show(found, as_json)


def _show(found: "Comparison", as_json: bool) -> None:
    if as_json:
        counts = {"counts": {kind: found.counts[kind] for kind in _WORDS}, "kinds_of_data": dict(found.kinds_of_data)}
        work = {"voters": found.voters, "groups": found.groups, "groups_that_differ": found.groups_that_differ, "linked": found.linked, "marked": found.marked}
        output.show_json({**work, **counts, "differences": [item._asdict() for item in found.differences]})
        return
    rows = [(_WORDS[item.kind], item.state_uid, item.number, item.state_status, ", ".join(item.data_kinds), _waiting(item)) for item in found.differences]
    if rows:
        output.show_table(("Difference", "UID", "Number", "Status at the state", "Kinds of data", "Waiting"), rows)
    output.show_table(("Difference", "Count"), [(word, found.counts[kind]) for kind, word in _WORDS.items()])
    output.console().print(f"{found.voters} voters compared in {found.groups} groups, of which {found.groups_that_differ} were not alike.")
    if found.linked:
        output.console().print(f"State ids taken over: {found.linked}")
    if found.marked:
        output.console().print(f"Marked to be sent: {found.marked}")


def _waiting(item: "FoundDifference") -> str:
    told = (("a message of the state", item.update_pending), ("a change to be sent", item.unsent))
    return ", ".join(word for word, holds in told if holds)


COMMANDS = (compare,)
