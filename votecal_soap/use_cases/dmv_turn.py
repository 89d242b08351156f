"""UC03.21.01 steps 3 to 6 for the records that wait for no other: work items, decisions, and what follows, written in a few bulks.

A record waits while an earlier one may touch its voters, or gives a voter a match key that the record asks for: what it
would find then is another roll.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import compress, count
from typing import Any, NamedTuple

from votecal_soap.domain.confidentiality import is_confidential
from votecal_soap.domain.county_of_address import five_digit_zip, place
from votecal_soap.domain.dmv_decision import DmvDecision, RecordFacts, Verdict, VoterFacts, decide
from votecal_soap.domain.dmv_files import DmvOutcome
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind
from votecal_soap.domain.matching import Band, Match, Person, band
from votecal_soap.domain.voters import Voter
from votecal_soap.search.met_keys import GivenPerson, NumberedKeys, given_keys, met_later
from votecal_soap.search.standardising import voter_person
from votecal_soap.use_cases.early_search import ReadRecord
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.match_messages import DmvSubject
from votecal_soap.use_cases.matching_circumstances import MatchingCircumstances
from votecal_soap.use_cases.pairs_of_movers import pass_on_pairs
from votecal_soap.use_cases.ports import NewWorkItem, UnitOfWork
from votecal_soap.use_cases.replace_work_items import earlier_items, replace_earlier
from votecal_soap.use_cases.search_for_drivers import FoundDrivers
from votecal_soap.use_cases.settle_dmv_record import Desk, Settled, settle


class TurnTaken(NamedTuple):
    """What a turn did: records by outcome, those that were settled, those that still wait in file order, and the keys that voters were given."""

    outcomes: Counter[DmvOutcome]
    settled: list[ReadRecord]
    waiting: list[ReadRecord]
    given_keys: NumberedKeys


class DmvTurn:
    """One turn of a chunk, in the transaction of `uow`."""

    def __init__(self, uow: UnitOfWork, job_id: int, weights_version: str, circumstances: MatchingCircumstances) -> None:
        """Keep what all records have in common."""
        self._uow = uow
        self._job_id = job_id
        self._weights_version = weights_version
        self._circumstances = circumstances

    def take(self, waiting: Sequence[ReadRecord], found: FoundDrivers) -> TurnTaken:
        """Decide on the records in file order, settle those that wait for no other, and write all that follows."""
        records = [read.record for read in waiting]
        facts = self._facts(waiting)
        relevant = {record.sequence: self._relevant(record, found) for record in records}
        matched = sorted({match.state_voter_id for matches in relevant.values() for match in matches})
        earlier = earlier_items(self._uow, matched)
        effects = self._effects({*matched, *earlier.state_voter_ids})
        decisions = self._decisions(facts, found, self._moved_on(facts, relevant, effects), effects)
        keys = _given_keys(facts, decisions, effects)
        ready = _ready(relevant, met_later(found.asked, keys))
        now, chosen = list(compress(facts, ready)), list(compress(decisions, ready))
        replace_earlier(self._uow, effects, earlier, (match.state_voter_id for decision in chosen for match, _ in decision.matches))
        subjects = self._subjects(now)
        desk = self._desk(effects, chosen)
        settled = [settle(desk, subject, fact.placement, decision) for subject, fact, decision in zip(subjects, now, chosen, strict=True)]
        done = list(compress(waiting, ready))
        self._write(desk, subjects, [self._item(*given, found) for given in zip(done, subjects, settled, strict=True)])
        return TurnTaken(
            Counter(item.outcome for item in settled),
            done,
            [read for read, is_ready in zip(waiting, ready, strict=True) if not is_ready],
            keys.only([read.record.sequence for read in done]),
        )

    def _facts(self, waiting: Sequence[ReadRecord]) -> list[RecordFacts]:
        zips = sorted({code for read in waiting if (code := five_digit_zip(read.record.new_address)) is not None})
        counties_of_zip = self._uow.matching.counties_of_zip(zips)
        circumstances = self._circumstances
        return [RecordFacts(keyed.record, values, place(keyed.record, counties_of_zip, circumstances.counties), circumstances.now) for keyed, values in waiting]

    def _subjects(self, facts: Sequence[RecordFacts]) -> list[DmvSubject]:
        first = self._uow.work_items.reserve_ids(len(facts) + sum(fact.record.signature is not None for fact in facts))
        signature_ids = count(first + len(facts))
        return [
            DmvSubject(
                work_item_id,
                fact.record,
                fact.received,
                fact.placement.county_code,
                None if fact.record.signature is None else next(signature_ids),
            )
            for work_item_id, fact in zip(count(first), facts)
        ]

    def _relevant(self, record: DmvRecord, found: FoundDrivers) -> list[Match]:
        """The matches that are acted on."""
        settings = self._circumstances.settings[record.kind.matching_function]
        return [match for match in found.matches[record.sequence] if band(match.confidence, settings) is not Band.IGNORED]

    def _effects(self, state_voter_ids: set[int]) -> MatchEffects:
        voters = self._uow.voters.lock_by_state_id(sorted(state_voter_ids)) if state_voter_ids else []
        circumstances = self._circumstances
        return MatchEffects(voters, actor=f"job:{self._job_id}", at=circumstances.now, day=circumstances.today, job_id=self._job_id)

    def _decisions(self, facts: Sequence[RecordFacts], found: FoundDrivers, moved_on: Mapping[int, date], effects: MatchEffects) -> list[DmvDecision]:
        today, settings = self._circumstances.today, self._circumstances.settings
        voters = {uid: VoterFacts(voter, is_confidential(voter, today), moved_on.get(uid)) for uid, voter in effects.voters.items()}
        return [decide(found.matches[fact.record.sequence], settings[fact.record.kind.matching_function], fact, voters) for fact in facts]

    def _moved_on(self, facts: Sequence[RecordFacts], relevant: Mapping[int, Sequence[Match]], effects: MatchEffects) -> Mapping[int, date]:
        """When voters moved who may have done so after what DMV reports: no change is younger than the version in force (COA-14)."""
        pairs = ((fact.record, match.state_voter_id) for fact in facts for match in relevant[fact.record.sequence])
        voters = effects.voters
        return self._uow.voters.moved_on(sorted({uid for record, uid in pairs if uid in voters and record.transaction_date < voters[uid].effective_date}))

    def _desk(self, effects: MatchEffects, decisions: Sequence[DmvDecision]) -> Desk:
        needed = sum(len(decision.matches) + (decision.verdict is Verdict.AUTOMATIC) for decision in decisions)
        numbers = count(self._uow.match_cases.reserve_ids(needed)) if needed else iter(())
        return Desk(effects=effects, circumstances=self._circumstances, weights_version=self._weights_version, numbers=numbers)

    def _write(self, desk: Desk, subjects: Sequence[DmvSubject], items: Sequence[NewWorkItem]) -> None:
        uow, now = self._uow, self._circumstances.now
        images = [(subject.signature_id, subject.record.signature) for subject in subjects if subject.signature_id and subject.record.signature]
        uow.work_items.add_signatures(images, now)
        uow.work_items.add(items, self._job_id, now)
        uow.match_cases.add(desk.cases, now)
        uow.work_items.add_potential_voters(desk.potential_voters, now)
        pass_on_pairs(uow, desk.effects)
        desk.effects.write(uow)

    def _item(self, read: ReadRecord, subject: DmvSubject, settled: Settled, found: FoundDrivers) -> NewWorkItem:
        matches = found.matches[subject.record.sequence]
        return NewWorkItem(
            work_item_id=subject.work_item_id,
            keyed=read.keyed,
            status=settled.status,
            disposition=settled.disposition,
            county_code=subject.county_code,
            signature_id=subject.signature_id,
            top_confidence=matches[0].confidence if matches else None,
            weights_version=self._weights_version,
        )


def _ready(relevant: Mapping[int, Sequence[Match]], late: frozenset[int]) -> list[bool]:
    """Which records wait for no earlier one: their sequences with the matches that are acted on, in file order; `late` ones wait."""
    touched, ready = set[int](), []
    for sequence, matches in relevant.items():
        voters = {match.state_voter_id for match in matches}
        ready.append(sequence not in late and touched.isdisjoint(voters))
        touched |= voters
    return ready


def _given_keys(facts: Sequence[RecordFacts], decisions: Sequence[DmvDecision], effects: MatchEffects) -> NumberedKeys:
    """What the records that are applied give to their voters, by the record's sequence."""
    people = []
    for fact, decision in zip(facts, decisions, strict=True):
        if decision.verdict is Verdict.AUTOMATIC:
            uid, moved = decision.matches[0][0].state_voter_id, fact.record.kind is DmvRecordKind.CHANGE_OF_ADDRESS
            person = (_named_at_home if moved else _as_registered)(effects.voters[uid], fact.received.values)
            people.append(GivenPerson(fact.record.sequence, uid, person, moved))
    return given_keys(people)


def _as_registered(voter: Voter, values: Mapping[str, Any]) -> Person:
    """The voter with these values."""
    return voter_person(voter._replace(**values))


def _named_at_home(voter: Voter, values: Mapping[str, Any]) -> Person:
    """The voter's name at the home that the values tell: a whole record would take several times as long to make and to standardise."""
    return Person(
        first_name=voter.first_name,
        last_name=voter.last_name,
        house_number=" ".join(filter(None, (values["house_number"], values["house_number_suffix"]))) or None,
        zip_code=values["residence_zip_code"],
    )
