-- Takes revision 0007 back: Create the children of voters, the merge records and the work items of SOS; let match cases hold two voters.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0007' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0007.');
    END IF;
END;
/
DROP TABLE sos_work_item_count
/
DROP TABLE sos_work_item_note
/
DROP TABLE sos_work_item
/
DROP TABLE merge_record
/
DROP TABLE voter_custom_field
/
DROP TABLE voter_contact
/
DROP TABLE voter_document
/
DROP TABLE document_content
/
DROP TABLE voter_participation
/
DROP TABLE voter_address
/
DROP INDEX uq_match_case_pair
/
DROP INDEX ix_match_case_other_voter
/
DROP INDEX ix_match_case_other_county
/
DROP INDEX ix_match_case_cause
/
ALTER TABLE match_case DROP COLUMN first_rejected_by
/
ALTER TABLE match_case DROP COLUMN asked_county
/
ALTER TABLE match_case DROP COLUMN deciding_digest
/
ALTER TABLE match_case DROP COLUMN cause
/
ALTER TABLE match_case DROP COLUMN round_number
/
ALTER TABLE match_case DROP COLUMN pair_key
/
ALTER TABLE match_case DROP COLUMN other_county
/
ALTER TABLE match_case DROP COLUMN other_voter_id
/
ALTER TABLE election DROP COLUMN is_federal
/
ALTER TABLE voter_activity DROP COLUMN deleted_case_id
/
ALTER TABLE voter_activity DROP COLUMN merge_case_id
/
ALTER TABLE voter_activity DROP COLUMN copied_from
/
ALTER TABLE voter_version DROP COLUMN merged_into
/
ALTER TABLE voter_version DROP COLUMN first_time_federal
/
ALTER TABLE voter DROP COLUMN merged_into
/
ALTER TABLE voter DROP COLUMN first_time_federal
/
UPDATE alembic_version SET version_num='0006' WHERE alembic_version.version_num = '0007'
/
COMMIT;
