-- Takes revision 0003 back: Store with each message the XML of its header, and give the messages that are there theirs.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0003' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0003.');
    END IF;
END;
/
ALTER TABLE ems_message DROP COLUMN header
/
UPDATE alembic_version SET version_num='0002' WHERE alembic_version.version_num = '0003'
/
COMMIT;
