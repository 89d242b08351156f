"""COA-04 A query from each driver's identifying data, and one search for all of them: who on the roll it may be (S6.2)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from votecal_soap.domain.dmv_records import DmvRecord
from votecal_soap.domain.matching import Match, MatchingFunction, MatchSettings, Person
from votecal_soap.search.candidates import CandidateIndex, CappedKey
from votecal_soap.search.service import SearchService


class FoundDrivers(NamedTuple):
    """Matches by the record's sequence, best first, and the keys that were too common to follow."""

    matches: dict[int, list[Match]]
    capped: list[CappedKey]


def search_for_drivers(
    records: Sequence[DmvRecord], service: SearchService, index: CandidateIndex, settings: Mapping[MatchingFunction, MatchSettings]
) -> FoundDrivers:
    """Search for all drivers at once; the two kinds of record are each searched for as configured."""
    by_function: defaultdict[MatchingFunction, list[DmvRecord]] = defaultdict(list)
    for record in records:
        by_function[record.kind.matching_function].append(record)
    found = FoundDrivers({}, [])
    for function, asked in by_function.items():
        result = service.search([driver(record) for record in asked], index, settings[function])
        found.matches.update(zip((record.sequence for record in asked), result.matches, strict=True))
        found.capped.extend(result.capped)
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
