"""A county's search for a voter, statewide (EWS-08)."""

from dataclasses import dataclass, field
from typing import NamedTuple

from votecal_soap.domain.matching import Match, Person
from votecal_soap.domain.voters import Voter


@dataclass(frozen=True, slots=True, kw_only=True)
class VoterSearch:
    """Who is looked for: a person, or a record by one of its ids."""

    person: Person = field(default=Person(), repr=False)
    state_voter_id: int | None = None
    ems_voter_id: str | None = None
    """The caller's own; another county's ids mean nothing here."""
    limit: int | None = None


class FoundVoter(NamedTuple):
    """A voter who may be the one looked for, as far as the caller may see the record (EWS-14)."""

    voter: Voter
    match: Match
    exact: bool
    """Whether it is the exact match (S4.3)."""


def is_enough(search: VoterSearch) -> bool:
    """Whether this is enough to search by (EWS-08): an id, or a name with a second thing that is not the SSN4.

    The SSN4 counts for nothing here: it may confirm a person who is found otherwise, and never finds one.
    """
    person = search.person
    if search.state_voter_id is not None or search.ems_voter_id is not None or person.drivers_license:
        return True
    if not person.last_name:
        return bool(person.first_name and person.date_of_birth)
    return bool(person.first_name or person.date_of_birth or (person.street and (person.zip_code or person.city)))
