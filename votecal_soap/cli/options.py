"""Options that several commands share."""

from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any

import click

from votecal_soap.cli.session import operating_system_user
from votecal_soap.clock import CALIFORNIA

acting_user = click.option(
    "--as",
    "acting_user",
    metavar="USER",
    default=operating_system_user,
    show_default="the operating-system user",
    help="Who acts; the role is looked up in the database, the name goes into the audit trail.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
county = click.option("--county", "county_code", metavar="NN", required=True, help="County code, 01 to 58.")
any_county = click.option("--county", "county_code", metavar="NN", help="Only this county, 01 to 58.")


def choice(kind: type[StrEnum]) -> click.Choice[str]:
    """The values of an enumeration, whatever their case."""
    return click.Choice([member.value for member in kind], case_sensitive=False)


class _CalendarDay(click.ParamType[date]):
    """A day in California's calendar."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:  # noqa: ANN401 - click's signature
        """Read ISO 8601."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail("Write it as 1970-01-02.", param, ctx)


DAY = _CalendarDay()


class CaliforniaTime(click.ParamType[datetime]):
    """A date or a time; without an offset it is California's."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401 - click's signature
        """Read ISO 8601 and give an aware UTC instant."""
        if isinstance(value, datetime):
            return value
        try:
            instant = datetime.fromisoformat(value) if "T" in value or " " in value else datetime.combine(date.fromisoformat(value), time.min)
        except ValueError:
            self.fail("write it as 2026-11-03 or 2026-11-03T08:00", param, ctx)
        return (instant if instant.tzinfo else instant.replace(tzinfo=CALIFORNIA)).astimezone(UTC)
