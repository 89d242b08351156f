"""The list of refused records of a load: where and why, never what (OPS-03, OPS-05)."""

import csv
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from votecal_soap.use_cases.load_voters import Refusal


class RefusalList:
    """Writes a CSV row for each broken rule, to a file for its owner alone or to stderr."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, if one is named."""
        self._file = sys.stderr if path is None else os.fdopen(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", newline="")
        self._is_own = path is not None
        self._rows = csv.writer(self._file)
        self._headed = False

    def __enter__(self) -> Self:
        """Nothing to begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close what was opened."""
        if self._is_own:
            self._file.close()

    def add(self, refusal: Refusal) -> None:
        """Write one refused record."""
        if not self._headed:
            self._rows.writerow(("Sequence", "EmsVoterId", "Code", "Place", "Text"))
            self._headed = True
        for error in refusal.errors:
            self._rows.writerow((refusal.sequence, _neutral(refusal.ems_voter_id or ""), error.code, error.ref or "", error.text))


def _neutral(cell: str) -> str:
    # A county's id may begin with what a spreadsheet takes for a formula.
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") else cell
