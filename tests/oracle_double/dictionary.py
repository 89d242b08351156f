"""The few views of Oracle's dictionary that SQLAlchemy and Alembic ask, over H2's own; in a schema that everybody sees, in place of public synonyms."""

from typing import Final

VIEWS: Final = (
    """CREATE VIEW IF NOT EXISTS SYS.ALL_TABLES AS
    SELECT table_schema AS owner, table_name, CAST(NULL AS VARCHAR(30)) AS tablespace_name, 'VALID' AS status,
        CAST(NULL AS VARCHAR(30)) AS iot_name, CAST(NULL AS VARCHAR(30)) AS duration
    FROM information_schema.tables WHERE table_type = 'BASE TABLE'""",
    """CREATE VIEW IF NOT EXISTS SYS.ALL_VIEWS AS
    SELECT table_schema AS owner, table_name AS view_name FROM information_schema.views""",
    """CREATE VIEW IF NOT EXISTS SYS.ALL_MVIEWS AS
    SELECT table_schema AS owner, table_name AS mview_name FROM information_schema.views WHERE 1 = 0""",
    """CREATE VIEW IF NOT EXISTS SYS.ALL_SEQUENCES AS
    SELECT sequence_schema AS sequence_owner, sequence_name FROM information_schema.sequences""",
)
