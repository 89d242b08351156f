-- Takes revision 0009 back: Create the tables of duplicate voter detection; say of a job which voters it compares.
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
DROP TABLE duplicate_partition_count
/
DROP TABLE duplicate_partition
/
DROP TABLE duplicate_run
/
ALTER TABLE job DROP COLUMN scope
/
UPDATE alembic_version SET version_num='0008' WHERE alembic_version.version_num = '0009'
/
COMMIT;
