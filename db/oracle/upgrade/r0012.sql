-- Revision 0012: Index voters by county and UID: the synchronization check reads a county's records in the order of their UIDs (2 CCR 19083).
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
CREATE INDEX ix_voter_county ON voter (county_code, state_voter_id)
/
UPDATE alembic_version SET version_num='0012' WHERE alembic_version.version_num = '0011'
/
COMMIT;
