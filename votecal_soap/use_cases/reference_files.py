"""Reads CSV files of elections, precincts and polling places; what is wrong is told with the file and the line (OPS-04)."""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Final, TypeVar

from votecal_soap.domain.counties import Election, Precinct, ZipCounty
from votecal_soap.errors import ErrorCode, InvalidRequest

T = TypeVar("T")
NAME_LENGTH: Final = 100
PLACE_LENGTH: Final = 200
_CELLS_WITHOUT_FEDERAL: Final = 3
_ELECTION_ID: Final = re.compile(r"[A-Za-z0-9\-]{1,20}")
_COUNTY_CODE: Final = re.compile(r"0[1-9]|[1-4][0-9]|5[0-8]")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZIP_CODE: Final = re.compile(r"[0-9]{5}")
_PRECINCT_CODE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,18}[\x21-\x7e])?")


def read_elections(file: Path) -> list[Election]:
    """The elections of a file, of which a fourth column may tell which have federal offices; the first wrong line raises InvalidRequest."""
    elections = _read(file, ("election_id", "name", "election_date"), _election, optional="federal")
    _refuse_twice(file, [(line, election.election_id) for line, election in elections])
    return [election for _, election in elections]


def read_precincts(file: Path) -> list[Precinct]:
    """The precincts of a file, of one county or several; the first wrong line raises InvalidRequest."""
    precincts = _read(file, ("county_code", "precinct_code", "name"), _precinct)
    _refuse_twice(file, [(line, f"{precinct.county_code} {precinct.precinct_code}") for line, precinct in precincts])
    return [precinct for _, precinct in precincts]


def read_polling_places(file: Path) -> dict[tuple[str, str], str]:
    """Polling places by county and precinct; the first wrong line raises InvalidRequest."""
    places = _read(file, ("county_code", "precinct_code", "polling_place"), _polling_place)
    _refuse_twice(file, [(line, " ".join(precinct)) for line, (precinct, _) in places])
    return {precinct: place for _, (precinct, place) in places}


def read_zip_counties(file: Path) -> list[ZipCounty]:
    """The ZIP codes of a file with the counties that they lie in; the first wrong line raises InvalidRequest."""
    rows = _read(file, ZipCounty._fields, _zip_county)
    _refuse_twice(file, [(line, " ".join(row)) for line, row in rows])
    return [row for _, row in rows]


def read_holidays(file: Path) -> dict[date, str]:
    """The holidays of a file by day; the first wrong line raises InvalidRequest."""
    rows = _read(file, ("holiday", "name"), _holiday)
    _refuse_twice(file, [(line, day.isoformat()) for line, (day, _) in rows])
    return dict(holiday for _, holiday in rows)


def _election(cells: list[str]) -> Election:
    election_id, name, day, federal = (*cells, "no") if len(cells) == _CELLS_WITHOUT_FEDERAL else cells
    _require(_ELECTION_ID.fullmatch(election_id) is not None, "An election_id has 1 to 20 letters, digits and hyphens.")
    _require(0 < len(name) <= NAME_LENGTH and name.isprintable(), f"A name has 1 to {NAME_LENGTH} printable characters.")
    _require(federal in ("yes", "no"), "federal is yes or no.")
    return Election(election_id=election_id, name=name, election_date=_day(day), federal=federal == "yes")


def _zip_county(cells: list[str]) -> ZipCounty:
    first, last, county_code = cells
    _require(_ZIP_CODE.fullmatch(first) is not None and _ZIP_CODE.fullmatch(last) is not None, "A ZIP code has five digits.")
    _require(first <= last, "The last ZIP code comes before the first.")
    _require(_COUNTY_CODE.fullmatch(county_code) is not None, "A county_code is 01 to 58, with two digits.")
    return ZipCounty(first, last, county_code)


def _holiday(cells: list[str]) -> tuple[date, str]:
    day, name = cells
    _require(0 < len(name) <= NAME_LENGTH and name.isprintable(), f"A name has 1 to {NAME_LENGTH} printable characters.")
    return _day(day), name


def _day(text: str) -> date:
    _require(_DAY.fullmatch(text) is not None, "A day is written as 2026-11-03.")
    return date.fromisoformat(text)


def _precinct(cells: list[str]) -> Precinct:
    county_code, precinct_code, name = cells
    _require_precinct(county_code, precinct_code)
    _require(len(name) <= NAME_LENGTH and name.isprintable(), f"A name has at most {NAME_LENGTH} printable characters.")
    return Precinct(county_code=county_code, precinct_code=precinct_code, name=name or None)


def _polling_place(cells: list[str]) -> tuple[tuple[str, str], str]:
    county_code, precinct_code, place = cells
    _require_precinct(county_code, precinct_code)
    _require(0 < len(place) <= PLACE_LENGTH and place.isprintable(), f"A polling_place has 1 to {PLACE_LENGTH} printable characters.")
    return (county_code, precinct_code), place


def _require_precinct(county_code: str, precinct_code: str) -> None:
    _require(_COUNTY_CODE.fullmatch(county_code) is not None, "A county_code is 01 to 58, with two digits.")
    _require(_PRECINCT_CODE.fullmatch(precinct_code) is not None, "A precinct_code has 1 to 20 ASCII characters.")


def _require(holds: bool, text: str) -> None:
    if not holds:
        raise ValueError(text)


def _read(file: Path, heading: tuple[str, ...], row_of: Callable[[list[str]], T], *, optional: str | None = None) -> list[tuple[int, T]]:
    """Each row with its line; one more column may stand at the end."""
    found: list[tuple[int, T]] = []
    lines = _lines(file)
    _, first = next(lines, (1, []))
    if optional is not None and tuple(first) == (*heading, optional):
        heading = (*heading, optional)
    if tuple(first) != heading:
        raise _wrong(file, 1, f"The first line must be: {','.join(heading)}")
    for line, cells in lines:
        if len(cells) != len(heading):
            raise _wrong(file, line, f"A line has {len(heading)} cells, this one has {len(cells)}.")
        try:
            found.append((line, row_of(cells)))
        except ValueError as error:
            raise _wrong(file, line, str(error)) from None
    return found


def _lines(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Rows with their lines, blank ones and those that begin with # left out. A byte order mark, as spreadsheets write it, is not part of the heading."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            try:
                for cells in reader:
                    if cells and not cells[0].startswith("#"):
                        yield reader.line_num, [cell.strip() for cell in cells]
            except csv.Error as error:
                raise _wrong(file, reader.line_num, f"This is not CSV: {error}.") from error
            except UnicodeDecodeError as error:
                raise _wrong(file, reader.line_num + 1, "The file must be UTF-8.") from error
    except OSError as error:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"The file cannot be read: {error.strerror}.", ref=str(file)) from error


def _refuse_twice(file: Path, keys: list[tuple[int, str]]) -> None:
    lines: dict[str, int] = {}
    for line, key in keys:
        if key in lines:
            raise _wrong(file, line, f"This is there already in line {lines[key]}.")
        lines[key] = line


def _wrong(file: Path, line: int, text: str) -> InvalidRequest:
    return InvalidRequest(ErrorCode.VALUE_WRONG, text, ref=f"{file.name}:{line}")
