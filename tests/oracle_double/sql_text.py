"""Looking into the text of a statement without being misled by what stands in quotes or parentheses."""

import re
from collections.abc import Sequence
from typing import Final

_QUOTED: Final = re.compile(r"""'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/""", re.DOTALL)
_INNERMOST: Final = re.compile(r"\(([^()]*)\)")

BINDS: Final = re.compile(r"""'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|"(?:[^"]|"")*"|:(?P<quote>"?)(?P<name>\w[\w$#]*)(?P=quote)""", re.DOTALL)
"""Binds, and whatever may hold a colon without being one."""


def without_literals(sql: str) -> str:
    """The statement with its literals emptied and its comments gone."""
    return _QUOTED.sub(lambda found: "''" if found.group().startswith("'") else " ", sql)


def levels(sql: str) -> list[str]:
    """What stands in each pair of parentheses, and last what stands in none; inner pairs are left as ()."""
    found = []
    mark = "\0"
    while inner := _INNERMOST.search(sql):
        found.append(inner.group(1).replace(mark, "()"))
        sql = sql[: inner.start()] + mark + sql[inner.end() :]
    return [*found, sql.replace(mark, "()")]


def bind_names(sql: str) -> list[str]:
    """The names of all binds, once for each place."""
    return [found["name"] for found in BINDS.finditer(sql) if found["name"]]


def with_question_marks(sql: str) -> str:
    """The statement with JDBC's marks for its binds."""
    return BINDS.sub(lambda found: "?" if found["name"] else found.group(), sql)


def with_types(sql: str, types: Sequence[str]) -> str:
    """JDBC's marks with the types named that are told."""
    parts = sql.split("?")
    marks = [f"CAST(? AS {kind})" if kind else "?" for kind in types]
    return "".join(part + mark for part, mark in zip(parts, [*marks, ""], strict=True))
