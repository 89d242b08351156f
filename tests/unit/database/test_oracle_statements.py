"""What the repositories would say to Oracle 19c, caught before it is sent: nothing that 19c is known to refuse."""

from contextlib import suppress
from datetime import UTC, date, datetime

import numpy as np
import pytest
from integration.database.dmv_rows import dmv_record, match_case, work_item
from oracle_double.guards import refuse
from sqlalchemy.dialects import oracle

from db.bulk.core import CoreBulkWriter
from db.engine import create_engine
from db.key_sets import select_among
from db.repositories import leases, match_candidates, match_keys, match_merging, match_rebuilding, message_archive, silver_records
from db.repositories.audit import SqlAuditRepository
from db.repositories.case_counts import CaseCounts
from db.repositories.children import SqlChildRepository
from db.repositories.detection_runs import SqlDetectionRunRepository, _claimable
from db.repositories.dmv_files import SqlDmvFileRepository
from db.repositories.identity import SqlIdentityRepository
from db.repositories.jobs import SqlJobRepository
from db.repositories.logins import SqlLoginRepository
from db.repositories.mailings import SqlMailingRepository
from db.repositories.match_cases import SqlMatchCaseRepository
from db.repositories.matching import SqlMatchingRepository
from db.repositories.merges import SqlMergeRepository
from db.repositories.message_clearing import _NAMED
from db.repositories.messages import _STORED_PAGE, SqlMessageRepository
from db.repositories.number_series import NumberSeries
from db.repositories.queue_depths import QueueDepths
from db.repositories.reference import CREDENTIAL_BY_NAME, SqlReferenceRepository
from db.repositories.replies import SqlReplyRepository
from db.repositories.roll import SqlRollRepository
from db.repositories.search_probes import SqlSearchProbeRepository
from db.repositories.sos_work_items import SqlSosItemRepository
from db.repositories.uploads import SqlUploadRepository
from db.repositories.voter_versions import copy_versions
from db.repositories.voters import SqlVoterRepository
from db.repositories.work_items import SqlWorkItemRepository
from db.tables import voter, voter_match_key, voter_match_key_recent
from votecal_soap.domain.dmv_repeats import keyed
from votecal_soap.domain.duplicate_runs import RollPartition
from votecal_soap.domain.duplicates import DuplicateCause
from votecal_soap.domain.jobs import StopRequest
from votecal_soap.domain.match_cases import CaseState, CaseType, Disposition, MailingKind
from votecal_soap.domain.merging import MergeRecord, RecordChange
from votecal_soap.domain.sos_work_items import NewSosWorkItem, SosItemQuery, SosItemType
from votecal_soap.domain.voter_children import CustomField, NewChild
from votecal_soap.domain.voters import Confidentiality
from votecal_soap.domain.work_lists import CaseListQuery, CaseOrder, CasePosition
from votecal_soap.search.key_joins import asked_keys

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

MERGE = MergeRecord(1, 1, 2, 1, RecordChange(1, 2, ()), None, NOON, None, None)


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
        "voters": SqlVoterRepository(connection, bulk, NumberSeries(connection, None)),
        "messages": SqlMessageRepository(connection, bulk, QueueDepths(connection)),
        "jobs": SqlJobRepository(connection, bulk),
        "uploads": SqlUploadRepository(connection),
        "reference": SqlReferenceRepository(connection),
        "identity": SqlIdentityRepository(connection, bulk),
        "work_items": SqlWorkItemRepository(connection, bulk, NumberSeries(connection, None)),
        "match_cases": SqlMatchCaseRepository(connection, bulk, NumberSeries(connection, None), CaseCounts(connection)),
        "mailings": SqlMailingRepository(connection, bulk),
        "dmv_files": SqlDmvFileRepository(connection),
        "replies": SqlReplyRepository(connection),
        "probes": SqlSearchProbeRepository(connection),
        "logins": SqlLoginRepository(connection),
        "audit": SqlAuditRepository(connection, bulk),
        "matching": SqlMatchingRepository(connection, bulk),
        "children": SqlChildRepository(connection, bulk),
        "merges": SqlMergeRepository(connection, NumberSeries(connection, None)),
        "sos_items": SqlSosItemRepository(connection, NumberSeries(connection, None)),
        "roll": SqlRollRepository(connection),
        "detections": SqlDetectionRunRepository(connection, bulk),
        "bulk": bulk,
        "connection": connection,
    }
    with suppress(Caught):
        call(type("Parts", (), parts))
    return connection.said


