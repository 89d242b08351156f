-- Takes revision 0004 back: Create the tables of matching: people as compared, match keys, and how matching is set.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0004' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0004.');
    END IF;
END;
/
DROP TABLE match_weights
/
DROP TABLE zip_county
/
DROP TABLE state_holiday
/
DROP TABLE blackout
/
DROP TABLE statewide_setting
/
DROP TABLE county_matching_mode
/
DROP TABLE matching_setting
/
DROP TABLE match_key_capped
/
DROP TABLE match_key_build
/
DROP TABLE voter_match_key
/
DROP TABLE voter_match
/
UPDATE alembic_version SET version_num='0003' WHERE alembic_version.version_num = '0004'
/
COMMIT;
