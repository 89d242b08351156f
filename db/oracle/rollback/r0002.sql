-- Takes revision 0002 back: Create the tables of the jobs and the county queues.
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
DROP TABLE ems_queue
/
DROP TABLE ems_message
/
DROP TABLE batch_record_outcome
/
DROP TABLE batch_outcome_count
/
DROP TABLE job_instance
/
DROP TABLE upload
/
DROP TABLE job
/
UPDATE alembic_version SET version_num='0001' WHERE alembic_version.version_num = '0002'
/
COMMIT;
