"""Alembic's entry: runs revisions on the connection that `db.schema` hands over, or writes them as SQL."""

from typing import Any

from alembic import context
from alembic.ddl.oracle import OracleImpl
from sqlalchemy import Connection, CursorResult, Executable, Table
from sqlalchemy.exc import DatabaseError

from db.engine import create_engine
from db.tables import metadata
from votecal_soap.errors import Conflict

# Name, index, column or constraint is there already; table, index or column is gone already.
DONE_BEFORE = frozenset({955, 1408, 1430, 2260, 2261, 2264, 2275, 942, 1418})


class PlainOracle(OracleImpl):
    """Alembic's Oracle, for a database that commits each definition by itself.

    A revision that broke in the middle leaves what it had defined, and is run again from its begin: what is there already,
    or gone already, is passed over. The version row is inserted by a statement that SQL*Plus can run.
    """

    __dialect__ = "oracle"

    def _exec(self, construct: Executable | str, *arguments: Any, **options: Any) -> CursorResult[Any] | None:  # noqa: ANN401 - passed through
        """Run one statement, unless an earlier attempt did."""
        try:
            return super()._exec(construct, *arguments, **options)
        except Conflict:  # rows that an earlier attempt filled in
            return None
        except DatabaseError as error:
            reported: Any = error.orig
            if reported.args[0].code not in DONE_BEFORE:
                raise
            return None

    def version_table_impl(self, **options: object) -> Table:
        """The version table, without RETURNING."""
        table = super().version_table_impl(**options)  # type: ignore[arg-type] # passed through
        table.implicit_returning = False
        return table


def run_online(connection: Connection) -> None:
    """Run the revisions in the connection's transaction."""
    # SQLite cannot alter most things: Alembic copies the table instead.
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
    with context.begin_transaction():
        context.run_migrations()


def run_offline(url: str) -> None:
    """Write the revisions as SQL to standard output, for DBAs."""
    context.configure(url=url, target_metadata=metadata, literal_binds=True)
    # No server is asked here, and without one SQLAlchemy writes for 23ai; what 19c takes, 23ai takes too.
    context.get_context().dialect.supports_native_boolean = False
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
named = context.config.get_main_option("sqlalchemy.url") or context.get_x_argument(as_dictionary=True).get("url", "")
if context.is_offline_mode():
    run_offline(named)
elif handed_over is not None:
    run_online(handed_over)
else:
    with create_engine(named).begin() as own:
        run_online(own)
