"""Oracle's statements in H2's words. Whatever changes a meaning is named here, and listed in docs/adr/0014."""

import re
from typing import Final

from oracle_double.errors import OracleError

USER: Final = "APP"

_STORAGE: Final = r"\)\s*(ORGANIZATION\s+INDEX|PARTITION\s+BY|TABLESPACE|SEGMENT\s+CREATION|ENABLE\s+ROW|COMPRESS|INITRANS|PCTFREE|LOCAL|ONLINE|GLOBAL)\b.*\Z"
_FUNCTION_INDEX: Final = re.compile(r"\A\s*(CREATE\s+UNIQUE\s+INDEX)\s+(\w+)\s+ON\s+(\w+)\s*\((.*)\)\s*\Z", re.IGNORECASE | re.DOTALL)

_WORDS: Final = (
    (r"\bSYS_EXTRACT_UTC\s*\(\s*SYSTIMESTAMP\s*\)", "CAST(SYSTIMESTAMP AT TIME ZONE 'UTC' AS TIMESTAMP(6))"),
    (r"\bNUMTODSINTERVAL\s*\(\s*([^()]*?)\s*,\s*'SECOND'\s*\)", r"(CAST(\1 AS BIGINT) * INTERVAL '1' SECOND)"),
    (r"\bsys_context\s*\(\s*'USERENV'\s*,\s*'SESSION_USER'\s*\)", f"'{USER}'"),
    (r"\bsys_context\s*\(\s*'USERENV'\s*,\s*'CURRENT_SCHEMA'\s*\)", "CURRENT_SCHEMA"),
    (r"\A\s*CREATE\s+USER\s+(\w+)\s.*\Z", r"CREATE SCHEMA \1"),
    (r"\A\s*ALTER\s+SESSION\s+SET\s+CURRENT_SCHEMA\s*=\s*", "SET SCHEMA "),
    (r"\A\s*GRANT\s+READ\s+ON\b", "GRANT SELECT ON"),
    (r"\A\s*ALTER\s+SESSION\s+SET\s+TIME_ZONE\s*=\s*", "SET TIME ZONE "),
    (r"\A\s*ALTER\s+SESSION\s+SET\s+ISOLATION_LEVEL\s*=\s*", "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL "),
    (r"\A\s*ALTER\s+SESSION\s+SET\s+(?!TIME|CURRENT_SCHEMA)\w+\s*=.*\Z", "SELECT 1 FROM DUAL WHERE 1 = 0"),
    (
        r"\A\s*ALTER\s+TABLE\s+(\w+)\s+MODIFY\s+\(\s*(\w+)\s+GENERATED\s+BY\s+DEFAULT\s+AS\s+IDENTITY\s*\(START\s+WITH\s+(\d+).*\Z",
        r"ALTER TABLE \1 ALTER COLUMN \2 RESTART WITH \3",
    ),
    (r"\A\s*ALTER\s+TABLE\s+(\w+)\s+MODIFY\s+\(?(\w+)\s+(.*?)\)?\s*\Z", r"ALTER TABLE \1 ALTER COLUMN \2 \3"),
)


def rewritten(sql: str) -> list[str]:
    """One statement or several, of which the last has the result."""
    if re.match(r"\s*(BEGIN|DECLARE|CALL)\b", sql, re.IGNORECASE):
        raise OracleError(6550, "the double has no PL/SQL")
    if re.match(r"\s*CREATE\s+(TABLE|(UNIQUE\s+)?INDEX)\b", sql, re.IGNORECASE):
        sql = re.sub(_STORAGE, ")", sql, flags=re.IGNORECASE | re.DOTALL)
        if (index := _FUNCTION_INDEX.match(sql)) and "CASE" in index.group(4).upper():
            return _index_on_expressions(*index.groups())
    for pattern, words in _WORDS:
        sql = re.sub(pattern, words, sql, flags=re.IGNORECASE | re.DOTALL)
    return [sql]


def _index_on_expressions(create: str, name: str, table: str, columns: str) -> list[str]:
    """H2 indexes columns alone: each expression becomes a column that no statement sees."""
    parts = [part.strip() for part in columns.split(",")]
    statements = []
    for place, part in enumerate(parts):
        if not re.fullmatch(r"\w+", part):
            parts[place] = f"{name}_{place}"
            statements.append(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {parts[place]} VARCHAR(4000) INVISIBLE GENERATED ALWAYS AS ({part})")
    return [*statements, f"{create} {name} ON {table} ({', '.join(parts)})"]
