-- Revision 0014: Create what DBAs watch: views, when each county was heard of last, and a comment on every column.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0013' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0013.');
    END IF;
END;
/
CREATE TABLE ems_consumer (
    county_code VARCHAR2(2 CHAR) NOT NULL,
    last_polled_at TIMESTAMP,
    last_cleared_at TIMESTAMP,
    CONSTRAINT pk_ems_consumer PRIMARY KEY (county_code),
    CONSTRAINT fk_ems_consumer_county FOREIGN KEY(county_code) REFERENCES county (county_code)
)
/
COMMENT ON TABLE ems_consumer IS 'When each county was heard of last; written at most once a minute, outside the calls (OPS-01)'
/
COMMENT ON COLUMN ems_consumer.county_code IS 'The county whose EMS takes messages from the queue'
/
COMMENT ON COLUMN ems_consumer.last_polled_at IS 'When it asked for its queue last, UTC'
/
COMMENT ON COLUMN ems_consumer.last_cleared_at IS 'When it cleared messages last, UTC'
/
CREATE OR REPLACE VIEW v_ems_queue_depth AS
SELECT c.county_code, c.name AS county_name, COALESCE(q.open_count, 0) AS open_count, m.enqueued_at AS oldest_open_at,
    FLOOR(EXTRACT(DAY FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 86400 + EXTRACT(HOUR FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 3600 + EXTRACT(MINUTE FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 60 + EXTRACT(SECOND FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at))) AS oldest_open_seconds,
    (SELECT COUNT(*) FROM poison_message p WHERE p.county_code = c.county_code) AS poison_count
FROM county c LEFT JOIN ems_queue q ON q.county_code = c.county_code
LEFT JOIN ems_message m ON m.message_id = (SELECT MIN(o.message_id) FROM ems_message o WHERE o.queue_county = c.county_code)
/
COMMENT ON TABLE v_ems_queue_depth IS 'Open messages of each county, the age of the oldest in seconds, and how many are poison'
/
CREATE OR REPLACE VIEW v_ems_throughput_hour AS
SELECT h.county_code, h.hour_start, h.added_count, h.cleared_count
FROM queue_hour h
/
COMMENT ON TABLE v_ems_throughput_hour IS 'Messages queued and cleared, by county and hour, UTC'
/
CREATE OR REPLACE VIEW v_ems_poison AS
SELECT p.county_code, p.message_id, m.message_type, m.state_voter_id, m.job_id, m.enqueued_at, p.failed_at, m.cleared_text
FROM poison_message p JOIN ems_message m ON m.message_id = p.message_id
/
COMMENT ON TABLE v_ems_poison IS 'Messages that their county could not take, with its words, until SOS requeues or skips them'
/
CREATE OR REPLACE VIEW v_ems_stuck_voter AS
SELECT b.county_code, b.state_voter_id, b.message_id, m.message_type, m.enqueued_at, FLOOR(EXTRACT(DAY FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 86400 + EXTRACT(HOUR FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 3600 + EXTRACT(MINUTE FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 60 + EXTRACT(SECOND FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at))) AS waiting_seconds,
    b.open_count - 1 AS blocked_count
FROM (SELECT o.queue_county AS county_code, o.state_voter_id, MIN(o.message_id) AS message_id, COUNT(*) AS open_count
    FROM ems_message o WHERE o.queue_county IS NOT NULL AND o.state_voter_id IS NOT NULL
    GROUP BY o.queue_county, o.state_voter_id HAVING COUNT(*) > 1) b
JOIN ems_message m ON m.message_id = b.message_id
/
COMMENT ON TABLE v_ems_stuck_voter IS 'Voters whose oldest open message holds others back; reads all open messages'
/
CREATE OR REPLACE VIEW v_ems_consumer AS
SELECT c.county_code, c.name AS county_name, m.last_polled_at, FLOOR(EXTRACT(DAY FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.last_polled_at)) * 86400 + EXTRACT(HOUR FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.last_polled_at)) * 3600 + EXTRACT(MINUTE FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.last_polled_at)) * 60 + EXTRACT(SECOND FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.last_polled_at))) AS last_polled_seconds,
    m.last_cleared_at, COALESCE(q.open_count, 0) AS open_count
FROM county c LEFT JOIN ems_consumer m ON m.county_code = c.county_code LEFT JOIN ems_queue q ON q.county_code = c.county_code
/
COMMENT ON TABLE v_ems_consumer IS 'When each county was heard of last, to the minute'
/
CREATE OR REPLACE VIEW v_open_work_items AS
SELECT w.case_type AS item_type, w.case_state AS item_state, w.county_code, w.due_on, w.case_count AS open_count
FROM open_case_count w WHERE w.is_second = 0 AND w.case_count > 0
UNION ALL
SELECT s.item_type, 'Open', NULL, s.due_on, s.open_count FROM sos_work_item_count s WHERE s.open_count > 0
UNION ALL
SELECT 'DmvWorkItem', d.item_status, d.county_code, NULL, COUNT(*) FROM dmv_work_item d WHERE d.item_status = 'Open'
GROUP BY d.item_status, d.county_code
/
COMMENT ON TABLE v_open_work_items IS 'Match cases, work items of SOS and DMV work items that wait, by county and last day'
/
CREATE OR REPLACE VIEW v_job_run AS
SELECT i.instance_id, i.job_id, i.job_type, j.county_code, i.state, i.due_at, i.started_at, i.finished_at, i.attempt, i.worker,
    i.records_processed, i.lease_until, CASE WHEN i.state = 'Running' AND i.lease_until < SYS_EXTRACT_UTC(SYSTIMESTAMP) THEN 1 ELSE 0 END AS lease_is_over,
    i.error_code, i.error_text
