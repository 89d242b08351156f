"""`votecal county cases|case|decide|undo|accept-move|reverse-move|report|search`: a clerk's work on matches, over SOAP."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from votecal_soap.cli import county_clerk_view, options, output
from votecal_soap.cli.county_connection import Connection, clerk_at, connection
from votecal_soap.domain.match_cases import CaseState, Decision
from votecal_soap.domain.matching import Person
from votecal_soap.domain.voter_searches import VoterSearch

if TYPE_CHECKING:
    from votecal_soap.county.answer_book import WordDetail

basis = click.option("--basis", required=True, help="Why; it is kept with the voter's activity history.")


@click.command()
@connection
@click.option("--state", "states", type=options.choice(CaseState), multiple=True, help="Only cases in this state; without it those that wait.")
@options.as_json
def cases(connection: Connection, states: tuple[str, ...], as_json: bool) -> None:
    """List the county's match cases as the state has them, the first to be due first.

    \b
    Examples:
      votecal county cases --url https://votecal.example --username county19-ems --secret-file secret --ems county19.db
      votecal county cases ... --state Accepted --json
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    with clerk_at(connection) as clerk:
        found = sorted(clerk.cases([CaseState(state) for state in states]), key=lambda match: (match.due_on or "", match.case_id))
    county_clerk_view.show_cases(found, as_json)


@click.command()
@click.argument("case_id", type=int)
@connection
@options.as_json
def case(case_id: int, connection: Connection, as_json: bool) -> None:
    """Show one match case: what agrees and what it is worth, the voter's record, and what DMV sent.

    Example: votecal county case 24 --url ... --username ... --secret-file secret --ems county19.db
    """
    with clerk_at(connection) as clerk:
        found = clerk.case(case_id)
    county_clerk_view.show_case(found, as_json)


@click.command()
@click.argument("case_id", type=int)
@click.argument("decision", type=options.choice(Decision))
@connection
@basis
@click.option("--to", "to_county", metavar="NN", help="Of a Redirect: the county that the address lies in.")
@click.option("--comment", help="Of an Unprecinctable: what the follow-up letter asks.")
@click.option("--precinct", help="Of an Accept, if the home precinct is known already.")
@click.option("--precinct-part", help="And its part.")
@options.as_json
def decide(case_id: int, decision: str, connection: Connection, basis: str, as_json: bool, **said: str | None) -> None:
    """Decide a match case: Accept, Reject, Redirect, OutOfState or Unprecinctable.

    \b
    Examples:
      votecal county decide 24 Accept --basis "Same person, asked by telephone" --url ...
      votecal county decide 31 Redirect --to 46 --basis "The address lies in Sierra" --url ...
      votecal county decide 32 Unprecinctable --comment "Which street?" --basis "A post office box" --url ...
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    with clerk_at(connection) as clerk:
        result = clerk.decide(case_id, Decision(decision), basis, _detail(**said))
    _show_result(f"Match case {case_id}", result, as_json)


@click.command()
@click.argument("case_id", type=int)
@connection
@basis
@options.as_json
def undo(case_id: int, connection: Connection, basis: str, as_json: bool) -> None:
    """Take back a match that was applied: the voter's record is as before, and this record of DMV's never matches her again.

    Example: votecal county undo 7 --basis "The voter says that she never moved" --url ...
    """
    with clerk_at(connection) as clerk:
        result = clerk.undo(case_id, basis)
    _show_result(f"Match case {case_id}", result, as_json)


@click.command("accept-move")
@click.argument("transfer_id", type=int)
@connection
@options.as_json
def accept_move(transfer_id: int, connection: Connection, as_json: bool) -> None:
    """Accept that a voter moved to another county, so that the registration here ends.

    Example: votecal county accept-move 12 --url ...
    """
    with clerk_at(connection) as clerk:
        result = clerk.accept_move(transfer_id)
    _show_result(f"Move {transfer_id}", result, as_json)


@click.command("reverse-move")
@click.argument("transfer_id", type=int)
@connection
@basis
@options.as_json
def reverse_move(transfer_id: int, connection: Connection, basis: str, as_json: bool) -> None:
    """Say that the person who moved away is somebody else: the voter is this county's again.

    Example: votecal county reverse-move 12 --basis "Another person of that name" --url ...
    """
    with clerk_at(connection) as clerk:
        result = clerk.reverse_move(transfer_id, basis)
    _show_result(f"Move {transfer_id}", result, as_json)


@click.command()
@click.argument("work_item_id", type=int)
@connection
@click.option("--voter", "state_voter_id", type=int, metavar="UID", help="The voter it is; without it the record is nobody's.")
@basis
@options.as_json
def report(work_item_id: int, connection: Connection, state_voter_id: int | None, basis: str, as_json: bool) -> None:
    """Say what was found out about a DMV record that matched nobody: the voter it is, which opens a case, or nobody.

    \b
    Examples:
      votecal county report 22 --basis "Nobody of ours" --url ...
      votecal county report 23 --voter 100000301 --basis "Married since" --url ...
    """  # noqa: D301 - \b is click's mark for text that is not to be folded
    with clerk_at(connection) as clerk:
        result = clerk.report(work_item_id, state_voter_id, basis)
    _show_result(f"DMV record {work_item_id}", result, as_json)


@click.command()
@connection
@click.option("--uid", "state_voter_id", type=int, help="The state's id, or any of the following.")
@click.option("--first-name")
@click.option("--middle-name")
@click.option("--last-name")
@click.option("--suffix")
@click.option("--born", metavar="YYYY-MM-DD")
@click.option("--house-number")
@click.option("--street")
@click.option("--city")
@click.option("--zip", "zip_code")
@click.option("--limit", type=click.IntRange(1, 50))
@options.as_json
def search(connection: Connection, state_voter_id: int | None, born: str | None, limit: int | None, as_json: bool, **person: Any) -> None:  # noqa: ANN401 - click's
    """Search the whole state for a voter, best match first. A name needs a second thing: another name, a date of birth or an address.

    Example: votecal county search --first-name Ana --born 1970-01-02 --url ...
    """
    wanted = Person(date_of_birth=None if born is None else _day(born), **person)
    with clerk_at(connection) as clerk:
        found = clerk.search(VoterSearch(person=wanted, state_voter_id=state_voter_id, limit=limit))
    county_clerk_view.show_found(found, as_json)


COMMANDS = (cases, case, decide, undo, accept_move, reverse_move, report, search)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter("Write it as 1970-01-02.", param_hint="--born") from error


def _detail(to_county: str | None, comment: str | None, precinct: str | None, precinct_part: str | None) -> "WordDetail":
    from votecal_soap.county.answer_book import WordDetail

    return WordDetail(county_code=to_county, comment=comment, home_precinct=precinct, home_precinct_part=precinct_part)


def _show_result(subject: str, result: str, as_json: bool) -> None:
    if as_json:
        output.show_json({"subject": subject, "result": result})
    else:
        output.console().print(f"{subject}: {result}.", markup=False)
