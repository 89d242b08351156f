-- Revision 0001: Create the tables of the reference data, the voters and the trails.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
CREATE TABLE alembic_version (
    version_num VARCHAR2(32 CHAR) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)
/
CREATE TABLE county (
    county_code VARCHAR2(2 CHAR) NOT NULL,
    name VARCHAR2(60 CHAR) NOT NULL,
    fips VARCHAR2(5 CHAR) NOT NULL,
    CONSTRAINT pk_county PRIMARY KEY (county_code)
)
/
COMMENT ON TABLE county IS 'The 58 counties'
/
CREATE TABLE county_rules (
    county_code VARCHAR2(2 CHAR) NOT NULL,
    rules_toml CLOB NOT NULL,
    CONSTRAINT pk_county_rules PRIMARY KEY (county_code)
)
/
COMMENT ON TABLE county_rules IS 'Translation and filtering rules as data'
/
COMMENT ON COLUMN county_rules.county_code IS '00 is the statewide default'
/
COMMENT ON COLUMN county_rules.rules_toml IS 'Translation and filtering rules (VRU-08)'
/
CREATE TABLE credential (
    username VARCHAR2(60 CHAR) NOT NULL,
    county_code VARCHAR2(2 CHAR) NOT NULL,
    secret_hmac VARCHAR2(64 CHAR) NOT NULL,
    expires_at TIMESTAMP,
    revoked_at TIMESTAMP,
    certificate_subject VARCHAR2(200 CHAR),
    CONSTRAINT pk_credential PRIMARY KEY (username),
    CONSTRAINT fk_credential_county FOREIGN KEY(county_code) REFERENCES county (county_code)
)
/
COMMENT ON TABLE credential IS 'Machine credentials; each belongs to one county'
/
COMMENT ON COLUMN credential.secret_hmac IS 'HMAC-SHA-256 of the secret; the secret is nowhere'
/
CREATE INDEX ix_credential_certificate ON credential (certificate_subject)
/
CREATE INDEX ix_credential_county ON credential (county_code)
/
CREATE TABLE staff_user (
    user_name VARCHAR2(60 CHAR) NOT NULL,
    role_name VARCHAR2(30 CHAR) NOT NULL,
    county_code VARCHAR2(2 CHAR),
    CONSTRAINT pk_staff_user PRIMARY KEY (user_name),
    CONSTRAINT fk_staff_user_county FOREIGN KEY(county_code) REFERENCES county (county_code)
)
/
COMMENT ON TABLE staff_user IS 'People who act through the command line or the console'
/
CREATE INDEX ix_staff_user_county ON staff_user (county_code)
/
CREATE TABLE election (
    election_id VARCHAR2(20 CHAR) NOT NULL,
    name VARCHAR2(100 CHAR) NOT NULL,
    election_date DATE NOT NULL,
    CONSTRAINT pk_election PRIMARY KEY (election_id)
)
/
COMMENT ON TABLE election IS 'Elections that voting precincts refer to'
/
CREATE TABLE precinct (
    county_code VARCHAR2(2 CHAR) NOT NULL,
    precinct_code VARCHAR2(20 CHAR) NOT NULL,
    name VARCHAR2(100 CHAR),
    CONSTRAINT pk_precinct PRIMARY KEY (county_code, precinct_code),
    CONSTRAINT fk_precinct_county FOREIGN KEY(county_code) REFERENCES county (county_code)
)
/
COMMENT ON TABLE precinct IS 'Precincts of each county'
/
CREATE TABLE reference_code (
    kind VARCHAR2(30 CHAR) NOT NULL,
    code VARCHAR2(20 CHAR) NOT NULL,
    name VARCHAR2(100 CHAR) NOT NULL,
    CONSTRAINT pk_reference_code PRIMARY KEY (kind, code)
)
/
COMMENT ON TABLE reference_code IS 'Code tables: parties, languages, suffixes, street types'
/
CREATE TABLE number_series (
    series VARCHAR2(30 CHAR) NOT NULL,
    next_number NUMBER(19) NOT NULL,
    CONSTRAINT pk_number_series PRIMARY KEY (series)
)
/
COMMENT ON TABLE number_series IS 'Numbers handed out in blocks inside a transaction: UIDs'
/
CREATE TABLE voter (
    state_voter_id NUMBER(19) NOT NULL,
    county_code VARCHAR2(2 CHAR) NOT NULL,
    ems_voter_id VARCHAR2(60 CHAR),
    version INTEGER NOT NULL,
    effective_date DATE NOT NULL,
    prefix VARCHAR2(60 CHAR),
    first_name VARCHAR2(60 CHAR),
    middle_name VARCHAR2(60 CHAR),
    last_name VARCHAR2(60 CHAR),
    suffix VARCHAR2(60 CHAR),
    date_of_birth DATE,
    drivers_license VARCHAR2(60 CHAR),
    ssn4 VARCHAR2(20 CHAR),
    gender VARCHAR2(60 CHAR),
    language VARCHAR2(60 CHAR),
    party VARCHAR2(60 CHAR),
    phone VARCHAR2(60 CHAR),
    email VARCHAR2(200 CHAR),
    house_number VARCHAR2(60 CHAR),
    house_number_suffix VARCHAR2(60 CHAR),
    street_pre_direction VARCHAR2(60 CHAR),
    street_name VARCHAR2(60 CHAR),
    street_type VARCHAR2(60 CHAR),
    street_post_direction VARCHAR2(60 CHAR),
    unit_type VARCHAR2(60 CHAR),
    unit_number VARCHAR2(60 CHAR),
    residence_city VARCHAR2(60 CHAR),
    residence_state VARCHAR2(60 CHAR),
    residence_zip_code VARCHAR2(60 CHAR),
    mailing_line1 VARCHAR2(60 CHAR),
    mailing_line2 VARCHAR2(60 CHAR),
    mailing_line3 VARCHAR2(60 CHAR),
    mailing_city VARCHAR2(60 CHAR),
    mailing_state VARCHAR2(60 CHAR),
    mailing_zip_code VARCHAR2(60 CHAR),
    mailing_country VARCHAR2(60 CHAR),
    home_precinct VARCHAR2(60 CHAR),
    home_precinct_part VARCHAR2(60 CHAR),
    registration_date DATE,
    status VARCHAR2(20 CHAR) NOT NULL,
    status_reason VARCHAR2(60 CHAR),
    drivers_license_status VARCHAR2(60 CHAR),
    drivers_license_verified_on DATE,
    ssn4_status VARCHAR2(60 CHAR),
    ssn4_verified_on DATE,
    vnc_due SMALLINT NOT NULL,
    message_sequence INTEGER NOT NULL,
    transfer_pending_until TIMESTAMP,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_voter PRIMARY KEY (state_voter_id),
    CONSTRAINT ck_voter_vnc_due CHECK (vnc_due IN (0,1))
)
/
COMMENT ON TABLE voter IS 'Current voter records, one row a UID'
/
CREATE UNIQUE INDEX uq_voter_ems ON voter (ems_voter_id, CASE WHEN ems_voter_id IS NOT NULL THEN county_code END)
/
CREATE TABLE voter_version (
    state_voter_id NUMBER(19) NOT NULL,
    county_code VARCHAR2(2 CHAR) NOT NULL,
    ems_voter_id VARCHAR2(60 CHAR),
    version INTEGER NOT NULL,
    effective_date DATE NOT NULL,
    prefix VARCHAR2(60 CHAR),
    first_name VARCHAR2(60 CHAR),
    middle_name VARCHAR2(60 CHAR),
    last_name VARCHAR2(60 CHAR),
    suffix VARCHAR2(60 CHAR),
    date_of_birth DATE,
    drivers_license VARCHAR2(60 CHAR),
    ssn4 VARCHAR2(20 CHAR),
    gender VARCHAR2(60 CHAR),
    language VARCHAR2(60 CHAR),
    party VARCHAR2(60 CHAR),
    phone VARCHAR2(60 CHAR),
    email VARCHAR2(200 CHAR),
    house_number VARCHAR2(60 CHAR),
    house_number_suffix VARCHAR2(60 CHAR),
    street_pre_direction VARCHAR2(60 CHAR),
    street_name VARCHAR2(60 CHAR),
    street_type VARCHAR2(60 CHAR),
    street_post_direction VARCHAR2(60 CHAR),
    unit_type VARCHAR2(60 CHAR),
    unit_number VARCHAR2(60 CHAR),
    residence_city VARCHAR2(60 CHAR),
    residence_state VARCHAR2(60 CHAR),
    residence_zip_code VARCHAR2(60 CHAR),
    mailing_line1 VARCHAR2(60 CHAR),
    mailing_line2 VARCHAR2(60 CHAR),
    mailing_line3 VARCHAR2(60 CHAR),
    mailing_city VARCHAR2(60 CHAR),
    mailing_state VARCHAR2(60 CHAR),
    mailing_zip_code VARCHAR2(60 CHAR),
    mailing_country VARCHAR2(60 CHAR),
    home_precinct VARCHAR2(60 CHAR),
    home_precinct_part VARCHAR2(60 CHAR),
    registration_date DATE,
    status VARCHAR2(20 CHAR) NOT NULL,
    status_reason VARCHAR2(60 CHAR),
    drivers_license_status VARCHAR2(60 CHAR),
    drivers_license_verified_on DATE,
    ssn4_status VARCHAR2(60 CHAR),
    ssn4_verified_on DATE,
    vnc_due SMALLINT NOT NULL,
    job_id NUMBER(19),
    recorded_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_voter_version PRIMARY KEY (state_voter_id, version),
    CONSTRAINT ck_voter_version_vnc_due CHECK (vnc_due IN (0,1))
)
/
COMMENT ON TABLE voter_version IS 'Every version of every record; as of a day: the highest version with effective_date <= day'
/
COMMENT ON COLUMN voter_version.job_id IS 'The batch job that wrote this version, if one did (VRU-13)'
/
CREATE TABLE voting_precinct (
    state_voter_id NUMBER(19) NOT NULL,
    election_id VARCHAR2(20 CHAR) NOT NULL,
    version INTEGER NOT NULL,
    precinct_code VARCHAR2(20 CHAR) NOT NULL,
    precinct_part VARCHAR2(20 CHAR),
    recorded_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_voting_precinct PRIMARY KEY (state_voter_id, election_id, version),
    CONSTRAINT fk_voting_precinct_election FOREIGN KEY(election_id) REFERENCES election (election_id),
    CONSTRAINT fk_voting_precinct_voter FOREIGN KEY(state_voter_id) REFERENCES voter (state_voter_id)
)
/
COMMENT ON TABLE voting_precinct IS 'Voting precinct per voter and election (S17.3); the highest version is in force'
/
COMMENT ON COLUMN voting_precinct.version IS 'Version of the voter''s record that set it'
/
CREATE INDEX ix_voting_precinct_election ON voting_precinct (election_id)
/
CREATE TABLE voter_activity (
    activity_id NUMBER(19) GENERATED BY DEFAULT AS IDENTITY (CACHE 1000),
    state_voter_id NUMBER(19) NOT NULL,
    county_code VARCHAR2(2 CHAR) NOT NULL,
    activity_type VARCHAR2(60 CHAR) NOT NULL,
    activity_date DATE NOT NULL,
    basis VARCHAR2(400 CHAR) NOT NULL,
    record_version INTEGER NOT NULL,
    job_id NUMBER(19),
    recorded_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_voter_activity PRIMARY KEY (activity_id),
    CONSTRAINT fk_voter_activity_voter FOREIGN KEY(state_voter_id) REFERENCES voter (state_voter_id)
)
/
COMMENT ON TABLE voter_activity IS 'Activity history of each voter, with the basis of each entry'
/
COMMENT ON COLUMN voter_activity.activity_id IS 'No order is implied'
/
CREATE INDEX ix_voter_activity_voter ON voter_activity (state_voter_id)
/
CREATE TABLE identity_request (
    request_id NUMBER(19) GENERATED BY DEFAULT AS IDENTITY (CACHE 1000),
    state_voter_id NUMBER(19) NOT NULL,
    kind VARCHAR2(20 CHAR) NOT NULL,
    open_key VARCHAR2(60 CHAR),
    export_name VARCHAR2(100 CHAR) NOT NULL,
    requested_at TIMESTAMP NOT NULL,
    answered_at TIMESTAMP,
    answer VARCHAR2(20 CHAR),
    CONSTRAINT pk_identity_request PRIMARY KEY (request_id),
    CONSTRAINT fk_identity_request_voter FOREIGN KEY(state_voter_id) REFERENCES voter (state_voter_id),
    CONSTRAINT uq_identity_request_open UNIQUE (open_key)
)
/
COMMENT ON TABLE identity_request IS 'Identity verifications that went out to DMV (IDV-01)'
/
COMMENT ON COLUMN identity_request.request_id IS 'The id that DMV''s answer names'
/
COMMENT ON COLUMN identity_request.open_key IS 'UID and kind while open, so that only one is'
/
CREATE INDEX ix_identity_request_voter ON identity_request (state_voter_id)
/
CREATE TABLE audit_entry (
    audit_id NUMBER(19) GENERATED BY DEFAULT AS IDENTITY (CACHE 1000),
    at TIMESTAMP NOT NULL,
    actor VARCHAR2(100 CHAR) NOT NULL,
    action VARCHAR2(60 CHAR) NOT NULL,
    subject_kind VARCHAR2(30 CHAR) NOT NULL,
    subject_id VARCHAR2(60 CHAR) NOT NULL,
    county_code VARCHAR2(2 CHAR),
    correlation_id VARCHAR2(60 CHAR),
    detail CLOB,
    CONSTRAINT pk_audit_entry PRIMARY KEY (audit_id)
)
/
COMMENT ON TABLE audit_entry IS 'Who did what, when, old and new (OPS-02)'
/
COMMENT ON COLUMN audit_entry.audit_id IS 'No order is implied'
/
COMMENT ON COLUMN audit_entry.detail IS 'JSON: old and new values'
/
CREATE INDEX ix_audit_entry_subject ON audit_entry (subject_kind, subject_id)
/
CREATE TABLE load_progress (
    county_code VARCHAR2(2 CHAR) NOT NULL,
    sha256 VARCHAR2(64 CHAR) NOT NULL,
    position NUMBER(19) NOT NULL,
    records INTEGER NOT NULL,
    loaded INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    CONSTRAINT pk_load_progress PRIMARY KEY (county_code, sha256),
    CONSTRAINT fk_load_progress_county FOREIGN KEY(county_code) REFERENCES county (county_code)
)
/
COMMENT ON TABLE load_progress IS 'How far each initial load has come'
/
COMMENT ON COLUMN load_progress.records IS 'Of these neither loaded nor refused: the state had them already'
/
INSERT INTO alembic_version (version_num) VALUES ('0001')
/
COMMIT;
