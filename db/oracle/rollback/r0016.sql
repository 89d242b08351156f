-- Takes revision 0016 back: Create the archive of cleared messages, and the word on which releases may work on the schema.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0016' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0016.');
    END IF;
END;
/
INSERT INTO ems_message (message_id, county_code, message_type, state, dedup_key, state_voter_id, voter_sequence, ems_voter_id, record_version, job_id, record_sequence, enqueued_at, cleared_at, cleared_text, payload, header, blocks_updates) SELECT message_id, county_code, message_type, state, dedup_key, state_voter_id, voter_sequence, ems_voter_id, record_version, job_id, record_sequence, enqueued_at, cleared_at, cleared_text, payload, header, 0 FROM ems_message_archive
/
DROP TABLE schema_compatibility
/
DROP TABLE ems_message_archive
/
UPDATE alembic_version SET version_num='0014' WHERE alembic_version.version_num = '0016'
/
COMMIT;
