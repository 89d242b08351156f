"""The tables. Names are lower case and at most 30 characters, every foreign key is indexed, every text has a length.

Rules of the portable schema: docs/adr/0003. Comments are for DBAs and live in the schema.
"""

from db.tables.base import metadata
from db.tables.calls import call_budget, credential_alert, payload_log_setting, used_nonce
from db.tables.cases import case_claim, case_note, mailing, match_case, open_case_count, search_probe, stored_reply, transfer_out
from db.tables.children import document_content, document_part, voter_address, voter_contact, voter_custom_field, voter_document, voter_participation
from db.tables.column_comments import COLUMN_COMMENTS
from db.tables.console import console_session, sign_in_counter, staff_login
from db.tables.dmv import dmv_file, dmv_file_count, dmv_file_score, dmv_signature, dmv_work_item, potential_voter, voter_signature
from db.tables.duplicates import duplicate_partition, duplicate_partition_count, duplicate_run
from db.tables.jobs import batch_outcome_count, batch_record_outcome, job, job_instance, upload
from db.tables.matching import (
    blackout,
    county_matching_mode,
    match_key_build,
    match_key_capped,
    match_weights,
    matching_setting,
    state_holiday,
    statewide_setting,
    voter_match,
    voter_match_key,
    voter_match_key_recent,
    zip_county,
)
from db.tables.merges import merge_record, sos_work_item, sos_work_item_count, sos_work_item_note
from db.tables.queues import ems_consumer, ems_message, ems_message_archive, ems_queue, poison_message, queue_hour
from db.tables.reference import county, county_rules, credential, election, number_series, precinct, reference_code, staff_user
from db.tables.trails import audit_entry, load_progress, schema_compatibility
from db.tables.voters import identity_request, voter, voter_activity, voter_version, voting_precinct

__all__ = [
    "audit_entry",
    "batch_outcome_count",
    "batch_record_outcome",
    "blackout",
    "call_budget",
    "case_claim",
    "case_note",
    "console_session",
    "county",
    "county_matching_mode",
    "county_rules",
    "credential",
    "credential_alert",
    "dmv_file",
    "dmv_file_count",
    "dmv_file_score",
    "dmv_signature",
    "dmv_work_item",
    "document_content",
    "document_part",
    "duplicate_partition",
    "duplicate_partition_count",
    "duplicate_run",
    "election",
    "ems_consumer",
    "ems_message",
    "ems_message_archive",
    "ems_queue",
    "identity_request",
    "job",
    "job_instance",
    "load_progress",
    "mailing",
    "match_case",
    "match_key_build",
    "match_key_capped",
    "match_weights",
    "matching_setting",
    "merge_record",
    "metadata",
    "number_series",
    "open_case_count",
    "payload_log_setting",
    "poison_message",
    "potential_voter",
    "precinct",
    "queue_hour",
    "reference_code",
    "schema_compatibility",
    "search_probe",
    "sos_work_item",
    "sos_work_item_count",
    "sos_work_item_note",
    "sign_in_counter",
    "staff_login",
    "staff_user",
    "state_holiday",
    "statewide_setting",
    "stored_reply",
    "transfer_out",
    "upload",
    "used_nonce",
    "voter",
    "voter_activity",
    "voter_address",
    "voter_contact",
    "voter_custom_field",
    "voter_document",
    "voter_match",
    "voter_match_key",
    "voter_match_key_recent",
    "voter_participation",
    "voter_signature",
    "voter_version",
    "voting_precinct",
    "zip_county",
]

for _column, _comment, _tables in COLUMN_COMMENTS:
    for _table in _tables.split():
        metadata.tables[_table].c[_column].comment = _comment
