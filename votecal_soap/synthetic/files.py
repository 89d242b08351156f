"""Writes made-up reference data and voters as the files that the state loads (OPS-04)."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from votecal_soap.contract.batch_writer import BatchFile, WireRecord, write_batch_file
from votecal_soap.domain.batches import SCHEMA_VERSION, BatchHeader
from votecal_soap.domain.counties import Election, Precinct
from votecal_soap.domain.uploads import Compression
from votecal_soap.synthetic.county_codes import CountyCodes
from votecal_soap.synthetic.voters import SyntheticVoter

VENDOR: Final = "votecal generate"


def wire_records(voters: Iterable[SyntheticVoter], codes: CountyCodes | None = None) -> Iterator[WireRecord]:
    """Voters as records: in the state's codes, or in the county's when these are given."""
    for voter in voters:
        registration = voter.registration if codes is None else codes.registration(voter.registration)
        yield WireRecord(ems_voter_id=voter.ems_voter_id, registration=registration)


def write_initial_load(
    path: Path,
    county_code: str,
    voters: Iterable[SyntheticVoter],
    created_at: datetime,
    *,
    codes: CountyCodes | None = None,
    compression: Compression = Compression.NONE,
) -> BatchFile:
    """Write the file of an initial load."""
    header = batch_header(county_code, "InitialLoad", None, created_at)
    return write_batch_file(path, header, wire_records(voters, codes), compression=compression)


def batch_header(county_code: str, batch_type: str, job_id: int | None, created_at: datetime) -> BatchHeader:
    """The header of a made-up file."""
    return BatchHeader(county_code, batch_type, job_id, SCHEMA_VERSION, created_at.isoformat(timespec="seconds"), VENDOR)


def write_elections(path: Path, elections: Iterable[Election]) -> None:
    """Write elections as `votecal load elections` takes them."""
    rows = ((item.election_id, item.name, item.election_date.isoformat(), "yes" if item.federal else "no") for item in elections)
    _write(path, ("election_id", "name", "election_date", "federal"), rows)


def write_precincts(path: Path, precincts: Iterable[Precinct]) -> None:
    """Write precincts as `votecal load precincts` takes them."""
    _write(path, ("county_code", "precinct_code", "name"), ((item.county_code, item.precinct_code, item.name or "") for item in precincts))


def _write(path: Path, heading: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(rows)
