"""Alembic's entry: runs revisions on the connection that `db.schema` hands over, or writes them as SQL."""

from alembic import context
from alembic.ddl.oracle import OracleImpl
from sqlalchemy import Connection, Table

from db.engine import create_engine
from db.tables import metadata


class PlainOracle(OracleImpl):
    """Alembic's Oracle, whose version row is inserted by a statement that SQL*Plus can run."""

    __dialect__ = "oracle"

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
