"""COA-06, COA-11, COA-12: SOS sets fields, thresholds and rules of each matching function; a county's own people set its mode."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.counties import Role, StaffUser
from votecal_soap.domain.matching import Ceiling, CrossCountyMode, MatchField, MatchingFunction, MatchingMode, MatchSettings
from votecal_soap.errors import ErrorCode, InvalidRequest, NotAllowed, NotFound
from votecal_soap.search.family_rules import RuleName
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork

MODE_SETTERS: Final = (Role.SOS_ADMINISTRATOR, Role.AUTHORISED_COUNTY_USER)
"""Who may set a county's mode: SOS any county's, the county's authorised people their own (COA-12)."""

HIGHEST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchConfiguration:
    """How matching is set."""

    settings: tuple[MatchSettings, ...]
    modes: Mapping[tuple[str, MatchingFunction], MatchingMode]
    """Only what counties have set."""
    cross_county: CrossCountyMode
    weights_version: str | None
    """None: the shipped weights."""
    merged_data_pulls: Mapping[str | None, bool]
    """Only what was set, by county; None is the whole state (DLR-15)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMatchSettings:
    """What of a function is set otherwise; None stays. `ceilings` are set rule by rule."""

    function: MatchingFunction
    acting_user: str
    automatic: int | None = None
    manual: int | None = None
    fields: frozenset[MatchField] | None = None
    ceilings: Mapping[str, Ceiling] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMatchingMode:
    """What a county wants done with automatic matches of a function."""

    county_code: str
    function: MatchingFunction
    mode: MatchingMode
    acting_user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCrossCounty:
    """What a move to another county does, in the whole state."""

    mode: CrossCountyMode
    acting_user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMergedDataPull:
    """Whether a county, or with None every one that has no setting of its own, pulls what merges added; None takes the setting back."""

    county_code: str | None
    allowed: bool | None
    acting_user: str


def configuration(uow: UnitOfWork) -> MatchConfiguration:
    """Everything that is set, and the shipped defaults where nothing is."""
    with uow:
        active = uow.matching.weights()
        return MatchConfiguration(
            settings=tuple(uow.matching.settings(function) for function in MatchingFunction),
            modes=uow.matching.modes(),
            cross_county=uow.matching.cross_county(),
            weights_version=None if active is None else active.version,
            merged_data_pulls=uow.matching.merged_data_pulls(),
        )


def set_match_settings(command: SetMatchSettings, uow: UnitOfWork, clock: Clock) -> MatchSettings:
    """Change a function's settings; they hold for runs and searches that begin later.

    Raises:
        InvalidRequest: MATCHING_SETTING_WRONG, as when the manual threshold is above the automatic one.
    """
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        old = uow.matching.settings(command.function)
        new = _changed(old, command)
        _check(new)
        now = clock.now()
        uow.matching.save_settings(new, now, command.acting_user)
        record_change(
            uow,
            at=now,
            actor=command.acting_user,
            action="SetMatchSettings",
            subject=("matching_setting", command.function),
            old=_values(old),
            new=_values(new),
        )
        uow.commit()
    return new


def set_matching_mode(command: SetMatchingMode, uow: UnitOfWork, clock: Clock) -> None:
    """Set a county's mode for a function."""
    with uow:
        person = require_role(uow, command.acting_user, MODE_SETTERS)
        _require_own(person, command.county_code)
        if uow.reference.county(command.county_code) is None:
            raise NotFound(ErrorCode.COUNTY_NOT_FOUND, f"There is no county {command.county_code}.", ref="county")
        old = uow.matching.mode(command.county_code, command.function)
        now = clock.now()
        uow.matching.save_mode(command.county_code, command.function, command.mode, now, command.acting_user)
        record_change(
            uow,
            at=now,
            actor=command.acting_user,
            action="SetMatchingMode",
            subject=("county_matching_mode", f"{command.county_code} {command.function}"),
            county_code=command.county_code,
            old={"mode": old},
            new={"mode": command.mode},
        )
        uow.commit()


def set_cross_county(command: SetCrossCounty, uow: UnitOfWork, clock: Clock) -> None:
    """Set what a move to another county does."""
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        old = uow.matching.cross_county()
        now = clock.now()
        uow.matching.save_cross_county(command.mode, now, command.acting_user)
        record_change(
            uow,
            at=now,
            actor=command.acting_user,
            action="SetCrossCounty",
            subject=("statewide_setting", "coa_cross_county"),
            old={"mode": old},
            new={"mode": command.mode},
        )
        uow.commit()


def set_merged_data_pull(command: SetMergedDataPull, uow: UnitOfWork, clock: Clock) -> None:
    """Set whether newer records' counties pull merged data (DLR-15)."""
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        if command.county_code is not None and uow.reference.county(command.county_code) is None:
            raise NotFound(ErrorCode.COUNTY_NOT_FOUND, f"There is no county {command.county_code}.", ref="county")
        old = uow.matching.merged_data_pulls().get(command.county_code)
        now = clock.now()
        uow.matching.save_merged_data_pull(command.county_code, command.allowed, now, command.acting_user)
        record_change(
            uow,
            at=now,
            actor=command.acting_user,
            action="SetMergedDataPull",
            subject=("statewide_setting", f"pull_merged_data {command.county_code or 'statewide'}"),
            county_code=command.county_code,
            old={"allowed": old},
            new={"allowed": command.allowed},
        )
        uow.commit()


def _require_own(person: StaffUser, county_code: str) -> None:
    if person.role is Role.AUTHORISED_COUNTY_USER and person.county_code != county_code:
        raise NotAllowed(ErrorCode.NOT_AUTHORISED, f"{person.user_name} may set the mode of county {person.county_code} only.", ref="county")


def _changed(old: MatchSettings, command: SetMatchSettings) -> MatchSettings:
    return replace(
        old,
        automatic=old.automatic if command.automatic is None else command.automatic,
        manual=old.manual if command.manual is None else command.manual,
        fields=old.fields if command.fields is None else command.fields,
        ceilings={**old.ceilings, **(command.ceilings or {})},
    )


def _check(settings: MatchSettings) -> None:
    if not 1 <= settings.manual <= HIGHEST or not 1 <= settings.automatic <= HIGHEST:
        raise _wrong(f"A threshold is 1 to {HIGHEST}.", "threshold")
    if settings.manual > settings.automatic:
        raise _wrong(f"The manual threshold {settings.manual} is above the automatic one, {settings.automatic}.", "manual")
    if not settings.fields:
        raise _wrong("At least one field is used.", "fields")
    if unknown := sorted(set(settings.ceilings) - set(RuleName)):
        raise _wrong(f"There is no rule {unknown[0]}; there are {', '.join(RuleName)}.", "ceiling")


def _wrong(text: str, ref: str) -> InvalidRequest:
    return InvalidRequest(ErrorCode.MATCHING_SETTING_WRONG, text, ref=ref)


def _values(settings: MatchSettings) -> dict[str, object]:
    fields = [field for field in MatchField if field in settings.fields]
    return {"automatic": settings.automatic, "manual": settings.manual, "fields": fields, "ceilings": dict(settings.ceilings)}
