"""How the account of DMV's files is shown: situations, outcomes, answers, letters, one case in full."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from votecal_soap.cli import output
from votecal_soap.cli.dmv_file_view import histogram
from votecal_soap.domain.voters import Voter
from votecal_soap.search.family_rules import rule_text

if TYPE_CHECKING:
    from votecal_soap.demo.dmv_account import DmvAccount, DmvCount, DmvOutcomeCount, ExplainedCase
    from votecal_soap.demo.findings import SampleMessage


def show_dmv_account(account: "DmvAccount", show_message: "Callable[[SampleMessage], None]") -> None:
    """The account of DMV's files, for a person."""
    _heading("What was planted in DMV's four files, and where it stands twenty days later")
    output.show_table(("Planted", "Found", "Work item; cases: how it comes about (situation)"), map(_situation_row, account.situations))
    _heading("Records of each file as planted, and as the state counted when they are not the same")
    files = [f"File {file}, job {job_id}" for file, job_id in account.jobs.items()]
    output.show_table((*files, "Outcome"), ((*_outcome_cells(count), count.outcome) for count in account.outcomes))
    _heading("Confidence of each record's best match")
    output.show_table(("Confidence", "Records", ""), histogram(account.scores))
    _heading("What the counties answered by their rule, and what the state said to it")
    output.show_table(
        ("Planted", "   Said", "Operation and result"), ((_number(count.planted), _number(count.said), count.answer) for count in account.answered)
    )
    _heading("What clerks did, and what the state said to it; a code is a fault")
    rows = ((word.county_code, f"{word.did} ({word.situation})", word.expected, "as it must" if word.is_right else word.result) for word in account.words)
    output.show_table(("County", "Deed", "Must say", "Says"), rows)
    _heading("Mailing lists, exported on the last day; cards only of voters whom DMV told of")
    output.show_table(("Planted", " Listed", "List"), ((_number(count.planted), _number(count.listed), count.kind) for count in account.letters))
    _show_case(account.explained, show_message)


def show_dmv_verdict(account: "DmvAccount") -> None:
    """The checks, and every record that did not end as it must."""
    for check in account.checks:
        output.console().print(f"{'yes' if check.holds else 'NO '}  {check.text}", markup=False, soft_wrap=True)
    differences = [count for count in account.situations if count.found != count.planted or count.otherwise]
    if differences:
        rows = (
            (count.situation, count.planted, count.found, "; ".join(f"{number} x {told}" for told, number in count.otherwise.items())) for count in differences
        )
        output.show_table(("Situation", "Planted", "Found", "Others came to"), rows)


def as_json(account: "DmvAccount") -> dict[str, object]:
    """For programs."""
    case = account.explained.case
    explained = {
        **asdict(account.explained),
        "case": {**case._asdict(), "criteria": [criterion._asdict() for criterion in case.criteria]},
        "before": account.explained.before._asdict(),
        "after": account.explained.after._asdict(),
    }
    lists = {"words": [word._asdict() for word in account.words], "letters": [count._asdict() for count in account.letters]}
    return {"is_exact": account.is_exact, **asdict(account), **lists, "explained": explained}


def _situation_row(count: "DmvCount") -> tuple[object, ...]:
    from votecal_soap.demo.dmv_expected import EXPECTED

    expected = EXPECTED[count.situation]
    stands = "; ".join(filter(None, (expected.disposition or expected.outcome, " and ".join(expected.cases))))
    return _number(count.planted), _number(count.found), f"{stands}: {expected.about} ({count.situation})"


def _outcome_cells(count: "DmvOutcomeCount") -> list[str]:
    found = [(planted, count.at_state[file]) for file, planted in count.planted.items()]
    return [f"{planted:7,}" if planted == at_state else f"{planted:7,} but {at_state:,}" for planted, at_state in found]


def _show_case(explained: "ExplainedCase", show_message: "Callable[[SampleMessage], None]") -> None:
    case = explained.case
    _heading(f"One case in full: match case {case.case_id} ({explained.situation}), confidence {case.confidence}")
    rows = ((criterion.field, criterion.level, f"{criterion.contribution:+.2f}", criterion.text) for criterion in case.criteria)
    output.show_table(("Field", "Level", "Bits", "In words"), rows)
    if case.cap:
        output.console().print(f"Held down by {case.cap}: {rule_text(case.cap)}", markup=False, soft_wrap=True)
    output.console().print(f"Weights: {case.weights_version}; due on {case.due_on}", markup=False, soft_wrap=True)
    show_message(explained.message)
    output.console().print(f"\nThe county's answer: {explained.answer}\n", markup=False, soft_wrap=True)
    rows_of_voter = (("before", *_voter_row(explained.before)), ("after", *_voter_row(explained.after)))
    output.show_table(("Record", "Version", "House", "Street", "City", "Precinct", "Card due"), rows_of_voter)


def _voter_row(voter: Voter) -> tuple[object, ...]:
    return voter.version, voter.house_number, voter.street_name, voter.residence_city, voter.home_precinct or "asked for", "yes" if voter.vnc_due else "no"


def _number(number: int) -> str:
    return f"{number:7,}"


def _heading(text: str) -> None:
    output.console().print(f"\n[bold]{text}[/bold]", soft_wrap=True)
