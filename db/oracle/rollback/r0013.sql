-- Takes revision 0013 back: Create what web processes share about calls: nonces, budgets, alerts, payload logs; give credentials a secret for digests.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0013' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0013.');
    END IF;
END;
/
DROP TABLE payload_log_setting
/
DROP TABLE credential_alert
/
DROP TABLE call_budget
/
DROP TABLE used_nonce
/
ALTER TABLE credential DROP COLUMN digest_secret
/
UPDATE alembic_version SET version_num='0012' WHERE alembic_version.version_num = '0013'
/
COMMIT;
