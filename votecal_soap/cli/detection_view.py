"""How a run of duplicate detection is shown."""

from votecal_soap.cli import output
from votecal_soap.use_cases.list_jobs import DetectionReport


def as_json(report: DetectionReport) -> dict[str, object]:
    """The whole report for programs."""
    return {**report.run._asdict(), **report.progress._asdict()}


def show(report: DetectionReport) -> None:
    """The report for people."""
    run, progress = report.run, report.progress
    output.console().print()
    compared = f"the whole roll, about {run.voter_count} voters" if run.changed_since is None else f"{run.voter_count} changed voters"
    fields = {"Compared": compared, "Changed since": run.changed_since, "Partitions": f"{progress.partitions_done} of {progress.partitions}"}
    output.show_fields({**fields, "Begun": run.begun_at, "Ended": run.finished_at})
    if progress.outcomes:
        output.console().print()
        output.show_table(("Outcome", "Pairs"), progress.outcomes.items())
