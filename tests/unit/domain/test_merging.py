"""Merging two records and taking it back, over generated histories of records and children (DLR-07 to DLR-19)."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from votecal_soap.domain.copy_rules import CopyRules
from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress
from votecal_soap.domain.merging import (
    MERGED_REASON,
    MergeRecord,
    MergeTerms,
    children_unmerged,
    complete,
    in_age_order,
    merge,
    on_top,
    originals_deleted,
    registration_activity,
    unmerge,
)
from votecal_soap.domain.voter_children import (
    Activity,
    AddressKind,
    Child,
    Contact,
    CustomField,
    Document,
    DocumentKind,
    Participation,
    PastAddress,
    VotingMethod,
    source_of,
)
from votecal_soap.domain.voters import VERSION_FIELDS, Confidentiality, Voter

START = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
HOME = ResidenceAddress(house_number="12", street_name="OAK", residence_city="DAVIS")
BOOK_KEEPING = {"version", "effective_date"}


def voter(uid: int, **values: Any) -> Voter:
    """A registered voter, the higher the UID the later."""
    usual = {"county_code": "19", "version": 1, "effective_date": date(2020, 1, 1), "status": "Active", "vnc_due": 0, "message_sequence": 0}
    dated = {"registration_date": date(2010, 1, 1) + timedelta(days=uid), "first_name": "ANA", "last_name": "LI"}
    return Voter(**{**dict.fromkeys(Voter._fields), **usual, **dated, "state_voter_id": uid, **values})  # type: ignore[arg-type] # filled above


CONTENTS = st.one_of(
    st.builds(
        PastAddress,
        st.just(AddressKind.RESIDENCE),
        st.builds(ResidenceAddress, house_number=st.sampled_from(["1", "2", "3"])),
        st.just(MailingAddress()),
        st.sampled_from([None, date(2005, 1, 1), date(2019, 1, 1)]),
        st.sampled_from([None, date(2009, 1, 1), date(2019, 6, 1)]),
    ),
    st.builds(
        Activity,
        st.just("19"),
        st.sampled_from(["VNC Sent", "Registration Updated"]),
        st.dates(date(2015, 1, 1), TODAY),
        st.just("x"),
        st.just(1),
        st.none(),
    ),
    st.builds(Participation, st.just("19"), st.sampled_from(["2018-G", "2020-G", "2021-S"]), st.sampled_from(VotingMethod), st.booleans()),
    st.builds(Document, st.sampled_from(DocumentKind), st.just("image/png"), st.sampled_from(["a" * 64, "b" * 64]), st.none(), st.just(TODAY)),
    st.builds(Contact, st.just("19"), st.just(START), st.just("Telephone"), st.just("clerk"), st.sampled_from(["called", "wrote"])),
    st.builds(CustomField, st.sampled_from(["19", "34"]), st.sampled_from(["Dog", "Cat"]), st.sampled_from(["1", "2"])),
)
FIELDS = st.fixed_dictionaries(
    {
        "first_time_federal": st.sampled_from([None, 0, 1]),
        "confidentiality": st.sampled_from([None, None, str(Confidentiality.SAFE_AT_HOME)]),
        "vnc_due": st.sampled_from([0, 1]),
    }
)
UIDS = st.integers(1, 4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), UIDS, UIDS, st.booleans()),
        st.tuples(st.just("complete")),
        st.tuples(st.just("undo"), st.integers(0, 3)),
        st.tuples(st.just("add"), UIDS, CONTENTS),
        st.tuples(st.just("change"), UIDS, st.sampled_from(["A", "B", "C"])),
    ),
    max_size=25,
)


class World:
    """Records and children under merges, and beside them a ledger of what people entered, which merges never touch."""

    def __init__(self, fields: list[dict[str, Any]], children: list[tuple[int, Any]]) -> None:
        self.voters = {uid: voter(uid, **values) for uid, values in enumerate(fields, start=1)}
        self.entered = dict(self.voters)
        self.stored: list[Child] = []
        self.ledger: Counter[tuple[int, Any]] = Counter()
        self.merges: list[MergeRecord] = []
        self.cases = 0
        for uid, content in children:
            self.add(uid, content)

    def add(self, uid: int, content: Any, **marks: Any) -> None:
        number = len(self.stored) + 1
        self.stored.append(Child(number, uid, content, source_of(content, number), **marks))
        if "merge_case_id" not in marks:
            self.ledger[uid, content] += 1

    def children(self) -> list[Child]:
        """Stored ones, and a residence that only a version tells of."""
        kept_elsewhere = PastAddress(AddressKind.RESIDENCE, HOME, MailingAddress(), date(2012, 1, 1), None)
        return self.stored + [Child(None, uid, kept_elsewhere, f"ResidenceOfVersion:{uid}:1") for uid in self.voters]

    def is_alive(self, uid: int) -> bool:
        return self.voters[uid].merged_into is None

    def waits(self, *uids: int) -> bool:
        return any(item.completed_at is None and {item.newer_id, item.older_id} & set(uids) for item in self.merges)

    def terms(self, **values: Any) -> MergeTerms:
        return MergeTerms(**{"case_id": 1, "sequence": 1, "at": START, "today": TODAY, **values})

    def merge(self, one: int, other: int, *, at_once: bool) -> None:
        if one == other or not (self.is_alive(one) and self.is_alive(other)) or self.waits(one, other):
            return
        self.cases += 1
        newer, older = in_age_order(self.voters[one], self.voters[other], {})
        self._write(merge(newer, older, self.children(), self.terms(case_id=self.cases, sequence=self.cases, complete=at_once)), None)

    def complete(self) -> None:
        waiting = [item for item in self.merges if item.completed_at is None]
        if waiting:
            record = waiting[-1]
            terms = self.terms(case_id=record.case_id, sequence=record.sequence)
            self._write(complete(record, self.voters[record.newer_id], self.voters[record.older_id], self.children(), terms), record)

    def _write(self, merged: Any, before: MergeRecord | None) -> None:
        for copy in merged.copies:
            self.add(copy.state_voter_id, copy.content, copied_from=copy.copied_from, merge_case_id=copy.merge_case_id)
        self.voters[merged.record.newer_id] = merged.newer.after
        if merged.older is not None:
            self.stored = originals_deleted(self.stored, merged.record)
            self.voters[merged.record.older_id] = merged.older.after
        if before is not None:
            self.merges.remove(before)
        self.merges = sorted([*self.merges, merged.record], key=lambda item: item.sequence)

    def undo(self, record: MergeRecord) -> None:
        both = unmerge(record, self.voters[record.newer_id], self.voters[record.older_id], TODAY)
        self.voters |= {record.newer_id: both.newer.after, record.older_id: both.older.after}
        self.stored = children_unmerged(self.stored, record)
        self.merges.remove(record)

    def change(self, uid: int, name: str) -> None:
        if self.is_alive(uid):
            for records in (self.voters, self.entered):
                records[uid] = records[uid]._replace(last_name=name)

    def take(self, step: tuple[Any, ...]) -> None:
        kind, *given = step
        if kind == "merge":
            self.merge(given[0], given[1], at_once=given[2])
        elif kind == "complete":
            self.complete()
        elif kind == "add" and self.is_alive(given[0]):
            self.add(given[0], given[1])
        elif kind == "change":
            self.change(given[0], given[1])
        elif kind == "undo" and (free := [item for item in self.merges if on_top(item, self.merges) is None]):
            self.undo(free[given[0] % len(free)])

    def in_force(self) -> Counter[tuple[int, Any]]:
        return Counter((child.state_voter_id, child.content) for child in self.stored if child.in_force)


def shown(record: Voter) -> dict[str, Any]:
    """A record but for the numbers that rise with each change."""
    return {name: getattr(record, name) for name in VERSION_FIELDS if name not in BOOK_KEEPING}


WORLDS = st.builds(World, st.lists(FIELDS, min_size=4, max_size=4), st.lists(st.tuples(UIDS, CONTENTS), max_size=12))


@pytest.mark.requirement("DLR-19")
@settings(max_examples=200, deadline=None)
@given(WORLDS, STEPS)
def test_merges_taken_back_leave_all_records_and_children_as_they_were_plus_what_was_added_since(world, steps):
    for step in steps:
        world.take(step)
    while world.merges:
        world.undo(world.merges[-1])
    assert world.in_force() == world.ledger
    assert {uid: shown(record) for uid, record in world.voters.items()} == {uid: shown(record) for uid, record in world.entered.items()}


@pytest.mark.requirement("DLR-12")
@settings(max_examples=200, deadline=None)
@given(WORLDS, STEPS)
def test_nothing_is_ever_removed_or_copied_twice_and_nothing_stays_in_force_with_a_merged_record(world, steps):
    for step in steps:
        before = {child.child_id: child.content for child in world.stored}
        world.take(step)
        assert before.items() <= {child.child_id: child.content for child in world.stored}.items()
        assert all(world.is_alive(child.state_voter_id) for child in world.stored if child.in_force)
        copies = Counter((child.merge_case_id, child.copied_from) for child in world.stored if child.copied_from)
        assert all(count == 1 for count in copies.values())


@pytest.mark.requirement("DLR-19")
@settings(max_examples=200, deadline=None)
@given(WORLDS, STEPS)
def test_an_undo_in_the_wrong_order_is_refused_and_names_the_merge_on_top(world, steps):
    for step in steps:
        world.take(step)
    for record in world.merges:
        later = [item for item in world.merges if item.sequence > record.sequence and {item.newer_id, item.older_id} & {record.newer_id, record.older_id}]
        assert on_top(record, world.merges) == (later[-1] if later else None)


@pytest.mark.requirement("DLR-09")
@settings(max_examples=200, deadline=None)
@given(WORLDS)
def test_every_child_of_the_older_record_is_copied_with_its_flags_but_for_votes_and_images_that_the_newer_holds(world):
    own = [child for child in world.children() if child.state_voter_id == 1]
    held = {child.content for child in world.children() if child.state_voter_id == 2}
    merged = merge(world.voters[2], world.voters[1], world.children(), world.terms())
    copied = {copy.copied_from for copy in merged.copies}
    assert copied <= {child.source for child in own}
    assert all((copy.state_voter_id, copy.merge_case_id) == (2, 1) for copy in merged.copies)
    votes = {item.election_id for item in held if isinstance(item, Participation)}
    images = {(item.document_kind, item.sha256) for item in held if isinstance(item, Document)}
    for child in own:
        if child.source not in copied:
            content = child.content
            kept = content.election_id in votes if isinstance(content, Participation) else (content.document_kind, content.sha256) in images
            twice = sum(other.content == content or _is_same(other.content, content) for other in own) > 1
            assert kept or twice


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, Participation) and isinstance(other, Participation):
        return one.election_id == other.election_id
    return isinstance(one, Document) and isinstance(other, Document) and (one.document_kind, one.sha256) == (other.document_kind, other.sha256)


@pytest.mark.requirement("DLR-11")
def test_a_copied_vote_in_a_federal_election_shows_that_the_voter_is_no_first_time_federal_voter():
    federal, local = (Participation("19", name, VotingMethod.EARLY, flag) for name, flag in (("2020-G", True), ("2021-S", False)))
    newer, older = voter(2, first_time_federal=1), voter(1)
    for content, flag in ((federal, 0), (local, 1)):
        world = World([{}, {}], [(1, content)])
        assert merge(newer, older, world.children(), world.terms()).newer.after.first_time_federal == flag
    kept = merge(newer, older, World([{}, {}], [(1, federal)]).children(), world.terms(rules=CopyRules(clear_first_time_federal=False)))
    assert kept.newer.after.first_time_federal == 1


@pytest.mark.requirement("DLR-11")
def test_a_vote_of_both_records_at_one_election_counts_once():
    world = World([{}, {}], [(1, Participation("19", "2020-G", VotingMethod.EARLY, True)), (2, Participation("19", "2020-G", VotingMethod.VOTE_BY_MAIL, True))])
    merged = merge(voter(2), voter(1), world.children(), world.terms())
    assert not [copy for copy in merged.copies if isinstance(copy.content, Participation)]


@pytest.mark.requirement("DLR-11")
def test_the_older_residence_ends_before_the_newer_registration_and_no_mailing_address_becomes_the_newer_ones():
    newer, older = voter(2, registration_date=date(2021, 5, 1)), voter(1, mailing_line1="PO BOX 1")
    (copy,) = merge(newer, older, [child for child in World([{}, {}], []).children() if child.state_voter_id == 1], World([], []).terms()).copies
    assert isinstance(copy.content, PastAddress)
    assert (copy.content.residence, copy.content.effective_from, copy.content.effective_to) == (HOME, date(2012, 1, 1), date(2021, 4, 30))
    assert merge(newer, older, [], World([], []).terms()).newer.after.mailing_line1 is None


@pytest.mark.requirement("EWS-14")
def test_who_is_confidential_on_the_older_record_stays_so():
    older = voter(1, confidentiality=str(Confidentiality.COURT_ORDER), confidential_since=date(2020, 1, 1))
    merged = merge(voter(2), older, [], World([], []).terms())
    assert (merged.newer.after.confidentiality, merged.newer.after.confidential_since) == (str(Confidentiality.COURT_ORDER), date(2020, 1, 1))


@pytest.mark.requirement("DLR-12")
def test_the_older_record_ends_as_merged_and_names_the_newer():
    merged = merge(voter(2), voter(1, vnc_due=1), [], World([], []).terms())
    assert merged.older is not None
    ended = merged.older.after
    assert (ended.status, ended.status_reason, ended.merged_into, ended.vnc_due, ended.version) == ("Cancelled", MERGED_REASON, 2, 0, 2)


@pytest.mark.requirement("DLR-14")
def test_the_record_of_a_merge_tells_the_versions_and_each_field_before_and_after():
    world = World([{}, {}], [(1, Participation("19", "2020-G", VotingMethod.EARLY, True))])
    record = merge(voter(2, first_time_federal=1, version=7), voter(1, version=4), world.children(), world.terms()).record
    assert record.older is not None
    assert (record.newer_id, record.older_id) == (2, 1)
    assert (record.newer.before_version, record.newer.after_version, record.older.before_version, record.older.after_version) == (7, 8, 4, 5)
    assert [tuple(field) for field in record.newer.fields] == [("first_time_federal", 1, 0)]
    assert {field.name: field.before for field in record.older.fields} == {"status": "Active", "status_reason": None, "merged_into": None}


@pytest.mark.requirement("DUP-07")
def test_a_provisional_merge_copies_but_leaves_the_older_record_registered():
    world = World([{}, {}], [(1, CustomField("19", "Dog", "1"))])
    merged = merge(voter(2), voter(1), world.children(), world.terms(complete=False))
    assert (merged.older, merged.record.older, merged.record.completed_at) == (None, None, None)
    assert len(merged.copies) == 2  # the custom field, and the residence that a version tells of


@pytest.mark.requirement("DLR-07")
@pytest.mark.parametrize(
    ("first", "second", "activity", "newer"),
    [
        ({"registration_date": date(2020, 1, 2)}, {"registration_date": date(2020, 1, 1)}, {2: date(2025, 1, 1)}, 1),
        ({"registration_date": date(2020, 1, 1)}, {"registration_date": date(2020, 1, 1)}, {1: date(2025, 1, 1), 2: date(2024, 1, 1)}, 1),
        ({"registration_date": date(2020, 1, 1)}, {"registration_date": date(2020, 1, 1)}, {}, 2),
        ({"registration_date": None}, {"registration_date": date(1950, 1, 1)}, {1: date(2025, 1, 1)}, 2),
    ],
)
def test_the_newer_record_has_the_later_registration_then_the_later_activity_then_the_higher_uid(first, second, activity, newer):
    for pair in ((voter(1, **first), voter(2, **second)), (voter(2, **second), voter(1, **first))):
        assert [record.state_voter_id for record in in_age_order(*pair, activity)] == [newer, 3 - newer]


@pytest.mark.requirement("DLR-07")
def test_activity_that_came_by_a_merge_or_updates_no_registration_tells_nothing_of_age():
    world = World([{}, {}], [])
    world.add(1, Activity("19", "Registration Updated", date(2020, 1, 1), "x", 1, None))
    world.add(1, Activity("19", "Registration Updated", date(2019, 1, 1), "x", 1, None))
    world.add(1, Activity("19", "VNC Sent", date(2024, 1, 1), "x", 1, None))
    world.add(2, Activity("19", "Registration Updated", date(2025, 1, 1), "x", 1, None), copied_from="Activity:9", merge_case_id=7)
    assert registration_activity(world.children()) == {1: date(2020, 1, 1)}


@pytest.mark.requirement("DLR-19")
def test_a_field_that_somebody_has_set_since_keeps_its_value():
    world = World([{}, {}], [(1, Participation("19", "2020-G", VotingMethod.EARLY, True))])
    merged = merge(voter(2, first_time_federal=1), voter(1), world.children(), world.terms())
    assert merged.older is not None
    set_anew = merged.newer.after._replace(first_time_federal=None, phone="5550100", version=9)
    both = unmerge(merged.record, set_anew, merged.older.after, TODAY)
    assert (both.newer.after.first_time_federal, both.newer.after.phone, both.newer.after.version) == (None, "5550100", 10)
