-- Takes revision 0011 back: Say of a move what the gaining county's affidavit gave; make the table of images that arrive in parts.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0011' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0011.');
    END IF;
END;
/
DROP TABLE document_part
/
ALTER TABLE transfer_out DROP COLUMN given_fields
/
ALTER TABLE transfer_out DROP COLUMN applied_version
/
ALTER TABLE transfer_out DROP COLUMN before_version
/
UPDATE alembic_version SET version_num='0009' WHERE alembic_version.version_num = '0011'
/
COMMIT;
