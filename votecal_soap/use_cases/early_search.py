"""A chunk of a DMV file, read and perhaps searched for before its transaction; and how much of that search may be believed in it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from votecal_soap.domain.dmv_records import DmvRecord, UnreadableDmvRecord
from votecal_soap.domain.dmv_repeats import KeyedRecord, keyed
from votecal_soap.domain.dmv_values import Received, received
from votecal_soap.domain.matching import MatchingFunction, MatchSettings
from votecal_soap.domain.translation import Translator
from votecal_soap.search.met_keys import NumberedKeys, met_later
from votecal_soap.search.service import SearchService
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.search_for_drivers import NOBODY_SOUGHT, FoundDrivers, search_for_drivers

Record = DmvRecord | UnreadableDmvRecord
Settings = Mapping[MatchingFunction, MatchSettings]


class EarlySearch(NamedTuple):
    """Who was found, under which settings, and on which roll: what it had of this file, and the version of each voter found."""

    found: FoundDrivers
    settings: Settings
    last_sequence: int
    versions: Mapping[int, int]


class ReadRecord(NamedTuple):
    """A record with what it says by itself, whatever the roll is: its repeat key, and its values in the state's form."""

    keyed: KeyedRecord
    received: Received

    @property
    def record(self) -> DmvRecord:
        """What DMV sent."""
        return self.keyed.record


class ReadChunk(NamedTuple):
    """The records of one transaction, in file order."""

    readable: Sequence[ReadRecord]
    unreadable: Sequence[UnreadableDmvRecord]
    last_sequence: int
    early: EarlySearch | None = None


def read_chunk(records: Sequence[Record], translator: Translator) -> ReadChunk:
    """Records with what they say by themselves; nobody is searched for yet."""
    readable = [ReadRecord(keyed(record), received(record, translator)) for record in records if isinstance(record, DmvRecord)]
    return ReadChunk(readable, [record for record in records if isinstance(record, UnreadableDmvRecord)], records[-1].sequence)


def search_early(uow: UnitOfWork, chunk: ReadChunk, instance_id: int, service: SearchService, settings: Settings) -> ReadChunk:
    """Search for a chunk's drivers on the roll as it is now."""
    # Asked first: where each statement sees a roll of its own, the search sees no older one than this.
    instance = uow.jobs.instance(instance_id)
    last_sequence = 0 if instance is None else instance.records_processed
    found = search_for_drivers([read.record for read in chunk.readable], service, uow.matching, settings)
    voters = {match.state_voter_id for matches in found.matches.values() for match in matches}
    return chunk._replace(early=EarlySearch(found, settings, last_sequence, uow.voters.versions(sorted(voters))))


def still_true(uow: UnitOfWork, early: EarlySearch | None, settings: Settings, given_keys: NumberedKeys) -> FoundDrivers:
    """What of an early search a search in this transaction would find too.

    Not that of a record which asked for a key that a record of this run has since given to a voter (`given_keys`), nor
    that in which a voter was found who has changed since, whoever changed her.
    """
    if early is None or early.settings != settings:
        return NOBODY_SOUGHT
    doubtful = met_later(early.found.asked, given_keys.above(early.last_sequence))
    standing = uow.voters.versions(list(early.versions))
    changed = {uid for uid, version in early.versions.items() if standing.get(uid) != version}
    believed = {
        sequence: matches
        for sequence, matches in early.found.matches.items()
        if sequence not in doubtful and changed.isdisjoint(match.state_voter_id for match in matches)
    }
    return early.found._replace(matches=believed, asked=early.found.asked.only(list(believed)))
