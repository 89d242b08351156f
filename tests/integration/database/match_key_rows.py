"""Voters with match keys, and what the tables of matching say of them."""

import numpy as np
from sqlalchemy import select

from db.tables import voter_match, voter_match_key, voter_match_key_recent
from votecal_soap.search.candidates import CANDIDATE_COLUMNS
from votecal_soap.search.key_joins import asked_keys
from votecal_soap.search.match_keys import match_keys
from votecal_soap.search.standardising import standardise, voter_person
from votecal_soap.use_cases.ports import VoterChange

HOME = {"house_number": "12", "street_name": "OAK", "street_type": "ST", "residence_city": "LOS ANGELES", "residence_zip_code": "90001"}
FULL = {**HOME, "middle_name": "MAY", "drivers_license": "D1234567", "ssn4": "4321", "gender": "F"}


def keys_of(voter):
    return {(key, voter.state_voter_id) for key in match_keys(standardise(voter_person(voter)))}


def stored_keys(uow):
    """Keys in the large table, as the recent ones correct it."""
    stored, recent = merged_keys(uow), recent_keys(uow)
    return {pair for pair in stored if pair not in recent} | {pair for pair, held in recent.items() if held}


def merged_keys(uow):
    return {tuple(row) for row in uow._connection.execute(select(voter_match_key.c.match_key, voter_match_key.c.state_voter_id))}


def recent_keys(uow):
    recent = voter_match_key_recent.c
    return {(key, number): held for key, number, held in uow._connection.execute(select(recent.match_key, recent.state_voter_id, recent.held))}


def stored_people(uow):
    rows = uow._connection.execute(select(*(voter_match.c[name] for name in CANDIDATE_COLUMNS)).order_by(voter_match.c.state_voter_id))
    return [tuple(row) for row in rows]


def person_row(voter, confidential=0):
    return (voter.state_voter_id, confidential, voter.county_code, *standardise(voter_person(voter)))


def change(before, **values):
    after = before._replace(version=before.version + 1, **values)
    return VoterChange(before, after, tuple(values))


def shown_right(database, voters):
    """The stored people and keys are those of these voters, and nothing else is there."""
    with database() as uow:
        assert stored_people(uow) == [person_row(voter, int(voter.confidentiality is not None)) for voter in voters]
        assert stored_keys(uow) == set().union(*map(keys_of, voters))


def save(database, registry, *changes):
    with database() as uow:
        uow.voters.save_changes(changes, registry.now)
        uow.commit()


def ask(database, *people, cap=1000):
    keys = [match_keys(person) for person in people]
    queries = [np.full(len(mine), number) for number, mine in enumerate(keys)]
    with database(read_only=True) as uow:
        found = uow.matching.candidates(asked_keys([np.array(mine, np.int64) for mine in keys], queries), cap)
    pairs = {(query, found.rows[member][0]) for query, member in zip(found.queries.tolist(), found.members.tolist(), strict=True)}
    assert len(pairs) == len(found.queries)
    return pairs, found
