"""The column types of our own, the same on every database (measured pitfalls: docs/adr/0003).

With these, the DDL for Oracle 19c and 23ai is the same, no time zone is lost, and a naive time cannot be written.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import CLOB, SmallInteger, String, Text, TypeDecorator
from sqlalchemy.dialects import oracle, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TIMESTAMP, TypeEngine

_UNZONED = TIMESTAMP(timezone=False)


class UtcTimestamp(TypeDecorator[datetime]):
    """An instant: refuses naive values, stores naive UTC in TIMESTAMP(6), gives aware UTC back."""

    impl = TIMESTAMP
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """SQLite keeps text with microseconds; elsewhere TIMESTAMP without a zone (Oracle's DATE would lose the fraction)."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sqlite.DATETIME())  # type: ignore[no-untyped-call] # SQLAlchemy's own gap
        return dialect.type_descriptor(_UNZONED)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware to naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive time cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Naive UTC to aware."""
        return None if value is None else value.replace(tzinfo=UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """SQLite's text straight to an aware instant, once for all rows of a chunk: a page of the queue is read a third faster."""
        if dialect.name == "sqlite":
            return lambda text: None if text is None else _instant(text)
        return super().result_processor(dialect, coltype)


@lru_cache(4096)
def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class ShortText(TypeDecorator[str]):
    """Text of a stated length in which nothing and empty are the same: Oracle stores '' as NULL, so every database does."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        """Require a length: Oracle refuses VARCHAR2 without one."""
        super().__init__(length)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Empty to None; a StrEnum to the plain text that drivers know."""
        return str(value) if value else None


class Beginning(ShortText):
    """Text of which the first characters are kept: the whole is in the audit trail and in the message about it."""

    cache_ok = True

    def __init__(self, length: int) -> None:
        """Keep so many characters."""
        super().__init__(length)
        self._length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Cut: the contract takes longer texts than the column, which a server would refuse."""
        return super().process_bind_param(value and value[: self._length], dialect)


class YesNo(TypeDecorator[bool]):
    """A truth value as 0 or 1: Oracle 19c has no BOOLEAN. The column carries a CHECK."""

    impl = SmallInteger
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int | None:
        """True to 1."""
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        """1 to True."""
        return None if value is None else bool(value)


class JsonText(TypeDecorator[Any]):
    """JSON as text: Oracle's native type differs between releases."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """CLOB on Oracle."""
        return dialect.type_descriptor(oracle.CLOB() if dialect.name == "oracle" else Text())

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        """Canonical JSON."""
        return None if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401 - JSON is any value
        """Text to values."""
        return None if value is None else json.loads(value)


LongText = Text().with_variant(CLOB(), "oracle")
"""Text without a bound: message payloads, audit details."""
