-- Revision 0013: Create what web processes share about calls: nonces, budgets, alerts, payload logs; give credentials a secret for digests.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0012' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0012.');
    END IF;
END;
/
ALTER TABLE credential ADD digest_secret VARCHAR2(200 CHAR)
/
COMMENT ON COLUMN credential.digest_secret IS 'Secret for PasswordDigest, AES-256-GCM under a key of the configuration'
/
CREATE TABLE used_nonce (
    nonce_key VARCHAR2(64 CHAR) NOT NULL,
    good_until TIMESTAMP NOT NULL,
    CONSTRAINT pk_used_nonce PRIMARY KEY (nonce_key)
)
/
COMMENT ON TABLE used_nonce IS 'Nonces of PasswordDigest, so that a recorded call cannot be sent again'
/
COMMENT ON COLUMN used_nonce.nonce_key IS 'Keyed hash of user name and nonce'
/
COMMENT ON COLUMN used_nonce.good_until IS 'Afterwards the digest is too old, and the row is of no use'
/
CREATE INDEX ix_used_nonce_until ON used_nonce (good_until)
/
CREATE TABLE call_budget (
    scope VARCHAR2(2 CHAR) NOT NULL,
    minute_number NUMBER(19) NOT NULL,
    taken_count INTEGER NOT NULL,
    CONSTRAINT pk_call_budget PRIMARY KEY (scope, minute_number)
)
/
COMMENT ON TABLE call_budget IS 'Calls a minute of whoever makes many; a county that only polls has no row'
/
COMMENT ON COLUMN call_budget.scope IS 'A county, or 00 for all of them'
/
COMMENT ON COLUMN call_budget.minute_number IS 'Minutes since 1970'
/
COMMENT ON COLUMN call_budget.taken_count IS 'Calls that web processes took out of the minute, in blocks'
/
CREATE INDEX ix_call_budget_minute ON call_budget (minute_number)
/
CREATE TABLE credential_alert (
    username VARCHAR2(60 CHAR) NOT NULL,
    opened_at TIMESTAMP NOT NULL,
    last_at TIMESTAMP NOT NULL,
    attempt_count INTEGER NOT NULL,
    read_by VARCHAR2(60 CHAR),
    read_at TIMESTAMP,
    CONSTRAINT pk_credential_alert PRIMARY KEY (username),
    CONSTRAINT fk_credential_alert_cred FOREIGN KEY(username) REFERENCES credential (username)
)
/
COMMENT ON TABLE credential_alert IS 'Credentials that somebody calls with wrong secrets again and again'
/
COMMENT ON COLUMN credential_alert.attempt_count IS 'Wrong secrets in a row that were counted, from all addresses'
/
COMMENT ON COLUMN credential_alert.read_by IS 'Who of SOS has read it; NULL: nobody yet'
/
CREATE TABLE payload_log_setting (
    county_code VARCHAR2(2 CHAR) NOT NULL,
    logged_until TIMESTAMP NOT NULL,
    switched_on_by VARCHAR2(60 CHAR) NOT NULL,
    switched_on_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_payload_log_setting PRIMARY KEY (county_code),
    CONSTRAINT fk_payload_log_county FOREIGN KEY(county_code) REFERENCES county (county_code)
)
/
COMMENT ON TABLE payload_log_setting IS 'Counties whose calls are written, masked, into files (OPS-05)'
/
COMMENT ON COLUMN payload_log_setting.logged_until IS 'Afterwards nothing more is written'
/
UPDATE alembic_version SET version_num='0013' WHERE alembic_version.version_num = '0012'
/
COMMIT;
