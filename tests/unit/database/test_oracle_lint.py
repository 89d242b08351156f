"""The lint of all emitted statements: what it sees, and what it says."""

from fixtures.oracle_lint import Collected, problems
from sqlalchemy import column, func, insert, literal, select, table, true
from sqlalchemy.dialects import sqlite

VOTER = table("voter", column("state_voter_id"), column("updated_at"))


def collected(*statements):
    """What the listener would have noted of them on SQLite; they are not sent, or the lint would judge them too."""
    kept = Collected()
    for statement in statements:
        compiled = statement.compile(dialect=sqlite.dialect())
        kept.note("sqlite", str(compiled), compiled)
    return kept


def test_a_statement_to_another_database_is_seen_as_oracle_would_get_it():
    kept = collected(select(VOTER.c.state_voter_id).limit(5), insert(VOTER).values(state_voter_id=1))
    assert any("FETCH FIRST" in statement for statement in kept.statements)
    assert any("INSERT INTO voter (state_voter_id) VALUES (:state_voter_id)" in statement for statement in kept.statements)
    assert list(problems(kept.statements.items())) == []


def test_each_statement_is_kept_once_with_the_test_that_sent_it():
    statement = select(VOTER.c.state_voter_id)
    kept = collected(statement, statement)
    assert len(kept.statements) == 1
    assert "test_each_statement_is_kept_once" in next(iter(kept.statements.values()))


def test_a_truth_value_that_only_23ai_takes_is_told():
    kept = collected(select(VOTER.c.state_voter_id).where(VOTER.c.updated_at.is_(true())))
    assert {problem.what[:9] for problem in problems(kept.statements.items())} == {"ORA-00908"}


def test_a_lock_on_a_page_is_told():
    page = select(VOTER.c.state_voter_id).limit(5)
    kept = collected(page, page.with_for_update())
    assert {problem.what[:9] for problem in problems(kept.statements.items())} == {"ORA-02014"}


def test_a_long_name_is_told_and_a_long_bind_is_not():
    assert [problem.what for problem in problems([("SELECT a FROM a_name_of_more_than_thirty_letters", "t")])] == [
        "names longer than 30: a_name_of_more_than_thirty_letters"
    ]
    assert list(problems([("SELECT a FROM t WHERE a = :a_bind_of_more_than_thirty_letters", "t")])) == []


def test_what_only_one_database_says_is_counted_apart():
    kept = collected(select(func.json_each(literal("[1]")).table_valued("value").c.value))
    assert kept.native + len(kept.statements) >= 1
