-- Revision 0004: Create the tables of matching: people as compared, match keys, and how matching is set.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0003' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0003.');
    END IF;
END;
/
CREATE TABLE voter_match (
    state_voter_id NUMBER(19) NOT NULL,
    county_code VARCHAR2(2 CHAR) NOT NULL,
    confidential SMALLINT NOT NULL,
    first_name VARCHAR2(60 CHAR),
    first_canonical VARCHAR2(60 CHAR),
    middle_name VARCHAR2(60 CHAR),
    middle_second VARCHAR2(60 CHAR),
    last_name VARCHAR2(60 CHAR),
    last_first_token VARCHAR2(60 CHAR),
    last_second_token VARCHAR2(60 CHAR),
    date_of_birth INTEGER,
    suffix VARCHAR2(60 CHAR),
    gender VARCHAR2(60 CHAR),
    drivers_license VARCHAR2(60 CHAR),
    ssn4 VARCHAR2(60 CHAR),
    house_number VARCHAR2(60 CHAR),
    street VARCHAR2(60 CHAR),
    unit_number VARCHAR2(60 CHAR),
    city VARCHAR2(60 CHAR),
    zip_code VARCHAR2(60 CHAR),
    CONSTRAINT pk_voter_match PRIMARY KEY (state_voter_id),
    CONSTRAINT ck_voter_match_confidential CHECK (confidential IN (0,1))
)
/
COMMENT ON TABLE voter_match IS 'Each voter as compared by the Search Service; derived from voter'
/
COMMENT ON COLUMN voter_match.county_code IS 'Of the voter: whose confidential address a county may see'
/
COMMENT ON COLUMN voter_match.confidential IS '1: the address is for the voter''s own county only (EWS-14)'
/
CREATE TABLE voter_match_key (
    match_key NUMBER(19) NOT NULL,
    state_voter_id NUMBER(19) NOT NULL,
    CONSTRAINT pk_voter_match_key PRIMARY KEY (match_key, state_voter_id)
) ORGANIZATION INDEX COMPRESS 1
/
CREATE TABLE match_key_build (
    build_id INTEGER NOT NULL,
    cleared_ranges INTEGER NOT NULL,
    last_state_voter_id NUMBER(19) NOT NULL,
    done SMALLINT NOT NULL,
    CONSTRAINT pk_match_key_build PRIMARY KEY (build_id),
    CONSTRAINT ck_match_key_build_done CHECK (done IN (0,1))
)
/
COMMENT ON TABLE match_key_build IS 'How far the rebuilding of all keys has come'
/
COMMENT ON COLUMN match_key_build.build_id IS '1: there is one row at most'
/
COMMENT ON COLUMN match_key_build.cleared_ranges IS 'Ranges of old keys that are gone'
/
COMMENT ON COLUMN match_key_build.last_state_voter_id IS 'Voters up to this one have their keys'
/
CREATE TABLE match_key_capped (
    match_key NUMBER(19) NOT NULL,
    voter_count INTEGER NOT NULL,
    reported_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_match_key_capped PRIMARY KEY (match_key)
)
/
COMMENT ON TABLE match_key_capped IS 'Keys of so many voters that they find nobody, as last seen'
/
CREATE TABLE matching_setting (
    function_name VARCHAR2(30 CHAR) NOT NULL,
    field_names VARCHAR2(400 CHAR) NOT NULL,
    automatic INTEGER NOT NULL,
    manual INTEGER NOT NULL,
    ceilings CLOB NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    changed_by VARCHAR2(60 CHAR) NOT NULL,
    CONSTRAINT pk_matching_setting PRIMARY KEY (function_name)
)
/
COMMENT ON TABLE matching_setting IS 'Fields and thresholds of each matching function (COA-06); none: the shipped defaults'
/
COMMENT ON COLUMN matching_setting.field_names IS 'The fields used, with commas between'
/
COMMENT ON COLUMN matching_setting.automatic IS 'Confidence from which a match is applied'
/
COMMENT ON COLUMN matching_setting.manual IS 'Confidence from which the county decides'
/
COMMENT ON COLUMN matching_setting.ceilings IS 'JSON: family rules with another ceiling than the shipped one'
/
CREATE TABLE county_matching_mode (
    county_code VARCHAR2(2 CHAR) NOT NULL,
    function_name VARCHAR2(30 CHAR) NOT NULL,
    matching_mode VARCHAR2(20 CHAR) NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    changed_by VARCHAR2(60 CHAR) NOT NULL,
    CONSTRAINT pk_county_matching_mode PRIMARY KEY (county_code, function_name),
    CONSTRAINT fk_county_mode_county FOREIGN KEY(county_code) REFERENCES county (county_code)
)
/
COMMENT ON TABLE county_matching_mode IS 'What each county wants done with automatic matches (COA-12)'
/
COMMENT ON COLUMN county_matching_mode.matching_mode IS 'apply or provisional'
/
CREATE TABLE statewide_setting (
    setting_name VARCHAR2(60 CHAR) NOT NULL,
    setting_value VARCHAR2(200 CHAR) NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    changed_by VARCHAR2(60 CHAR) NOT NULL,
    CONSTRAINT pk_statewide_setting PRIMARY KEY (setting_name)
)
/
COMMENT ON TABLE statewide_setting IS 'Settings of the whole state: coa_cross_county (COA-11), the weights in force; none: the shipped default'
/
CREATE TABLE match_weights (
    version VARCHAR2(60 CHAR) NOT NULL,
    created_at TIMESTAMP NOT NULL,
    created_by VARCHAR2(60 CHAR) NOT NULL,
    report CLOB,
    weights CLOB NOT NULL,
    CONSTRAINT pk_match_weights PRIMARY KEY (version)
)
/
COMMENT ON TABLE match_weights IS 'Fitted weights of the Search Service; the setting match_weights names the version in force'
/
COMMENT ON COLUMN match_weights.report IS 'JSON: the calibration on the held-back part'
/
COMMENT ON COLUMN match_weights.weights IS 'JSON'
/
CREATE TABLE blackout (
    blackout_id NUMBER(19) GENERATED BY DEFAULT AS IDENTITY (CACHE 1000),
    county_code VARCHAR2(2 CHAR),
    function_name VARCHAR2(30 CHAR),
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    reason VARCHAR2(400 CHAR) NOT NULL,
    added_at TIMESTAMP NOT NULL,
    added_by VARCHAR2(60 CHAR) NOT NULL,
    CONSTRAINT pk_blackout PRIMARY KEY (blackout_id),
    CONSTRAINT fk_blackout_county FOREIGN KEY(county_code) REFERENCES county (county_code)
)
/
COMMENT ON TABLE blackout IS 'Times in which nothing is cancelled (JOB-04)'
/
COMMENT ON COLUMN blackout.blackout_id IS 'No order is implied'
/
COMMENT ON COLUMN blackout.county_code IS 'NULL: the whole state'
/
COMMENT ON COLUMN blackout.function_name IS 'NULL: every matching function'
/
CREATE INDEX ix_blackout_county ON blackout (county_code)
/
CREATE TABLE state_holiday (
    holiday DATE NOT NULL,
    name VARCHAR2(100 CHAR) NOT NULL,
    CONSTRAINT pk_state_holiday PRIMARY KEY (holiday)
)
/
COMMENT ON TABLE state_holiday IS 'Holidays of the State of California (COA-37)'
/
CREATE TABLE zip_county (
    first_zip_code VARCHAR2(5 CHAR) NOT NULL,
    last_zip_code VARCHAR2(5 CHAR) NOT NULL,
    county_code VARCHAR2(2 CHAR) NOT NULL,
    CONSTRAINT pk_zip_county PRIMARY KEY (first_zip_code, last_zip_code, county_code),
    CONSTRAINT fk_zip_county_county FOREIGN KEY(county_code) REFERENCES county (county_code)
)
/
COMMENT ON TABLE zip_county IS 'Counties that ZIP codes lie in; several for one that a county line divides (COA-11)'
/
COMMENT ON COLUMN zip_county.last_zip_code IS 'The same as the first, unless all between lie in the county'
/
CREATE INDEX ix_zip_county_county ON zip_county (county_code)
/
UPDATE alembic_version SET version_num='0004' WHERE alembic_version.version_num = '0003'
/
COMMIT;
