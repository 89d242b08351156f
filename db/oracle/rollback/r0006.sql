-- Takes revision 0006 back: Create the table of recent match keys: written with the voters, merged into the large one in its order (docs/adr/0007).
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0006' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0006.');
    END IF;
END;
/
DELETE FROM voter_match_key WHERE EXISTS (SELECT 1 FROM voter_match_key_recent recent WHERE recent.match_key = voter_match_key.match_key AND recent.state_voter_id = voter_match_key.state_voter_id)
/
INSERT INTO voter_match_key (match_key, state_voter_id) SELECT match_key, state_voter_id FROM voter_match_key_recent WHERE held = 1
/
DROP TABLE voter_match_key_recent
/
UPDATE alembic_version SET version_num='0005' WHERE alembic_version.version_num = '0006'
/
COMMIT;
