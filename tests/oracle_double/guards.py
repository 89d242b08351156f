"""What Oracle 19c refuses and H2 would take, by the error that Oracle is documented to give.

The same rules are the lint of all statements that the suite emits. They know the mistakes that were made or foreseen;
they are no grammar.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from oracle_double.errors import OracleError
from oracle_double.reserved_words import RESERVED
from oracle_double.sql_text import levels, without_literals

IN_LIST_LIMIT: Final = 1000
NAME_BYTES: Final = 128

_TYPES: Final = "NUMBER|VARCHAR2|INTEGER|SMALLINT|CLOB|BLOB|DATE|TIMESTAMP|CHAR|FLOAT|NUMERIC"
_NOT_ENDED: Final = OracleError(933, "SQL command not properly ended")

_ANYWHERE: Final[tuple[tuple[str, OracleError], ...]] = (
    (r"\bLIMIT\s+[?:\d(]", _NOT_ENDED),
    (r"::", _NOT_ENDED),
    (r"\bON\s+CONFLICT\b", _NOT_ENDED),
    (r"\bIS\s+(NOT\s+)?(TRUE|FALSE|\d)", OracleError(908, "missing NULL keyword")),
    (r"\bVALUES\s*\([^()]*(\([^()]*\)[^()]*)*\)\s*,\s*\(", _NOT_ENDED),
    (r"\bSELECT\s+(NOT\s+)?EXISTS\s*\(", OracleError(936, "missing expression")),
    (r"(?<![\w:.\"])(TRUE|FALSE)\b(?!\s*\()", OracleError(904, "invalid identifier")),
    (r"\bWITH\s+RECURSIVE\b", OracleError(905, "missing keyword")),
    (r"\bIS\s+(NOT\s+)?NULL\s+AS\b|(=|<|>)\s*:?[\w.]+\s+AS\s+\w", OracleError(923, "FROM keyword not found where expected")),
    (r"\bILIKE\b", OracleError(920, "invalid relational operator")),
    (r"\bFROM\s+\w+\s+AS\s+\w", _NOT_ENDED),
    (r"\bJOIN\s+\w+\s+AS\s+\w", OracleError(905, "missing keyword")),
    (r"\bVARCHAR2\b(?!\s*\()", OracleError(906, "missing left parenthesis")),
    (r"\b(CREATE|DROP)\s+\w+\s+IF\s+(NOT\s+)?EXISTS\b", OracleError(922, "missing or invalid option")),
    (r"\A\s*UPDATE\s+\w+\s+AS\s", OracleError(971, "missing SET keyword")),
    (r"\bADD\s+COLUMN\b", OracleError(904, "invalid identifier")),
    (r"\A\s*(DELETE\s+FROM\s+\w+\s+USING)\b", _NOT_ENDED),
)
_NO_TYPE: Final = re.compile(r"(?:[(,]|\bADD)\s*\w+\s+(?:BOOLEAN|TEXT|BIGINT|SERIAL|BYTEA|JSON|DOUBLE)\b")


def refuse(sql: str) -> None:
    """Raise what Oracle 19c would."""
    text = without_literals(sql)
    upper = text.upper()
    for rule, problem in _ANYWHERE:
        if re.search(rule, upper, re.DOTALL):
            raise problem
    for check in _CHECKS:
        for problem in check(upper):
            raise problem


def _locks_on_a_view(sql: str) -> Iterator[OracleError]:
    outermost = levels(sql)[-1]
    if re.search(r"\bFOR\s+UPDATE\b", outermost) and re.search(r"\bFETCH\s+(FIRST|NEXT)\b|\bSELECT\s+DISTINCT\b|\bGROUP\s+BY\b|\bUNION\b", outermost):
        yield OracleError(2014, "cannot select FOR UPDATE from view with DISTINCT, GROUP BY, etc.")


def _long_lists(sql: str) -> Iterator[OracleError]:
    for listed in re.finditer(r"\bIN\s*\(([^()]*)\)", sql):
        if listed.group(1).count(",") >= IN_LIST_LIMIT:
            yield OracleError(1795, "maximum number of expressions in a list is 1000")


def _selects_from_nothing(sql: str) -> Iterator[OracleError]:
    if re.match(r"\s*(GRANT|REVOKE|COMMENT)\b", sql):
        return
    for level in levels(sql):
        for select in re.split(r"\bUNION(?:\s+ALL)?\b|\bMINUS\b|\bINTERSECT\b", level):
            if re.search(r"\bSELECT\b(?!.*\bFROM\b)", select, re.DOTALL):
                yield OracleError(923, "FROM keyword not found where expected")


def _updates_from(sql: str) -> Iterator[OracleError]:
    if re.match(r"\s*UPDATE\b.*\bSET\b.*\bFROM\b", levels(sql)[-1], re.DOTALL):
        yield _NOT_ENDED


def _returns_into_nothing(sql: str) -> Iterator[OracleError]:
    if re.search(r"\bRETURNING\b(?!.*\bINTO\b)", sql, re.DOTALL):
        yield OracleError(925, "missing INTO keyword")


def _definitions(sql: str) -> Iterator[OracleError]:
    if not re.match(r"\s*(CREATE|ALTER)\s+TABLE\b", sql):
        return
    if _NO_TYPE.search(sql):
        yield OracleError(902, "invalid datatype")
    for named in re.finditer(rf"(?:[(,]|\bADD)\s*([A-Z_][\w$#]*)\s+(?:{_TYPES})\b", sql):
        if named.group(1).lower() in RESERVED:
            yield OracleError(904, f"{named.group(1)}: invalid identifier")


def _long_names(sql: str) -> Iterator[OracleError]:
    if any(len(name) > NAME_BYTES for name in re.findall(r"[A-Z_][\w$#]*", sql)):
        yield OracleError(972, "identifier is too long")


_CHECKS: Final[tuple[Callable[[str], Iterator[OracleError]], ...]] = (
    _locks_on_a_view,
    _long_lists,
    _selects_from_nothing,
    _updates_from,
    _returns_into_nothing,
    _definitions,
    _long_names,
)
