-- Revision 0006: Create the table of recent match keys: written with the voters, merged into the large one in its order (docs/adr/0007).
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
CREATE TABLE voter_match_key_recent (
    match_key NUMBER(19) NOT NULL,
    state_voter_id NUMBER(19) NOT NULL,
    held NUMBER(5) NOT NULL,
    CONSTRAINT pk_voter_match_key_recent PRIMARY KEY (match_key, state_voter_id),
    CONSTRAINT ck_voter_match_key_recent_held CHECK (held IN (0,1))
) ORGANIZATION INDEX
/
UPDATE alembic_version SET version_num='0006' WHERE alembic_version.version_num = '0005'
/
COMMIT;
