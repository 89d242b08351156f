-- What the roles may do
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
GRANT SELECT, INSERT ON audit_entry TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON batch_outcome_count TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON batch_record_outcome TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON blackout TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON call_budget TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON case_claim TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON case_note TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON console_session TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON county TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON county_matching_mode TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON county_rules TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON credential TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON credential_alert TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON dmv_file TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON dmv_file_count TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON dmv_file_score TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON dmv_signature TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON dmv_work_item TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON document_content TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON document_part TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON duplicate_partition TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON duplicate_partition_count TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON duplicate_run TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON election TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON ems_consumer TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON ems_message TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON ems_message_archive TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON ems_queue TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON identity_request TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON job TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON job_instance TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON load_progress TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON mailing TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON match_case TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON match_key_build TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON match_key_capped TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON match_weights TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON matching_setting TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON merge_record TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON number_series TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON open_case_count TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON payload_log_setting TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON poison_message TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON potential_voter TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON precinct TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON queue_hour TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON reference_code TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON schema_compatibility TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON search_probe TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_counter TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON sos_work_item TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON sos_work_item_count TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON sos_work_item_note TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON staff_login TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON staff_user TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON state_holiday TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON statewide_setting TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON stored_reply TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON transfer_out TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON upload TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON used_nonce TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON voter TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON voter_activity TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON voter_address TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON voter_contact TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON voter_custom_field TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON voter_document TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON voter_match TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON voter_match_key TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON voter_match_key_recent TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON voter_participation TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON voter_signature TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON voter_version TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON voting_precinct TO ems_app
/
GRANT SELECT, INSERT, UPDATE, DELETE ON zip_county TO ems_app
/
GRANT READ ON alembic_version TO ems_app
/
GRANT READ ON v_ems_queue_depth TO ems_monitor
/
GRANT READ ON v_ems_throughput_hour TO ems_monitor
/
GRANT READ ON v_ems_poison TO ems_monitor
/
GRANT READ ON v_ems_stuck_voter TO ems_monitor
/
GRANT READ ON v_ems_consumer TO ems_monitor
/
GRANT READ ON v_open_work_items TO ems_monitor
/
GRANT READ ON v_job_run TO ems_monitor
/
COMMIT;
