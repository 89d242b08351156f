"""How matching is set, and the door to people, keys and candidates (COA-04 to COA-06, COA-11, COA-12, JOB-04)."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, select

from db.bulk import BulkWriter, columns_of
from db.in_lists import in_lists, listed
from db.repositories import match_merging, match_rebuilding, match_weights, silver_records
from db.repositories.inserting import insert_row
from db.repositories.match_candidates import candidates, oversized_keys
from db.repositories.statewide_settings import save_setting, setting, settings_named
from db.repositories.upserts import upsert
from db.tables import blackout, county_matching_mode, match_key_capped, matching_setting, state_holiday, zip_county
from votecal_soap.domain.counties import ZipCounty
from votecal_soap.domain.matching import Ceiling, CrossCountyMode, MatchField, MatchingFunction, MatchingMode, MatchSettings
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.search.candidates import AskedKeys, Candidates, CappedKey
from votecal_soap.use_cases.ports import Blackout, CappedReport, KeyBuild, KeyMerge, KeyRebuild, RecentDmvRecord, WeightsVersion

_CROSS_COUNTY: Final = "coa_cross_county"
_PULL: Final = "pull_merged_data"
_MODES: Final = select(county_matching_mode.c.county_code, county_matching_mode.c.function_name, county_matching_mode.c.matching_mode)
_SHIPPED_MODES: Final = {MatchingFunction.DUPLICATE_VOTER: MatchingMode.PROVISIONAL}
"""Where a county has set nothing; any other function applies (COA-12, DUP-07)."""


class SqlMatchingRepository:
    """The tables of matching."""

    def __init__(self, connection: Connection, bulk: BulkWriter) -> None:
        """Read and write in this connection's transaction."""
        self._connection = connection
        self._bulk = bulk

    def candidates(self, asked: AskedKeys, cap: int) -> Candidates:
        """Who shares a key with a query; a key of more voters than `cap` finds nobody and is reported."""
        return candidates(self._connection, asked, cap)

    def settings(self, function: MatchingFunction) -> MatchSettings:
        """The function's settings; the shipped defaults where nothing was set (COA-06)."""
        row = self._connection.execute(select(matching_setting).where(matching_setting.c.function_name == str(function))).one_or_none()
        return MatchSettings(function=function) if row is None else _settings(row)

    def save_settings(self, settings: MatchSettings, at: datetime, by: str) -> None:
        """Replace them."""
        row = {
            "function_name": settings.function,
            "field_names": ",".join(field for field in MatchField if field in settings.fields),
            "automatic": settings.automatic,
            "manual": settings.manual,
            "ceilings": dict(settings.ceilings),
            "changed_at": at,
            "changed_by": by,
        }
        upsert(self._connection, matching_setting, [row])

    def mode(self, county_code: str, function: MatchingFunction) -> MatchingMode:
        """What the county wants (COA-12)."""
        chosen = _MODES.where(county_matching_mode.c.county_code == county_code, county_matching_mode.c.function_name == str(function))
        row = self._connection.execute(chosen).one_or_none()
        return _SHIPPED_MODES.get(function, MatchingMode.APPLY) if row is None else MatchingMode(row.matching_mode)

    def modes(self) -> Mapping[tuple[str, MatchingFunction], MatchingMode]:
        """All that were set."""
        rows = self._connection.execute(_MODES.order_by(county_matching_mode.c.county_code, county_matching_mode.c.function_name))
        return {(row.county_code, MatchingFunction(row.function_name)): MatchingMode(row.matching_mode) for row in rows}

    def save_mode(self, county_code: str, function: MatchingFunction, mode: MatchingMode, at: datetime, by: str) -> None:
        """Set it."""
        row = {"county_code": county_code, "function_name": str(function), "matching_mode": mode, "changed_at": at, "changed_by": by}
        upsert(self._connection, county_matching_mode, [row])

    def cross_county(self) -> CrossCountyMode:
        """The statewide setting (COA-11)."""
        return CrossCountyMode(setting(self._connection, _CROSS_COUNTY) or CrossCountyMode.TRANSFER)

    def save_cross_county(self, mode: CrossCountyMode, at: datetime, by: str) -> None:
        """Set it."""
        save_setting(self._connection, _CROSS_COUNTY, mode, at, by)

    def merged_data_pull(self, county_code: str) -> bool:
        """Whether the county pulls what merges added to its records: its own setting, else the statewide one, else no."""
        set_ = self.merged_data_pulls()
        return set_.get(county_code, set_.get(None, False))

    def merged_data_pulls(self) -> Mapping[str | None, bool]:
        """All that was set, by county; None is the whole state."""
        found = settings_named(self._connection, _PULL)
        return {name.removeprefix(_PULL).removeprefix(".") or None: value == "yes" for name, value in found.items()}

    def save_merged_data_pull(self, county_code: str | None, allowed: bool | None, at: datetime, by: str) -> None:
        """Set it for a county, or statewide; None takes it back."""
        value = None if allowed is None else "yes" if allowed else "no"
        save_setting(self._connection, _PULL if county_code is None else f"{_PULL}.{county_code}", value, at, by)

    def blackouts(self) -> Sequence[Blackout]:
        """All, by their first day."""
        columns = ("blackout_id", "county_code", "function_name", "first_day", "last_day", "reason")
        rows = self._connection.execute(select(*(blackout.c[name] for name in columns)).order_by(blackout.c.first_day, blackout.c.blackout_id))
        return [Blackout(row[0], row[1], MatchingFunction(row[2]) if row[2] else None, *row[3:]) for row in rows]

    def add_blackout(self, added: Blackout, at: datetime, by: str) -> int:
        """Insert; its id."""
        row = {"county_code": added.county_code, "function_name": added.function, "reason": added.reason, "added_at": at, "added_by": by}
        return insert_row(self._connection, blackout, {**row, "first_day": added.first_day, "last_day": added.last_day})

    def remove_blackout(self, blackout_id: int) -> None:
        """Remove; NotFound when there is none."""
        if not self._connection.execute(delete(blackout).where(blackout.c.blackout_id == blackout_id)).rowcount:
            raise NotFound(ErrorCode.BLACKOUT_NOT_FOUND, f"There is no blackout {blackout_id}.", ref="blackout")

    def counties_of_zip(self, zip_codes: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Counties that a five-digit ZIP lies in (COA-11); none for one that the table does not know."""
        if not zip_codes:
            return {}
        wanted = sorted(set(zip_codes))
        near = select(zip_county).where(zip_county.c.first_zip_code <= wanted[-1], zip_county.c.last_zip_code >= wanted[0])
        found: dict[str, set[str]] = {code: set() for code in wanted}
        for first, last, county in self._connection.execute(near):
            for code in wanted[bisect_left(wanted, first) : bisect_right(wanted, last)]:
                found[code].add(county)
        return {code: frozenset(counties) for code, counties in found.items()}

    def zip_counties(self) -> frozenset[ZipCounty]:
        """The whole table."""
        return frozenset(ZipCounty(*row) for row in self._connection.execute(select(zip_county)))

    def replace_zip_counties(self, rows: Sequence[ZipCounty]) -> None:
        """Put another table in its place."""
        self._connection.execute(delete(zip_county))
        self._bulk.insert(zip_county, columns_of(ZipCounty._fields, rows))

    def holidays(self) -> frozenset[date]:
        """State holidays (COA-37)."""
        return frozenset(self.named_holidays())

    def named_holidays(self) -> Mapping[date, str]:
        """State holidays and what they are called."""
        return {row.holiday: row.name for row in self._connection.execute(select(state_holiday).order_by(state_holiday.c.holiday))}

    def save_holidays(self, holidays: Mapping[date, str]) -> None:
        """Insert or update holidays by day."""
        upsert(self._connection, state_holiday, [{"holiday": day, "name": name} for day, name in holidays.items()])

    def remove_holidays(self, days: Sequence[date]) -> None:
        """They are holidays no more."""
        for part in in_lists(sorted(days)):
            self._connection.execute(delete(state_holiday).where(state_holiday.c.holiday.in_(listed())), {"listed": part})

    def weights(self, version: str | None = None, *, function: MatchingFunction | None = None) -> WeightsVersion | None:
        """Those of a version, or the active ones: for a function alone, or for all that have none of their own; None means none were activated."""
        return match_weights.weights(self._connection, version, function)

    def weights_versions(self) -> Sequence[WeightsVersion]:
        """All, newest first."""
        return match_weights.weights_versions(self._connection)

    def add_weights(self, weights: WeightsVersion) -> None:
        """Keep a version."""
        match_weights.add_weights(self._connection, weights)

    def activate_weights(self, version: str | None, at: datetime, by: str, *, function: MatchingFunction | None = None) -> None:
        """Use it from now on, for a function alone or for all others; None takes back what was activated."""
        match_weights.activate_weights(self._connection, version, at, by, function)

    def keys_built(self) -> bool:
        """Whether every voter has its keys."""
        return match_rebuilding.keys_built(self._connection)

    def key_build(self) -> KeyBuild | None:
        """The last rebuilding; None when there was none."""
        return match_rebuilding.key_build(self._connection)

    def save_key_build(self, build: KeyBuild) -> None:
        """Keep how far it has come."""
        match_rebuilding.save_key_build(self._connection, build)

    def clear_keys(self, number: int) -> None:
        """Delete the keys of one of KEY_RANGES ranges, from 0."""
        match_rebuilding.clear_keys(self._connection, number)

    def rebuild_keys(self, after_state_voter_id: int, limit: int) -> KeyRebuild:
        """Write persons and keys of the next voters anew."""
        return match_rebuilding.rebuild_keys(self._connection, self._bulk, after_state_voter_id, limit)

    def merge_keys(self, after_key: int | None, limit: int) -> KeyMerge:
        """Take the next recent keys over into the large table, from the lowest if `after_key` is None."""
        return match_merging.merge_keys(self._connection, self._bulk, after_key, limit)

    def state_voter_id_span(self) -> tuple[int, int]:
        """The lowest and the highest UID; (0, -1) when there is no voter."""
        return match_rebuilding.state_voter_id_span(self._connection)

    def roll_size(self) -> int:
        """How many voters there are, about: UIDs are given out one after the other, and counting would read all of them."""
        lowest, highest = match_rebuilding.state_voter_id_span(self._connection)
        return highest - lowest + 1

    def oversized_keys(self, cap: int) -> Sequence[CappedKey]:
        """Every key of more voters than the cap; reads all keys."""
        return oversized_keys(self._connection, cap)

    def report_capped(self, capped: Sequence[CappedKey], at: datetime) -> None:
        """Keep that these keys were found too common."""
        upsert(self._connection, match_key_capped, [{"match_key": key, "voter_count": size, "reported_at": at} for key, size in capped])

    def forget_capped(self) -> None:
        """Empty the report."""
        self._connection.execute(delete(match_key_capped))

    def capped_keys(self) -> Sequence[CappedReport]:
        """The report, the commonest first."""
        ordered = select(match_key_capped).order_by(match_key_capped.c.voter_count.desc(), match_key_capped.c.match_key)
        return [CappedReport(*row) for row in self._connection.execute(ordered)]

    def recent_dmv_records(self, limit: int) -> Sequence[RecentDmvRecord]:
        """The last records from DMV that bear a DL/ID, the newest first."""
        return silver_records.recent_dmv_records(self._connection, limit)

    def verified_licences(self, state_voter_ids: Sequence[int]) -> frozenset[int]:
        """Of these voters, those whose DL/ID DMV has verified."""
        return silver_records.verified_licences(self._connection, state_voter_ids)


def _settings(row: Row[Any]) -> MatchSettings:
    return MatchSettings(
        function=MatchingFunction(row.function_name),
        fields=frozenset(MatchField(name) for name in row.field_names.split(",")),
        automatic=row.automatic,
        manual=row.manual,
        ceilings={name: Ceiling(ceiling) for name, ceiling in row.ceilings.items()},
    )
