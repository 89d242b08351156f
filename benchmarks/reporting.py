"""What a benchmark found: each figure with its goal and whether it holds, as a table or as JSON."""

import argparse
import json
import platform
import resource
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Literal

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured figure. `goal` is the bar it must meet in the sense of `sense`; None when it only informs."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    sense: Literal["at least", "at most"] = "at least"

    @property
    def holds(self) -> bool | None:
        """Whether the bar is met."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.sense == "at least" else self.value <= self.goal


@dataclass(slots=True, kw_only=True)
class Report:
    """The figures of one run."""

    benchmark: str
    scale: str
    figures: list[Figure] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)
    """What the figures hold for: sizes, seeds, rates."""

    def add(self, name: str, value: float, unit: str, *, at_least: float | None = None, at_most: float | None = None) -> None:
        """Keep a figure, with its bar if it has one."""
        goal, sense = (at_most, "at most") if at_most is not None else (at_least, "at least")
        self.figures.append(Figure(name=name, value=value, unit=unit, goal=goal, sense=sense))  # type: ignore[arg-type] # one of the two literals

    def as_json(self) -> str:
        """Every figure, its goal, and whether it holds."""
        figures = [{**asdict(figure), "holds": figure.holds} for figure in self.figures]
        run = {"benchmark": self.benchmark, "scale": self.scale, "python": platform.python_version(), "facts": self.facts}
        return json.dumps({**run, "figures": figures}, indent=1)

    def show(self) -> None:
        """A table for a person."""
        table = Table("figure", "value", "unit", "goal", "holds", title=f"{self.benchmark}, scale {self.scale}")
        for figure in self.figures:
            goal = "" if figure.goal is None else f"{figure.sense} {figure.goal:g}"
            holds = {None: "", True: "yes", False: "NO"}[figure.holds]
            digits = 4 if figure.unit == "share" else 2
            table.add_row(figure.name, f"{figure.value:,.{digits}f}", figure.unit, goal, holds)
        console = Console(width=140)
        for name, value in self.facts.items():
            console.print(f"{name}: {value}")
        console.print(table)


def peak_megabytes() -> float:
    """Peak memory of this process and of the largest child that has ended."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return (own.ru_maxrss + children.ru_maxrss) / 1024


def command(name: str, run: Callable[[str], Report]) -> None:
    """The command line that every benchmark shares; exit code 1 when a bar is missed at full scale."""
    parser = _parser(name, run.__doc__)
    options = parser.parse_args()
    _tell(run(options.scale), options)


def database_command(name: str, run: Callable[[str, str | None], Report]) -> None:
    """The same, of a benchmark that a server's database may be named for."""
    parser = _parser(name, run.__doc__)
    parser.add_argument("--database", metavar="URL", help="an empty database, which is filled; a SQLite file in a temporary folder unless one is named")
    options = parser.parse_args()
    _tell(run(options.scale, options.database), options)


def _parser(name: str, description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=description)
    parser.add_argument("--scale", choices=("small", "full"), default="small", help="small ends within a minute; full is what the docs quote")
    parser.add_argument("--json", action="store_true", help="print every figure, its goal and whether it holds")
    return parser


def _tell(report: Report, options: argparse.Namespace) -> None:
    if options.json:
        print(report.as_json())
    else:
        report.show()
    sys.exit(1 if options.scale == "full" and any(figure.holds is False for figure in report.figures) else 0)
