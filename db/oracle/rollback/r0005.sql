-- Takes revision 0005 back: Create the tables of DMV's files and records, the match cases and what comes of them; add confidentiality to the voters.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0005' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0005.');
    END IF;
END;
/
DROP TABLE search_probe
/
DROP TABLE stored_reply
/
DROP TABLE mailing
/
DROP TABLE transfer_out
/
DROP TABLE match_case
/
DROP TABLE voter_signature
/
DROP TABLE potential_voter
/
DROP TABLE dmv_work_item
/
DROP TABLE dmv_signature
/
DROP TABLE dmv_file_score
/
DROP TABLE dmv_file_count
/
DROP TABLE dmv_file
/
DROP INDEX ix_voter_confidential
/
ALTER TABLE voter_version DROP COLUMN confidential_since
/
ALTER TABLE voter_version DROP COLUMN confidentiality
/
ALTER TABLE voter DROP COLUMN confidential_since
/
ALTER TABLE voter DROP COLUMN confidentiality
/
UPDATE alembic_version SET version_num='0004' WHERE alembic_version.version_num = '0005'
/
COMMIT;
