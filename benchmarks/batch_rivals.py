"""The rivals of the batch pipeline, written as well as we can: the same rows for the same records.

`write_set_based` is the standard library's sqlite3 alone: a temporary stage and set-based SQL, nothing parsed, nothing
judged, no locks, no checks. `write_by_objects` is the usual build: Spyne reads objects, an ORM unit of work saves them.
"""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from benchmarks.batch_workload import COUNTY, record
from votecal_soap.domain.voters import VERSION_FIELDS

STAGED = (
    *("first_name", "middle_name", "last_name", "date_of_birth", "drivers_license", "ssn4", "party", "house_number"),
    *("street_name", "street_type", "residence_city", "residence_state", "residence_zip_code", "home_precinct"),
)
CHUNK = 10_000
"""Records of a transaction of the rivals': what serves them best. Ours are shorter, for the sake of those who wait."""
_NOW = "2026-01-05 12:00:00.000000"
_INSTANT = "2026-01-05T12:00:00Z"
_VERSION = ",".join(VERSION_FIELDS)
# The names of the changed fields, and their old and new values as JSON: each field may be the one that changed.
_NAMES = "rtrim(" + "||".join(f"iif(v.{name} IS NOT s.{name},'{name}, ','')" for name in STAGED) + ",', ')"
_CHANGES = "||".join(f"""iif(v.{name} IS NOT s.{name},'"{name}": ['||json_quote(v.{name})||', '||json_quote(s.{name})||'], ','')""" for name in STAGED)
_DIFFERS = "(" + ",".join(f"v.{name}" for name in STAGED) + ") IS NOT (" + ",".join(f"s.{name}" for name in STAGED) + ")"


def staged_rows(count: int) -> Iterator[tuple[object, ...]]:
    """What a parser would hand over: sequence, UID and the values."""
    for number in range(count):
        given = record(number)
        registration = given.registration
        if registration is None or registration.name is None or registration.residence_address is None or registration.home_precinct is None:
            continue
        name, address = registration.name, registration.residence_address
        yield (
            number + 1,
            given.state_voter_id,
            *(name.first_name, name.middle_name, name.last_name, str(registration.date_of_birth), registration.drivers_license, registration.ssn4),
            *(registration.party, address.house_number, address.street_name, address.street_type, address.city, address.state, address.zip_code),
            registration.home_precinct.precinct_code,
        )


def write_set_based(database: Path, rows: list[tuple[object, ...]], job_id: int) -> None:
    """Write every row that our pipeline writes: voter, version, activity, audit, outcome, message, counts, position."""
    connection = sqlite3.connect(database, isolation_level=None)
    for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on", "cache_size=-65536", "temp_store=memory"):
        connection.execute(f"PRAGMA {pragma}")
    columns = ",".join(STAGED)
    connection.execute(f"CREATE TEMP TABLE stage (sequence INTEGER PRIMARY KEY, state_voter_id INTEGER, {columns}, changed INTEGER, names TEXT, changes TEXT)")
    marks = ",".join("?" * (len(STAGED) + 2))
    for start in range(0, len(rows), CHUNK):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO stage VALUES ({marks},0,NULL,NULL)", rows[start : start + CHUNK])
        for statement in _STATEMENTS:
            connection.execute(statement, {"job": job_id, "county": COUNTY, "now": _NOW, "instant": _INSTANT, "today": _NOW[:10], "position": start})
        connection.execute("DELETE FROM stage")
        connection.execute("COMMIT")
    connection.close()


