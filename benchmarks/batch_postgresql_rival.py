"""The rival of the batch pipeline on PostgreSQL, written as well as we can: COPY into a temporary table, then set-based SQL.

It writes the same rows in the same transactions; nothing is parsed and nothing is judged but whether a value differs.
"""

from typing import Final

import psycopg

from benchmarks.batch_rivals import CHUNK, STAGED
from benchmarks.batch_workload import COUNTY
from votecal_soap.domain.voters import VERSION_FIELDS

_GIVEN: Final = ("sequence", "state_voter_id", *STAGED)
_LISTED: Final = ",".join(STAGED)
_DIFFERS: Final = "(" + ",".join(f"v.{name}" for name in STAGED) + ") IS DISTINCT FROM (" + ",".join(f"s.{name}" for name in STAGED) + ")"
# The names of the changed fields, and their old and new values as JSON: each field may be the one that changed.
_NAMES: Final = "concat_ws(', '," + ",".join(f"CASE WHEN v.{name} IS DISTINCT FROM s.{name} THEN '{name}' END" for name in STAGED) + ")"
_CHANGES: Final = (
    "'{'||concat_ws(', ',"
    + ",".join(f"""CASE WHEN v.{name} IS DISTINCT FROM s.{name} THEN '"{name}": ['||to_json(v.{name})||', '||to_json(s.{name})||']' END""" for name in STAGED)
    + ")||'}'"
)
_DAY: Final = "2026-01-05"
_VERSION: Final = ",".join(VERSION_FIELDS)

