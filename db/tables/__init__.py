"""The tables. Names are lower case and at most 30 characters, every foreign key is indexed, every text has a length.

Rules of the portable schema: docs/adr/0003. Comments are for DBAs and live in the schema.
"""

from db.tables.base import metadata
from db.tables.jobs import batch_outcome_count, batch_record_outcome, job, job_instance, upload
from db.tables.queues import ems_message, ems_queue
from db.tables.reference import county, county_rules, credential, election, number_series, precinct, reference_code, staff_user
from db.tables.trails import audit_entry, load_progress
from db.tables.voters import identity_request, voter, voter_activity, voter_version, voting_precinct

__all__ = [
    "audit_entry",
    "batch_outcome_count",
    "batch_record_outcome",
    "county",
    "county_rules",
    "credential",
    "election",
    "ems_message",
    "ems_queue",
    "identity_request",
    "job",
    "job_instance",
    "load_progress",
    "metadata",
    "number_series",
    "precinct",
    "reference_code",
    "staff_user",
    "upload",
    "voter",
    "voter_activity",
    "voter_version",
    "voting_precinct",
]
