"""The list of refused records of a load: where and why, never what (OPS-03, OPS-05)."""

import csv
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from votecal_soap.contract.csv_cells import neutral
from votecal_soap.use_cases.load_voters import Refusal


class RefusalList:
    """Writes a CSV row for each broken rule, to a file for its owner alone or to stderr."""

    def __init__(self, path: Path | None) -> None:
        """Take the file's name, if there is one."""
        self._path = path
        self._files = ExitStack()
        self._file: TextIO = sys.stderr
        self._headed = False

    def __enter__(self) -> Self:
        """Nothing to begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close what was opened."""
        self._files.close()

    def begin(self, resumed: bool) -> None:
        """Open the file: the list of a load that is resumed goes on, any other begins anew."""
        if self._path is None:
            return
        descriptor = os.open(self._path, os.O_CREAT | os.O_WRONLY | (os.O_APPEND if resumed else os.O_TRUNC), 0o600)
        self._headed = os.fstat(descriptor).st_size > 0
        # Line by line: what is told before a commit must be there when the process is killed after it.
        self._file = self._files.enter_context(os.fdopen(descriptor, "a" if resumed else "w", buffering=1, newline=""))

    def add(self, refusal: Refusal) -> None:
        """Write one refused record."""
        rows = csv.writer(self._file)
        if not self._headed:
            rows.writerow(("Sequence", "EmsVoterId", "Code", "Place", "Text"))
            self._headed = True
        for error in refusal.errors:
            rows.writerow((refusal.sequence, neutral(refusal.ems_voter_id), error.code, error.ref or "", error.text))