FROM job_instance i JOIN job j ON j.job_id = i.job_id
/
COMMENT ON TABLE v_job_run IS 'Runs of jobs, how far they are, and whether a lease ran out'
/
COMMENT ON TABLE voter_match_key IS 'Who shares a match key; all of it is its primary key. A voter''s keys are computed again to delete them'
/
COMMENT ON TABLE voter_match_key_recent IS 'Keys that changed since the last merge; what it says of a key and a voter holds, whatever voter_match_key says'
/
COMMENT ON COLUMN voter_match_key.match_key IS 'The lowest four bits name the pass'
/
COMMENT ON COLUMN voter_match_key_recent.held IS '1: the voter has gained the key, 0: has lost it'
/
COMMENT ON COLUMN audit_entry.action IS 'What was done'
/
COMMENT ON COLUMN voter_activity.activity_date IS 'Day of the activity'
/
COMMENT ON COLUMN voter_activity.activity_type IS 'Type of the activity'
/
COMMENT ON COLUMN audit_entry.actor IS 'Who: a person, a county''s credential, or a job'
/
COMMENT ON COLUMN blackout.added_at IS 'When it was added, UTC'
/
COMMENT ON COLUMN potential_voter.added_at IS 'When it was added, UTC'
/
COMMENT ON COLUMN blackout.added_by IS 'Who added it'
/
COMMENT ON COLUMN queue_hour.added_count IS 'Messages queued in the hour'
/
COMMENT ON COLUMN voter_address.address_kind IS 'Residence or Mailing'
/
COMMENT ON COLUMN identity_request.answer IS 'What DMV answered'
/
COMMENT ON COLUMN identity_request.answered_at IS 'When DMV answered, UTC'
/
COMMENT ON COLUMN audit_entry.at IS 'When, UTC'
/
COMMENT ON COLUMN job_instance.attempt IS 'Attempts since the last progress'
/
COMMENT ON COLUMN staff_login.authenticator_set_at IS 'When the authenticator was set up, UTC'
/
COMMENT ON COLUMN voter_contact.author IS 'Who wrote it'
/
COMMENT ON COLUMN job.authorised_at IS 'When it was authorised, UTC'
/
COMMENT ON COLUMN job.authorised_by IS 'The SOS administrator who authorised it'
/
COMMENT ON COLUMN match_case.basis IS 'On what grounds'
/
COMMENT ON COLUMN voter_activity.basis IS 'On what grounds'
/
COMMENT ON COLUMN console_session.begun_at IS 'When it began, UTC'
/
COMMENT ON COLUMN duplicate_run.begun_at IS 'When it began, UTC'
/
COMMENT ON COLUMN upload.begun_at IS 'When it began, UTC'
/
COMMENT ON COLUMN dmv_file.byte_count IS 'Number of bytes'
/
COMMENT ON COLUMN upload.byte_count IS 'Number of bytes'
/
COMMENT ON COLUMN document_part.byte_count IS 'Number of bytes'
/
COMMENT ON COLUMN open_case_count.case_count IS 'Number of match cases'
/
COMMENT ON COLUMN case_claim.case_id IS 'The match case'
/
COMMENT ON COLUMN case_note.case_id IS 'The match case'
/
COMMENT ON COLUMN merge_record.case_id IS 'The match case'
/
COMMENT ON COLUMN sos_work_item.case_id IS 'The match case'
/
COMMENT ON COLUMN transfer_out.case_id IS 'The match case'
/
COMMENT ON COLUMN match_case.case_state IS 'Where the case stands'
/
COMMENT ON COLUMN match_case.case_type IS 'Type of the match case'
/
COMMENT ON COLUMN open_case_count.case_type IS 'Type of the match case'
/
COMMENT ON COLUMN credential.certificate_subject IS 'Subject of the client certificate that it is bound to'
/
COMMENT ON COLUMN county_matching_mode.changed_at IS 'When it was changed last, UTC'
/
COMMENT ON COLUMN matching_setting.changed_at IS 'When it was changed last, UTC'
/
COMMENT ON COLUMN statewide_setting.changed_at IS 'When it was changed last, UTC'
/
COMMENT ON COLUMN county_matching_mode.changed_by IS 'Who changed it last'
/
COMMENT ON COLUMN matching_setting.changed_by IS 'Who changed it last'
/
COMMENT ON COLUMN statewide_setting.changed_by IS 'Who changed it last'
/
COMMENT ON COLUMN voter_contact.channel IS 'How: phone, mail, counter'
/
COMMENT ON COLUMN voter_match.city IS 'City as compared'
/
COMMENT ON COLUMN case_claim.claimed_at IS 'Since when, UTC'
/
COMMENT ON COLUMN sos_work_item.claimed_at IS 'Since when, UTC'
/
COMMENT ON COLUMN case_claim.claimed_by IS 'Who works on it'
/
COMMENT ON COLUMN sos_work_item.claimed_by IS 'Who works on it'
/
COMMENT ON COLUMN ems_message.cleared_at IS 'When the county cleared it, UTC'
/
COMMENT ON COLUMN queue_hour.cleared_count IS 'Messages cleared in the hour'
/
COMMENT ON COLUMN ems_message.cleared_text IS 'The county''s words about a message that failed'
/
COMMENT ON COLUMN dmv_work_item.closed_at IS 'When it was closed, UTC'
/
COMMENT ON COLUMN sos_work_item.closed_at IS 'When it was closed, UTC'
/
COMMENT ON COLUMN sos_work_item.closed_by IS 'Who closed it'
/
COMMENT ON COLUMN reference_code.code IS 'Code'
/
COMMENT ON COLUMN upload.completed_at IS 'When the last byte had come and was checked, UTC'
/
COMMENT ON COLUMN upload.compression IS 'How the bytes are packed'
/
COMMENT ON COLUMN match_case.confidence IS 'Confidence of the match, 0 to 100'
/
COMMENT ON COLUMN voter.confidential_since IS 'From when the voter is confidential'
/
COMMENT ON COLUMN voter_version.confidential_since IS 'From when the voter is confidential'
/
COMMENT ON COLUMN voter.confidentiality IS 'Kind of confidential voter; NULL: not confidential (EWS-14)'
/
COMMENT ON COLUMN voter_version.confidentiality IS 'Kind of confidential voter; NULL: not confidential (EWS-14)'
/
COMMENT ON COLUMN voter_contact.contacted_at IS 'When, UTC'
/
COMMENT ON COLUMN audit_entry.correlation_id IS 'Id of the call, as in its log line and fault'
/
COMMENT ON COLUMN audit_entry.county_code IS 'County, two digits'
/
COMMENT ON COLUMN county_matching_mode.county_code IS 'County, two digits'
/
COMMENT ON COLUMN credential.county_code IS 'County, two digits'
/
COMMENT ON COLUMN dmv_work_item.county_code IS 'County, two digits'
/
COMMENT ON COLUMN ems_message.county_code IS 'County, two digits'
/
COMMENT ON COLUMN ems_queue.county_code IS 'County, two digits'
/
COMMENT ON COLUMN job.county_code IS 'County, two digits'
/
COMMENT ON COLUMN load_progress.county_code IS 'County, two digits'
/
COMMENT ON COLUMN mailing.county_code IS 'County, two digits'
/
COMMENT ON COLUMN match_case.county_code IS 'County, two digits'
/
COMMENT ON COLUMN open_case_count.county_code IS 'County, two digits'
/
COMMENT ON COLUMN poison_message.county_code IS 'County, two digits'
/
COMMENT ON COLUMN county.county_code IS 'Code, two digits'
/
COMMENT ON COLUMN document_part.county_code IS 'County, two digits'
/
COMMENT ON COLUMN payload_log_setting.county_code IS 'County, two digits'
/
COMMENT ON COLUMN precinct.county_code IS 'County, two digits'
/
COMMENT ON COLUMN queue_hour.county_code IS 'County, two digits'
/
COMMENT ON COLUMN staff_user.county_code IS 'County, two digits'
/
COMMENT ON COLUMN stored_reply.county_code IS 'County, two digits'
/
COMMENT ON COLUMN upload.county_code IS 'County, two digits'
/
COMMENT ON COLUMN voter.county_code IS 'County, two digits'
/
COMMENT ON COLUMN voter_activity.county_code IS 'County, two digits'
/
COMMENT ON COLUMN voter_contact.county_code IS 'County, two digits'
/
COMMENT ON COLUMN voter_custom_field.county_code IS 'County, two digits'
/
COMMENT ON COLUMN voter_participation.county_code IS 'County, two digits'
/
COMMENT ON COLUMN voter_version.county_code IS 'County, two digits'
/
COMMENT ON COLUMN zip_county.county_code IS 'County, two digits'
/
COMMENT ON COLUMN match_weights.created_at IS 'When it was made, UTC'
/
COMMENT ON COLUMN match_weights.created_by IS 'Who made it'
/
COMMENT ON COLUMN job.data_kinds IS 'JSON: kinds of data that the batch may change (VRU-03)'
/
COMMENT ON COLUMN dmv_work_item.date_of_birth IS 'Date of birth'
/
COMMENT ON COLUMN voter.date_of_birth IS 'Date of birth'
/
COMMENT ON COLUMN voter_version.date_of_birth IS 'Date of birth'
/
COMMENT ON COLUMN voter_match.date_of_birth IS 'Date of birth as a number, YYYYMMDD'
/
COMMENT ON COLUMN match_case.decided_at IS 'When it was decided, UTC'
/
COMMENT ON COLUMN transfer_out.decided_at IS 'When it was decided, UTC'
/
COMMENT ON COLUMN match_case.decided_by IS 'Who decided it'
/
COMMENT ON COLUMN transfer_out.decided_by IS 'Who decided it'
/
COMMENT ON COLUMN dmv_work_item.disposition IS 'How the work item was closed'
/
COMMENT ON COLUMN sos_work_item.dmv_work_item_id IS 'The DMV work item'
/
COMMENT ON COLUMN voter_document.document_kind IS 'AffidavitImage, SignatureImage or OtherDocument'
/
COMMENT ON COLUMN duplicate_partition.done IS '1: nothing is left to do'
/
COMMENT ON COLUMN match_key_build.done IS '1: nothing is left to do'
/
COMMENT ON COLUMN dmv_work_item.drivers_license IS 'Driver''s licence or state identification number'
/
COMMENT ON COLUMN voter.drivers_license IS 'Driver''s licence or state identification number'
/
COMMENT ON COLUMN voter_match.drivers_license IS 'Driver''s licence or state identification number'
/
COMMENT ON COLUMN voter_version.drivers_license IS 'Driver''s licence or state identification number'
/
COMMENT ON COLUMN voter.drivers_license_status IS 'What identity verification came to for the DL/ID'
/
COMMENT ON COLUMN voter_version.drivers_license_status IS 'What identity verification came to for the DL/ID'
/
COMMENT ON COLUMN voter.drivers_license_verified_on IS 'When DMV answered about the DL/ID'
/
COMMENT ON COLUMN voter_version.drivers_license_verified_on IS 'When DMV answered about the DL/ID'
/
COMMENT ON COLUMN job_instance.due_at IS 'From when it is due, UTC'
/
COMMENT ON COLUMN mailing.due_at IS 'From when it is due, UTC'
/
COMMENT ON COLUMN sos_work_item.due_on IS 'Last day for the decision, in California'
/
COMMENT ON COLUMN sos_work_item_count.due_on IS 'Last day for the decision, in California'
/
COMMENT ON COLUMN voter.effective_date IS 'From when this version is in force'
/
COMMENT ON COLUMN voter_version.effective_date IS 'From when this version is in force'
/
COMMENT ON COLUMN voter_address.effective_from IS 'From when'
/
COMMENT ON COLUMN voter_address.effective_to IS 'Until when'
/
COMMENT ON COLUMN election.election_date IS 'Day of the election'
/
COMMENT ON COLUMN election.election_id IS 'Code of the election'
/
COMMENT ON COLUMN job.election_id IS 'The election'
/
COMMENT ON COLUMN voter_participation.election_id IS 'The election'
/
COMMENT ON COLUMN voting_precinct.election_id IS 'The election'
/
COMMENT ON COLUMN dmv_work_item.email IS 'E-mail address'
/
COMMENT ON COLUMN voter.email IS 'E-mail address'
/
COMMENT ON COLUMN voter_version.email IS 'E-mail address'
/
COMMENT ON COLUMN batch_record_outcome.ems_voter_id IS 'The county''s own id of the voter'
/
COMMENT ON COLUMN ems_message.ems_voter_id IS 'The county''s own id of the voter'
/
COMMENT ON COLUMN voter.ems_voter_id IS 'The county''s own id of the voter'
/
COMMENT ON COLUMN voter_version.ems_voter_id IS 'The county''s own id of the voter'
/
COMMENT ON COLUMN ems_message.enqueued_at IS 'When it was queued, UTC'
/
COMMENT ON COLUMN dmv_file.error_code IS 'Stable code of the error'
/
COMMENT ON COLUMN job_instance.error_code IS 'Stable code of the error'
/
COMMENT ON COLUMN job_instance.error_ref IS 'Where the error lies'
/
COMMENT ON COLUMN dmv_file.error_text IS 'Words of the error, without a voter''s data'
/
COMMENT ON COLUMN job_instance.error_text IS 'Words of the error, without a voter''s data'
/
COMMENT ON COLUMN dmv_file.expected_at IS 'When the job began to look for it, UTC'
/
COMMENT ON COLUMN credential.expires_at IS 'Until when it is good, UTC; NULL: without end'
/
COMMENT ON COLUMN identity_request.export_name IS 'Name of the file that it went out in'
/
COMMENT ON COLUMN mailing.export_name IS 'Name of the file that it went out in'
/
COMMENT ON COLUMN mailing.exported_at IS 'When it was listed, UTC'
/
COMMENT ON COLUMN poison_message.failed_at IS 'When the county failed on it, UTC'
/
COMMENT ON COLUMN sign_in_counter.failure_count IS 'Wrong attempts since the last right one'
/
COMMENT ON COLUMN voter_custom_field.field_name IS 'Name of the county''s field'
/
COMMENT ON COLUMN voter_custom_field.field_value IS 'Its value'
/
COMMENT ON COLUMN dmv_file_count.file_id IS 'The DMV file'
/
COMMENT ON COLUMN dmv_file_score.file_id IS 'The DMV file'
/
COMMENT ON COLUMN dmv_file.file_name IS 'Name in the drop folder'
/
COMMENT ON COLUMN dmv_file.finished_at IS 'When it ended, UTC'
/
COMMENT ON COLUMN duplicate_run.finished_at IS 'When it ended, UTC'
/
COMMENT ON COLUMN job_instance.finished_at IS 'When it ended, UTC'
/
COMMENT ON COLUMN county.fips IS 'FIPS code of the county'
/
COMMENT ON COLUMN voter_match.first_canonical IS 'First name with its nickname resolved'
/
COMMENT ON COLUMN blackout.first_day IS 'First day'
/
COMMENT ON COLUMN dmv_work_item.first_name IS 'First name'
/
COMMENT ON COLUMN voter.first_name IS 'First name'
/
COMMENT ON COLUMN voter_match.first_name IS 'First name'
/
COMMENT ON COLUMN voter_version.first_name IS 'First name'
/
COMMENT ON COLUMN voter.first_time_federal IS '1: has not voted at a federal election yet'
/
COMMENT ON COLUMN voter_version.first_time_federal IS '1: has not voted at a federal election yet'
/
COMMENT ON COLUMN zip_county.first_zip_code IS 'First ZIP code of the range'
/
COMMENT ON COLUMN county_matching_mode.function_name IS 'Matching function'
/
COMMENT ON COLUMN matching_setting.function_name IS 'Matching function'
/
COMMENT ON COLUMN transfer_out.gaining_county IS 'County that the voter comes to'
/
COMMENT ON COLUMN dmv_work_item.gender IS 'Gender'
/
COMMENT ON COLUMN voter.gender IS 'Gender'
/
COMMENT ON COLUMN voter_match.gender IS 'Gender'
/
COMMENT ON COLUMN voter_version.gender IS 'Gender'
/
COMMENT ON COLUMN state_holiday.holiday IS 'The day'
/
COMMENT ON COLUMN voter.home_precinct IS 'Home precinct'
/
COMMENT ON COLUMN voter_version.home_precinct IS 'Home precinct'
/
COMMENT ON COLUMN voter.home_precinct_part IS 'Part of the home precinct'
/
COMMENT ON COLUMN voter_version.home_precinct_part IS 'Part of the home precinct'
/
COMMENT ON COLUMN queue_hour.hour_start IS 'Begin of the hour, UTC'
/
COMMENT ON COLUMN voter.house_number IS 'House number'
/
COMMENT ON COLUMN voter_address.house_number IS 'House number'
/
COMMENT ON COLUMN voter_match.house_number IS 'House number'
/
COMMENT ON COLUMN voter_version.house_number IS 'House number'
/
COMMENT ON COLUMN voter.house_number_suffix IS 'Suffix of the house number, as in 12 1/2'
/
COMMENT ON COLUMN voter_address.house_number_suffix IS 'Suffix of the house number, as in 12 1/2'
/
COMMENT ON COLUMN voter_version.house_number_suffix IS 'Suffix of the house number, as in 12 1/2'
/
COMMENT ON COLUMN match_case.is_automatic IS '1: applied without a person'
/
COMMENT ON COLUMN sos_work_item_note.item_id IS 'The work item of SOS'
/
COMMENT ON COLUMN dmv_work_item.item_status IS 'Open or Closed'
/
COMMENT ON COLUMN sos_work_item.item_status IS 'Open or Closed'
/
COMMENT ON COLUMN sos_work_item.item_type IS 'Type of the work item'
/
COMMENT ON COLUMN sos_work_item_count.item_type IS 'Type of the work item'
/
COMMENT ON COLUMN batch_outcome_count.job_id IS 'The job that it belongs to'
/
COMMENT ON COLUMN batch_record_outcome.job_id IS 'The job that it belongs to'
/
COMMENT ON COLUMN dmv_file.job_id IS 'The job that it belongs to'
/
COMMENT ON COLUMN dmv_work_item.job_id IS 'The job that it belongs to'
/
COMMENT ON COLUMN duplicate_run.job_id IS 'The job that it belongs to'
/
COMMENT ON COLUMN ems_message.job_id IS 'The job that it belongs to'
/
COMMENT ON COLUMN job_instance.job_id IS 'The job that it belongs to'
/
COMMENT ON COLUMN upload.job_id IS 'The job that it belongs to'
/
COMMENT ON COLUMN voter_activity.job_id IS 'The job that it belongs to'
/
COMMENT ON COLUMN job.job_type IS 'Type of the job'
/
COMMENT ON COLUMN job_instance.job_type IS 'Type of the job'
/
COMMENT ON COLUMN stored_reply.kept_at IS 'When it was kept, UTC'
/
COMMENT ON COLUMN voter_signature.kept_at IS 'When it was kept, UTC'
/
COMMENT ON COLUMN identity_request.kind IS 'Which kind it is of'
/
COMMENT ON COLUMN reference_code.kind IS 'Which kind it is of'
/
COMMENT ON COLUMN dmv_work_item.language IS 'Preferred language'
/
COMMENT ON COLUMN voter.language IS 'Preferred language'
/
COMMENT ON COLUMN voter_version.language IS 'Preferred language'
/
COMMENT ON COLUMN credential_alert.last_at IS 'The last wrong secret, UTC'
/
COMMENT ON COLUMN blackout.last_day IS 'Last day, included'
/
COMMENT ON COLUMN sign_in_counter.last_failed_at IS 'Last wrong attempt, UTC'
/
COMMENT ON COLUMN voter_match.last_first_token IS 'First part of the last name'
/
COMMENT ON COLUMN dmv_work_item.last_name IS 'Last name'
/
COMMENT ON COLUMN voter.last_name IS 'Last name'
/
COMMENT ON COLUMN voter_match.last_name IS 'Last name'
/
COMMENT ON COLUMN voter_version.last_name IS 'Last name'
/
COMMENT ON COLUMN voter_match.last_second_token IS 'Second part of the last name'
/
COMMENT ON COLUMN console_session.last_seen_at IS 'Last page of the session, UTC'
/
COMMENT ON COLUMN duplicate_partition.last_state_voter_id IS 'Last UID of the range'
/
COMMENT ON COLUMN job_instance.lease_token IS 'Proof of the claim; another one''s is refused'
/
COMMENT ON COLUMN load_progress.loaded IS 'Records loaded'
/
COMMENT ON COLUMN transfer_out.losing_county IS 'County that the voter leaves'
/
COMMENT ON COLUMN dmv_work_item.mailing_city IS 'City of the mailing address'
/
COMMENT ON COLUMN voter.mailing_city IS 'City of the mailing address'
/
COMMENT ON COLUMN voter_address.mailing_city IS 'City of the mailing address'
/
COMMENT ON COLUMN voter_version.mailing_city IS 'City of the mailing address'
/
COMMENT ON COLUMN dmv_work_item.mailing_country IS 'Country of the mailing address'
/
COMMENT ON COLUMN voter.mailing_country IS 'Country of the mailing address'
/
COMMENT ON COLUMN voter_address.mailing_country IS 'Country of the mailing address'
/
COMMENT ON COLUMN voter_version.mailing_country IS 'Country of the mailing address'
/
COMMENT ON COLUMN mailing.mailing_kind IS 'Which list the letter is on'
/
COMMENT ON COLUMN dmv_work_item.mailing_line1 IS 'Mailing address, first line'
/
COMMENT ON COLUMN voter.mailing_line1 IS 'Mailing address, first line'
/
COMMENT ON COLUMN voter_address.mailing_line1 IS 'Mailing address, first line'
/
COMMENT ON COLUMN voter_version.mailing_line1 IS 'Mailing address, first line'
/
COMMENT ON COLUMN dmv_work_item.mailing_line2 IS 'Mailing address, second line'
/
COMMENT ON COLUMN voter.mailing_line2 IS 'Mailing address, second line'
/
COMMENT ON COLUMN voter_address.mailing_line2 IS 'Mailing address, second line'
/
COMMENT ON COLUMN voter_version.mailing_line2 IS 'Mailing address, second line'
/
COMMENT ON COLUMN dmv_work_item.mailing_line3 IS 'Mailing address, third line'
/
COMMENT ON COLUMN voter.mailing_line3 IS 'Mailing address, third line'
/
COMMENT ON COLUMN voter_address.mailing_line3 IS 'Mailing address, third line'
/
COMMENT ON COLUMN voter_version.mailing_line3 IS 'Mailing address, third line'
/
COMMENT ON COLUMN dmv_work_item.mailing_state IS 'State of the mailing address'
/
COMMENT ON COLUMN voter.mailing_state IS 'State of the mailing address'
/
COMMENT ON COLUMN voter_address.mailing_state IS 'State of the mailing address'
/
COMMENT ON COLUMN voter_version.mailing_state IS 'State of the mailing address'
/
COMMENT ON COLUMN dmv_work_item.mailing_zip_code IS 'ZIP or postal code of the mailing address'
/
COMMENT ON COLUMN voter.mailing_zip_code IS 'ZIP or postal code of the mailing address'
/
COMMENT ON COLUMN voter_address.mailing_zip_code IS 'ZIP or postal code of the mailing address'
/
COMMENT ON COLUMN voter_version.mailing_zip_code IS 'ZIP or postal code of the mailing address'
/
COMMENT ON COLUMN match_key_capped.match_key IS 'The key; its lowest four bits name the pass'
/
COMMENT ON COLUMN voter_match_key_recent.match_key IS 'The key; its lowest four bits name the pass'
/
COMMENT ON COLUMN dmv_signature.media_type IS 'Media type of the image or document'
/
COMMENT ON COLUMN voter_document.media_type IS 'Media type of the image or document'
/
COMMENT ON COLUMN merge_record.merged_at IS 'When, UTC'
/
COMMENT ON COLUMN voter.merged_into IS 'UID of the newer record that this one was merged into'
/
COMMENT ON COLUMN voter_version.merged_into IS 'UID of the newer record that this one was merged into'
/
COMMENT ON COLUMN poison_message.message_id IS 'The message'
/
COMMENT ON COLUMN voter.message_sequence IS 'Number of the voter''s last message'
/
COMMENT ON COLUMN ems_message.message_type IS 'Type of the message, as in the contract'
/
COMMENT ON COLUMN dmv_work_item.middle_name IS 'Middle name'
/
COMMENT ON COLUMN voter.middle_name IS 'Middle name'
/
COMMENT ON COLUMN voter_match.middle_name IS 'Middle name'
/
COMMENT ON COLUMN voter_version.middle_name IS 'Middle name'
/
COMMENT ON COLUMN voter_match.middle_second IS 'Second middle name'
/
COMMENT ON COLUMN county.name IS 'Name as shown'
/
COMMENT ON COLUMN election.name IS 'Name as shown'
/
COMMENT ON COLUMN precinct.name IS 'Name as shown'
/
COMMENT ON COLUMN reference_code.name IS 'Name as shown'
/
COMMENT ON COLUMN state_holiday.name IS 'Name of the holiday'
/
COMMENT ON COLUMN dmv_work_item.new_city IS 'New address: city'
/
COMMENT ON COLUMN dmv_work_item.new_house_number IS 'New address: house number'
/
COMMENT ON COLUMN dmv_work_item.new_house_number_suffix IS 'New address: suffix of the house number'
/
COMMENT ON COLUMN dmv_work_item.new_state IS 'New address: state'
/
COMMENT ON COLUMN dmv_work_item.new_street_name IS 'New address: name of the street'
/
COMMENT ON COLUMN dmv_work_item.new_street_post_direction IS 'New address: direction after the street''s name'
/
COMMENT ON COLUMN dmv_work_item.new_street_pre_direction IS 'New address: direction before the street''s name'
/
COMMENT ON COLUMN dmv_work_item.new_street_type IS 'New address: type of the street'
/
COMMENT ON COLUMN dmv_work_item.new_unit_number IS 'New address: number of the unit'
/
COMMENT ON COLUMN dmv_work_item.new_unit_type IS 'New address: type of the unit'
/
COMMENT ON COLUMN dmv_work_item.new_zip_code IS 'New address: ZIP code'
/
COMMENT ON COLUMN merge_record.newer_voter_id IS 'UID of the record that stays'
/
COMMENT ON COLUMN number_series.next_number IS 'The next number to hand out'
/
COMMENT ON COLUMN job.not_before IS 'Not before this instant, UTC'
/
COMMENT ON COLUMN sos_work_item_note.note_text IS 'The note'
/
COMMENT ON COLUMN case_note.noted_at IS 'When it was written, UTC'
/
COMMENT ON COLUMN sos_work_item_note.noted_at IS 'When it was written, UTC'
/
COMMENT ON COLUMN case_note.noted_by IS 'Who wrote it'
/
COMMENT ON COLUMN sos_work_item_note.noted_by IS 'Who wrote it'
/
COMMENT ON COLUMN dmv_work_item.old_city IS 'Former address: city'
/
COMMENT ON COLUMN dmv_work_item.old_house_number IS 'Former address: house number'
/
COMMENT ON COLUMN dmv_work_item.old_house_number_suffix IS 'Former address: suffix of the house number'
/
COMMENT ON COLUMN dmv_work_item.old_state IS 'Former address: state'
/
COMMENT ON COLUMN dmv_work_item.old_street_name IS 'Former address: name of the street'
/
COMMENT ON COLUMN dmv_work_item.old_street_post_direction IS 'Former address: direction after the street''s name'
/
COMMENT ON COLUMN dmv_work_item.old_street_pre_direction IS 'Former address: direction before the street''s name'
/
COMMENT ON COLUMN dmv_work_item.old_street_type IS 'Former address: type of the street'
/
COMMENT ON COLUMN dmv_work_item.old_unit_number IS 'Former address: number of the unit'
/
COMMENT ON COLUMN dmv_work_item.old_unit_type IS 'Former address: type of the unit'
/
COMMENT ON COLUMN dmv_work_item.old_zip_code IS 'Former address: ZIP code'
/
COMMENT ON COLUMN merge_record.older_voter_id IS 'UID of the record that was merged'
/
COMMENT ON COLUMN ems_queue.open_count IS 'Number that are open'
/
COMMENT ON COLUMN sos_work_item_count.open_count IS 'Number that are open'
/
COMMENT ON COLUMN credential_alert.opened_at IS 'When it was opened, UTC'
/
COMMENT ON COLUMN dmv_work_item.opened_at IS 'When it was opened, UTC'
/
COMMENT ON COLUMN match_case.opened_at IS 'When it was opened, UTC'
/
COMMENT ON COLUMN sos_work_item.opened_at IS 'When it was opened, UTC'
/
COMMENT ON COLUMN transfer_out.opened_at IS 'When it was opened, UTC'
/
COMMENT ON COLUMN batch_outcome_count.outcome IS 'What became of it'
/
COMMENT ON COLUMN batch_record_outcome.outcome IS 'What became of it'
/
COMMENT ON COLUMN dmv_file_count.outcome IS 'What became of it'
/
COMMENT ON COLUMN duplicate_partition_count.outcome IS 'What became of it'
/
COMMENT ON COLUMN match_case.overdue_announced_at IS 'When the county was told that it is overdue, UTC'
/
COMMENT ON COLUMN duplicate_partition_count.pair_count IS 'Number of pairs'
/
COMMENT ON COLUMN document_part.part_offset IS 'First byte of the part'
/
COMMENT ON COLUMN duplicate_partition.partition_number IS 'Number of the range in its run'
/
COMMENT ON COLUMN duplicate_partition_count.partition_number IS 'Number of the range in its run'
/
COMMENT ON COLUMN dmv_work_item.party IS 'Party preference'
/
COMMENT ON COLUMN voter.party IS 'Party preference'
/
COMMENT ON COLUMN voter_version.party IS 'Party preference'
/
COMMENT ON COLUMN staff_login.password_set_at IS 'When the password was set, UTC'
/
COMMENT ON COLUMN transfer_out.pending_until IS 'Until when the losing county may answer, UTC'
/
COMMENT ON COLUMN dmv_work_item.phone IS 'Telephone number'
/
COMMENT ON COLUMN voter.phone IS 'Telephone number'
/
COMMENT ON COLUMN voter_version.phone IS 'Telephone number'
/
COMMENT ON COLUMN load_progress.position IS 'Byte of the file from which to go on'
/
COMMENT ON COLUMN match_case.potential_reason IS 'Why it was not applied automatically'
/
COMMENT ON COLUMN precinct.precinct_code IS 'Code of the precinct'
/
COMMENT ON COLUMN voting_precinct.precinct_code IS 'Code of the precinct'
/
COMMENT ON COLUMN voting_precinct.precinct_part IS 'Part of the precinct'
/
COMMENT ON COLUMN voter.prefix IS 'Title before the name'
/
COMMENT ON COLUMN voter_version.prefix IS 'Title before the name'
/
COMMENT ON COLUMN dmv_file.purged_at IS 'When the bytes were removed, UTC'
/
COMMENT ON COLUMN upload.purged_at IS 'When the bytes were removed, UTC'
/
COMMENT ON COLUMN credential_alert.read_at IS 'When it was read, UTC'
/
COMMENT ON COLUMN batch_record_outcome.reason IS 'Why'
/
COMMENT ON COLUMN blackout.reason IS 'Why'
/
COMMENT ON COLUMN dmv_signature.received_at IS 'When it was received, UTC'
/
COMMENT ON COLUMN document_content.received_at IS 'When it was received, UTC'
/
COMMENT ON COLUMN document_part.received_at IS 'When it was received, UTC'
/
COMMENT ON COLUMN upload.received_bytes IS 'Bytes received: the next offset'
/
COMMENT ON COLUMN voter_document.received_on IS 'Day of receipt'
/
COMMENT ON COLUMN batch_outcome_count.record_count IS 'Number of records'
/
COMMENT ON COLUMN dmv_file.record_count IS 'Number of records'
/
COMMENT ON COLUMN dmv_file_count.record_count IS 'Number of records'
/
COMMENT ON COLUMN dmv_file_score.record_count IS 'Number of records'
/
COMMENT ON COLUMN job_instance.record_count IS 'Number of records'
/
COMMENT ON COLUMN upload.record_count IS 'Number of records'
/
COMMENT ON COLUMN dmv_work_item.record_kind IS 'What DMV reports: a change of address or a new registration'
/
COMMENT ON COLUMN batch_record_outcome.record_sequence IS 'Number of the record in its file'
/
COMMENT ON COLUMN dmv_work_item.record_sequence IS 'Number of the record in its file'
/
COMMENT ON COLUMN ems_message.record_sequence IS 'Number of the record in its file'
/
COMMENT ON COLUMN batch_record_outcome.record_version IS 'Version of the voter''s record that it is about'
/
COMMENT ON COLUMN ems_message.record_version IS 'Version of the voter''s record that it is about'
/
COMMENT ON COLUMN voter_activity.record_version IS 'Version of the voter''s record that it is about'
/
COMMENT ON COLUMN voter_activity.recorded_at IS 'When the state wrote it, UTC'
/
COMMENT ON COLUMN voter_address.recorded_at IS 'When the state wrote it, UTC'
/
COMMENT ON COLUMN voter_contact.recorded_at IS 'When the state wrote it, UTC'
/
COMMENT ON COLUMN voter_custom_field.recorded_at IS 'When the state wrote it, UTC'
/
COMMENT ON COLUMN voter_document.recorded_at IS 'When the state wrote it, UTC'
/
COMMENT ON COLUMN voter_participation.recorded_at IS 'When the state wrote it, UTC'
/
COMMENT ON COLUMN voter_version.recorded_at IS 'When the state wrote it, UTC'
/
COMMENT ON COLUMN voting_precinct.recorded_at IS 'When the state wrote it, UTC'
/
COMMENT ON COLUMN job_instance.records_processed IS 'Records up to the last committed one'
/
COMMENT ON COLUMN load_progress.refused IS 'Records refused'
/
COMMENT ON COLUMN voter.registration_date IS 'Date of registration'
/
COMMENT ON COLUMN voter_version.registration_date IS 'Date of registration'
/
COMMENT ON COLUMN job.remark IS 'Free text'
/
COMMENT ON COLUMN voter_contact.remark IS 'Free text'
/
COMMENT ON COLUMN match_key_capped.reported_at IS 'When it was seen last, UTC'
/
COMMENT ON COLUMN stored_reply.request_digest IS 'Digest of the request''s body: the same id with another body is refused'
/
COMMENT ON COLUMN identity_request.requested_at IS 'When DMV was asked, UTC'
/
COMMENT ON COLUMN voter.residence_city IS 'City of the residence'
/
COMMENT ON COLUMN voter_address.residence_city IS 'City of the residence'
/
COMMENT ON COLUMN voter_version.residence_city IS 'City of the residence'
/
COMMENT ON COLUMN voter.residence_state IS 'State of the residence'
/
COMMENT ON COLUMN voter_address.residence_state IS 'State of the residence'
/
COMMENT ON COLUMN voter_version.residence_state IS 'State of the residence'
/
COMMENT ON COLUMN voter.residence_zip_code IS 'ZIP code of the residence'
/
COMMENT ON COLUMN voter_address.residence_zip_code IS 'ZIP code of the residence'
/
COMMENT ON COLUMN voter_version.residence_zip_code IS 'ZIP code of the residence'
/
COMMENT ON COLUMN credential.revoked_at IS 'When it was revoked, UTC'
/
COMMENT ON COLUMN staff_user.role_name IS 'Role, as in the operations manual'
/
COMMENT ON COLUMN duplicate_partition.run_id IS 'The run of duplicate detection'
/
COMMENT ON COLUMN duplicate_partition_count.run_id IS 'The run of duplicate detection'
/
COMMENT ON COLUMN match_case.same_drivers_license IS '1: both bear the same DL/ID'
/
COMMENT ON COLUMN job.scheduled_at IS 'When it was scheduled, UTC'
/
COMMENT ON COLUMN job.scheduled_by IS 'Who scheduled it'
/
COMMENT ON COLUMN number_series.series IS 'What the numbers are for'
/
COMMENT ON COLUMN statewide_setting.setting_name IS 'Name of the setting'
/
COMMENT ON COLUMN statewide_setting.setting_value IS 'Its value'
/
COMMENT ON COLUMN dmv_file.sha256 IS 'SHA-256 of the bytes, hexadecimal'
/
COMMENT ON COLUMN upload.sha256 IS 'SHA-256 of the bytes, hexadecimal'
/
COMMENT ON COLUMN voter_document.sha256 IS 'SHA-256 of the bytes, hexadecimal'
/
COMMENT ON COLUMN document_content.sha256 IS 'SHA-256 of the bytes: what the document is known by'
/
COMMENT ON COLUMN load_progress.sha256 IS 'SHA-256 of the file'
/
COMMENT ON COLUMN dmv_signature.signature_id IS 'Number of the image'
/
COMMENT ON COLUMN dmv_work_item.signature_id IS 'The signature image'
/
COMMENT ON COLUMN voter_signature.signature_id IS 'The signature image'
/
COMMENT ON COLUMN dmv_work_item.ssn4 IS 'Last four digits of the social security number'
/
COMMENT ON COLUMN voter.ssn4 IS 'Last four digits of the social security number'
/
COMMENT ON COLUMN voter_match.ssn4 IS 'Last four digits of the social security number'
/
COMMENT ON COLUMN voter_version.ssn4 IS 'Last four digits of the social security number'
/
COMMENT ON COLUMN voter.ssn4_status IS 'What identity verification came to for the SSN4'
/
COMMENT ON COLUMN voter_version.ssn4_status IS 'What identity verification came to for the SSN4'
/
COMMENT ON COLUMN voter.ssn4_verified_on IS 'When DMV answered about the SSN4'
/
COMMENT ON COLUMN voter_version.ssn4_verified_on IS 'When DMV answered about the SSN4'
/
COMMENT ON COLUMN job_instance.started_at IS 'When the first worker began, UTC'
/
COMMENT ON COLUMN dmv_file.state IS 'Where it stands in its life'
/
COMMENT ON COLUMN ems_message.state IS 'Where it stands in its life'
/
COMMENT ON COLUMN job.state IS 'Where it stands in its life'
/
COMMENT ON COLUMN job_instance.state IS 'Where it stands in its life'
/
COMMENT ON COLUMN upload.state IS 'Where it stands in its life'
/
COMMENT ON COLUMN batch_record_outcome.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN ems_message.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN identity_request.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN mailing.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN match_case.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN transfer_out.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voter.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voter_activity.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voter_address.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voter_contact.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voter_custom_field.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voter_document.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voter_match.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voter_match_key.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voter_match_key_recent.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voter_participation.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voter_signature.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voter_version.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voting_precinct.state_voter_id IS 'UID of the voter''s record'
/
COMMENT ON COLUMN voter.status IS 'Status of the registration'
/
COMMENT ON COLUMN voter_version.status IS 'Status of the registration'
/
COMMENT ON COLUMN voter.status_reason IS 'Why the registration has its status'
/
COMMENT ON COLUMN voter_version.status_reason IS 'Why the registration has its status'
/
COMMENT ON COLUMN job_instance.stop_requested IS 'Pause or Cancel, once SOS asks'
/
COMMENT ON COLUMN voter_match.street IS 'Street as compared'
/
COMMENT ON COLUMN voter.street_name IS 'Name of the street'
/
COMMENT ON COLUMN voter_address.street_name IS 'Name of the street'
/
COMMENT ON COLUMN voter_version.street_name IS 'Name of the street'
/
COMMENT ON COLUMN voter.street_post_direction IS 'Direction after the street''s name'
/
COMMENT ON COLUMN voter_address.street_post_direction IS 'Direction after the street''s name'
/
COMMENT ON COLUMN voter_version.street_post_direction IS 'Direction after the street''s name'
/
COMMENT ON COLUMN voter.street_pre_direction IS 'Direction before the street''s name'
/
COMMENT ON COLUMN voter_address.street_pre_direction IS 'Direction before the street''s name'
/
COMMENT ON COLUMN voter_version.street_pre_direction IS 'Direction before the street''s name'
/
COMMENT ON COLUMN voter.street_type IS 'Type of the street'
/
COMMENT ON COLUMN voter_address.street_type IS 'Type of the street'
/
COMMENT ON COLUMN voter_version.street_type IS 'Type of the street'
/
COMMENT ON COLUMN audit_entry.subject_id IS 'Which one'
/
COMMENT ON COLUMN audit_entry.subject_kind IS 'What kind of thing it was done to'
/
COMMENT ON COLUMN sign_in_counter.succeeded_at IS 'Last right attempt, UTC'
/
COMMENT ON COLUMN dmv_work_item.suffix IS 'Suffix of the name'
/
COMMENT ON COLUMN voter.suffix IS 'Suffix of the name'
/
COMMENT ON COLUMN voter_match.suffix IS 'Suffix of the name'
/
COMMENT ON COLUMN voter_version.suffix IS 'Suffix of the name'
/
COMMENT ON COLUMN payload_log_setting.switched_on_at IS 'When it was switched on, UTC'
/
COMMENT ON COLUMN payload_log_setting.switched_on_by IS 'Who switched it on'
/
COMMENT ON COLUMN dmv_file.taken_at IS 'When it was taken from the drop folder, UTC'
/
COMMENT ON COLUMN case_note.text IS 'The note'
/
COMMENT ON COLUMN voter_document.title IS 'Title as shown'
/
COMMENT ON COLUMN upload.token_expires_at IS 'Until when that token is good, UTC'
/
COMMENT ON COLUMN upload.token_hash IS 'Keyed hash of the fast lane''s token'
/
COMMENT ON COLUMN dmv_work_item.top_confidence IS 'Confidence of the best candidate'
/
COMMENT ON COLUMN sign_in_counter.touched_at IS 'When the row was written last, UTC'
/
COMMENT ON COLUMN dmv_work_item.transaction_date IS 'Day of the transaction at DMV'
/
COMMENT ON COLUMN dmv_work_item.transaction_id IS 'DMV''s id of the transaction'
/
COMMENT ON COLUMN voter.transfer_pending_until IS 'Until when a move of the voter is pending (VRU-15), UTC'
/
COMMENT ON COLUMN transfer_out.transfer_state IS 'Where the move stands'
/
COMMENT ON COLUMN search_probe.tried_at IS 'When it was tried last, UTC'
/
COMMENT ON COLUMN merge_record.undone_at IS 'When the merge was undone, UTC'
/
COMMENT ON COLUMN voter.unit_number IS 'Number of apartment or unit'
/
COMMENT ON COLUMN voter_address.unit_number IS 'Number of apartment or unit'
/
COMMENT ON COLUMN voter_match.unit_number IS 'Number of apartment or unit'
/
COMMENT ON COLUMN voter_version.unit_number IS 'Number of apartment or unit'
/
COMMENT ON COLUMN voter.unit_type IS 'Type of the unit'
/
COMMENT ON COLUMN voter_address.unit_type IS 'Type of the unit'
/
COMMENT ON COLUMN voter_version.unit_type IS 'Type of the unit'
/
COMMENT ON COLUMN voter.updated_at IS 'When the row was written last, UTC'
/
COMMENT ON COLUMN job_instance.upload_id IS 'The upload that it reads'
/
COMMENT ON COLUMN console_session.user_name IS 'The person''s sign-in name'
/
COMMENT ON COLUMN staff_login.user_name IS 'The person''s sign-in name'
/
COMMENT ON COLUMN staff_user.user_name IS 'Name that the person signs in with'
/
COMMENT ON COLUMN credential.username IS 'Name that the credential signs in with'
/
COMMENT ON COLUMN credential_alert.username IS 'Name of the machine credential'
/
COMMENT ON COLUMN search_probe.username IS 'Name of the machine credential'
/
COMMENT ON COLUMN match_weights.version IS 'Name of the version'
/
COMMENT ON COLUMN voter.version IS 'Version of the voter''s record, from 1'
/
COMMENT ON COLUMN voter_version.version IS 'Version of the voter''s record, from 1'
/
COMMENT ON COLUMN voter.vnc_due IS '1: a voter notification card is due'
/
COMMENT ON COLUMN voter_version.vnc_due IS '1: a voter notification card is due'
/
COMMENT ON COLUMN duplicate_partition.voter_count IS 'Number of voters'
/
COMMENT ON COLUMN match_key_capped.voter_count IS 'Number of voters'
/
COMMENT ON COLUMN ems_message.voter_sequence IS 'Place in the line of the voter''s messages'
/
COMMENT ON COLUMN voter_participation.voting_method IS 'How the voter voted'
/
COMMENT ON COLUMN dmv_work_item.weights_version IS 'Version of the match weights that scored it'
/
COMMENT ON COLUMN match_case.weights_version IS 'Version of the match weights that scored it'
/
COMMENT ON COLUMN mailing.withdrawn_at IS 'When it was withdrawn, UTC'
/
COMMENT ON COLUMN mailing.work_item_id IS 'The DMV work item'
/
COMMENT ON COLUMN match_case.work_item_id IS 'The DMV work item'
/
COMMENT ON COLUMN potential_voter.work_item_id IS 'The DMV work item'
/
COMMENT ON COLUMN job_instance.worker IS 'Who has the run'
/
COMMENT ON COLUMN voter_match.zip_code IS 'ZIP code as compared'
/
UPDATE alembic_version SET version_num='0014' WHERE alembic_version.version_num = '0013'
/
COMMIT;
