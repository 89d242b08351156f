"""UC03.21.01 steps 3 to 6 for records of different voters: work items, decisions, and what follows, written in a few bulks."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from votecal_soap.domain.confidentiality import is_confidential
from votecal_soap.domain.county_of_address import Placement, five_digit_zip, place
from votecal_soap.domain.dmv_decision import DmvDecision, RecordFacts, Verdict, VoterFacts, decide
from votecal_soap.domain.dmv_files import DmvOutcome
from votecal_soap.domain.dmv_records import DmvRecord
from votecal_soap.domain.dmv_values import received
from votecal_soap.domain.matching import Band, Match, band
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.match_messages import DmvSubject
from votecal_soap.use_cases.matching_circumstances import MatchingCircumstances
from votecal_soap.use_cases.ports import NewWorkItem, UnitOfWork
from votecal_soap.use_cases.replace_work_items import earlier_items, replace_earlier
from votecal_soap.use_cases.settle_dmv_record import Desk, Settled, settle

Matches = Mapping[int, Sequence[Match]]
"""By the record's sequence, best first."""


class DmvTurn:
    """One turn of a chunk, in the transaction of `uow`."""

    def __init__(self, uow: UnitOfWork, job_id: int, weights_version: str, circumstances: MatchingCircumstances) -> None:
        """Keep what all records have in common."""
        self._uow = uow
        self._job_id = job_id
        self._weights_version = weights_version
        self._circumstances = circumstances

    def apply(self, records: Sequence[DmvRecord], found: Matches, later: Iterable[int] = ()) -> Counter[DmvOutcome]:
        """Decide on the records and write all that follows; how many came to what.

        Voters of `later` turns are locked with those of this one: all of a chunk in the order of their UIDs, as everybody locks them.
        """
        placements = self._placements(records)
        subjects = self._subjects(records, placements)
        matched = sorted({match.state_voter_id for record in records for match in self._relevant(record, found)})
        earlier = earlier_items(self._uow, matched, before_work_item=subjects[0].work_item_id)
        effects = self._effects({*matched, *earlier.state_voter_ids, *later})
        decisions = self._decisions(subjects, placements, found, effects)
        touched = (match.state_voter_id for decision in decisions for match, _ in decision.matches)
        replace_earlier(self._uow, effects, earlier, touched)
        desk = self._desk(effects, decisions)
        settled = [settle(desk, *given) for given in zip(subjects, placements, decisions, strict=True)]
        self._write(desk, subjects, settled, found)
        return Counter(item.outcome for item in settled)

    def _placements(self, records: Sequence[DmvRecord]) -> list[Placement]:
        zips = sorted({code for record in records if (code := five_digit_zip(record.new_address)) is not None})
        counties_of_zip = self._uow.matching.counties_of_zip(zips)
        return [place(record, counties_of_zip, self._circumstances.counties) for record in records]

    def _subjects(self, records: Sequence[DmvRecord], placements: Sequence[Placement]) -> list[DmvSubject]:
        first = self._uow.work_items.reserve_ids(len(records) + sum(record.signature is not None for record in records))
        signature_ids = count(first + len(records))
        return [
            DmvSubject(
                work_item_id,
                record,
                received(record, self._circumstances.rules.translator),
                placement.county_code,
                None if record.signature is None else next(signature_ids),
            )
            for work_item_id, record, placement in zip(count(first), records, placements)
        ]

    def _relevant(self, record: DmvRecord, found: Matches, *bands: Band) -> list[Match]:
        wanted, settings = bands or (Band.AUTOMATIC, Band.POTENTIAL), self._circumstances.settings[record.kind.matching_function]
        return [match for match in found[record.sequence] if band(match.confidence, settings) in wanted]

    def _effects(self, state_voter_ids: set[int]) -> MatchEffects:
        voters = self._uow.voters.lock_by_state_id(sorted(state_voter_ids)) if state_voter_ids else []
        circumstances = self._circumstances
        return MatchEffects(voters, actor=f"job:{self._job_id}", at=circumstances.now, day=circumstances.today, job_id=self._job_id)

    def _decisions(self, subjects: Sequence[DmvSubject], placements: Sequence[Placement], found: Matches, effects: MatchEffects) -> list[DmvDecision]:
        moved_on = self._uow.voters.moved_on(self._doubtful(subjects, found, effects))
        today = self._circumstances.today
        facts = {uid: VoterFacts(voter, is_confidential(voter, today), moved_on.get(uid)) for uid, voter in effects.voters.items()}
        return [
            decide(
                found[subject.record.sequence],
                self._circumstances.settings[subject.record.kind.matching_function],
                RecordFacts(record=subject.record, received=subject.received, placement=placement, now=self._circumstances.now),
                facts,
            )
            for subject, placement in zip(subjects, placements, strict=True)
        ]

    def _doubtful(self, subjects: Sequence[DmvSubject], found: Matches, effects: MatchEffects) -> list[int]:
        """Voters who may have moved after what DMV reports: no change is younger than the version in force (COA-14)."""
        pairs = ((subject.record, match.state_voter_id) for subject in subjects for match in self._relevant(subject.record, found, Band.AUTOMATIC))
        return sorted({uid for record, uid in pairs if uid in effects.voters and record.transaction_date < effects.voters[uid].effective_date})

    def _desk(self, effects: MatchEffects, decisions: Sequence[DmvDecision]) -> Desk:
        needed = sum(len(decision.matches) + (decision.verdict is Verdict.AUTOMATIC) for decision in decisions)
        numbers = count(self._uow.match_cases.reserve_ids(needed)) if needed else iter(())
        return Desk(effects=effects, circumstances=self._circumstances, weights_version=self._weights_version, numbers=numbers)

    def _write(self, desk: Desk, subjects: Sequence[DmvSubject], settled: Sequence[Settled], found: Matches) -> None:
        uow, now = self._uow, self._circumstances.now
        images = [(subject.signature_id, subject.record.signature) for subject in subjects if subject.signature_id and subject.record.signature]
        uow.work_items.add_signatures(images, now)
        uow.work_items.add([self._item(*given, found) for given in zip(subjects, settled, strict=True)], self._job_id, now)
        uow.match_cases.add(desk.cases, now)
        uow.work_items.add_potential_voters(desk.potential_voters, now)
        desk.effects.write(uow)

    def _item(self, subject: DmvSubject, settled: Settled, found: Matches) -> NewWorkItem:
        matches = found[subject.record.sequence]
        return NewWorkItem(
            work_item_id=subject.work_item_id,
            record=subject.record,
            status=settled.status,
            disposition=settled.disposition,
            county_code=subject.county_code,
            signature_id=subject.signature_id,
            top_confidence=matches[0].confidence if matches else None,
            weights_version=self._weights_version,
        )
