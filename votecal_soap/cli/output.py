"""How results are shown: tables for people, JSON for programs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from votecal_soap.clock import CALIFORNIA

PIPE_WIDTH = 160
"""Columns when the output is no terminal: a log or a pipe need not be folded at 80."""


def console(*, stderr: bool = False) -> Console:
    """A console on the process's present streams."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else PIPE_WIDTH, highlight=False, soft_wrap=False)


def show_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, default=_plain, indent=2, ensure_ascii=False))


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their headings."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(text(cell) for cell in row))
    console().print(table)


def show_fields(fields: Mapping[str, object]) -> None:
    """Print one thing, a field a line; what is not set is left out."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in fields.items():
        if value not in (None, ""):
            table.add_row(name, text(value))
    console().print(table)


def text(value: object) -> str:
    """A cell: times in California's, nothing as a blank."""
    if isinstance(value, datetime):
        return value.astimezone(CALIFORNIA).strftime("%Y-%m-%d %H:%M %Z")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return "" if value is None else str(value)


def progress() -> Progress:
    """A progress bar on stderr, so that stdout stays the result; none where stderr is no terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console(stderr=True), disable=not sys.stderr.isatty())
