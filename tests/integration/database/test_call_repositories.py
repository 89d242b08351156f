"""Stored replies, counted searches and DMV's files, on SQLite and PostgreSQL alike."""

from datetime import timedelta
from threading import Thread

import pytest
from integration.database.dmv_rows import dmv_job

from votecal_soap.domain.counties import Credential
from votecal_soap.domain.dmv_files import DmvFileState
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.ports import StoredReply

REPLY = StoredReply("d" * 64, "<DecideMatchCaseResponse/>")


@pytest.mark.requirement("EWS-07")
def test_an_answer_is_kept_for_its_county_and_transaction(real_database, registry):
    with real_database() as uow:
        uow.replies.keep("19", "t-1", REPLY, registry.now)
        uow.replies.keep("34", "t-1", REPLY._replace(body="<Other/>"), registry.now)
        uow.commit()
    with real_database() as uow:
        assert uow.replies.find("19", "t-1") == REPLY
        assert uow.replies.find("19", "t-2") is None
        with pytest.raises(Conflict) as refused:
            uow.replies.keep("19", "t-1", REPLY, registry.now)
        assert refused.value.code is ErrorCode.ALREADY_EXISTS


@pytest.mark.requirement("OPS-05")
def test_answers_are_forgotten_when_their_retention_has_passed(real_database, registry):
    with real_database() as uow:
        for county, transaction, days in (("19", "old-1", 3), ("34", "old-2", 2), ("19", "young", 0)):
            uow.replies.keep(county, transaction, REPLY, registry.now - timedelta(days=days))
        yesterday = registry.now - timedelta(days=1)
        assert [uow.replies.purge(yesterday, 1) for _ in range(3)] == [1, 1, 0]
        assert [uow.replies.find(*key) is None for key in (("19", "old-1"), ("34", "old-2"), ("19", "young"))] == [True, True, False]


@pytest.fixture
def searching(real_database):
    """Two credentials of one county, and one of another."""
    with real_database() as uow:
        for name, county_code in (("la", "19"), ("la-2", "19"), ("sac", "34")):
            uow.reference.save_credential(
                Credential(username=name, county_code=county_code, secret_hmac="x", expires_at=None, revoked_at=None, certificate_subject=None)
            )
        uow.commit()
    return real_database


@pytest.mark.requirement("EWS-08")
def test_different_ssn4_for_one_person_are_counted_and_repetitions_are_not(searching, registry):
    with searching() as uow:

        def tried(number, who="la", person="p", at=registry.now):
            return uow.search_probes.note(who, [person], str(number), at=at, since=at - timedelta(hours=1))

        assert [tried(1), tried(1), tried(2)] == [1, 1, 2]
        assert (tried(3, who="la-2"), tried(3, who="sac"), tried(3, person="q")) == (3, 1, 1)
        assert tried(4, at=registry.now + timedelta(minutes=59)) == 4
        assert tried(5, at=registry.now + timedelta(minutes=90)) == 2
        assert uow.search_probes.note("la", ["p", "q", "new"], "6", at=registry.now, since=registry.now - timedelta(hours=1)) == 6
        assert uow.search_probes.purge(registry.now + timedelta(minutes=1)) == 8
        assert uow.search_probes.purge(registry.now + timedelta(minutes=1)) == 0


@pytest.mark.requirement("EWS-08")
def test_tries_at_one_time_are_all_counted(searching, registry):
    counts = []

    def search(number):
        with searching() as uow:
            counts.append(uow.search_probes.note(("la", "la-2")[number % 2], ["p"], str(number), at=registry.now, since=registry.now - timedelta(hours=1)))
            uow.commit()

    threads = [Thread(target=search, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [1, 2, 3, 4, 5]


@pytest.mark.requirement("COA-01")
def test_a_file_is_expected_taken_and_processed(real_database, registry):
    with real_database() as uow:
        job_id = dmv_job(uow, registry)
        file_id = uow.dmv_files.expect(job_id, "coa-1.xml", registry.now)
        assert uow.dmv_files.of_job(job_id).state is DmvFileState.EXPECTED
        uow.dmv_files.take(file_id, "a" * 64, 1_000, registry.now)
        uow.dmv_files.set_record_count(file_id, 3)
        uow.dmv_files.add_counts(file_id, {"NoMatch": 1, "Duplicate": 1})
        uow.dmv_files.add_counts(file_id, {"NoMatch": 2})
        uow.dmv_files.add_scores(file_id, {90: 2, 99: 1})
        uow.dmv_files.add_scores(file_id, {90: 1})
        uow.dmv_files.complete(file_id, registry.now)
        uow.commit()
    with real_database(read_only=True) as uow:
        kept = uow.dmv_files.get(file_id)
        assert (kept.file_name, kept.state, kept.sha256, kept.byte_count, kept.record_count) == ("coa-1.xml", "Completed", "a" * 64, 1_000, 3)
        assert (uow.dmv_files.counts(file_id), uow.dmv_files.scores(file_id)) == ({"Duplicate": 1, "NoMatch": 3}, {90: 3, 99: 1})
        assert uow.dmv_files.taken("a" * 64) == kept
        assert uow.dmv_files.get(99) is uow.dmv_files.of_job(99) is uow.dmv_files.taken("b" * 64) is None


@pytest.mark.requirement("COA-01")
def test_the_same_bytes_are_taken_once_unless_they_were_refused(real_database, registry):
    with real_database() as uow:
        refused, first, second = (uow.dmv_files.expect(dmv_job(uow, registry), "coa.xml", registry.now) for _ in range(3))
        uow.dmv_files.take(refused, "a" * 64, 1_000, registry.now)
        uow.dmv_files.refuse(refused, "VC-1101", "This is not XML.", registry.now)
        uow.dmv_files.take(first, "a" * 64, 1_000, registry.now)
        uow.commit()
    with real_database() as uow, pytest.raises(Conflict) as conflict:
        uow.dmv_files.take(second, "a" * 64, 1_000, registry.now)
    assert conflict.value.code is ErrorCode.ALREADY_EXISTS
    with real_database() as uow:
        uow.dmv_files.refuse(second, "VC-4007", "The file was processed before.", registry.now, sha256="a" * 64, byte_count=1_000)
        told = uow.dmv_files.get(second)
        assert (told.state, told.error_code, told.sha256, told.byte_count) == (DmvFileState.REFUSED, "VC-4007", "a" * 64, 1_000)
        assert uow.dmv_files.taken("a" * 64).file_id == first


@pytest.mark.requirement("OPS-05")
def test_a_file_is_purged_once_and_only_when_it_has_ended(real_database, registry):
    old = registry.now - timedelta(days=40)
    with real_database() as uow:
        expected, taken, done, refused = (uow.dmv_files.expect(dmv_job(uow, registry), "coa.xml", old) for _ in range(4))
        for number, file_id in enumerate((taken, done)):
            uow.dmv_files.take(file_id, str(number) * 64, 1, old)
        uow.dmv_files.complete(done, old)
        uow.dmv_files.refuse(refused, "VC-1101", "This is not XML.", old)
        before = registry.now - timedelta(days=30)
        assert [file.file_id for file in uow.dmv_files.finished_before(before, 10)] == [done, refused]
        uow.dmv_files.set_purged(done, registry.now)
        assert [file.file_id for file in uow.dmv_files.finished_before(before, 10)] == [refused]
        assert uow.dmv_files.get(expected).state is DmvFileState.EXPECTED
