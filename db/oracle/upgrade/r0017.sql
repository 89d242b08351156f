-- Revision 0017: Have two views say the oldest message by its place in the voter's line and, on Oracle, by when it was queued, instead of by its id.
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
DECLARE
    found_revision VARCHAR2(32);
BEGIN
    SELECT MAX(version_num) INTO found_revision FROM alembic_version;
    IF found_revision IS NULL OR found_revision <> '0016' THEN
        RAISE_APPLICATION_ERROR(-20001, 'The schema is at revision ' || found_revision || ', this script is for 0016.');
    END IF;
END;
/
CREATE OR REPLACE VIEW v_ems_queue_depth AS
SELECT c.county_code, c.name AS county_name, COALESCE(q.open_count, 0) AS open_count, m.enqueued_at AS oldest_open_at,
    FLOOR(EXTRACT(DAY FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 86400 + EXTRACT(HOUR FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 3600 + EXTRACT(MINUTE FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 60 + EXTRACT(SECOND FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at))) AS oldest_open_seconds,
    (SELECT COUNT(*) FROM poison_message p WHERE p.county_code = c.county_code) AS poison_count
FROM county c LEFT JOIN ems_queue q ON q.county_code = c.county_code
LEFT JOIN (SELECT o.queue_county, MIN(o.enqueued_at) AS enqueued_at FROM ems_message o
    WHERE o.queue_county IS NOT NULL GROUP BY o.queue_county) m ON m.queue_county = c.county_code
/
COMMENT ON TABLE v_ems_queue_depth IS 'Open messages of each county, the age of the oldest in seconds, and how many are poison'
/
CREATE OR REPLACE VIEW v_ems_stuck_voter AS
SELECT b.county_code, b.state_voter_id, m.message_id, m.message_type, m.enqueued_at, FLOOR(EXTRACT(DAY FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 86400 + EXTRACT(HOUR FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 3600 + EXTRACT(MINUTE FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 60 + EXTRACT(SECOND FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at))) AS waiting_seconds,
    b.open_count - 1 AS blocked_count
FROM (SELECT o.queue_county AS county_code, o.state_voter_id, MIN(o.voter_sequence) AS voter_sequence, COUNT(*) AS open_count
    FROM ems_message o WHERE o.queue_county IS NOT NULL AND o.state_voter_id IS NOT NULL AND o.voter_sequence IS NOT NULL
    GROUP BY o.queue_county, o.state_voter_id HAVING COUNT(*) > 1) b
JOIN ems_message m ON m.state_voter_id = b.state_voter_id AND m.queue_county = b.county_code AND m.voter_sequence = b.voter_sequence
/
COMMENT ON TABLE v_ems_stuck_voter IS 'Voters whose oldest open message holds others back; reads all open messages'
/
UPDATE alembic_version SET version_num='0017' WHERE alembic_version.version_num = '0016'
/
COMMIT;
