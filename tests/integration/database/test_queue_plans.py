"""A page of the queue reads its own rows only, however deep the queue is (EWS-02)."""

import pytest
from sqlalchemy import event, text

from db.repositories.messages import _STORED_PAGE

# What the double of Oracle plans says nothing about Oracle.
PLANNERS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture
def deep_queue(real_database, registry):
    """3,000 open messages and as many cleared ones in a voter's history."""
    with real_database() as uow:
        uow.messages.add([registry.message() for _ in range(3_000)], registry.now)
        # The server would plan by what it last counted in another test's rows.
        if uow._connection.dialect.name == "postgresql":
            uow._connection.execute(text("ANALYZE ems_message"))
        uow.commit()
    return real_database


@pytest.mark.requirement("EWS-02")
@pytest.mark.parametrize("database_url", PLANNERS, indirect=True)
@pytest.mark.parametrize("after", [0, 2_000])
def test_a_page_follows_the_index_and_sorts_nothing(deep_queue, after):
    with deep_queue(read_only=True) as uow:
        connection = uow._connection
        explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        values = {"county": "19", "after": after, "page_limit": 100}
        compiled = _STORED_PAGE._statement.params(values).compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        plan = "\n".join(str(row) for row in connection.execute(text(explain + str(compiled))))
    assert "ix_ems_message_queue" in plan or "pk_ems_message" in plan, plan
    assert "sort" not in plan.lower().replace("sorted", ""), plan
    assert "TEMP B-TREE" not in plan, plan
    assert "Seq Scan" not in plan, plan
    assert "SCAN ems_message" not in plan, plan


@pytest.mark.requirement("OPS-05")
@pytest.mark.parametrize("database_url", PLANNERS, indirect=True)
def test_the_search_for_what_is_to_be_archived_follows_the_same_index(deep_queue, registry):
    """It needs none of its own, which every clearing would pay for."""
    asked = []
    with deep_queue(read_only=True) as uow:
        connection = uow._connection
        event.listen(connection, "before_execute", lambda _, statement, *rest: asked.append(statement))
        uow.messages.over_before(registry.now, 100, 7)
        explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
        compiled = asked[0].compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
        plan = "\n".join(str(row) for row in connection.execute(text(explain + str(compiled))))
    assert "ix_ems_message_queue" in plan, plan
    assert "TEMP B-TREE" not in plan, plan
