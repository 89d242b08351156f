"""Thousands of keys are looked up one by one on SQLite, however many voters a county has."""

import pytest
from sqlalchemy import event

UIDS, EMS_IDS = (100_000_001, 100_000_002), ("LA1", "LA2")
QUESTIONS = [
    (lambda uow: uow.voters.uids("19", EMS_IDS), "(county_code=? AND ems_voter_id=?)"),
    (lambda uow: uow.voters.lock_by_state_id(UIDS), "voter USING INTEGER PRIMARY KEY (rowid=?)"),
    (lambda uow: uow.voters.lock_by_state_id(UIDS, "19"), "voter USING INTEGER PRIMARY KEY (rowid=?)"),
    (lambda uow: uow.messages.voters_with_blocking("19", UIDS), "ix_ems_message_voter (state_voter_id=?"),
]


@pytest.mark.parametrize(("ask", "looked_up"), QUESTIONS, ids=["uids", "anybody", "of a county", "blocking"])
def test_each_key_is_looked_up_by_its_own_index(sqlite_uow, ask, looked_up):
    asked = []
    with sqlite_uow(read_only=True) as uow:
        event.listen(uow._connection, "before_cursor_execute", lambda *given: asked.append(given[2:4]))
        ask(uow)
        statement, values = asked[0]
        plan = "\n".join(row[-1] for row in uow._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values))
    assert looked_up in plan, plan
