"""COA-04 A query from each driver's identifying data, and one search for all of them: who on the roll it may be (S6.2)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from votecal_soap.domain.dmv_records import DmvRecord
from votecal_soap.domain.matching import Match, MatchingFunction, MatchSettings, Person
from votecal_soap.search.candidates import CandidateIndex, CappedKey
from votecal_soap.search.met_keys import NO_KEYS, ListeningIndex, NumberedKeys
from votecal_soap.search.service import SearchService


class FoundDrivers(NamedTuple):
    """Matches by the record's sequence, best first; the keys that were too common to follow; every key asked for, by sequence."""

    matches: Mapping[int, list[Match]]
    capped: Sequence[CappedKey]
    asked: NumberedKeys

    def __or__(self, other: "FoundDrivers") -> "FoundDrivers":
        """Both; what was found later counts."""
        return FoundDrivers({**self.matches, **other.matches}, (*self.capped, *other.capped), self.asked | other.asked)


NOBODY_SOUGHT: Final = FoundDrivers({}, (), NO_KEYS)


def search_for_drivers(
    records: Iterable[DmvRecord], service: SearchService, index: CandidateIndex, settings: Mapping[MatchingFunction, MatchSettings]
) -> FoundDrivers:
    """Search for all drivers at once; the two kinds of record are each searched for as configured."""
    by_function: defaultdict[MatchingFunction, list[DmvRecord]] = defaultdict(list)
    for record in records:
        by_function[record.kind.matching_function].append(record)
    found = NOBODY_SOUGHT
    for function, asked in by_function.items():
        sequences = [record.sequence for record in asked]
        listening = ListeningIndex(index, sequences)
        result = service.search([driver(record) for record in asked], listening, settings[function])
        found |= FoundDrivers(dict(zip(sequences, result.matches, strict=True)), result.capped, listening.asked)
    return found


def driver(record: DmvRecord) -> Person:
    """The person of a record, at the new address, and at the old one, which the roll may still have."""
    new, old = record.new_address, record.old_address
    return Person(
        first_name=record.first_name,
        middle_name=record.middle_name,
        last_name=record.last_name,
        suffix=record.suffix,
        date_of_birth=record.date_of_birth,
        gender=record.gender,
        drivers_license=record.drivers_license,
        ssn4=record.ssn4,
        house_number=new.number or None,
        street=new.street or None,
        unit_number=new.unit_number,
        city=new.residence_city,
        zip_code=new.residence_zip_code,
        old_house_number=(old and old.number) or None,
        old_street=(old and old.street) or None,
        old_unit_number=old and old.unit_number,
        old_city=old and old.residence_city,
        old_zip_code=old and old.residence_zip_code,
    )
