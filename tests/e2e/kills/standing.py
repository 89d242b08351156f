"""Says what is wrong with a state whatever has run there: versions, numbers of messages, counters and match keys that do not fit together."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from operator import attrgetter

from db.repositories.case_counts import NO_DAY
from db.repositories.match_keys import match_row
from votecal_soap.domain.duplicate_cases import awaited
from votecal_soap.domain.voters import VERSION_FIELDS, Voter
from votecal_soap.search.candidates import CANDIDATE_COLUMNS
from votecal_soap.search.stored_keys import owned_keys

from .rows import Rows, each_once

WAITING = {"Open", "Provisional", "RejectedByUser"}


def faults(rows: Rows) -> list[str]:
    """Everything that is wrong, in words; empty when all fits."""
    return [*_versions(rows), *_numbers(rows), *_counters(rows), *_match_keys(rows)]


def _versions(rows: Rows) -> Iterator[str]:
    """Each voter has every version up to the current one, and is as that one says."""
    expected = [(row.state_voter_id, version) for row in rows["voter"] for version in range(1, row.version + 1)]
    yield from each_once("version", expected, [(row.state_voter_id, row.version) for row in rows["voter_version"]])
    versions = {(row.state_voter_id, row.version): row for row in rows["voter_version"]}
    for row in rows["voter"]:
        last = versions.get((row.state_voter_id, row.version))
        if last is not None and any(getattr(row, name) != getattr(last, name) for name in VERSION_FIELDS):
            yield f"voter {row.state_voter_id} is not as version {row.version} says"


def _numbers(rows: Rows) -> Iterator[str]:
    """Each voter's messages are numbered without a gap, and none came to the queue before an older."""
    told = defaultdict(list)
    for row in sorted(rows["ems_message"], key=lambda row: row.message_id):
        if row.voter_sequence is not None:
            told[row.state_voter_id].append(row.voter_sequence)
    for row in rows["voter"]:
        if told.pop(row.state_voter_id, []) != list(range(1, row.message_sequence + 1)):
            yield f"messages of voter {row.state_voter_id} are not numbered 1 to {row.message_sequence} in the order of the queue"
    yield from (f"message about voter {uid}, who does not exist" for uid in told)


def _counters(rows: Rows) -> Iterator[str]:
    """The counters are what counting gives."""
    is_open = [row.county_code for row in rows["ems_message"] if row.queue_county is not None]
    yield from each_once("open messages of county", is_open, Counter({row.county_code: row.open_count for row in rows["ems_queue"]}).elements())
    cases = [key for row in rows["match_case"] for key in _counted(row)]
    counted = Counter({(row.county_code, row.case_type, row.case_state, row.due_on, row.is_second): row.case_count for row in rows["open_case_count"]})
    yield from each_once("waiting cases of", cases, counted.elements())
    items = [(row.item_type, row.due_on) for row in rows["sos_work_item"] if row.item_status == "Open"]
    counted_items = Counter({(row.item_type, row.due_on): row.open_count for row in rows["sos_work_item_count"]})
    yield from each_once("open work items of SOS", items, counted_items.elements())


def _counted(row) -> Iterator[tuple[object, ...]]:
    """A waiting case counts for each county whose word it awaits."""
    if row.case_state in WAITING and not (row.case_state == "RejectedByUser" and row.asked_county is None):
        counties = awaited(row.county_code, row.other_county, row.asked_county)
        for place, county_code in enumerate(sorted(counties, key=lambda code: (code != row.county_code, code))):
            yield county_code, row.case_type, row.case_state, row.due_on or NO_DAY, bool(place)


_compared = attrgetter(*CANDIDATE_COLUMNS)


def _match_keys(rows: Rows) -> Iterator[str]:
    """Each voter is found as the record stands now, by its keys and by no other; who is merged into another is found no more."""
    in_roll = [row for row in rows["voter"] if row.merged_into is None]
    expected = [match_row(Voter(*(getattr(row, name) for name in Voter._fields))) for row in in_roll]
    yield from each_once("person to compare", expected, [_compared(row) for row in rows["voter_match"]])
    keys = {(row.match_key, row.state_voter_id) for row in rows["voter_match_key"]}
    for row in rows["voter_match_key_recent"]:
        (keys.add if row.held else keys.discard)((row.match_key, row.state_voter_id))
    owed = zip(*owned_keys(expected), strict=True) if expected else ()
    for key, uid in keys.symmetric_difference(owed):
        yield f"match key {key} of voter {uid} {'remains' if (key, uid) in keys else 'is missing'}"
