"""Read this first: the kinds of job and what each runs.

===================== ======================= ============ ============ =================================
Job                   Runs                    Repeatable   County batch Stops safely
===================== ======================= ============ ============ =================================
VoterRecordUpdate     voter_record_update     never        yes          after each committed chunk
IdvExport             idv_export              yes          no           between files
Purge                 purge                   yes          no           between hundreds of uploads
===================== ======================= ============ ============ =================================

A county batch waits for an SOS administrator and then for the county's file, whose arrival makes its run due;
the scheduler makes the runs of all others due.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jobs import idv_export, purge, voter_record_update
from jobs.application import JobRun
from votecal_soap.domain.jobs import JobType


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """What a kind of job runs, in code and in words."""

    run: JobRun
    about: str


CATALOGUE: Final[Mapping[JobType, CatalogueEntry]] = {
    JobType.VOTER_RECORD_UPDATE: CatalogueEntry(run=voter_record_update.run, about="Apply a county's batch of voter record updates (UC04.14.01)"),
    JobType.IDV_EXPORT: CatalogueEntry(run=idv_export.run, about="Send pending identity verifications out to DMV (IDV-01)"),
    JobType.PURGE: CatalogueEntry(run=purge.run, about="Remove files whose retention has passed (OPS-05)"),
}
