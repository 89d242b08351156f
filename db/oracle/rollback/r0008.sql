-- Takes revision 0008 back: Create the tables of the console: logins, sessions, counted attempts, counted cases and messages, poison messages.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0008' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0008.');
    END IF;
END;
/
DROP INDEX ix_match_case_confidence
/
DROP INDEX ix_match_case_state
/
DROP INDEX ix_match_case_due
/
CREATE INDEX ix_match_case_due ON match_case (case_state, due_on)
/
DROP TABLE case_note
/
DROP TABLE case_claim
/
DROP TABLE poison_message
/
DROP TABLE queue_hour
/
DROP TABLE open_case_count
/
DROP TABLE sign_in_counter
/
DROP TABLE console_session
/
DROP TABLE staff_login
/
UPDATE alembic_version SET version_num='0007' WHERE alembic_version.version_num = '0008'
/
COMMIT;
