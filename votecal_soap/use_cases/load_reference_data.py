"""OPS-04 Reference data is loaded beforehand: what the product ships, and elections and precincts from CSV files.

Loading the same again changes nothing and leaves no trace in the audit; what a file leaves out stays as it is.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.domain.counties import County, Election, Precinct, ZipCounty
from votecal_soap.domain.state_holidays import state_holidays
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.reference_files import read_elections, read_holidays, read_precincts, read_zip_counties

FIRST_HOLIDAY_YEAR: Final = 2024
HOLIDAY_YEARS_AHEAD: Final = 10
"""`load reference` brings holidays by rule so far ahead; run again, it brings the years that have come since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a load found and how much of it was new or changed."""

    read: int
    changed: int


def load_reference(actor: str, uow: UnitOfWork, clock: Clock) -> LoadReport:
    """Load what the product ships: counties, code tables, holidays, and the ZIP codes unless the state has loaded its own."""
    shipped = _shipped()
    zip_counties, holidays = _shipped_zip_counties(), _coming_holidays(legal_date(clock.now()).year)
    counties = [_county(code, name) for code, name in shipped["counties"].items()]
    with uow:
        changed = _load_counties(actor, uow, clock, counties)
        for kind, codes in shipped["codes"].items():
            changed += _load_codes(actor, uow, clock, kind, codes)
        # A year that came by rule before is the state's since: it may have taken a day away.
        came = {day.year for day in uow.matching.holidays() & set(holidays)}
        changed += _load_holidays(actor, uow, clock, {day: name for day, name in holidays.items() if day.year not in came})
        if not uow.matching.zip_counties():
            changed += _load_zip_counties(actor, uow, clock, zip_counties)
        uow.commit()
    return LoadReport(read=len(counties) + sum(map(len, shipped["codes"].values())) + len(holidays) + len(zip_counties), changed=changed)


def load_zip_counties(file: Path, actor: str, uow: UnitOfWork, clock: Clock) -> LoadReport:
    """Put the ZIP codes of a CSV file in place of all there are: first_zip_code, last_zip_code, county_code."""
    rows = read_zip_counties(file)
    with uow:
        for county_code in sorted({row.county_code for row in rows}):
            _require_county(county_code, file, uow)
        changed = _load_zip_counties(actor, uow, clock, rows)
        uow.commit()
    return LoadReport(read=len(rows), changed=changed)


def load_holidays(file: Path, actor: str, uow: UnitOfWork, clock: Clock, *, replace: bool = False) -> LoadReport:
    """Load state holidays from a CSV file: holiday, name. `replace`: other days of the years that it names are holidays no more."""
    holidays = read_holidays(file)
    with uow:
        changed = _load_holidays(actor, uow, clock, holidays)
        if replace:
            changed += _remove_holidays(actor, uow, clock, holidays)
        uow.commit()
    return LoadReport(read=len(holidays), changed=changed)


def load_elections(file: Path, actor: str, uow: UnitOfWork, clock: Clock) -> LoadReport:
    """Load elections from a CSV file: election_id, name, election_date."""
    elections = read_elections(file)
    with uow:
        known = {election.election_id: election for election in uow.reference.elections()}
        changed = [election for election in elections if known.get(election.election_id) != election]
        uow.reference.save_elections(changed)
        for election in changed:
            _record(actor, uow, clock, ("election", election.election_id), _election_values(known.get(election.election_id)), _election_values(election))
        uow.commit()
    return LoadReport(read=len(elections), changed=len(changed))


def load_precincts(file: Path, actor: str, uow: UnitOfWork, clock: Clock) -> LoadReport:
    """Load precincts of one county or several from a CSV file: county_code, precinct_code, name."""
    precincts = read_precincts(file)
    with uow:
        changed = sum(_load_precincts_of(county_code, mine, file, actor, uow, clock) for county_code, mine in _by_county(precincts).items())
        uow.commit()
    return LoadReport(read=len(precincts), changed=changed)


def _load_precincts_of(county_code: str, precincts: list[Precinct], file: Path, actor: str, uow: UnitOfWork, clock: Clock) -> int:
    _require_county(county_code, file, uow)
    known = uow.reference.precinct_names(county_code)
    changed = [precinct for precinct in precincts if known.get(precinct.precinct_code, ...) != precinct.name]
    if changed:
        uow.reference.save_precincts(changed)
        old = {precinct.precinct_code: known[precinct.precinct_code] for precinct in changed if precinct.precinct_code in known}
        _record(actor, uow, clock, ("precincts", county_code), old, {precinct.precinct_code: precinct.name for precinct in changed}, county_code)
    return len(changed)


def _require_county(county_code: str, file: Path, uow: UnitOfWork) -> None:
    if uow.reference.county(county_code) is None:
        raise NotFound(ErrorCode.COUNTY_NOT_FOUND, f"There is no county {county_code}; load the reference data first.", ref=file.name)


def _shipped_zip_counties() -> list[ZipCounty]:
    with as_file(files("votecal_soap.domain").joinpath("zip_counties.csv")) as path:
        return read_zip_counties(path)


def _coming_holidays(this_year: int) -> dict[date, str]:
    """From the first year that the product knows to ten years ahead."""
    years = range(FIRST_HOLIDAY_YEAR, this_year + HOLIDAY_YEARS_AHEAD + 1)
    return {day: name for year in years for day, name in state_holidays(year).items()}


def _shipped() -> dict[str, Any]:
    return tomllib.loads(files("votecal_soap.domain").joinpath("reference.toml").read_text(encoding="utf-8"))


def _county(code: str, name: str) -> County:
    return County(county_code=code, name=name, fips=f"06{2 * int(code) - 1:03d}")


def _load_counties(actor: str, uow: UnitOfWork, clock: Clock, counties: list[County]) -> int:
    known = {county.county_code: county for county in uow.reference.counties()}
    changed = [county for county in counties if known.get(county.county_code) != county]
    if changed:
        uow.reference.save_counties(changed)
        old = {county.county_code: known[county.county_code].name for county in changed if county.county_code in known}
        _record(actor, uow, clock, ("codes", "County"), old, {county.county_code: county.name for county in changed})
    return len(changed)


def _load_codes(actor: str, uow: UnitOfWork, clock: Clock, kind: str, codes: Mapping[str, str]) -> int:
    known = uow.reference.codes(kind)
    changed = {code: name for code, name in codes.items() if known.get(code) != name}
    if changed:
        uow.reference.save_codes(kind, changed)
        _record(actor, uow, clock, ("codes", kind), {code: known[code] for code in changed if code in known}, changed)
    return len(changed)


def _load_zip_counties(actor: str, uow: UnitOfWork, clock: Clock, rows: Sequence[ZipCounty]) -> int:
    known = uow.matching.zip_counties()
    if known == set(rows):
        return 0
    uow.matching.replace_zip_counties(rows)
    lost, gained = (sorted(" ".join(row) for row in some) for some in (known - set(rows), set(rows) - known))
    _record(actor, uow, clock, ("codes", "ZipCounty"), {"rows": lost}, {"rows": gained})
    return len(lost) + len(gained)


def _load_holidays(actor: str, uow: UnitOfWork, clock: Clock, holidays: Mapping[date, str]) -> int:
    known = uow.matching.named_holidays()
    changed = {day: name for day, name in holidays.items() if known.get(day) != name}
    if changed:
        uow.matching.save_holidays(changed)
        old = {day.isoformat(): known[day] for day in changed if day in known}
        _record(actor, uow, clock, ("codes", "Holiday"), old, {day.isoformat(): name for day, name in changed.items()})
    return len(changed)


def _remove_holidays(actor: str, uow: UnitOfWork, clock: Clock, holidays: Mapping[date, str]) -> int:
    years = {day.year for day in holidays}
    gone = {day: name for day, name in uow.matching.named_holidays().items() if day.year in years and day not in holidays}
    if gone:
        uow.matching.remove_holidays(list(gone))
        _record(actor, uow, clock, ("codes", "Holiday"), {day.isoformat(): name for day, name in gone.items()}, {})
    return len(gone)


def _election_values(election: Election | None) -> dict[str, object]:
    return {} if election is None else {"name": election.name, "election_date": election.election_date}


def _by_county(precincts: Iterable[Precinct]) -> dict[str, list[Precinct]]:
    counties: dict[str, list[Precinct]] = {}
    for precinct in precincts:
        counties.setdefault(precinct.county_code, []).append(precinct)
    return counties


def _record(
    actor: str, uow: UnitOfWork, clock: Clock, subject: tuple[str, str], old: Mapping[str, object], new: Mapping[str, object], county_code: str | None = None
) -> None:
    record_change(uow, at=clock.now(), actor=actor, action="LoadReferenceData", subject=subject, county_code=county_code, old=old, new=new)
