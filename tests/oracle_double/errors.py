"""Oracle's error numbers for what H2 reports."""

import re
from collections.abc import Callable
from typing import Final


class OracleError(Exception):
    """An error as the server would report it."""

    def __init__(self, code: int, text: str, h2_state: str = "") -> None:
        """`code` is the number after ORA-."""
        super().__init__(f"ORA-{code:05d}: {text}")
        self.code = code
        self.h2_state = h2_state


_UNIQUE: Final = "23505"

_CODES: Final = {
    "23502": (1400, "cannot insert NULL"),
    "23503": (2292, "integrity constraint violated - child record found"),
    "23506": (2291, "integrity constraint violated - parent key not found"),
    "23513": (2290, "check constraint violated"),
    "22001": (12899, "value too large for column"),
    "22003": (1438, "value larger than specified precision allowed for this column"),
    "22018": (1722, "invalid number"),
    "40001": (60, "deadlock detected while waiting for resource"),
    "HYT00": (30006, "resource busy; acquire with WAIT timeout expired"),
    "42S01": (955, "name is already used by an existing object"),
    "42S02": (942, "table or view does not exist"),
    "42S04": (942, "table or view does not exist"),
    "42S11": (955, "name is already used by an existing object"),
    "42S12": (1418, "specified index does not exist"),
    "42S21": (1430, "column being added already exists in table"),
    "42S22": (904, "invalid identifier"),
    "90037": (942, "table or view does not exist"),
    "90038": (955, "name is already used by an existing object"),
    "90045": (2275, "such a referential constraint already exists in the table"),
    "90069": (1921, "role name conflicts with another user or role name"),
    "90107": (2449, "unique/primary keys in table referenced by foreign keys"),
}


def from_h2(state: str, text: str, constraint_of: Callable[[str, str], str]) -> OracleError:
    """H2's SQL state and message; `constraint_of` finds the constraint of an index of a table."""
    if state == _UNIQUE:
        return OracleError(1, f"unique constraint ({_violated(text, constraint_of)}) violated")
    code, told = _CODES.get(state, (900, "invalid SQL statement"))
    return OracleError(code, f"{told} [H2 {state}: {_short(text)}]", state)


def _violated(text: str, constraint_of: Callable[[str, str], str]) -> str:
    # 'Unique index or primary key violation: "PRIMARY KEY ON APP.T(ID) ..."' or '"APP.IX ON APP.T(A NULLS FIRST) VALUES ..."'
    found = re.search(r'"(?:(PRIMARY KEY)|\w+\.(\w+)) ON (\w+)\.(\w+)', text)
    if found is None:
        return "APP.UNKNOWN"
    key, index, schema, table = found.groups()
    return f"{schema}.{constraint_of(table, index or key)}"


def _short(text: str) -> str:
    return " ".join(text.split())[:300]
