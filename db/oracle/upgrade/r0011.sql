-- Revision 0011: Say of a move what the gaining county's affidavit gave; make the table of images that arrive in parts.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0009' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0009.');
    END IF;
END;
/
ALTER TABLE transfer_out ADD before_version INTEGER
/
COMMENT ON COLUMN transfer_out.before_version IS 'Of a move by TransferVoter: the version of the record before it'
/
ALTER TABLE transfer_out ADD applied_version INTEGER
/
COMMENT ON COLUMN transfer_out.applied_version IS 'The version that the move made'
/
ALTER TABLE transfer_out ADD given_fields VARCHAR2(1000 CHAR)
/
COMMENT ON COLUMN transfer_out.given_fields IS 'The fields that the affidavit gave, with commas between'
/
CREATE TABLE document_part (
    county_code VARCHAR2(2 CHAR) NOT NULL,
    sha256 VARCHAR2(64 CHAR) NOT NULL,
    part_offset NUMBER(19) NOT NULL,
    byte_count INTEGER NOT NULL,
    content CLOB NOT NULL,
    received_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_document_part PRIMARY KEY (county_code, sha256, part_offset),
    CONSTRAINT fk_document_part_county FOREIGN KEY(county_code) REFERENCES county (county_code)
)
/
COMMENT ON TABLE document_part IS 'Images and documents that a county sends in parts, until the last part is there'
/
COMMENT ON COLUMN document_part.sha256 IS 'Of the whole document'
/
COMMENT ON COLUMN document_part.content IS 'The bytes in base64'
/
CREATE INDEX ix_document_part_received ON document_part (received_at)
/
UPDATE alembic_version SET version_num='0011' WHERE alembic_version.version_num = '0009'
/
COMMIT;
