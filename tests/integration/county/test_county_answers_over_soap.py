"""UC03.22.01 from end to end: DMV's file at the state, its messages in the EMS, the county's answers over SOAP, and both sides alike."""

import os
from datetime import UTC, date, datetime, timedelta

import pytest

from jobs.scheduler import JobScheduler
from votecal_soap.contract.dmv_coa_writer import DmvCoaHeader, write_dmv_coa_file
from votecal_soap.county.case_answers import CaseAnswers
from votecal_soap.county.queue_consumer import QueueConsumer
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, ResidenceAddress
from votecal_soap.domain.jobs import JobType
from votecal_soap.domain.match_cases import CaseDecision, Decision
from votecal_soap.errors import Conflict, ErrorCode, NotFound

TODAY = date(2026, 3, 1)
HOME = ResidenceAddress(
    house_number="20001", street_name="FLOWER", street_type="ST", residence_city="LOS ANGELES", residence_state="CA", residence_zip_code="90012"
)


def record(number, voter=None, **changes):
    """A voter under another middle name and without a number, or nobody."""
    blank = DmvRecord(*(None,) * len(DmvRecord._fields))
    known = {name: getattr(voter, name) for name in ("first_name", "last_name", "date_of_birth")} if voter else {"first_name": "ZEB", "last_name": "QUACK"}
    old = ResidenceAddress(*(getattr(voter, name) for name in ResidenceAddress._fields)) if voter else None
    fixed = {"sequence": number, "transaction_id": f"T{number}", "kind": DmvRecordKind.CHANGE_OF_ADDRESS, "transaction_date": TODAY, "new_address": HOME}
    return blank._replace(**fixed, **known, old_address=old, middle_name="QUENTIN", **changes)


@pytest.fixture
def voters(state, ems):
    """Voters with a middle name; the EMS knows the state's ids of all."""
    ids = [row[0] for row in ems.connection.execute("SELECT voter_num FROM voters ORDER BY voter_key").fetchall()]
    with state.application.unit_of_work() as uow:
        known = uow.voters.lock_by_ems_id("19", ids)
    with ems.transaction() as connection:
        connection.executemany(
            "UPDATE voters SET state_uid = ?, base_version = 1 WHERE voter_num = ?", [(int(each.state_voter_id), each.ems_voter_id) for each in known]
        )
    return [each for each in known if len(each.middle_name or "") > 1 and each.status == "Active" and each.suffix is None]


def process(state, *records):
    """DMV drops a file, the scheduled job takes it."""
    now, application = datetime.now(UTC), state.application
    path = application.config.dmv_drop_folder / "a.xml"
    write_dmv_coa_file(path, DmvCoaHeader("A", now), records)
    os.utime(path, (now.timestamp() - 60,) * 2)
    fixed = {"county_code": None, "election_id": None, "data_kinds": (), "repeat": None, "notice": None, "scheduled_by": "sam", "scheduled_at": now}
    with application.unit_of_work() as uow:
        job_type = JobType.PROCESS_DMV_COA_RECORD_FILE
        job_id = uow.jobs.add(job_type=job_type, state="Pending", not_before=now - timedelta(seconds=1), **fixed)
        uow.dmv_files.expect(job_id, "a.xml", now)
        uow.commit()
    JobScheduler(application).make_all_due()
    state.work()


@pytest.mark.requirement("COA-21", "COA-33", "EWS-07", "EWS-11")
def test_the_countys_answers_stand_on_both_sides_alike(state, ems, office, client, voters):
    process(state, record(1, voters[0]), record(2))
    assert dict(QueueConsumer(office, client).drain().imported) == {"PotentialMatch": 1, "UnresolvedDmvCoa": 1}
    answers = CaseAnswers(office, client)
    assert dict(answers.answer()) == {"DecideMatchCase Accept Accepted": 1, "ReportUnresolvedCoa NonMatch": 1}
    with state.application.unit_of_work(read_only=True) as uow:
        moved = uow.voters.get(int(voters[0].state_voter_id))
    assert (moved.house_number, moved.street_name, moved.home_precinct, moved.version) == ("20001", "FLOWER", None, 2)
    row = ems.connection.execute(
        "SELECT res_house_no, res_street, home_pct, base_version, changed_since_sync FROM voters WHERE voter_num = ?", (moved.ems_voter_id,)
    )
    assert row.fetchone() == ("20001", "Flower", None, 2, 0)
    assert not answers.answer()
    assert QueueConsumer(office, client).drain().imported.total() == 0


@pytest.mark.requirement("EWS-07")
def test_a_word_that_was_sent_before_is_answered_as_before_and_another_is_refused(state, ems, office, client, voters):
    process(state, record(1, voters[0]))
    QueueConsumer(office, client).drain()
    (case_id,) = ems.connection.execute("SELECT case_id FROM state_cases").fetchone()
    word = CaseDecision(case_id=case_id, expected_version=1, decision=Decision.REJECT, basis="Somebody else")
    first = client.decide_match_case("19-one", word)
    assert client.decide_match_case("19-one", word) == first
    with pytest.raises(Conflict) as refused:
        client.decide_match_case("19-two", word)
    assert refused.value.code is ErrorCode.CASE_DECIDED
    assert dict(CaseAnswers(office, client).answer()) == {"DecideMatchCase refused VC-4009": 1}


@pytest.mark.requirement("EWS-11")
def test_a_move_that_is_not_there_is_not_accepted(client):
    with pytest.raises(NotFound) as missing:
        client.accept_transfer_out("19-one", 99)
    assert missing.value.code is ErrorCode.TRANSFER_NOT_FOUND
