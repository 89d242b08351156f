"""What the tests of voters' records begin from, and the calls that they make."""

from datetime import date
from typing import Any

from fakes.dmv import a_voter

from votecal_soap.domain.counties import Precinct
from votecal_soap.domain.rules import RuleBooks
from votecal_soap.domain.voter_records import VoterQuery, VoterRecord, VoterSection
from votecal_soap.domain.voter_updates import UpdateVoter, VoterUpdate
from votecal_soap.domain.voters import Voter
from votecal_soap.use_cases.get_voter import get_voter
from votecal_soap.use_cases.update_voter import update_voter

from ..duplicates.pairs import OLD, Roll, caller

EVERYTHING = frozenset(VoterSection)


def furnish(roll: Roll) -> Roll:
    """Codes and precincts, and numbers beyond those that the tests give."""
    with roll.factory() as uow:
        uow.reference.save_codes("StreetType", {"AVE": "Avenue", "ST": "Street"})
        uow.reference.save_precincts([Precinct(county_code=county, precinct_code=code, name=None) for county, code in (("19", "000123"), ("37", "37-1"))])
        uow.voters.reserve_state_voter_ids(10)
        uow.commit()
    return roll


def ana(**changes: Any) -> Voter:
    """A voter of Los Angeles whom the state has in its third version."""
    return a_voter(OLD, **{"message_sequence": 0, "ems_voter_id": "LA1", **changes})


def read(roll: Roll, county: str = "19", **query: Any) -> VoterRecord:
    """A county reads a record."""
    named = {} if "ems_voter_id" in query else {"state_voter_id": OLD}
    return get_voter(VoterQuery(**{**named, **query}), caller(county), roll.factory, roll.clock)


def update(roll: Roll, county: str = "19", **command: Any) -> VoterUpdate:
    """A county updates her; what is not said otherwise is that she knows the first version."""
    effective_date: date | None = command.pop("effective_date", None)
    usual: dict[str, Any] = {"state_voter_id": OLD, "ems_voter_id": None, "base_version": 1, "given": {}, "effective_date": effective_date}
    with roll.factory() as uow:
        result = update_voter(UpdateVoter(**{**usual, **command}), caller(county), uow, roll.clock, RuleBooks())
        uow.commit()
    return result