_TABLES: Final = (
    f"CREATE TEMPORARY TABLE stage ON COMMIT DELETE ROWS AS SELECT 0 AS sequence, state_voter_id, {_LISTED} FROM voter WHERE false",
    f"CREATE TEMPORARY TABLE judged ON COMMIT DELETE ROWS AS SELECT 0 AS sequence, state_voter_id, {_LISTED}, version, message_sequence, ems_voter_id,"
    " false AS changed, '' AS names, '' AS changes FROM voter WHERE false",
)
_STATEMENTS: Final = (
    "ANALYZE stage",
    f"INSERT INTO judged SELECT s.sequence, s.state_voter_id, {','.join('s.' + name for name in STAGED)},"
    f" v.version + CASE WHEN {_DIFFERS} THEN 1 ELSE 0 END, v.message_sequence + 1, v.ems_voter_id, {_DIFFERS}, {_NAMES}, {_CHANGES}"
    " FROM stage s JOIN voter v USING (state_voter_id)",
    "ANALYZE judged",
    "WITH moved AS (UPDATE voter AS v SET "
    + ",".join(f"{name}=j.{name}" for name in STAGED)
    + ", version=j.version, message_sequence=j.message_sequence, effective_date=%(today)s, updated_at=%(now)s"
    f" FROM judged j WHERE v.state_voter_id=j.state_voter_id AND j.changed RETURNING {','.join('v.' + name for name in VERSION_FIELDS)})"
    f" INSERT INTO voter_version ({_VERSION},job_id,recorded_at) SELECT {_VERSION},%(job)s,%(now)s FROM moved",
    "UPDATE voter AS v SET message_sequence=j.message_sequence FROM judged j WHERE v.state_voter_id=j.state_voter_id AND NOT j.changed",
    "INSERT INTO voter_activity (state_voter_id,county_code,activity_type,activity_date,basis,record_version,job_id,recorded_at)"
    " SELECT state_voter_id,%(county)s,'Voter Record Updated by Batch',%(today)s,'Job '||%(job)s||', record '||sequence||': '||names,version,%(job)s,%(now)s"
    " FROM judged WHERE changed ORDER BY sequence",
    "INSERT INTO audit_entry (at,actor,action,subject_kind,subject_id,county_code,correlation_id,detail)"
    " SELECT %(now)s,'job:'||%(job)s,'VoterUpdated','Voter',state_voter_id,%(county)s,%(job)s||'/'||sequence,changes"
    " FROM judged WHERE changed ORDER BY sequence",
    "INSERT INTO batch_record_outcome (job_id,record_sequence,outcome,state_voter_id,ems_voter_id,record_version)"
    " SELECT %(job)s,sequence,CASE WHEN changed THEN 'Applied' ELSE 'Unchanged' END,state_voter_id,ems_voter_id,version FROM judged ORDER BY sequence",
    "INSERT INTO ems_message (county_code,queue_county,message_type,state,dedup_key,blocks_updates,state_voter_id,voter_sequence,ems_voter_id,"
    "record_version,job_id,record_sequence,enqueued_at,header,payload)"
    " SELECT %(county)s,%(county)s,'BatchRecord'||outcome,'Open','VRU:'||%(job)s||':'||to_char(sequence,'FM000000000'),0,"
    "state_voter_id,message_sequence,ems_voter_id,version,%(job)s,sequence,%(now)s,"
    "format('<MessageType>BatchRecord%%s</MessageType><EnqueuedAt>%%s</EnqueuedAt><StateVoterId>%%s</StateVoterId><VoterSequence>%%s</VoterSequence>"
    "<EmsVoterId>%%s</EmsVoterId><RecordVersion>%%s</RecordVersion><JobId>%%s</JobId><RecordSequence>%%s</RecordSequence>',"
    "outcome,%(instant)s,state_voter_id,message_sequence,ems_voter_id,version,%(job)s,sequence),"
    "format('<BatchRecordResult><JobId>%%s</JobId><RecordSequence>%%s</RecordSequence><Outcome>%%s</Outcome><StateVoterId>%%s</StateVoterId>"
    "<EmsVoterId>%%s</EmsVoterId><RecordVersion>%%s</RecordVersion></BatchRecordResult>',%(job)s,sequence,outcome,state_voter_id,ems_voter_id,version)"
    " FROM (SELECT *, CASE WHEN changed THEN 'Applied' ELSE 'Unchanged' END AS outcome FROM judged) told ORDER BY sequence",
    "INSERT INTO batch_outcome_count (job_id,outcome,reason,record_count)"
    " SELECT %(job)s,CASE WHEN changed THEN 'Applied' ELSE 'Unchanged' END,'-',count(*) FROM judged GROUP BY changed"
    " ON CONFLICT (job_id,outcome,reason) DO UPDATE SET record_count=batch_outcome_count.record_count+excluded.record_count",
    "INSERT INTO ems_queue (county_code,open_count) SELECT %(county)s,count(*) FROM judged"
    " ON CONFLICT (county_code) DO UPDATE SET open_count=ems_queue.open_count+excluded.open_count",
    "UPDATE job_instance SET position=%(position)s, records_processed=(SELECT max(sequence) FROM judged) WHERE job_id=%(job)s",
)


def write_by_copy(url: str, rows: list[tuple[object, ...]], job_id: int) -> None:
    """Write every row that our pipeline writes: voter, version, activity, audit, outcome, message, counts, position."""
    # Bound in the client, so that a parameter's type is what its place needs.
    with psycopg.connect(url, cursor_factory=psycopg.ClientCursor) as connection:
        for table in _TABLES:
            connection.execute(table)
        connection.commit()
        bound = {"job": job_id, "county": COUNTY, "now": f"{_DAY} 12:00:00", "instant": f"{_DAY}T12:00:00Z", "today": _DAY}
        for start in range(0, len(rows), CHUNK):
            with connection.cursor() as cursor, cursor.copy(f"COPY stage ({','.join(_GIVEN)}) FROM STDIN") as copy:
                for row in rows[start : start + CHUNK]:
                    copy.write_row(row)
            for statement in _STATEMENTS:
                connection.execute(statement, {**bound, "position": start})
            connection.commit()
