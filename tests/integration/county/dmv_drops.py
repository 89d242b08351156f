"""DMV's records about voters of the tests, and the drop folder."""

import os
from datetime import UTC, date, datetime, timedelta

from jobs.scheduler import JobScheduler
from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, ResidenceAddress
from votecal_soap.domain.jobs import JobType

TODAY = date(2026, 3, 1)
HOME = ResidenceAddress(
    house_number="20001", street_name="FLOWER", street_type="ST", residence_city="LOS ANGELES", residence_state="CA", residence_zip_code="90012"
)


def record(number, voter=None, **changes):
    """A voter under another middle name and without a number, or nobody."""
    blank = DmvRecord(*(None,) * len(DmvRecord._fields))
    known = {name: getattr(voter, name) for name in ("first_name", "last_name", "date_of_birth")} if voter else {"first_name": "ZEB", "last_name": "QUACK"}
    old = ResidenceAddress(*(getattr(voter, name) for name in ResidenceAddress._fields)) if voter else None
    fixed = {"sequence": number, "transaction_id": f"T{number}", "kind": DmvRecordKind.CHANGE_OF_ADDRESS, "transaction_date": TODAY, "new_address": HOME}
    return blank._replace(**fixed, **known, old_address=old, middle_name="QUENTIN", **changes)


def process(state, *records):
    """DMV drops a file, the scheduled job takes it."""
    now, application = datetime.now(UTC), state.application
    path = application.config.dmv_drop_folder / "a.xml"
    write_dmv_coa_file(path, DmvCoaHeader("A", now), records)
    os.utime(path, (now.timestamp() - 60,) * 2)
    fixed = {"county_code": None, "election_id": None, "data_kinds": (), "repeat": None, "notice": None, "scheduled_by": "sam", "scheduled_at": now}
    with application.unit_of_work() as uow:
        job_type = JobType.PROCESS_DMV_COA_RECORD_FILE
        job_id = uow.jobs.add(job_type=job_type, state="Pending", not_before=now - timedelta(seconds=1), **fixed)
        uow.dmv_files.expect(job_id, "a.xml", now)
        uow.commit()
    JobScheduler(application).make_all_due()
    state.work()
