"""Every benchmark runs to its end at small scale: its figures are read at full scale, by people, seldom."""

import json
import subprocess
import sys
from math import isnan
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
COMMANDS = sorted(path.stem for path in BENCHMARKS.glob("*.py") if "command(" in path.read_text() and path.stem != "reporting")


def test_there_are_benchmarks():
    assert {"batch_pipeline", "coa_job", "coa_matching", "console", "duplicates", "queue"} <= set(COMMANDS)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_benchmark_ends_and_tells_its_figures(name):
    ended = subprocess.run([sys.executable, "-m", f"benchmarks.{name}", "--json"], cwd=BENCHMARKS.parent, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    figures = json.loads(ended.stdout)["figures"]
    assert figures
    assert not any(isnan(figure["value"]) for figure in figures)
