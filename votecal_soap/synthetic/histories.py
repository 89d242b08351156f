"""What hangs on made-up voters: past addresses, votes, images, documents, contacts, custom data (DLR-09)."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from votecal_soap.contract.history_file import HistoryLine, write_history_line
from votecal_soap.domain.counties import Election
from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress
from votecal_soap.domain.voter_children import (
    AddressKind,
    ChildContent,
    Contact,
    CustomField,
    Document,
    DocumentKind,
    Participation,
    PastAddress,
    VotingMethod,
)
from votecal_soap.synthetic.elections import past_elections
from votecal_soap.synthetic.images import scribble
from votecal_soap.synthetic.voters import AS_OF, SyntheticVoter

TURNOUT: Final = 0.55
METHODS: Final = (VotingMethod.VOTE_BY_MAIL,) * 7 + (VotingMethod.POLLING_PLACE,) * 2 + (VotingMethod.PROVISIONAL,)
"""Most Californians vote by mail."""

MOVED_SHARE: Final = 0.4
MAILING_SHARE: Final = 0.05
SIGNATURE_SHARE: Final = 0.7
LETTER_SHARE: Final = 0.04
CONTACT_SHARE: Final = 0.1
CUSTOM_SHARE: Final = 0.15
STREETS: Final = ("ELM", "OAK", "MAPLE", "CEDAR", "PINE", "LAUREL")
REMARKS: Final = ("Asked where to vote.", "Asked for a new card.", "Reported a neighbour's mail.", "Asked for a large-print guide.")
CUSTOM_FIELDS: Final = (("Poll worker", "yes"), ("Sample ballot", "large print"), ("Old precinct map", "12-B"))


def history_lines(voters: Iterable[SyntheticVoter], county_code: str, seed: int) -> Iterator[HistoryLine]:
    """Yield what hangs on each voter; a voter has the same, whoever stands before."""
    elections = past_elections()
    for voter in voters:
        rng = Random(f"history {county_code} {seed} {voter.number}")  # noqa: S311 - made-up data, not secrets
        yield from _of_voter(voter, county_code, rng, elections)


def write_histories(path: Path, lines: Iterable[HistoryLine]) -> int:
    """Write the file that `votecal load histories` takes; how many lines."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(write_history_line(line) + "\n")
            count += 1
    return count


def _of_voter(voter: SyntheticVoter, county_code: str, rng: Random, elections: list[Election]) -> Iterator[HistoryLine]:
    given = voter.registration.registration_date
    registered = given if isinstance(given, date) else AS_OF
    votes = [_vote(election, county_code, rng) for election in elections if election.election_date > registered and rng.random() < TURNOUT]
    federal = {election.election_id for election in elections if election.federal}
    yield from (HistoryLine(voter.ems_voter_id, content, None) for content in (*_addresses(registered, rng), *votes, *_remarks(county_code, rng)))
    for kind, share, title in _PAPERS:
        if rng.random() < share:
            image = scribble(rng)
            document = Document(kind, "image/png", hashlib.sha256(image).hexdigest(), title, registered)
            yield HistoryLine(voter.ems_voter_id, document, image)
    if not any(vote.election_id in federal for vote in votes):
        yield HistoryLine(voter.ems_voter_id, None, None)


_PAPERS: Final = (
    (DocumentKind.AFFIDAVIT, 1.0, "Affidavit of registration"),
    (DocumentKind.SIGNATURE, SIGNATURE_SHARE, None),
    (DocumentKind.OTHER, LETTER_SHARE, "Letter from the voter"),
)


def _vote(election: Election, county_code: str, rng: Random) -> Participation:
    return Participation(county_code, election.election_id, rng.choice(METHODS), federal=False)


def _addresses(registered: date, rng: Random) -> Iterator[ChildContent]:
    left = registered - timedelta(days=1)
    came = left - timedelta(days=rng.randint(200, 4_000))
    if rng.random() < MOVED_SHARE:
        home = ResidenceAddress(
            house_number=str(rng.randint(1, 9_999)), street_name=rng.choice(STREETS), street_type="ST", residence_city="OLD TOWN", residence_state="CA"
        )
        yield PastAddress(AddressKind.RESIDENCE, home, MailingAddress(), came, left)
    if rng.random() < MAILING_SHARE:
        box = MailingAddress(mailing_line1=f"PO BOX {rng.randint(1, 9_999)}", mailing_city="OLD TOWN", mailing_state="CA")
        yield PastAddress(AddressKind.MAILING, ResidenceAddress(), box, came, left)


def _remarks(county_code: str, rng: Random) -> Iterator[ChildContent]:
    if rng.random() < CONTACT_SHARE:
        at = datetime(2025, 1, 1, 17, tzinfo=UTC) + timedelta(hours=rng.randint(0, 6_000))
        yield Contact(county_code, at, rng.choice(("Telephone", "Counter", "E-mail")), "clerk", rng.choice(REMARKS))
    if rng.random() < CUSTOM_SHARE:
        yield CustomField(county_code, *rng.choice(CUSTOM_FIELDS))
