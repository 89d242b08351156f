"""`votecal voter confidentiality`: whose residence, e-mail and phone are nobody else's to know (EWS-14)."""

from datetime import datetime, timedelta
from typing import Final

import click

from votecal_soap.cli import options, output
from votecal_soap.cli.session import Session, pass_session
from votecal_soap.clock import legal_date
from votecal_soap.domain.confidentiality import ends_on
from votecal_soap.domain.voters import Confidential, Confidentiality, Voter
from votecal_soap.use_cases.list_confidential_voters import ConfidentialVoter, ConfidentialVoterQuery, list_confidential_voters
from votecal_soap.use_cases.set_confidentiality import SetConfidentiality, set_confidentiality

KINDS: Final = {
    "court-order": Confidentiality.COURT_ORDER,
    "safe-at-home": Confidentiality.SAFE_AT_HOME,
    "public-safety": Confidentiality.PUBLIC_SAFETY,
}
_NAMES: Final = {kind: name for name, kind in KINDS.items()}


@click.group()
def confidentiality() -> None:
    """Confidential voters (Elections Code 2166, 2166.5, 2166.7): set, clear, list. For SOS administrators."""


@confidentiality.command("set")
@click.argument("state_voter_id", metavar="UID", type=int)
@click.option("--kind", type=click.Choice(list(KINDS)), required=True, help="A court's order (2166), Safe at Home (2166.5), public safety officer (2166.7).")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Day of the order, or of the application; today unless given.")
@options.acting_user
@options.as_json
@pass_session
def set_(session: Session, state_voter_id: int, kind: str, since: datetime | None, acting_user: str, as_json: bool) -> None:
    """Make a voter confidential; her county gets a message, and nobody else sees where she lives from then on.

    Example: votecal voter confidentiality set 100000123 --kind safe-at-home --since 2026-03-02 --as ada
    """
    day = legal_date(session.application.clock.now()) if since is None else since.date()
    _change(session, SetConfidentiality(state_voter_id=state_voter_id, confidential=Confidential(KINDS[kind], day), acting_user=acting_user), as_json)


@confidentiality.command()
@click.argument("state_voter_id", metavar="UID", type=int)
@options.acting_user
@options.as_json
@pass_session
def clear(session: Session, state_voter_id: int, acting_user: str, as_json: bool) -> None:
    """End a voter's confidentiality; a public safety officer's ends by itself after two years."""
    _change(session, SetConfidentiality(state_voter_id=state_voter_id, confidential=None, acting_user=acting_user), as_json)


@confidentiality.command("list")
@options.any_county
@click.option("--ending-within", metavar="DAYS", type=click.IntRange(0, 3650), help="Only public safety officers whose two years end so soon.")
@click.option("--after", "after_uid", metavar="UID", type=int, default=0, help="Go on after this voter.")
@click.option("--limit", type=int, default=1_000, show_default=True, help="At most so many.")
@options.acting_user
@options.as_json
@pass_session
def list_(session: Session, county_code: str | None, ending_within: int | None, after_uid: int, limit: int, acting_user: str, as_json: bool) -> None:
    """List confidential voters by UID, without name or address; who looked goes into the audit trail."""
    query = ConfidentialVoterQuery(
        acting_user=acting_user,
        county_code=county_code,
        ending_within=None if ending_within is None else timedelta(days=ending_within),
        after_state_voter_id=after_uid,
        limit=limit,
    )
    found = list_confidential_voters(query, session.application.unit_of_work(), session.application.clock)
    if as_json:
        output.show_json([{**voter._asdict(), "kind": _NAMES[voter.kind]} for voter in found])
    elif found:
        output.show_table(("UID", "County", "Kind", "Since", "Ends"), map(_row, found))
    else:
        output.console().print("There are no such voters.")


def _change(session: Session, command: SetConfidentiality, as_json: bool) -> None:
    application = session.application
    voter = set_confidentiality(command, application.unit_of_work(), application.clock)
    if as_json:
        output.show_json(_told(voter))
    else:
        output.show_fields(_told(voter))


def _told(voter: Voter) -> dict[str, object]:
    return {
        "state_voter_id": int(voter.state_voter_id),
        "county_code": voter.county_code,
        "kind": None if voter.confidentiality is None else _NAMES[Confidentiality(voter.confidentiality)],
        "since": voter.confidential_since,
        "ends_on": ends_on(voter),
        "record_version": voter.version,
    }


def _row(voter: ConfidentialVoter) -> tuple[object, ...]:
    return voter.state_voter_id, voter.county_code, _NAMES[voter.kind], voter.since, voter.ends_on
