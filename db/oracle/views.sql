-- The views that DBAs watch
SET DEFINE OFF
SET SQLBLANKLINES ON
WHENEVER OSERROR EXIT FAILURE ROLLBACK
WHENEVER SQLERROR EXIT SQL.SQLCODE ROLLBACK
ALTER SESSION SET DDL_LOCK_TIMEOUT = 30;
CREATE OR REPLACE VIEW v_ems_queue_depth AS
SELECT c.county_code, c.name AS county_name, COALESCE(q.open_count, 0) AS open_count, m.enqueued_at AS oldest_open_at,
    FLOOR(EXTRACT(DAY FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 86400 + EXTRACT(HOUR FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 3600 + EXTRACT(MINUTE FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 60 + EXTRACT(SECOND FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at))) AS oldest_open_seconds,
    (SELECT COUNT(*) FROM poison_message p WHERE p.county_code = c.county_code) AS poison_count
FROM county c LEFT JOIN ems_queue q ON q.county_code = c.county_code
LEFT JOIN (SELECT o.queue_county, MIN(o.enqueued_at) AS enqueued_at FROM ems_message o
    WHERE o.queue_county IS NOT NULL GROUP BY o.queue_county) m ON m.queue_county = c.county_code
/
CREATE OR REPLACE VIEW v_ems_throughput_hour AS
SELECT h.county_code, h.hour_start, h.added_count, h.cleared_count
FROM queue_hour h
/
CREATE OR REPLACE VIEW v_ems_poison AS
SELECT p.county_code, p.message_id, m.message_type, m.state_voter_id, m.job_id, m.enqueued_at, p.failed_at, m.cleared_text
FROM poison_message p JOIN ems_message m ON m.message_id = p.message_id
/
CREATE OR REPLACE VIEW v_ems_stuck_voter AS
SELECT b.county_code, b.state_voter_id, m.message_id, m.message_type, m.enqueued_at, FLOOR(EXTRACT(DAY FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 86400 + EXTRACT(HOUR FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 3600 + EXTRACT(MINUTE FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at)) * 60 + EXTRACT(SECOND FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.enqueued_at))) AS waiting_seconds,
    b.open_count - 1 AS blocked_count
FROM (SELECT o.queue_county AS county_code, o.state_voter_id, MIN(o.voter_sequence) AS voter_sequence, COUNT(*) AS open_count
    FROM ems_message o WHERE o.queue_county IS NOT NULL AND o.state_voter_id IS NOT NULL AND o.voter_sequence IS NOT NULL
    GROUP BY o.queue_county, o.state_voter_id HAVING COUNT(*) > 1) b
JOIN ems_message m ON m.state_voter_id = b.state_voter_id AND m.queue_county = b.county_code AND m.voter_sequence = b.voter_sequence
/
CREATE OR REPLACE VIEW v_ems_consumer AS
SELECT c.county_code, c.name AS county_name, m.last_polled_at, FLOOR(EXTRACT(DAY FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.last_polled_at)) * 86400 + EXTRACT(HOUR FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.last_polled_at)) * 3600 + EXTRACT(MINUTE FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.last_polled_at)) * 60 + EXTRACT(SECOND FROM (SYS_EXTRACT_UTC(SYSTIMESTAMP) - m.last_polled_at))) AS last_polled_seconds,
    m.last_cleared_at, COALESCE(q.open_count, 0) AS open_count
FROM county c LEFT JOIN ems_consumer m ON m.county_code = c.county_code LEFT JOIN ems_queue q ON q.county_code = c.county_code
/
CREATE OR REPLACE VIEW v_open_work_items AS
SELECT w.case_type AS item_type, w.case_state AS item_state, w.county_code, w.due_on, w.case_count AS open_count
FROM open_case_count w WHERE w.is_second = 0 AND w.case_count > 0
UNION ALL
SELECT s.item_type, 'Open', NULL, s.due_on, s.open_count FROM sos_work_item_count s WHERE s.open_count > 0
UNION ALL
SELECT 'DmvWorkItem', d.item_status, d.county_code, NULL, COUNT(*) FROM dmv_work_item d WHERE d.item_status = 'Open'
GROUP BY d.item_status, d.county_code
/
CREATE OR REPLACE VIEW v_job_run AS
SELECT i.instance_id, i.job_id, i.job_type, j.county_code, i.state, i.due_at, i.started_at, i.finished_at, i.attempt, i.worker,
    i.records_processed, i.lease_until, CASE WHEN i.state = 'Running' AND i.lease_until < SYS_EXTRACT_UTC(SYSTIMESTAMP) THEN 1 ELSE 0 END AS lease_is_over,
    i.error_code, i.error_text
FROM job_instance i JOIN job j ON j.job_id = i.job_id
/
COMMIT;
