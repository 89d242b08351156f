-- Takes revision 0001 back: Create the tables of the reference data, the voters and the trails.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0001' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0001.');
    END IF;
END;
/
DROP TABLE load_progress
/
DROP TABLE audit_entry
/
DROP TABLE identity_request
/
DROP TABLE voter_activity
/
DROP TABLE voting_precinct
/
DROP TABLE voter_version
/
DROP TABLE voter
/
DROP TABLE number_series
/
DROP TABLE reference_code
/
DROP TABLE precinct
/
DROP TABLE election
/
DROP TABLE staff_user
/
DROP TABLE credential
/
DROP TABLE county_rules
/
DROP TABLE county
/
DELETE FROM alembic_version WHERE alembic_version.version_num = '0001'
/
DROP TABLE alembic_version
/
COMMIT;
