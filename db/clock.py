"""The database's own clock, as SQL: leases on several machines must not depend on any machine's time (JOB-02)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.functions import FunctionElement

from db.types import UtcTimestamp


class utcnow(FunctionElement[datetime]):
    """The instant at which the statement began, in UTC, moved by some seconds."""

    type = UtcTimestamp()
    inherit_cache = True

    def __init__(self, plus_seconds: int = 0) -> None:
        """Bind the seconds, so that the statement's text does not depend on them."""
        super().__init__(bindparam("plus_seconds", plus_seconds, Integer, unique=True))

    @property
    def seconds(self) -> BindParameter[int]:
        """The bound number of seconds."""
        bound = next(iter(self.clauses))
        assert isinstance(bound, BindParameter)  # noqa: S101 - what __init__ put there
        return bound


@compiles(utcnow, "sqlite")
def _sqlite(element: utcnow, compiler: SQLCompiler, **kwargs: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature
    # CURRENT_TIMESTAMP has whole seconds, %f three digits; the stored form has six, and text is compared.
    return f"(strftime('%Y-%m-%d %H:%M:%f', 'now', {compiler.process(element.seconds, **kwargs)} || ' seconds') || '000')"


@compiles(utcnow, "postgresql")
def _postgresql(element: utcnow, compiler: SQLCompiler, **kwargs: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature
    return f"(statement_timestamp() AT TIME ZONE 'utc' + make_interval(secs => {compiler.process(element.seconds, **kwargs)}))"


@compiles(utcnow, "oracle")
def _oracle(element: utcnow, compiler: SQLCompiler, **kwargs: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature
    return f"(SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL({compiler.process(element.seconds, **kwargs)}, 'SECOND'))"
