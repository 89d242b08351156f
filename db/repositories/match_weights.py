"""Versions of the Search Service's weights, and which of them is in force."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Select, func, insert, select

from db.repositories.statewide_settings import save_setting, setting
from db.tables import match_weights, statewide_setting
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.use_cases.ports import WeightsVersion

IN_FORCE: Final = "match_weights"
"""The setting that names the version; with a function behind it, that of this function alone."""


def weights(connection: Connection, version: str | None, function: MatchingFunction | None) -> WeightsVersion | None:
    """A version, or the one in force."""
    wanted = version or setting(connection, _setting_name(function))
    found = [] if wanted is None else _versions(connection, _all().where(match_weights.c.version == wanted))
    return found[0] if found else None


def weights_versions(connection: Connection) -> list[WeightsVersion]:
    """All, newest first."""
    return _versions(connection, _all().order_by(match_weights.c.created_at.desc(), match_weights.c.version))


def add_weights(connection: Connection, added: WeightsVersion) -> None:
    """Insert a version; one of that name raises Conflict."""
    row = added._asdict()
    del row["active"]
    connection.execute(insert(match_weights), row)


def activate_weights(connection: Connection, version: str | None, at: datetime, by: str, function: MatchingFunction | None) -> None:
    """Name the version in force."""
    save_setting(connection, _setting_name(function), version, at, by)


def _setting_name(function: MatchingFunction | None) -> str:
    return IN_FORCE if function is None else f"{IN_FORCE}_{function}"


def _all() -> Select[Any]:
    columns = (match_weights.c[name] for name in ("version", "created_at", "created_by", "report", "weights"))
    names = [_setting_name(function) for function in (None, *MatchingFunction)]
    uses = select(func.count()).where(statewide_setting.c.setting_name.in_(names), statewide_setting.c.setting_value == match_weights.c.version)
    return select(*columns, uses.scalar_subquery().label("uses"))


def _versions(connection: Connection, statement: Select[Any]) -> list[WeightsVersion]:
    return [WeightsVersion(row.version, row.uses > 0, row.created_at, row.created_by, row.report, row.weights) for row in connection.execute(statement)]
