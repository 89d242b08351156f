"""docs/dba.md names what there is: every index and no other, views with their columns, metrics, commands and settings."""

import re
from pathlib import Path

import pytest
from prometheus_client.metrics_core import Metric
from sqlalchemy import ForeignKeyConstraint, UniqueConstraint

from db.tables import metadata
from votecal_soap.cli import votecal
from votecal_soap.soap.metrics import CallMeter, StateCollector

ROOT = Path(__file__).parents[2]
DBA = (ROOT / "docs" / "dba.md").read_text(encoding="utf-8")
SCRIPT = (ROOT / "db" / "oracle" / "views.sql").read_text(encoding="utf-8")
VIEWS = dict(re.findall(r"CREATE OR REPLACE VIEW (v_\w+) AS\n(.*?)^/", SCRIPT, re.MULTILINE | re.DOTALL))
ALERTS = DBA.partition("## Alerts")[2].partition("## Growth")[0]


def alerts():
    """What to look at, and the whole row."""
    return [(row.split("|")[2], row) for row in ALERTS.splitlines() if row.startswith("|")][2:]


def made_indexes():
    """Each by name: its table, and how it helps a foreign key."""
    for table in metadata.tables.values():
        keys = [list(key.columns.keys()) for key in table.constraints if isinstance(key, ForeignKeyConstraint)]
        for item in (*table.indexes, *(each for each in table.constraints if isinstance(each, UniqueConstraint))):
            columns = list(item.columns.keys())
            yield item.name, table.name, any(columns[: len(key)] == key for key in keys)


@pytest.mark.requirement("OPS-01")
def test_every_index_has_its_reason_and_no_other_is_named():
    told = {name: (table, "foreign key" in why) for name, table, why in re.findall(r"^\| `(\w+)` \| `(\w+)` \| [^|]+ \| ([^|]+) \|$", DBA, re.MULTILINE)}
    made = {name: (table, helps) for name, table, helps in made_indexes() if name != "uq_voter_ems"}
    assert told.pop("uq_voter_ems") == ("voter", False)
    assert told == made


@pytest.mark.requirement("OPS-01")
def test_each_alert_looks_at_a_view_a_metric_or_a_page_that_there_is():
    metrics = {f"{metric.name}{'_total' if metric.type == 'counter' else ''}" for metric in metrics_of_a_process()}
    named = [name for looked_at, _ in alerts() for name in re.findall(r"`([^`]+)`", looked_at)]
    assert len(named) >= 14
    assert [name for name in named if name not in {*VIEWS, *metrics, "/ready"}] == []
    assert {name for name in named if name.startswith("votecal_")} == metrics


def metrics_of_a_process() -> list[Metric]:
    class Nothing:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        messages = type("Messages", (), {"depths": staticmethod(dict)})
        call_guard = type("Guard", (), {"alerts": staticmethod(lambda unread_only: [])})

    return [*CallMeter().registry.collect(), *StateCollector(lambda read_only: Nothing()).collect()]


@pytest.mark.requirement("OPS-01")
def test_each_column_that_an_alert_goes_by_is_one_of_a_view():
    columns = {word for text in VIEWS.values() for word in re.findall(r"\w+", text)}
    gone_by = {name for _, row in alerts() for name in re.findall(r"`([a-z]+_[a-z_]+)`", row) if not name.startswith(("v_", "votecal_"))}
    assert gone_by and gone_by <= columns


def test_each_command_that_is_named_is_one():
    named = re.findall(r"`votecal ([a-z\-]+)(?: ([a-z\-]+))?", DBA)
    assert named
    for group, name in named:
        found = votecal.get_command(None, group)
        assert found is not None, group
        assert not name or not hasattr(found, "commands") or name in found.commands, name
