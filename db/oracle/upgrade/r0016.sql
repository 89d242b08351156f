-- Revision 0016: Create the archive of cleared messages, and the word on which releases may work on the schema.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0014' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0014.');
    END IF;
END;
/
CREATE TABLE ems_message_archive (
    message_id NUMBER(19) NOT NULL,
    county_code VARCHAR2(2 CHAR) NOT NULL,
    message_type VARCHAR2(40 CHAR) NOT NULL,
    state VARCHAR2(10 CHAR) NOT NULL,
    dedup_key VARCHAR2(80 CHAR) NOT NULL,
    state_voter_id NUMBER(19),
    voter_sequence INTEGER,
    ems_voter_id VARCHAR2(60 CHAR),
    record_version INTEGER,
    job_id NUMBER(19),
    record_sequence INTEGER,
    enqueued_at TIMESTAMP NOT NULL,
    cleared_at TIMESTAMP NOT NULL,
    cleared_text VARCHAR2(1000 CHAR),
    payload CLOB NOT NULL,
    header VARCHAR2(500 CHAR),
    archived_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_ems_message_archive PRIMARY KEY (message_id),
    CONSTRAINT uq_ems_message_archive_dedup UNIQUE (dedup_key)
)
/
COMMENT ON TABLE ems_message_archive IS 'Messages that were cleared or skipped some time ago, so that the queue''s table stays small (OPS-05)'
/
COMMENT ON COLUMN ems_message_archive.message_id IS 'As it was in the queue'
/
COMMENT ON COLUMN ems_message_archive.county_code IS 'County, two digits'
/
COMMENT ON COLUMN ems_message_archive.message_type IS 'Type of the message, as in the contract'
/
COMMENT ON COLUMN ems_message_archive.state IS 'Processed or Skipped'
/
COMMENT ON COLUMN ems_message_archive.dedup_key IS 'The producer''s own key; a repetition is known by it'
/
COMMENT ON COLUMN ems_message_archive.state_voter_id IS 'UID of the voter'
/
COMMENT ON COLUMN ems_message_archive.voter_sequence IS 'Place in the line of the voter''s messages'
/
COMMENT ON COLUMN ems_message_archive.ems_voter_id IS 'The county''s own id of the voter'
/
COMMENT ON COLUMN ems_message_archive.record_version IS 'Version of the voter''s record that it is about'
/
COMMENT ON COLUMN ems_message_archive.job_id IS 'The job that it comes from'
/
COMMENT ON COLUMN ems_message_archive.record_sequence IS 'Number of the record in its file'
/
COMMENT ON COLUMN ems_message_archive.enqueued_at IS 'When it was queued, UTC'
/
COMMENT ON COLUMN ems_message_archive.cleared_at IS 'When the county cleared it, UTC'
/
COMMENT ON COLUMN ems_message_archive.cleared_text IS 'The county''s words about one that failed and was skipped'
/
COMMENT ON COLUMN ems_message_archive.payload IS 'The XML that the county gets'
/
COMMENT ON COLUMN ems_message_archive.header IS 'The XML that it gets of the columns above, but for message_id'
/
COMMENT ON COLUMN ems_message_archive.archived_at IS 'When it was moved here, UTC'
/
CREATE INDEX ix_ems_message_archive_cleared ON ems_message_archive (cleared_at)
/
CREATE TABLE schema_compatibility (
    oldest_revision VARCHAR2(32 CHAR) NOT NULL,
    CONSTRAINT pk_schema_compatibility PRIMARY KEY (oldest_revision)
)
/
COMMENT ON TABLE schema_compatibility IS 'Which releases may go on working while a newer one is brought in; one row'
/
COMMENT ON COLUMN schema_compatibility.oldest_revision IS 'Releases made for this revision or a later one may work here; a revision that takes away what they need raises it'
/
INSERT INTO schema_compatibility (oldest_revision) VALUES ('0016')
/
UPDATE alembic_version SET version_num='0016' WHERE alembic_version.version_num = '0014'
/
COMMIT;