CASES = {"case_types": (CaseType.DMV_COA,), "states": (CaseState.OPEN,), "limit": 25}

CALLS = {
    "use step": lambda db: db.logins.use_step("ada", 1),
    "failures": lambda db: db.logins.failures(["a", "b", "c"]),
    "note failure": lambda db: db.logins.note_failure("a", NOON, forgiven_before=NOON),
    "session": lambda db: db.logins.session("a"),
    "audit of a subject": lambda db: db.audit.of_subject("Voter", 1, 10),
    "activities": lambda db: db.voters.activities(1, 10),
    "version history": lambda db: db.voters.version_history(1, 10),
    "poison": lambda db: db.messages.poison("19", 10),
    "poison counts": lambda db: db.messages.poison_counts(),
    "queue hours": lambda db: db.messages.hours("19", NOON),
    "open counts": lambda db: db.match_cases.open_counts(None),
    "waiting by day": lambda db: db.match_cases.waiting(CaseListQuery(order=CaseOrder.DUE, after=CasePosition(date(2026, 3, 1), 7), **CASES)),
    "waiting by confidence": lambda db: db.match_cases.waiting(CaseListQuery(order=CaseOrder.CONFIDENCE, after=CasePosition(80, 7), **CASES)),
    "cases of a voter": lambda db: db.match_cases.of_voter(1, 10),
    "count unresolved": lambda db: db.work_items.count_unresolved_of_sos(10),
    "lock voters": lambda db: db.voters.lock_by_state_id([1]),
    "lock voters of a county": lambda db: db.voters.lock_by_state_id([1], "19"),
    "voters by a county's ids": lambda db: db.voters.lock_by_ems_id("19", ["E1"]),
    "version as of": lambda db: db.voters.version_as_of(1, date(2026, 1, 1)),
    "changed by others": lambda db: db.voters.changed_by_others(1, [(1, 1)]),
    "without precinct": lambda db: db.voters.count_without_voting_precinct("19", "E"),
    "pending identity": lambda db: db.voters.pending_identity(0, 10),
    "copy versions": lambda db: copy_versions(db.connection, [1], NOON, None),
    "update voters": lambda db: db.bulk.update(voter, {"state_voter_id": [1], "version": [1]}, {"version": [2]}, {"updated_at": NOON}),
    "page": lambda db: db.messages.page("19", 10, with_payload=True),
    "headers": lambda db: db.messages.page("19", 10, with_payload=False),
    "stored page": lambda db: db.messages.stored_page("19", 10, with_payload=True, after=7),
    "by ids": lambda db: db.messages.by_ids("19", [1]),
    "clear": lambda db: db.connection.execute(_NAMED, {"listed": [1, 2]}),
    "blocking": lambda db: db.messages.voters_with_blocking("19", [1]),
    "candidates": lambda db: leases.claim(db.connection, "w", 60, 5),
    "take": lambda db: leases._taken(db.connection, 1, "w", 60),
    "heartbeat": lambda db: db.jobs.heartbeat(1, "t", 60),
    "hand back": lambda db: db.jobs.hand_back(1, "t"),
    "lock candidate": lambda db: leases._locked(db.connection, 1, lease_seconds=60),
    "exhausted": lambda db: leases._end_exhausted(db.connection, 1, 5),
    "stop": lambda db: db.jobs.request_stop(1, StopRequest.PAUSE),
    "offered": lambda db: db.jobs.offered("19", NOON),
    "lock job": lambda db: db.jobs.get(1, lock=True),
    "outcomes": lambda db: db.jobs.outcomes(1, 0, 10),
    "purge": lambda db: db.uploads.finished_before(NOON, 10),
    "latest upload": lambda db: db.uploads.latest(1, lock=True),
    "certificate": lambda db: db.reference.credential_by_certificate("CN"),
    "candidates of keys": lambda db: db.matching.candidates(asked_keys([np.array([1, 2])], [np.array([0, 0])]), 1000),
    "candidates of common keys": lambda db: list(select_among(db.connection, match_candidates._sharing_up_to, [1], most=9)),
    "people as compared": lambda db: list(select_among(db.connection, match_keys.match_rows, [1])),
    "sizes of keys": lambda db: list(select_among(db.connection, match_candidates._sizes, [1])),
    "delete keys": lambda db: db.bulk.delete(voter_match_key, {"match_key": [1], "state_voter_id": [1]}),
    "put keys": lambda db: db.bulk.put(voter_match_key_recent, {"match_key": [1], "state_voter_id": [1], "held": [1]}),
    "next recent keys": lambda db: db.matching.merge_keys(None, 10),
    "lock recent keys": lambda db: match_merging.locked_recent(db.connection, voter_match_key_recent.c.match_key > 1, skip_locked=True),
    "clear keys": lambda db: db.matching.clear_keys(0),
    "next voters": lambda db: db.matching.rebuild_keys(0, 10),
    "lock next voters": lambda db: db.connection.execute(match_rebuilding._locked(0, 10)),
    "lowest voter": lambda db: db.matching.state_voter_id_span(),
    "oversized keys": lambda db: db.matching.oversized_keys(10),
    "zip codes": lambda db: db.matching.counties_of_zip(["90001"]),
    "weights": lambda db: db.matching.weights("v1"),
    "blackouts": lambda db: db.matching.blackouts(),
    "records to learn from": lambda db: db.matching.recent_dmv_records(10),
    "versions before": lambda db: list(select_among(db.connection, silver_records._before, [1])),
    "open requests": lambda db: db.identity.add([(1, "Ssn4")], "x", NOON),
    "card due": lambda db: db.voters.with_card_due("19", 0, 10),
    "confidential voters": lambda db: db.voters.confidential("19", NOON.date(), 0, 10),
    "confidential since": lambda db: db.voters.confidential_since(Confidentiality.PUBLIC_SAFETY, NOON.date(), 0, 10),
    "messages that are over": lambda db: db.messages.over_before(NOON, 10),
    "archive": lambda db: db.messages.archive([1, 2], NOON),
    "archived by ids": lambda db: message_archive.by_ids(db.connection, "19", [1]),
    "archived keys": lambda db: message_archive.known_keys(db.connection, ["k"]),
    "forget archived": lambda db: db.messages.forget_archived(NOON, 10),
    "known keys": lambda db: db.messages.known_keys(["k"]),
    "potential voters due": lambda db: db.work_items.potential_voters_due("19", 0, 10),
    "add work items": lambda db: db.work_items.add([work_item(1)], 1, NOON),
    "lock work item": lambda db: db.work_items.get(1, lock=True),
    "seen": lambda db: db.work_items.seen([keyed(dmv_record())]),
    "close": lambda db: db.work_items.close([1], Disposition.REPLACED, NOON),
    "earlier open": lambda db: db.work_items.earlier_open([1]),
    "signature of": lambda db: db.work_items.signature_of(1),
    "purge signatures": lambda db: db.work_items.purge_signatures(NOON, 10),
    "item counts": lambda db: db.work_items.counts(),
    "items of SOS": lambda db: db.work_items.unresolved_of_sos(10),
    "add cases": lambda db: db.match_cases.add([match_case(1, 1)], NOON),
    "lock case": lambda db: db.match_cases.get(1, lock=True),
    "cases": lambda db: db.match_cases.listed("19", states=[CaseState.OPEN], case_types=None, after_case_id=0, limit=10),
    "count cases": lambda db: db.match_cases.count("19", [CaseState.OPEN]),
    "replace": lambda db: db.match_cases.replace([1], NOON),
    "overdue": lambda db: db.match_cases.overdue(NOON.date(), 10),
    "overdue counts": lambda db: db.match_cases.overdue_counts(NOON.date()),
    "transfers past": lambda db: db.match_cases.transfers_past(NOON, 10),
    "cases of voters": lambda db: db.match_cases.of_voters([1], [CaseState.OPEN]),
    "rounds of pairs": lambda db: db.match_cases.latest_of_pairs([(1, 2)]),
    "cases by cause": lambda db: db.match_cases.open_by_cause(DuplicateCause.VERIFIED_LICENSE, 0, 10),
    "children": lambda db: db.children.of_voters([1]),
    "add children": lambda db: db.children.add([NewChild(1, CustomField("19", "Dog", "1"))], NOON),
    "delete originals": lambda db: db.children.delete_originals(MERGE),
    "unmerge": lambda db: db.children.unmerge(MERGE),
    "standing merges": lambda db: db.merges.standing([1, 2]),
    "open SOS items": lambda db: db.sos_items.open([NewSosWorkItem(SosItemType.REVIEW_REJECTED_DUPLICATE, NOON.date(), case_id=1)], NOON),
    "lock SOS item": lambda db: db.sos_items.get(1, lock=True),
    "list SOS items": lambda db: db.sos_items.listed(SosItemQuery(item_type=SosItemType.REVIEW_REJECTED_DUPLICATE)),
    "count SOS items": lambda db: db.sos_items.counts(NOON.date()),
    "notes": lambda db: db.sos_items.notes(1),
    "due mailings": lambda db: db.mailings.due(MailingKind.VNC_DUE, "19", 0, 10),
    "exported mailings": lambda db: db.mailings.exported("x.csv", 0, 10),
    "withdraw": lambda db: db.mailings.withdraw(MailingKind.VNC_DUE, state_voter_id=1, at=NOON),
    "restore": lambda db: db.mailings.restore(1, NOON),
    "reply": lambda db: db.replies.find("19", "t"),
    "purge replies": lambda db: db.replies.purge(NOON, 10),
    "probe": lambda db: db.probes.note("la", "p", "s", at=NOON, since=NOON),
    "DMV file": lambda db: db.dmv_files.taken("a"),
    "page of the roll": lambda db: db.roll.page(0, 10),
    "changed voters": lambda db: db.roll.changed_since(NOON, 10),
    "newest detection": lambda db: db.detections.newest(1),
    "last detection": lambda db: db.detections.last_finished_begun_at(),
    "partitions to claim": lambda db: db.detections.claim_partition(1, 1),
    "lock partition": lambda db: db.detections._is_free(1, _claimable(1, 1)),
    "partition progress": lambda db: db.detections.progress(1),
    "save partition": lambda db: db.detections.save_partition(1, RollPartition(1, 1, 2, 2), 1, {}),
    "count pairs": lambda db: db.detections._count(1, 1, "Opened", 3),
    "purge DMV files": lambda db: db.dmv_files.finished_before(NOON, 10),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_statement_is_one_that_oracle_19c_takes(name):
    statement = said(CALLS[name])
    assert statement
    refuse(statement)


@pytest.mark.parametrize("query", [_STORED_PAGE, CREDENTIAL_BY_NAME])
def test_a_prepared_query_is_one_that_oracle_19c_takes_as_it_stands(query):
    text = query._compile(create_engine("oracle+oracledb://h/?service_name=x").dialect).text
    assert "POSTCOMPILE" not in text
    refuse(text)


def test_a_claim_looks_first_and_locks_then():
    assert "FOR UPDATE" not in said(CALLS["candidates"])
    assert "FETCH FIRST" in said(CALLS["candidates"])


def test_of_what_may_be_claimed_one_row_is_locked_that_nobody_holds():
    for name in ("lock candidate", "lock partition"):
        assert said(CALLS[name]).endswith("FOR UPDATE SKIP LOCKED")


def test_records_that_are_changed_are_locked():
    for name in ("lock voters", "lock voters of a county", "clear", "lock job", "lock work item", "lock case", "replace", "probe"):
        assert said(CALLS[name]).endswith("FOR UPDATE")


def test_headers_do_not_select_the_payload():
    assert "ems_message.payload" in said(CALLS["page"])
    assert "ems_message.payload" not in said(CALLS["headers"])
