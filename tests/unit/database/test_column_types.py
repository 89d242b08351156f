"""The column types of our own."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import oracle, postgresql, sqlite

from db.types import JsonText, ShortText, UtcTimestamp, YesNo

DIALECTS = [sqlite.dialect(), postgresql.dialect(), oracle.dialect()]
NOON = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_an_instant_is_stored_as_naive_utc_and_given_back_aware(dialect):
    kind = UtcTimestamp()
    pacific = NOON.astimezone(timezone(timedelta(hours=-8)))
    stored = kind.process_bind_param(pacific, dialect)
    assert stored == NOON.replace(tzinfo=None)
    assert kind.process_result_value(stored, dialect) == NOON
    assert kind.process_bind_param(None, dialect) is kind.process_result_value(None, dialect) is None


def test_a_naive_time_cannot_be_stored():
    with pytest.raises(ValueError, match="naive"):
        UtcTimestamp().process_bind_param(NOON.replace(tzinfo=None), DIALECTS[0])


def test_oracle_keeps_the_fraction():
    assert str(UtcTimestamp().compile(dialect=oracle.dialect())) == "TIMESTAMP"


def test_truth_is_one_and_zero():
    kind = YesNo()
    assert [kind.process_bind_param(value, DIALECTS[0]) for value in (True, False, None)] == [1, 0, None]
    assert [kind.process_result_value(value, DIALECTS[0]) for value in (1, 0, None)] == [True, False, None]


def test_nothing_and_empty_text_are_the_same():
    kind = ShortText(10)
    assert [kind.process_bind_param(value, DIALECTS[0]) for value in ("", None, "x")] == [None, None, "x"]


def test_json_has_one_form():
    kind = JsonText()
    assert kind.process_bind_param({"b": 1, "a": "ñ"}, DIALECTS[0]) == '{"a":"ñ","b":1}'
    assert kind.process_result_value('{"a":1}', DIALECTS[0]) == {"a": 1}
    assert kind.process_bind_param(None, DIALECTS[0]) is kind.process_result_value(None, DIALECTS[0]) is None
