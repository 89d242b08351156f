-- Takes revision 0014 back: Create what DBAs watch: views, when each county was heard of last, and a comment on every column.
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
DROP VIEW v_job_run
/
DROP VIEW v_open_work_items
/
DROP VIEW v_ems_consumer
/
DROP VIEW v_ems_stuck_voter
/
DROP VIEW v_ems_poison
/
DROP VIEW v_ems_throughput_hour
/
DROP VIEW v_ems_queue_depth
/
DROP TABLE ems_consumer
/
UPDATE alembic_version SET version_num='0013' WHERE alembic_version.version_num = '0014'
/
COMMIT;
