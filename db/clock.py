"""The database's own clock, as SQL: leases on several machines must not depend on any machine's time (JOB-02)."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.sql.functions import FunctionElement

from db.types import UtcTimestamp
from votecal_soap.clock import Clock


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


def go_by(clock: Clock, connection: Any) -> None:  # noqa: ANN401 - a driver's connection
    """Have a SQLite connection tell this clock's time: it has none but the machine's, and a sandbox's days are moved."""

    def told(_form: str, _now: str, moved: str) -> str:
        instant = clock.now() + timedelta(seconds=int(moved.partition(" ")[0]))
        return instant.strftime("%Y-%m-%d %H:%M:%S.") + f"{instant.microsecond // 1000:03}"

    connection.create_function("strftime", 3, told)  # with as many arguments as the statement above gives


@compiles(utcnow, "postgresql")
def _postgresql(element: utcnow, compiler: SQLCompiler, **kwargs: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature
    return f"(statement_timestamp() AT TIME ZONE 'utc' + make_interval(secs => {compiler.process(element.seconds, **kwargs)}))"


@compiles(utcnow, "oracle")
def _oracle(element: utcnow, compiler: SQLCompiler, **kwargs: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own signature
    return f"(SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL({compiler.process(element.seconds, **kwargs)}, 'SECOND'))"
