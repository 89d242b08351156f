"""Settings of the whole state, by name; one that is not set has its shipped value."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from db.repositories.upserts import upsert
from db.tables import statewide_setting


def setting(connection: Connection, name: str) -> str | None:
    """A setting's value."""
    value: str | None = connection.execute(select(statewide_setting.c.setting_value).where(statewide_setting.c.setting_name == name)).scalar()
    return value


def settings_named(connection: Connection, name: str) -> dict[str, str]:
    """A setting and those of counties, which have the county's code behind the name: "name.19"."""
    named = statewide_setting.c.setting_name
    rows = connection.execute(select(named, statewide_setting.c.setting_value).where(named >= name, named < f"{name}/"))
    return {row.setting_name: row.setting_value for row in rows}


def save_setting(connection: Connection, name: str, value: str | None, at: datetime, by: str) -> None:
    """Set it; None takes it back to what is shipped."""
    if value is None:
        connection.execute(delete(statewide_setting).where(statewide_setting.c.setting_name == name))
    else:
        upsert(connection, statewide_setting, [{"setting_name": name, "setting_value": value, "changed_at": at, "changed_by": by}])
