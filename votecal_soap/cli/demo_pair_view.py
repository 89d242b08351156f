"""How the account of the duplicates is shown: situations, what the job made of them, answers, one message in full."""

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from votecal_soap.cli import output

if TYPE_CHECKING:
    from votecal_soap.demo.findings import SampleMessage
    from votecal_soap.demo.pair_account import PairAccount, PairCount


def show_pair_account(account: "PairAccount", show_message: "Callable[[SampleMessage], None]") -> None:
    """The account of the duplicates, for a person."""
    _heading("Pairs of records that were planted in the roll, and where they stand")
    output.show_table(("Planted", "Found", "Case; records; review by SOS: how it comes about (situation)"), map(_situation_row, account.situations))
    _heading(f"Job {account.job_id}: what it made of the pairs that it found")
    rows = ((_number(count.planted), _number(count.at_state), count.outcome) for count in account.outcomes)
    output.show_table(("Planted", "  State", "Outcome"), rows)
    _heading("What the counties answered about pairs by their rule, and what the state said to it")
    answers = ((_number(count.planted), _number(count.said), count.answer) for count in account.answered)
    output.show_table(("Planted", "   Said", "Operation and result"), answers)
    _heading("What clerks did about pairs, and what the state said to it; a code is a fault")
    deeds = ((word.county_code, f"{word.did} ({word.situation})", word.expected, "as it must" if word.is_right else word.result) for word in account.words)
    output.show_table(("County", "Deed", "Must say", "Says"), deeds)
    _heading("One pair as a county was told of it")
    show_message(account.message)


def show_pair_verdict(account: "PairAccount") -> None:
    """The checks, and every pair that did not end as it must."""
    for check in account.checks:
        output.console().print(f"{'yes' if check.holds else 'NO '}  {check.text}", markup=False, soft_wrap=True)
    differences = [count for count in account.situations if count.found != count.planted or count.otherwise]
    if differences:
        rows = ((count.situation, count.planted, count.found, _others(count)) for count in differences)
        output.show_table(("Situation", "Planted", "Found", "Others came to"), rows)


def as_json(account: "PairAccount") -> dict[str, object]:
    """For programs."""
    return {"is_exact": account.is_exact, **asdict(account), "words": [word._asdict() for word in account.words]}


def _situation_row(count: "PairCount") -> tuple[object, ...]:
    from votecal_soap.demo.pair_situations import EXPECTED, Review

    expected = EXPECTED[count.situation]
    records = "one record" if expected.standing == "One" else "two records"
    review = "" if expected.review is Review.NONE else f"; review {expected.review}"
    return _number(count.planted), _number(count.found), f"{expected.state}; {records}{review}: {expected.about} ({count.situation})"


def _others(count: "PairCount") -> str:
    return "; ".join(f"{number} x {told}" for told, number in count.otherwise.items())


def _number(number: int) -> str:
    return f"{number:7,}"


def _heading(text: str) -> None:
    output.console().print(f"\n[bold]{text}[/bold]", soft_wrap=True)
