"""What the repositories would say to Oracle 19c, caught before it is sent: nothing that 19c is known to refuse."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.dialects import oracle

from db.bulk.core import CoreBulkWriter
from db.repositories import leases
from db.repositories.identity import SqlIdentityRepository
from db.repositories.jobs import SqlJobRepository
from db.repositories.message_clearing import _NAMED
from db.repositories.messages import SqlMessageRepository
from db.repositories.queue_depths import QueueDepths
from db.repositories.reference import SqlReferenceRepository
from db.repositories.uploads import SqlUploadRepository
from db.repositories.voter_versions import copy_versions
from db.repositories.voters import SqlVoterRepository
from db.tables import voter
from votecal_soap.domain.jobs import StopRequest

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Caught(Exception):
    """A statement was about to be sent."""


class CatchingConnection:
    """Compiles for 19c what it is asked to execute, and goes no further."""

    def __init__(self):
        self.dialect = oracle.dialect()
        self.dialect.supports_native_boolean = False
        self.said = ""

    def execute(self, statement, parameters=None):
        names = list(parameters[0]) if isinstance(parameters, list) else None
        filled = statement.params(parameters) if statement.is_select and parameters else statement
        self.said = str(filled.compile(dialect=self.dialect, column_keys=names, compile_kwargs={"render_postcompile": statement.is_select}))
        raise Caught


def said(call):
    """The first statement of a call."""
    connection = CatchingConnection()
    bulk = CoreBulkWriter(connection)
    parts = {
        "voters": SqlVoterRepository(connection, bulk),
        "messages": SqlMessageRepository(connection, bulk, QueueDepths(connection)),
        "jobs": SqlJobRepository(connection, bulk),
        "uploads": SqlUploadRepository(connection),
        "reference": SqlReferenceRepository(connection),
        "identity": SqlIdentityRepository(connection, bulk),
        "bulk": bulk,
        "connection": connection,
    }
    with suppress(Caught):
        call(type("Parts", (), parts))
    return connection.said


CALLS = {
    "lock voters": lambda db: db.voters.lock_by_state_id([1]),
    "lock voters by county": lambda db: db.voters.lock_by_ems_id("19", ["E1"]),
    "version as of": lambda db: db.voters.version_as_of(1, date(2026, 1, 1)),
    "changed by others": lambda db: db.voters.changed_by_others(1, [(1, 1)]),
    "without precinct": lambda db: db.voters.count_without_voting_precinct("19", "E"),
    "pending identity": lambda db: db.voters.pending_identity(0, 10),
    "copy versions": lambda db: copy_versions(db.connection, [1], NOON, None),
    "update voters": lambda db: db.bulk.update(voter, {"state_voter_id": [1], "version": [1]}, {"version": [2]}, {"updated_at": NOON}),
    "page": lambda db: db.messages.page("19", 10, with_payload=True),
    "headers": lambda db: db.messages.page("19", 10, with_payload=False),
    "by ids": lambda db: db.messages.by_ids("19", [1]),
    "clear": lambda db: db.connection.execute(_NAMED, {"listed": [1, 2]}),
    "blocking": lambda db: db.messages.voters_with_blocking("19", [1]),
    "candidates": lambda db: leases.claim(db.connection, "w", 60, 5),
    "take": lambda db: leases._taken(db.connection, 1, "w", 60),
    "heartbeat": lambda db: db.jobs.heartbeat(1, "t", 60),
    "hand back": lambda db: db.jobs.hand_back(1, "t"),
    "exhausted": lambda db: leases._exhausted(db.connection, 1, 5),
    "stop": lambda db: db.jobs.request_stop(1, StopRequest.PAUSE),
    "offered": lambda db: db.jobs.offered("19", NOON),
    "lock job": lambda db: db.jobs.get(1, lock=True),
    "outcomes": lambda db: db.jobs.outcomes(1, 0, 10),
    "purge": lambda db: db.uploads.finished_before(NOON, 10),
    "latest upload": lambda db: db.uploads.latest(1, lock=True),
    "certificate": lambda db: db.reference.credential_by_certificate("CN"),
    "open requests": lambda db: db.identity.add([(1, "Ssn4")], "x", NOON),
}

REFUSED = {
    "FETCH FIRST with FOR UPDATE (ORA-02014)": r"(?s)FETCH FIRST.*FOR UPDATE",
    "LIMIT": r"\bLIMIT\b",
    "SELECT EXISTS": r"(?i)select\s+\(?exists",
    "a truth value as a value": r"\bIS (NOT )?TRUE\b|\btrue\b|\bfalse\b",
    "UPDATE ... FROM": r"(?s)\AUPDATE [^;]* FROM staged",
    "ON CONFLICT": r"ON CONFLICT",
    "a cast with colons": r"::",
    "several rows of VALUES": r"VALUES \([^)]*\),",
}


@pytest.mark.parametrize("name", CALLS)
def test_a_statement_is_one_that_oracle_19c_takes(name):
    statement = said(CALLS[name])
    assert statement
    for what, pattern in REFUSED.items():
        assert not re.search(pattern, statement), f"{what}: {statement}"


def test_a_claim_looks_first_and_locks_then():
    assert "FOR UPDATE" not in said(CALLS["candidates"])
    assert "FETCH FIRST" in said(CALLS["candidates"])


def test_records_that_are_changed_are_locked():
    for name in ("lock voters", "lock voters by county", "clear", "lock job"):
        assert said(CALLS[name]).endswith("FOR UPDATE")


def test_headers_do_not_select_the_payload():
    assert "ems_message.payload" in said(CALLS["page"])
    assert "ems_message.payload" not in said(CALLS["headers"])
