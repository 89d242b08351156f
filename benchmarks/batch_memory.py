"""One batch in a process of its own: `prepare FOLDER RECORDS VOTERS`, then `run FOLDER` prints peak MB and µs a record.

Two processes, so that only the batch itself counts towards the peak. Called by batch_pipeline.
"""

import sys
import time
from pathlib import Path

from benchmarks.batch_workload import make_workload, reopened
from benchmarks.reporting import peak_megabytes
from votecal_soap.use_cases.process_voter_record_update_batch import process


def main(task: str, folder: Path, *sizes: str) -> None:
    """Do one of the two."""
    if task == "prepare":
        make_workload(folder, voters=int(sizes[1]), records=int(sizes[0]))
        return
    workload = reopened(folder)
    work, instance = workload.work(workload.database, parsers=1), workload.claimed(workload.database)
    begun = time.perf_counter()
    process(instance, work)
    seconds = time.perf_counter() - begun
    print(peak_megabytes(), seconds / workload.file.record_count * 1e6)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