_STATEMENTS = (
    f"UPDATE stage AS s SET changed = 1, names = {_NAMES}, changes = '{{'||rtrim({_CHANGES},', ')||'}}'"
    f" FROM voter v WHERE v.state_voter_id = s.state_voter_id AND {_DIFFERS}",
    "UPDATE voter SET "
    + ",".join(f"{name}=s.{name}" for name in STAGED)
    + ", version=version+1, message_sequence=message_sequence+1, effective_date=:today, updated_at=:now"
    " FROM stage s WHERE voter.state_voter_id=s.state_voter_id AND s.changed",
    "UPDATE voter SET message_sequence=message_sequence+1 FROM stage s WHERE voter.state_voter_id=s.state_voter_id AND NOT s.changed",
    f"INSERT INTO voter_version ({_VERSION},job_id,recorded_at) SELECT {','.join('v.' + name for name in VERSION_FIELDS)},:job,:now"
    " FROM stage s JOIN voter v USING (state_voter_id) WHERE s.changed ORDER BY s.sequence",
    "INSERT INTO voter_activity (state_voter_id,county_code,activity_type,activity_date,basis,record_version,job_id,recorded_at)"
    " SELECT v.state_voter_id,:county,'Voter Record Updated by Batch',:today,'Job '||:job||', record '||s.sequence||': '||s.names,v.version,:job,:now"
    " FROM stage s JOIN voter v USING (state_voter_id) WHERE s.changed",
    "INSERT INTO audit_entry (at,actor,action,subject_kind,subject_id,county_code,correlation_id,detail)"
    " SELECT :now,'job:'||:job,'VoterUpdated','Voter',v.state_voter_id,:county,:job||'/'||s.sequence,s.changes"
    " FROM stage s JOIN voter v USING (state_voter_id) WHERE s.changed",
    "INSERT INTO batch_record_outcome (job_id,record_sequence,outcome,state_voter_id,ems_voter_id,record_version)"
    " SELECT :job,s.sequence,iif(s.changed,'Applied','Unchanged'),v.state_voter_id,v.ems_voter_id,v.version"
    " FROM stage s JOIN voter v USING (state_voter_id) ORDER BY s.sequence",
    "INSERT INTO ems_message (county_code,queue_county,message_type,state,dedup_key,blocks_updates,state_voter_id,voter_sequence,ems_voter_id,"
    "record_version,job_id,record_sequence,enqueued_at,header,payload)"
    " SELECT :county,:county,iif(s.changed,'BatchRecordApplied','BatchRecordUnchanged'),'Open','VRU:'||:job||':'||printf('%09d',s.sequence),0,"
    "v.state_voter_id,v.message_sequence,v.ems_voter_id,v.version,:job,s.sequence,:now,"
    "printf('<MessageType>BatchRecord%s</MessageType><EnqueuedAt>%s</EnqueuedAt><StateVoterId>%s</StateVoterId><VoterSequence>%s</VoterSequence>"
    "<EmsVoterId>%s</EmsVoterId><RecordVersion>%s</RecordVersion><JobId>%s</JobId><RecordSequence>%s</RecordSequence>',"
    "iif(s.changed,'Applied','Unchanged'),:instant,v.state_voter_id,v.message_sequence,v.ems_voter_id,v.version,:job,s.sequence),"
    "'<BatchRecordResult><JobId>'||:job||'</JobId><RecordSequence>'||s.sequence||'</RecordSequence><Outcome>'||iif(s.changed,'Applied','Unchanged')||"
    "'</Outcome><StateVoterId>'||v.state_voter_id||'</StateVoterId><EmsVoterId>'||v.ems_voter_id||'</EmsVoterId><RecordVersion>'||v.version||"
    "'</RecordVersion></BatchRecordResult>' FROM stage s JOIN voter v USING (state_voter_id) ORDER BY s.sequence",
    "INSERT INTO batch_outcome_count SELECT :job,iif(changed,'Applied','Unchanged'),'-',count(*) FROM stage WHERE true GROUP BY changed"
    " ON CONFLICT DO UPDATE SET record_count=record_count+excluded.record_count",
    "INSERT INTO ems_queue VALUES (:county,(SELECT count(*) FROM stage)) ON CONFLICT (county_code) DO UPDATE SET open_count=open_count+excluded.open_count",
    "UPDATE job_instance SET position=:position, records_processed=(SELECT max(sequence) FROM stage) WHERE job_id=:job",
)
