"""`votecal match fit` and `votecal match weights`: the weights of the Search Service (COA-05)."""

import json

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.search.weights import expert_weights
from votecal_soap.use_cases import match_weights


@click.command()
@click.argument("version")
@click.option("--records", type=click.IntRange(min=1), default=300_000, show_default=True, help="Records from DMV to learn from, the newest.")
@click.option("--function", type=click.Choice([MatchingFunction.DUPLICATE_VOTER.value]), help="Learn from the roll itself, for finding duplicates alone.")
@options.acting_user
@options.as_json
@pass_session
def fit(session: Session, version: str, records: int, function: str | None, acting_user: str, as_json: bool) -> None:
    """Learn weights from DMV's records and the voters with a verified DL/ID, and keep them as VERSION.

    The number tells who is who and is hidden from the learning. The check on records held back is kept with the
    version. It is not used before `votecal match weights activate`.

    \b
    Examples:
      votecal match fit 2026-spring --as ada
      votecal match fit 2026-duplicates --function duplicate_voter --as ada
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    from votecal_soap.use_cases.fit_match_weights import FitMatchWeights, fit_match_weights  # scikit-learn takes a second to import

    application = session.application
    chosen = None if function is None else MatchingFunction(function)
    command = FitMatchWeights(version=version, records=records, acting_user=acting_user, function=chosen)
    found = fit_match_weights(command, application.unit_of_work, application.clock)
    fields = {
        "version": version,
        "pairs": found.pairs,
        "of_one_person": found.one_person,
        "held_back": found.held_back,
        "f1_held_back": round(found.f1, 5),
        "calibration_error": round(found.calibration_error, 5),
    }
    if as_json:
        output.show_json(fields)
    else:
        output.show_fields({name.replace("_", " ").capitalize(): value for name, value in fields.items()})
        output.console().print(f"Kept, not used yet: `votecal match weights show {version}`, then `votecal match weights activate {version}`.")


@click.group()
def weights() -> None:
    """Versions of the weights; each case keeps the version that made it."""


@weights.command("list")
@options.as_json
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """List the versions: the fitted ones, newest first, and the shipped one."""
    found, shipped_in_force = match_weights.weights_versions(session.application.unit_of_work(read_only=True))
    rows: list[dict[str, object]] = [
        {"version": item.version, "active": item.active, "created_at": item.created_at, "created_by": item.created_by} for item in found
    ]
    rows.append({"version": expert_weights().version, "active": shipped_in_force, "created_at": None, "created_by": "shipped"})
    if as_json:
        output.show_json(rows)
    else:
        table = ((row["version"], "yes" if row["active"] else "", row["created_at"], row["created_by"]) for row in rows)
        output.show_table(("Version", "In force", "Made", "By"), table)


@weights.command()
@click.argument("version")
@options.as_json
@pass_session
def show(session: Session, version: str, as_json: bool) -> None:
    """Show a version's weights in bits, and its check on pairs held back."""
    found, kept = match_weights.weights_version(version, session.application.unit_of_work(read_only=True))
    report = json.loads(kept.report) if kept and kept.report else None
    if as_json:
        output.show_json({"weights": json.loads(found.to_json()), "report": report})
        return
    output.show_table(("Field", "Level", "Bits"), ((field, level, f"{bits:+.2f}") for field, levels in found.levels.items() for level, bits in levels.items()))
    if report:
        output.console().print(f"\n{report['held_back']} pairs held back: F1 {report['f1']:.4f}, calibration error {report['calibration_error']:.4f}")
        columns = ("Confidence", "Pairs", "Predicted", "Observed")
        output.show_table(columns, (_calibration(row) for row in report["calibration"]))


def _calibration(row: dict[str, float]) -> tuple[object, ...]:
    return f"{row['lowest']:.3f} to {row['highest']:.3f}", row["pairs"], f"{row['predicted']:.3f}", f"{row['observed']:.3f}"


@weights.command()
@click.argument("version")
@click.option(
    "--function",
    type=click.Choice([function.value for function in MatchingFunction]),
    help="For this function alone; else for all that have no version of their own.",
)
@options.acting_user
@pass_session
def activate(session: Session, version: str, function: str | None, acting_user: str) -> None:
    """Use a version from now on; runs and searches that have begun keep theirs. The shipped version takes back what was activated.

    \b
    Examples:
      votecal match weights activate 2026-spring --as ada
      votecal match weights activate 2026-duplicates --function duplicate_voter --as ada
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    application = session.application
    chosen = None if function is None else MatchingFunction(function)
    match_weights.activate_weights(version, acting_user, application.unit_of_work(), application.clock, chosen)
    output.console().print(f"Weights {version} are in force{f' for {function}' if function else ''}.")
