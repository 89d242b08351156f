"""Many rows at once, at the speed of the driver (architecture decision 3).

Values come column by column, not row by row: a column is converted once for its type, in C, and a constant
is converted once for all rows. Each database writes in the way that is fastest for it.
"""

from sqlalchemy import Connection

from db.bulk.columns import BulkWriter, Columns, Constants, columns_of
from db.bulk.core import CoreBulkWriter
from db.bulk.oracle import OracleBulkWriter
from db.bulk.postgresql import PostgresqlBulkWriter
from db.bulk.sqlite import SqliteBulkWriter

__all__ = ["BulkWriter", "Columns", "Constants", "bulk_writer", "columns_of"]


def bulk_writer(connection: Connection) -> BulkWriter:
    """The writer for this connection's database."""
    if connection.dialect.name == "sqlite":
        return SqliteBulkWriter(connection)
    if connection.dialect.name == "postgresql":
        return PostgresqlBulkWriter(connection)
    if connection.dialect.name == "oracle":
        return OracleBulkWriter(connection)
    return CoreBulkWriter(connection)
