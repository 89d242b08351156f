"""A chunk locks its voters in one turn: in two it could hold what another transaction waits for, and wait for what that one holds (VRU-20)."""

from types import SimpleNamespace

import pytest
from fakes.unit_of_work import FakeDatabase
from integration.batch.batch_texts import voter

from votecal_soap.domain.batches import BatchRecord
from votecal_soap.use_cases.apply_batch_chunk import _Known

ANN, BOB, CAL, ZOE = 7, 8, 9, 10


def record(sequence, *, state_voter_id=None, ems_voter_id=None):
    rest = dict.fromkeys(("base_version", "effective_date", "voting_precinct"))
    return BatchRecord(sequence=sequence, state_voter_id=state_voter_id, ems_voter_id=ems_voter_id, fields=(), given=(), errors=(), **rest)


@pytest.mark.requirement("VRU-20")
def test_voters_named_by_either_id_are_locked_at_once_and_in_the_order_of_their_uids(monkeypatch):
    database, turns = FakeDatabase(), []
    database.committed.voters = {uid: voter(uid) for uid in (ANN, BOB, CAL)} | {ZOE: voter(ZOE, "34")}
    records = [record(1, state_voter_id=CAL), record(2, ems_voter_id=f"LA-{ANN}"), record(3, state_voter_id=BOB), record(4, ems_voter_id=f"LA-{ZOE}")]
    with database() as uow:
        lock = uow.voters.lock_by_state_id
        monkeypatch.setattr(uow.voters, "lock_by_state_id", lambda *named: turns.append(named) or lock(*named))
        known = _Known(uow, records, SimpleNamespace(job_id=1, election_id=None), "19")
    assert turns == [([ANN, BOB, CAL], "19")]
    assert [getattr(known.of(each), "state_voter_id", None) for each in records] == [CAL, ANN, BOB, None]
