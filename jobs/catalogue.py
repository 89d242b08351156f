"""Read this first: the kinds of job and what each runs.

======================= =========================== ============ ============ =================================
Job                     Runs                        Repeatable   County batch Stops safely
======================= =========================== ============ ============ =================================
VoterRecordUpdate       voter_record_update         never        yes          after each committed chunk
IdvExport               idv_export                  yes          no           between files
MatchCaseDeadlines      match_case_deadlines        yes          no           between hundreds of cases
MergeMatchKeys          merge_match_keys            yes          no           between thousands of keys
Purge                   purge                       yes          no           between hundreds of uploads
ProcessDmvCoaRecordFile process_dmv_coa_record_file never        no           after each committed chunk
DuplicateVoterDetection duplicate_voter_detection   yes          no           between hundreds of pairs
======================= =========================== ============ ============ =================================

A county batch waits for an SOS administrator and then for the county's file, whose arrival makes its run due;
the scheduler makes the runs of all others due, that of a file job once its file has arrived in the drop folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from jobs import duplicate_voter_detection, idv_export, match_case_deadlines, merge_match_keys, process_dmv_coa_record_file, purge, voter_record_update
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
    JobType.MATCH_CASE_DEADLINES: CatalogueEntry(
        run=match_case_deadlines.run, about="Announce overdue match cases; end transfers and confidentiality whose time has passed (COA-37, VRU-15, EWS-14)"
    ),
    JobType.MERGE_MATCH_KEYS: CatalogueEntry(run=merge_match_keys.run, about="Take recent match keys over into the large table (COA-05)"),
    JobType.PURGE: CatalogueEntry(run=purge.run, about="Remove files whose retention has passed (OPS-05)"),
    JobType.PROCESS_DMV_COA_RECORD_FILE: CatalogueEntry(
        run=process_dmv_coa_record_file.run, about="Match a file of DMV's changes of address and registrations (UC03.21.01)"
    ),
    JobType.DUPLICATE_VOTER_DETECTION: CatalogueEntry(run=duplicate_voter_detection.run, about="Find voters who are registered twice (UC03.41.01, DUP-01)"),
}
