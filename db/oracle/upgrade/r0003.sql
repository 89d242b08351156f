-- Revision 0003: Store with each message the XML of its header, and give the messages that are there theirs.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0002' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0002.');
    END IF;
END;
/
ALTER TABLE ems_message ADD header VARCHAR2(500 CHAR)
/
COMMENT ON COLUMN ems_message.header IS 'The XML that it gets of the columns above, but for message_id; revision 0003 gave it to older messages'
/
UPDATE ems_message SET header = '<MessageType>' || message_type || '</MessageType><EnqueuedAt>' || TO_CHAR(enqueued_at, 'YYYY-MM-DD"T"HH24:MI:SS.FF6') || 'Z</EnqueuedAt>' || CASE WHEN state_voter_id IS NULL THEN '' ELSE '<StateVoterId>' || state_voter_id || '</StateVoterId>' END || CASE WHEN voter_sequence IS NULL THEN '' ELSE '<VoterSequence>' || voter_sequence || '</VoterSequence>' END || CASE WHEN ems_voter_id IS NULL THEN '' ELSE '<EmsVoterId>' || ems_voter_id || '</EmsVoterId>' END || CASE WHEN record_version IS NULL THEN '' ELSE '<RecordVersion>' || record_version || '</RecordVersion>' END || CASE WHEN job_id IS NULL THEN '' ELSE '<JobId>' || job_id || '</JobId>' END || CASE WHEN record_sequence IS NULL THEN '' ELSE '<RecordSequence>' || record_sequence || '</RecordSequence>' END
/
UPDATE alembic_version SET version_num='0003' WHERE alembic_version.version_num = '0002'
/
COMMIT;
