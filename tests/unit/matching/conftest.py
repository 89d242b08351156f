"""Voters, DMV records and matches to decide on."""

from datetime import UTC, date, datetime

import pytest
from fakes.dmv import a_record, a_voter

from votecal_soap.domain.county_of_address import Placement
from votecal_soap.domain.dmv_decision import RecordFacts, VoterFacts, decide
from votecal_soap.domain.dmv_values import dmv_translator, received
from votecal_soap.domain.matching import MatchSettings
from votecal_soap.domain.rules import Reference, rule_book
from votecal_soap.domain.statewide import shipped_rules

NOW = datetime(2026, 3, 10, 20, tzinfo=UTC)
CODES = {"StreetType": {"ST", "AVE"}, "Suffix": {"JR", "SR"}, "Gender": {"F", "M"}, "Language": {"en"}, "Party": {"DEM", "NPP"}}


@pytest.fixture(scope="session")
def translator():
    reference = Reference(
        codes={kind: frozenset(codes) for kind, codes in CODES.items()}, precincts=frozenset(), elections=frozenset(), today=date(2026, 3, 10)
    )
    return dmv_translator(rule_book(shipped_rules(), None), reference)


class Desk:
    """Decides on a record with what a test changes."""

    def __init__(self, translator):
        self._translator = translator

    def received(self, record):
        return received(record, self._translator)

    def decide(self, *matches, record=None, voters=(), county="19", out_of_state=False, confidential=(), moved_on=None, **settings):
        record = record or a_record()
        facts = RecordFacts(record=record, received=self.received(record), placement=Placement(county, out_of_state), now=NOW)
        given = {voter.state_voter_id: voter for voter in voters}
        found = [match.state_voter_id for match in matches]
        known = {uid: VoterFacts(given.get(uid, a_voter(uid)), uid in confidential, moved_on) for uid in found}
        return decide(matches, MatchSettings(function=record.kind.matching_function, **settings), facts, known)


@pytest.fixture
def desk(translator):
    return Desk(translator)
