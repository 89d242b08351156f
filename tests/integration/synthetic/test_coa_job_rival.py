"""The rival of the job benchmark writes what the job wrote: a ratio against less would say nothing."""

from benchmarks.coa_job_rival import deltas, write_set_based
from benchmarks.coa_job_workload import claimed, make_job_workload
from votecal_soap.domain.jobs import InstanceState
from votecal_soap.use_cases.process_dmv_coa_record_file import process

TABLES = {"voter", "voter_version", "voter_activity", "voter_match", "voter_match_key_recent", "dmv_work_item", "match_case", "ems_message", "audit_entry"}


def test_the_set_based_rival_writes_the_rows_that_the_job_writes(tmp_path):
    workload = make_job_workload(tmp_path, voters=400, records=150)
    ours, rival = workload.copy("ours.db"), workload.copy("rival.db")
    work = workload.work(ours, chunk_records=40)
    assert process(claimed(work.unit_of_work), work) is InstanceState.COMPLETED
    work.unit_of_work.close()
    written = deltas(workload.database, ours, records_at_once=40)
    assert {delta.table for delta in written} >= TABLES
    assert [len(part) for delta in written if delta.table == "dmv_work_item" for part in delta.inserted] == [38, 37, 38, 37]
    write_set_based(rival, written)
    assert deltas(rival, ours, records_at_once=40) == []
