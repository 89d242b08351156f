"""How a DMV file is shown: where it stands, its records by outcome, a histogram of confidence, the records that could not be read."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from votecal_soap.cli import output
from votecal_soap.domain.dmv_files import SCORE_BUCKETS
from votecal_soap.use_cases.list_jobs import SHOWN_RECORDS, DmvFileReport

_BAR_WIDTH: Final = 50


def as_json(report: DmvFileReport) -> dict[str, object]:
    """The whole report for programs."""
    return {**asdict(report), "file": report.file._asdict(), "unreadable": [item._asdict() for item in report.unreadable]}


def show(report: DmvFileReport) -> None:
    """The report for people."""
    file = report.file
    output.console().print()
    refusal = f"{file.error_code} {file.error_text}" if file.error_code else None
    output.show_fields({"File": file.file_name, "File state": file.state, "SHA-256": file.sha256, "Taken": file.taken_at, "Refused": refusal})
    if report.outcomes:
        output.console().print()
        output.show_table(("Outcome", "Records"), report.outcomes.items())
    if report.scores:
        output.console().print("\nConfidence of each record's best match:")
        output.show_table(("Confidence", "Records", ""), histogram(report.scores))
    if report.unreadable:
        output.console().print(f"\nRecords that could not be read (the first {SHOWN_RECORDS}):")
        rows = ((item.sequence, error.code, error.ref, error.text) for item in report.unreadable for error in item.errors)
        output.show_table(("Record", "Error", "Place", "What to do"), rows)


def histogram(scores: Mapping[int, int]) -> list[tuple[str, int, str]]:
    """A row for each bucket, from the lowest: its range, its records, and a bar as long as they are many."""
    most = max(scores.values(), default=0)
    return [(_range(bucket), scores.get(bucket, 0), "█" * _bar(scores.get(bucket, 0), most)) for bucket in SCORE_BUCKETS]


def _bar(count: int, most: int) -> int:
    # Few among many are still seen.
    return max(round(_BAR_WIDTH * count / most), 1) if count else 0


def _range(bucket: int) -> str:
    following = [other for other in SCORE_BUCKETS if other > bucket]
    last = following[0] - 1 if following else bucket
    return f"{bucket}" if last == bucket else f"{bucket}–{last}"
