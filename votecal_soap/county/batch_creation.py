"""The Voter Record Update Batch Creation Job (UC04.14.01 step 3): from the EMS's tables to one file that stays the same."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from votecal_soap.contract.batch_writer import RECORDS_AT_ONCE, BatchFile, WireRecord, write_batch_file
from votecal_soap.county.ems_database import EmsDatabase
from votecal_soap.county.ems_jobs import CountyJob
from votecal_soap.county.extract import Extract, extract
from votecal_soap.county.progress import Progress, Step, Tell
from votecal_soap.domain.batches import BatchHeader
from votecal_soap.domain.uploads import Compression

VENDOR_APPLICATION_ID: Final = "VoteCal reference EMS"
_SUFFIXES: Final = {Compression.NONE: ".xml", Compression.GZIP: ".xml.gz", Compression.ZIP: ".zip"}


def create_batch(
    ems: EmsDatabase, job: CountyJob, work_dir: Path, compression: Compression, now: datetime, tell: Tell, extract: Extract = extract
) -> BatchFile:
    """Extract what the job asks for and write the file."""
    work_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    header = BatchHeader(
        county_code=ems.county_code,
        batch_type="VoterRecordUpdate",
        job_id=job.job_id,
        schema_version=job.schema_version,
        created_at=now.isoformat(timespec="seconds"),
        vendor_application_id=VENDOR_APPLICATION_ID,
    )
    records = _told(extract(ems, job.data_kinds, job.election_code), job.job_id, tell)
    return write_batch_file(work_dir / f"voter-record-update-{job.job_id}{_SUFFIXES[compression]}", header, records, compression=compression)


def _told(records: Iterable[WireRecord], job_id: int, tell: Tell) -> Iterator[WireRecord]:
    count = 0
    for count, record in enumerate(records, 1):
        yield record
        if count % RECORDS_AT_ONCE == 0:
            tell(Progress(step=Step.CREATE_FILE, job_id=job_id, done=count))
    tell(Progress(step=Step.CREATE_FILE, job_id=job_id, done=count, total=count))


def is_unharmed(file: BatchFile) -> bool:
    """Whether the file is there, byte for byte as it was written."""
    if not file.path.is_file() or file.path.stat().st_size != file.byte_count:
        return False
    with file.path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
