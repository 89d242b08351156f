-- Revision 0008: Create the tables of the console: logins, sessions, counted attempts, counted cases and messages, poison messages.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0007' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0007.');
    END IF;
END;
/
CREATE TABLE staff_login (
    user_name VARCHAR2(60 CHAR) NOT NULL,
    password_hash VARCHAR2(200 CHAR),
    password_set_at TIMESTAMP,
    authenticator_number VARCHAR2(60 CHAR),
    authenticator_set_at TIMESTAMP,
    last_step NUMBER(19),
    CONSTRAINT pk_staff_login PRIMARY KEY (user_name),
    CONSTRAINT fk_staff_login_user FOREIGN KEY(user_name) REFERENCES staff_user (user_name)
)
/
COMMENT ON TABLE staff_login IS 'What people sign in to the console with'
/
COMMENT ON COLUMN staff_login.password_hash IS 'Argon2id, with salt and parameters'
/
COMMENT ON COLUMN staff_login.authenticator_number IS 'With the state''s key it makes the app''s secret; alone it makes nothing'
/
COMMENT ON COLUMN staff_login.last_step IS 'Time step of the last code accepted: each is accepted once'
/
CREATE TABLE console_session (
    token_hash VARCHAR2(64 CHAR) NOT NULL,
    user_name VARCHAR2(60 CHAR) NOT NULL,
    begun_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_console_session PRIMARY KEY (token_hash),
    CONSTRAINT fk_console_session_user FOREIGN KEY(user_name) REFERENCES staff_user (user_name)
)
/
COMMENT ON TABLE console_session IS 'Signed-in browsers; a deleted row is a session revoked'
/
COMMENT ON COLUMN console_session.token_hash IS 'Keyed hash of the token in the browser''s cookie'
/
CREATE INDEX ix_console_session_user ON console_session (user_name)
/
CREATE INDEX ix_console_session_begun ON console_session (begun_at)
/
CREATE TABLE sign_in_counter (
    counter_key VARCHAR2(64 CHAR) NOT NULL,
    failure_count INTEGER NOT NULL,
    last_failed_at TIMESTAMP,
    succeeded_at TIMESTAMP,
    touched_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_sign_in_counter PRIMARY KEY (counter_key)
)
/
COMMENT ON TABLE sign_in_counter IS 'Wrong attempts to sign in, so that guessing takes time'
/
COMMENT ON COLUMN sign_in_counter.counter_key IS 'Keyed hash of account, source address, or both'
/
CREATE INDEX ix_sign_in_counter_touched ON sign_in_counter (touched_at)
/
CREATE TABLE open_case_count (
    county_code VARCHAR2(2 CHAR) NOT NULL,
    case_type VARCHAR2(20 CHAR) NOT NULL,
    case_state VARCHAR2(20 CHAR) NOT NULL,
    due_on DATE NOT NULL,
    is_second SMALLINT NOT NULL,
    case_count NUMBER(19) NOT NULL,
    CONSTRAINT pk_open_case_count PRIMARY KEY (county_code, case_type, case_state, due_on, is_second),
    CONSTRAINT ck_open_case_count_is_second CHECK (is_second IN (0,1)),
    CONSTRAINT fk_open_case_count_county FOREIGN KEY(county_code) REFERENCES county (county_code)
)
/
COMMENT ON TABLE open_case_count IS 'Match cases that wait, kept with every case so that nothing scans'
/
COMMENT ON COLUMN open_case_count.case_state IS 'Only states in which a case waits for somebody'
/
COMMENT ON COLUMN open_case_count.due_on IS '9999-12-31: no day is set'
/
COMMENT ON COLUMN open_case_count.is_second IS '1: a pair that is counted for its first county too; left out where all counties are added up'
/
INSERT INTO open_case_count (county_code, case_type, case_state, due_on, is_second, case_count) SELECT match_case.county_code, match_case.case_type, match_case.case_state, coalesce(match_case.due_on, TO_DATE('9999-12-31', 'YYYY-MM-DD')) AS coalesce_1, 0 AS anon_1, count(*) AS count_1
FROM match_case
WHERE match_case.case_state IN ('Open', 'Provisional') GROUP BY match_case.county_code, match_case.case_type, match_case.case_state, match_case.due_on
/
CREATE TABLE queue_hour (
    county_code VARCHAR2(2 CHAR) NOT NULL,
    hour_start TIMESTAMP NOT NULL,
    added_count NUMBER(19) NOT NULL,
    cleared_count NUMBER(19) NOT NULL,
    CONSTRAINT pk_queue_hour PRIMARY KEY (county_code, hour_start),
    CONSTRAINT fk_queue_hour_county FOREIGN KEY(county_code) REFERENCES county (county_code)
)
/
COMMENT ON TABLE queue_hour IS 'Messages added to and cleared from each queue, hour by hour; begins with revision 0008'
/
CREATE INDEX ix_queue_hour_start ON queue_hour (hour_start)
/
CREATE TABLE poison_message (
    message_id NUMBER(19) NOT NULL,
    county_code VARCHAR2(2 CHAR) NOT NULL,
    failed_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_poison_message PRIMARY KEY (message_id),
    CONSTRAINT fk_poison_message_message FOREIGN KEY(message_id) REFERENCES ems_message (message_id),
    CONSTRAINT fk_poison_message_county FOREIGN KEY(county_code) REFERENCES county (county_code)
)
/
COMMENT ON TABLE poison_message IS 'Messages that their county could not take, until SOS requeues or skips them (EWS-04)'
/
CREATE INDEX ix_poison_message_county ON poison_message (county_code, message_id)
/
INSERT INTO poison_message (message_id, county_code, failed_at) SELECT message_id, county_code, cleared_at FROM ems_message WHERE state = 'Failed' AND cleared_at IS NOT NULL
/
CREATE TABLE case_claim (
    case_id NUMBER(19) NOT NULL,
    claimed_by VARCHAR2(60 CHAR) NOT NULL,
    claimed_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_case_claim PRIMARY KEY (case_id),
    CONSTRAINT fk_case_claim_case FOREIGN KEY(case_id) REFERENCES match_case (case_id)
)
/
COMMENT ON TABLE case_claim IS 'Who works on a match case; a claim lapses after some hours'
/
CREATE TABLE case_note (
    note_id NUMBER(19) GENERATED BY DEFAULT AS IDENTITY (CACHE 1000),
    case_id NUMBER(19) NOT NULL,
    noted_at TIMESTAMP NOT NULL,
    noted_by VARCHAR2(60 CHAR) NOT NULL,
    text VARCHAR2(1000 CHAR) NOT NULL,
    CONSTRAINT pk_case_note PRIMARY KEY (note_id),
    CONSTRAINT fk_case_note_case FOREIGN KEY(case_id) REFERENCES match_case (case_id)
)
/
COMMENT ON TABLE case_note IS 'What clerks wrote about a match case'
/
COMMENT ON COLUMN case_note.note_id IS 'No order is implied'
/
CREATE INDEX ix_case_note_case ON case_note (case_id)
/
DROP INDEX ix_match_case_due
/
CREATE INDEX ix_match_case_due ON match_case (case_state, due_on, case_id)
/
CREATE INDEX ix_match_case_state ON match_case (case_state, case_id)
/
CREATE INDEX ix_match_case_confidence ON match_case (case_state, confidence, case_id)
/
UPDATE alembic_version SET version_num='0008' WHERE alembic_version.version_num = '0007'
/
COMMIT;
