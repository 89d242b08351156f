"""Writes made-up DMV records as the file that the state takes, and the truth beside it (COA-01)."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.domain.dmv_records import DmvRecordKind
from votecal_soap.synthetic.coa import DmvCase, DriverKind
from votecal_soap.synthetic.frequency_tables import Origin


class CoaTruth(NamedTuple):
    """Whose a record is; no voter's data."""

    sequence: int
    transaction_id: str
    record_kind: DmvRecordKind
    driver_kind: DriverKind
    state_voter_ids: tuple[int, ...]
    """Every registration of the person; none for one who is not registered."""
    origin: Origin
    sex: str


def write_coa(path: Path, truth: Path, cases: Iterable[DmvCase], state_voter_ids: Mapping[str, int], file_id: str, created_at: datetime) -> int:
    """Write file and truth, and count the records; `state_voter_ids` by the county's own ids."""
    known = list(cases)
    count = write_dmv_coa_file(path, DmvCoaHeader(file_id, created_at), (case.record for case in known))
    with truth.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(CoaTruth._fields)
        for case in known:
            *before, uids, origin, sex = coa_truth(case, state_voter_ids)
            writer.writerow([*before, " ".join(map(str, uids)), origin, sex])
    return count


def coa_truth(case: DmvCase, state_voter_ids: Mapping[str, int]) -> CoaTruth:
    """The truth of one record."""
    record = case.record
    uids = tuple(state_voter_ids[ems_voter_id] for ems_voter_id in case.ems_voter_ids)
    return CoaTruth(record.sequence, record.transaction_id, record.kind, case.kind, uids, case.origin, case.sex)


def read_coa_truth(path: Path) -> Iterator[CoaTruth]:
    """The truths of a file, in the order of its records."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield CoaTruth(
                sequence=int(row["sequence"]),
                transaction_id=row["transaction_id"],
                record_kind=DmvRecordKind(row["record_kind"]),
                driver_kind=DriverKind(row["driver_kind"]),
                state_voter_ids=tuple(map(int, row["state_voter_ids"].split())),
                origin=Origin(row["origin"]),
                sex=row["sex"],
            )
