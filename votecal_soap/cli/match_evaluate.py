"""`votecal match evaluate`: how good the Search Service is on labelled people, ours or anybody's."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from votecal_soap.cli import options, output

if TYPE_CHECKING:
    from votecal_soap.search.evaluation.engine import Evaluation
    from votecal_soap.search.evaluation.metrics import Quality

_FIT_METHODS: Final = ("em", "cv", "silver", "none")
_STAGES: Final = 5
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


class ColumnNames(click.ParamType[dict[str, str]]):
    """A list such as `last_name=surname,zip=postcode`."""

    name = "ours=theirs,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, str]:  # noqa: ANN401 - click's signature
        """Split the list; which side is ours is found out when the file is read."""
        if isinstance(value, dict):
            return value
        pairs = [pair.partition("=") for pair in value.split(",") if pair.strip()]
        if any(not (ours.strip() and theirs.strip()) for ours, _, theirs in pairs):
            self.fail("write it as last_name=surname,zip=postcode", param, ctx)
        return {ours.strip(): theirs.strip() for ours, _, theirs in pairs}


@click.command()
@click.option("--left", type=_file, required=True, help="CSV with a heading, or Parquet. Alone: duplicates within it.")
@click.option("--right", type=_file, help="A second file: links between the two.")
@click.option("--fit", type=click.Choice(_FIT_METHODS), default="em", show_default=True, help="Where the weights come from.")
@click.option("--columns", type=ColumnNames(), default="", help="What the files call our columns, if not what it might be guessed.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of samples and folds.")
@options.as_json
def evaluate(left: Path, right: Path | None, fit: str, columns: dict[str, str], seed: int, as_json: bool) -> None:
    """Measure matching on labelled people: `cluster` says which records are one person.

    \b
    Columns, any of which may be missing or empty: id, cluster, first_name, middle_name, last_name, suffix, date_of_birth, gender,
    dl_id, ssn4, house_number, street, unit_number, city, zip; also full_name, birth_year/_month/_day, and other (e-mail and the like).
    Usual other names are known (first, surname, dob, postcode ...).

    \b
    --fit em      weights from the data alone, without labels
    --fit cv      from the labels of half the people, tried on the other half
    --fit silver  the shipped weights, moved by pairs with dl_id on both sides
    --fit none    the shipped weights as they are

    Example: votecal match evaluate --left people.csv --fit em --json
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    from votecal_soap.search.evaluation.engine import evaluate as measure
    from votecal_soap.search.evaluation.learning import FitMethod

    with output.progress() as bar:
        stage = bar.add_task("", total=_STAGES)
        result = measure(left, right, fit=FitMethod(fit), names=columns, seed=seed, on_stage=lambda name: bar.update(stage, description=name, advance=1))
    if as_json:
        output.show_json(asdict(result))
    else:
        _show(result)


def _show(result: "Evaluation") -> None:
    output.show_fields(
        {
            "Records": ", ".join(str(count) for count in result.records),
            "Weights": result.fit,
            "Columns used": ", ".join(result.columns),
            "Columns not used": ", ".join(result.ignored_columns),
            "Pairs of one person": result.true_pairs,
            "Pairs scored": result.pairs_scored,
            "Blocking recall": f"{result.blocking_recall:.4f}",
            "Recall at precision .999": f"{result.recall_at_precision_999:.4f}",
            "Calibration error": f"{result.calibration_error:.4f}",
            "Seconds": result.seconds,
            "Peak memory": f"{result.peak_memory_mb} MB",
        }
    )
    output.show_table(("Pairs", "Threshold", "Precision", "Recall", "F1"), _quality_rows(result))
    rows = ((f"{row.lowest:.3f} to {row.highest:.3f}", row.pairs, f"{row.predicted:.4f}", f"{row.observed:.4f}") for row in result.calibration)
    output.show_table(("Posterior", "Pairs", "Predicted", "Observed"), rows)


def _quality_rows(result: "Evaluation") -> Iterator[tuple[object, ...]]:
    named: tuple[tuple[str, str, Quality | None], ...] = (
        ("at the best threshold", "bits", result.best),
        ("at the automatic threshold", "%", result.automatic),
        ("at the manual threshold", "%", result.manual),
        ("clustered, at the best threshold", "bits", result.clustered),
        ("clustered, at the automatic threshold", "%", result.clustered_automatic),
        ("clustered, at the manual threshold", "%", result.clustered_manual),
    )
    for name, unit, quality in named:
        if quality is not None:
            yield name, f"{quality.threshold:.1f} {unit}", f"{quality.precision:.4f}", f"{quality.recall:.4f}", f"{quality.f1:.4f}"
