"""`votecal match records`: DMV records that matched nobody and that no county can be told of, until SOS says which (COA-21)."""

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session


@click.group()
def records() -> None:
    """DMV records that matched nobody and whose address tells no county: SOS's own work items."""


@records.command("list")
@click.option("--limit", type=click.IntRange(1, 1_000), default=100, show_default=True, help="At most so many, the oldest first.")
@options.acting_user
@options.as_json
@pass_session
def list_(session: Session, limit: int, acting_user: str, as_json: bool) -> None:
    """List them: where each says that it moved to."""
    session.require_sos(acting_user)
    with session.application.unit_of_work(read_only=True) as uow:
        found = uow.work_items.unresolved_of_sos(limit)
    columns = ("work_item_id", "kind", "transaction_date", "city", "zip_code", "dmv_county_code")
    rows = [
        (item.work_item_id, item.record.kind.value, item.record.transaction_date, address.residence_city, address.residence_zip_code, item.record.county_code)
        for item in found
        for address in [item.record.new_address]
    ]
    if as_json:
        output.show_json([dict(zip(columns, row, strict=True)) for row in rows])
    elif rows:
        output.show_table(("Work item", "Kind", "Date", "City", "ZIP", "DMV's county"), rows)
    else:
        output.console().print("There are no such records.")


@records.command()
@click.argument("work_item_id", type=int)
@options.county
@options.acting_user
@pass_session
def assign(session: Session, work_item_id: int, county_code: str, acting_user: str) -> None:
    """Send a record to the county that is to look into it, as if its address had told so.

    Example: votecal match records assign 4711 --county 19 --as sam
    """
    from votecal_soap.use_cases.assign_dmv_record import AssignDmvRecord, assign_dmv_record

    command = AssignDmvRecord(work_item_id=work_item_id, county_code=county_code, acting_user=acting_user)
    assign_dmv_record(command, session.application.unit_of_work(), session.application.clock)
    output.console().print(f"Record {work_item_id} went to county {county_code}.")
