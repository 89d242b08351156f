"""Each bulk writer writes the same rows, and so does the one without any database's own ways."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from db.bulk import bulk_writer, columns_of
from db.bulk.core import CoreBulkWriter
from db.engine import create_engine
from db.tables import audit_entry, county, credential, election, search_probe, voter_match_key
from votecal_soap.domain.batches import Outcome
from votecal_soap.errors import Conflict

NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
DAY = date(2026, 11, 3)
AWKWARD = ["plain", "tab\tnewline\nreturn\r", "back\\slash \\N \\.", "quote ' \" ,", "ñ 日本 🗳", "", None]


@pytest.fixture
def connection(database_url):
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(params=[bulk_writer, CoreBulkWriter], ids=["own", "core"])
def writer(request, connection: Connection):
    return request.param(connection)


def elections(count):
    return [(f"E{key:04}", f"Election {key}", DAY) for key in range(count)]


def stored(connection):
    kept = select(election.c.election_id, election.c.name, election.c.election_date).order_by(election.c.election_id)
    return [tuple(row) for row in connection.execute(kept)]


def test_text_instants_and_days_arrive_as_they_left(connection, writer):
    rows = [(str(key), f"actor {key}", text) for key, text in enumerate(AWKWARD)]
    constants = {"at": NOON, "action": "Test", "subject_kind": "voter"}
    writer.insert(audit_entry, columns_of(("subject_id", "actor", "correlation_id"), rows), constants)
    kept = connection.execute(select(audit_entry.c.at, audit_entry.c.correlation_id, audit_entry.c.action).order_by(audit_entry.c.subject_id)).all()
    assert [tuple(row) for row in kept] == [(NOON, text or None, "Test") for text in AWKWARD]


@pytest.mark.parametrize("count", [1, 2, 99, 100, 2_500])
def test_rows_are_inserted_and_updated_by_key(connection, writer, count):
    rows = elections(count)
    writer.insert(election, columns_of(("election_id", "name", "election_date"), rows))
    assert stored(connection) == rows
    keys = {"election_id": [row[0] for row in rows], "name": [row[1] for row in rows]}
    assert writer.update(election, keys, {"name": [f"New {row[1]}" for row in rows]}, {"election_date": date(2028, 11, 7)}) == count
    assert stored(connection) == [(key, f"New {name}", date(2028, 11, 7)) for key, name, _ in rows]
    # The old name is part of the key: nothing matches any more.
    assert writer.update(election, keys, {"name": [row[1] for row in rows]}) == 0


@pytest.mark.parametrize("count", [1, 99, 100, 2_500])
def test_rows_are_put_in_place_of_those_with_their_primary_key(connection, writer, count):
    rows = elections(count)
    writer.insert(election, columns_of(("election_id", "name", "election_date"), rows[: count // 2]))
    put = [(key, f"New {name}", DAY) for key, name, _ in reversed(rows)]
    for _ in range(2):
        writer.put(election, columns_of(("election_id", "name", "election_date"), put))
        assert stored(connection) == put[::-1]
    writer.put(election, columns_of(("election_id", "name", "election_date"), []))
    assert stored(connection) == put[::-1]


@pytest.mark.parametrize("count", [1, 100])
def test_a_row_that_is_all_primary_key_is_put_once(connection, writer, count):
    keys = {"match_key": list(range(count)), "state_voter_id": [7] * count}
    for _ in range(2):
        writer.put(voter_match_key, keys)
    assert [tuple(row) for row in connection.execute(select(voter_match_key).order_by(voter_match_key.c.match_key))] == [(key, 7) for key in range(count)]


@pytest.mark.parametrize("count", [1, 99, 100, 2_500])
def test_rows_are_deleted_by_their_whole_key(connection, writer, count):
    rows = elections(count + 1)
    writer.insert(election, columns_of(("election_id", "name", "election_date"), rows))
    keys = {"election_id": [row[0] for row in rows[1:]], "name": [row[1] for row in rows[1:]]}
    assert writer.delete(election, {**keys, "name": ["Another"] * count}) == 0
    assert writer.delete(election, keys) == count
    assert stored(connection) == rows[:1]
    assert writer.delete(election, {"election_id": []}) == 0


def test_a_second_update_in_one_transaction_is_not_mixed_with_the_first(connection, writer):
    rows = elections(300)
    writer.insert(election, columns_of(("election_id", "name", "election_date"), rows))
    for part, name in ((rows[:150], "first"), (rows[150:], "second")):
        keys = {"election_id": [row[0] for row in part]}
        assert writer.update(election, keys, {"name": [name] * 150}) == 150
    assert [row[1] for row in stored(connection)] == ["first"] * 150 + ["second"] * 150


def test_members_of_an_enumeration_are_written_as_their_text(connection, writer):
    rows = [("E1", Outcome.FAILED, DAY), ("E2", "plain", DAY)]
    writer.insert(election, columns_of(("election_id", "name", "election_date"), rows))
    assert [row[1] for row in stored(connection)] == ["Failed", "plain"]


def test_no_rows_are_no_statement(connection, writer):
    writer.insert(election, columns_of(("election_id", "name"), []), {"election_date": DAY})
    assert writer.update(election, {"election_id": []}, {"name": []}) == 0
    assert stored(connection) == []


def test_a_row_that_exists_is_a_conflict_that_names_its_constraint(writer):
    columns = columns_of(("election_id", "name", "election_date"), [*elections(2), *elections(1)])
    with pytest.raises(Conflict) as refused:
        writer.insert(election, columns)
    assert refused.value.ref == "pk_election"


@pytest.mark.parametrize("count", [2, 200])
def test_a_put_row_that_breaks_another_rule_is_refused(writer, count):
    rows = [(f"E{key}", None, DAY) for key in range(count)]
    with pytest.raises(Exception, match=r"(?i)null"):
        writer.put(election, columns_of(("election_id", "name", "election_date"), rows))


def test_put_instants_keep_their_microseconds(connection, writer):
    writer.put(search_probe, {"username": [], "person_digest": [], "ssn4_digest": [], "tried_at": []})
    bulk_writer(connection).insert(county, {"county_code": ["19"], "name": ["Los Angeles"], "fips": ["06037"]})
    bulk_writer(connection).insert(credential, {"username": ["la"], "county_code": ["19"], "secret_hmac": ["x"]})
    for at in (NOON, NOON + timedelta(microseconds=1)):
        writer.put(search_probe, {"username": ["la"], "person_digest": ["p"], "ssn4_digest": ["s"], "tried_at": [at]})
        assert connection.execute(select(search_probe.c.tried_at)).scalars().all() == [at]
