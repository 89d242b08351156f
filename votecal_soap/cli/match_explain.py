"""`votecal match explain`: why two records match, or do not, in words and without any value (COA-05, OPS-02)."""

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.domain.matching import MatchingFunction, band
from votecal_soap.search.family_rules import rule_text
from votecal_soap.use_cases.explain_match import ExplainedMatch, ExplainMatch, explain_match


@click.command()
@click.argument("left", type=int, metavar="UID")
@click.argument("right", type=int, metavar="UID")
@click.option("--function", type=options.choice(MatchingFunction), default=MatchingFunction.DUPLICATE_VOTER.value, show_default=True)
@options.acting_user
@options.as_json
@pass_session
def explain(session: Session, left: int, right: int, function: str, acting_user: str, as_json: bool) -> None:
    """Show field by field why two voters would be taken for one person, or not: what agrees, what it is worth, what held it down.

    The view goes into the audit trail of both voters.

    Example: votecal match explain 100000001 100000002 --as sam
    """
    application = session.application
    command = ExplainMatch(left=left, right=right, function=MatchingFunction(function), acting_user=acting_user)
    found = explain_match(command, application.unit_of_work(), application.clock)
    if as_json:
        output.show_json(_as_json(found))
        return
    match = found.match
    columns = ("Field", "Level", "Bits", "In words")
    output.show_table(columns, ((item.field, item.level, f"{item.contribution:+.2f}", item.text) for item in match.criteria))
    output.console().print()
    fields = {"Score": f"{match.score:+.2f} bits", "Confidence": match.confidence, "Band": band(match.confidence, found.settings)}
    output.show_fields({**fields, "Held down by": f"{match.cap}: {rule_text(match.cap)}" if match.cap else None, "Weights": found.weights.version})


def _as_json(found: ExplainedMatch) -> dict[str, object]:
    match = found.match
    return {
        "confidence": match.confidence,
        "band": band(match.confidence, found.settings),
        "score": match.score,
        "cap": match.cap,
        "cap_text": rule_text(match.cap) if match.cap else None,
        "same_drivers_license": match.same_drivers_license,
        "weights": found.weights.version,
        "criteria": [item._asdict() for item in match.criteria],
    }
