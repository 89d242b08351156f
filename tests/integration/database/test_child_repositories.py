"""Children of voters, merge records and the work items of SOS: in memory, on SQLite and on PostgreSQL alike."""

import hashlib
from datetime import date, timedelta

import pytest
from integration.database.dmv_rows import HOME, add_case, add_voter

from votecal_soap.domain.counties import Election
from votecal_soap.domain.dmv_records import MailingAddress, SignatureImage
from votecal_soap.domain.match_cases import CaseState, CaseType, WorkItemStatus
from votecal_soap.domain.merging import FieldChange, MergeRecord, RecordChange
from votecal_soap.domain.sos_work_items import NewSosWorkItem, SosItemCount, SosItemOutcome, SosItemQuery, SosItemSort, SosItemType, SosNote
from votecal_soap.domain.voter_children import (
    Activity,
    AddressKind,
    Contact,
    CustomField,
    Document,
    DocumentKind,
    NewChild,
    Participation,
    PastAddress,
    VotingMethod,
)
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.ports import DocumentContent, NewActivity, VoterChange

IMAGE = b"\x89PNG an affidavit"
DIGEST = hashlib.sha256(IMAGE).hexdigest()
REVIEW = SosItemType.REVIEW_REJECTED_DUPLICATE


def all_kinds(at):
    """One child of each kind."""
    return [
        PastAddress(AddressKind.RESIDENCE, HOME, MailingAddress(), date(2001, 2, 3), date(2010, 1, 1)),
        PastAddress(AddressKind.MAILING, HOME._replace(**dict.fromkeys(HOME._fields)), MailingAddress(mailing_line1="PO BOX 1"), None, None),
        Participation("19", "2026-11-03", VotingMethod.VOTE_BY_MAIL, True),
        Document(DocumentKind.AFFIDAVIT, "image/png", DIGEST, "Affidavit", date(2010, 1, 2)),
        Contact("19", at, "Telephone", "clerk", "asked for a new card"),
        CustomField("19", "Sample ballot", "large print"),
    ]


def prepare(uow, registry):
    """An election with federal offices, and an image."""
    uow.reference.save_elections([Election(election_id="2026-11-03", name="General", election_date=date(2026, 11, 3), federal=True)])
    uow.children.add_contents([DocumentContent(DIGEST, IMAGE)] * 2, registry.now)
    uow.children.add_contents([DocumentContent(DIGEST, IMAGE)], registry.now)


@pytest.mark.requirement("DLR-09")
def test_children_of_every_kind_are_read_as_they_were_written(database, registry):
    with database() as uow:
        prepare(uow, registry)
        ann, bob = add_voter(uow, registry), add_voter(uow, registry)
        uow.children.add([NewChild(ann, content) for content in all_kinds(registry.now)], registry.now)
        uow.children.add([NewChild(bob, content, "Contact:1", 7) for content in all_kinds(registry.now)[4:]], registry.now)
        uow.voters.add_activities([NewActivity(ann, "19", "VNC Sent", date(2026, 3, 2), "by mail", 1, None)], registry.now)
        uow.commit()
    with database(read_only=True) as uow:
        found = uow.children.of_voters([ann])
        wanted = [*all_kinds(registry.now), Activity("19", "VNC Sent", date(2026, 3, 2), "by mail", 1, None)]
        assert sorted(map(repr, (child.content for child in found))) == sorted(map(repr, wanted))
        assert all((child.copied_from, child.merge_case_id, child.deleted_case_id, child.state_voter_id) == (None, None, None, ann) for child in found)
        assert len({child.source for child in found}) == len(found)
        assert [(child.copied_from, child.merge_case_id) for child in uow.children.of_voters([bob])] == [("Contact:1", 7)] * 2
        assert (uow.children.content(DIGEST), uow.children.content("0" * 64)) == (IMAGE, None)


@pytest.mark.requirement("DLR-09")
def test_addresses_of_earlier_versions_are_children_too(database, registry):
    with database() as uow:
        before = registry.voter(house_number="1", street_name="OLD", mailing_line1="PO BOX 9")
        uow.voters.add_voters([before], registry.now)
        moved = before._replace(version=2, effective_date=date(2026, 2, 1), house_number="2", mailing_line1=None)
        uow.voters.save_changes([VoterChange(before, moved, ("house_number", "mailing_line1"))], registry.now)
        again = moved._replace(version=3, effective_date=date(2026, 2, 5), phone="5550100")
        uow.voters.save_changes([VoterChange(moved, again, ("phone",))], registry.now)
        found = [child for child in uow.children.of_voters([before.state_voter_id]) if child.child_id is None]
    told = [(child.content.address_kind, child.content.effective_from, child.content.effective_to, child.source) for child in found]
    uid = before.state_voter_id
    assert told == [
        (AddressKind.RESIDENCE, date(2026, 1, 1), date(2026, 1, 31), f"ResidenceOfVersion:{uid}:1"),
        (AddressKind.RESIDENCE, date(2026, 2, 1), None, f"ResidenceOfVersion:{uid}:2"),
        (AddressKind.MAILING, date(2026, 1, 1), date(2026, 1, 31), f"MailingOfVersion:{uid}:1"),
    ]
    assert [child.content.residence.house_number for child in found[:2]] == ["1", "2"]


@pytest.mark.requirement("DLR-09")
def test_a_signature_from_dmv_is_a_child_whose_bytes_can_be_kept_as_a_document(real_database, registry):
    with real_database() as uow:
        ann = add_voter(uow, registry)
        uow.work_items.add_signatures([(1, SignatureImage("image/png", IMAGE))], registry.now)
        uow.work_items.keep_signature_of([(ann, 1)], registry.now)
        (child,) = uow.children.of_voters([ann])
        assert child.content == Document(DocumentKind.SIGNATURE, "image/png", DIGEST, "Signature from DMV", date(2026, 3, 2))
        assert (child.child_id, child.source) == (None, "DmvSignature:1")
        uow.children.keep_signature_contents(ann, registry.now)
        assert uow.children.content(DIGEST) == IMAGE
        uow.work_items.withdraw_signature_of(ann, 1, registry.now)
        assert uow.children.of_voters([ann]) == []


def merge_record(case_id, newer_id, older_id, registry, **values):
    """A merge that stands."""
    change = RecordChange(3, 4, (FieldChange("confidential_since", None, date(2020, 2, 29)), FieldChange("first_time_federal", 1, 0)))
    ended = RecordChange(1, 2, (FieldChange("status", "Active", "Cancelled"),))
    usual = {"sequence": case_id, "newer": change, "older": ended, "merged_at": registry.now, "completed_at": registry.now, "undone_at": None}
    return MergeRecord(**{"case_id": case_id, "newer_id": newer_id, "older_id": older_id, **usual, **values})


@pytest.mark.requirement("DLR-12", "DLR-19")
def test_a_merge_marks_originals_and_copies_and_its_undo_marks_them_back(database, registry):
    with database() as uow:
        prepare(uow, registry)
        ann, bob = add_voter(uow, registry), add_voter(uow, registry)
        uow.children.add([NewChild(ann, content) for content in all_kinds(registry.now)], registry.now)
        uow.children.add([NewChild(ann, CustomField("19", "of an earlier merge", "1"), "CustomField:9", 6)], registry.now)
        uow.children.add([NewChild(bob, content, f"x:{number}", 7) for number, content in enumerate(all_kinds(registry.now))], registry.now)
        uow.children.add([NewChild(bob, CustomField("19", "own", "1"))], registry.now)
        record = merge_record(7, bob, ann, registry)
        uow.children.delete_originals(record)
        assert {child.deleted_case_id for child in uow.children.of_voters([ann])} == {7}
        assert {child.deleted_case_id for child in uow.children.of_voters([bob])} == {None}
        uow.children.unmerge(record)
        assert {child.deleted_case_id for child in uow.children.of_voters([ann])} == {None}
        assert {child.content for child in uow.children.of_voters([bob]) if child.in_force} == {CustomField("19", "own", "1")}
        assert len(uow.children.of_voters([bob])) == 7


@pytest.mark.requirement("DLR-14")
def test_a_merge_record_keeps_all_that_undo_needs(real_database, registry):
    with real_database() as uow:
        ann, bob, eve = (add_voter(uow, registry) for _ in range(3))
        cases = [add_case(uow, registry, ann, case_type=CaseType.DUPLICATE_VOTER).case_id for _ in range(2)]
        first = merge_record(cases[0], bob, ann, registry, sequence=uow.merges.reserve_sequence())
        second = merge_record(cases[1], eve, bob, registry, sequence=uow.merges.reserve_sequence(), older=None, completed_at=None)
        uow.merges.add(second)
        uow.merges.add(first)
        uow.commit()
    with real_database() as uow:
        assert uow.merges.get(first.case_id) == first
        assert uow.merges.get(second.case_id) == second
        assert uow.merges.get(99) is None
        assert uow.merges.standing([bob]) == [first, second]
        uow.merges.save(first._replace(undone_at=registry.now))
        assert uow.merges.standing([ann, bob]) == [second]


def opened(uow, registry, days, case_ids=(), item_type=REVIEW):
    """Items due on these days of March."""
    cases = case_ids or [add_case(uow, registry, add_voter(uow, registry)).case_id for _ in days]
    return uow.sos_items.open([NewSosWorkItem(item_type, date(2026, 3, day), case_id=case) for day, case in zip(days, cases, strict=True)], registry.now)


@pytest.mark.requirement("DLR-03")
def test_open_and_overdue_items_are_counted_by_type_as_they_come_and_go(real_database, registry):
    with real_database() as uow:
        first, _, third = opened(uow, registry, [5, 9, 9])
        opened(uow, registry, [6], item_type=SosItemType.VERIFIED_LICENSE_REJECTED)
        uow.commit()
    with real_database() as uow:
        assert uow.sos_items.counts(date(2026, 3, 7)) == [
            SosItemCount(REVIEW, 3, 1),
            SosItemCount(SosItemType.VERIFIED_LICENSE_REJECTED, 1, 1),
            SosItemCount(SosItemType.UNRESOLVED_DMV_COA, 0, 0),
        ]
        for item_id in (first, third):
            closed = uow.sos_items.close(uow.sos_items.get(item_id), SosItemOutcome.REJECTED, "Fraud", registry.now, "sam")
            assert (closed.status, closed.outcome, closed.cause, closed.closed_by) == (WorkItemStatus.CLOSED, SosItemOutcome.REJECTED, "Fraud", "sam")
            assert uow.sos_items.get(item_id, lock=True) == closed
            uow.sos_items.close(closed, SosItemOutcome.REJECTED, "Fraud", registry.now, "sam")
        assert uow.sos_items.counts(date(2026, 3, 9))[0] == SosItemCount(REVIEW, 1, 0)


@pytest.mark.requirement("DUP-03")
def test_one_subject_has_one_open_item_of_a_type(real_database, registry):
    with real_database() as uow:
        case = add_case(uow, registry, add_voter(uow, registry)).case_id
        first = opened(uow, registry, [5], [case])
        assert opened(uow, registry, [8], [case]) == first
        uow.sos_items.close(uow.sos_items.get(first[0]), SosItemOutcome.ACKNOWLEDGED, None, registry.now, "sam")
        assert opened(uow, registry, [8], [case]) != first
        assert [item.status for item in uow.sos_items.of_case(case)] == [WorkItemStatus.CLOSED, WorkItemStatus.OPEN]


@pytest.mark.requirement("DLR-05")
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", SosItemSort)
def test_a_list_is_paged_in_its_order_and_filtered(real_database, registry, sort, descending):
    with real_database() as uow:
        ids = opened(uow, registry, [9, 5, 9, 6])
        uow.sos_items.claim(uow.sos_items.get(ids[1]), "sam", registry.now)
        items = {item_id: uow.sos_items.get(item_id) for item_id in ids}
        wanted = sorted(ids, key=lambda item_id: (items[item_id].due_on, item_id) if sort is SosItemSort.DUE else item_id, reverse=descending)
        found, last = [], None
        while page := uow.sos_items.listed(SosItemQuery(item_type=REVIEW, sort=sort, descending=descending, after=last, limit=3)):
            found += [item.item_id for item in page]
            last = page[-1]
        assert found == wanted
        plain = {"item_type": REVIEW, "sort": sort, "descending": descending}
        assert [item.item_id for item in uow.sos_items.listed(SosItemQuery(**plain, claimed_by="sam"))] == [ids[1]]
        assert [item.item_id for item in uow.sos_items.listed(SosItemQuery(**plain, unclaimed=True))] == [i for i in wanted if i != ids[1]]
        assert {item.item_id for item in uow.sos_items.listed(SosItemQuery(**plain, overdue_on=date(2026, 3, 7)))} == {ids[1], ids[3]}
        assert uow.sos_items.listed(SosItemQuery(**plain, status=WorkItemStatus.CLOSED)) == []


@pytest.mark.requirement("DLR-20")
def test_two_who_claim_one_item_do_not_both_get_it(real_database, registry):
    with real_database() as uow:
        (item_id,) = opened(uow, registry, [5])
        seen = uow.sos_items.get(item_id)
        claimed = uow.sos_items.claim(seen, "sam", registry.now)
        assert (claimed.claimed_by, claimed.claimed_at, claimed.version) == ("sam", registry.now, 2)
        with pytest.raises(Conflict) as refused:
            uow.sos_items.claim(seen, "eve", registry.now)
        assert refused.value.code is ErrorCode.WORK_ITEM_CHANGED
        assert uow.sos_items.claim(claimed, None, registry.now).claimed_at is None


@pytest.mark.requirement("DLR-18")
def test_notes_are_kept_in_their_order(real_database, registry):
    with real_database() as uow:
        (item_id,) = opened(uow, registry, [5])
        notes = [SosNote(registry.now + timedelta(minutes=minute), "sam", text) for minute, text in enumerate(["asked DMV", "no answer yet"])]
        for note in notes:
            uow.sos_items.add_note(item_id, note)
        assert uow.sos_items.notes(item_id) == notes


@pytest.mark.requirement("DLR-12")
def test_a_merged_record_has_no_match_keys_and_has_them_again_when_it_is_back(real_database, registry):
    with real_database() as uow:
        ann, bob = (registry.voter(first_name=name, drivers_license=f"D{number}234567") for number, name in enumerate(["ANN", "BOB"], start=1))
        uow.voters.add_voters([ann, bob], registry.now)
        before = keys(uow)
        gone = ann._replace(version=2, merged_into=bob.state_voter_id)
        uow.voters.save_changes([VoterChange(ann, gone, ("merged_into",))], registry.now)
        assert {uid for _, uid in keys(uow)} == {bob.state_voter_id}
        assert uow.matching.keys_built()
        uow.voters.save_changes([VoterChange(gone, ann._replace(version=3), ("merged_into",))], registry.now)
        assert keys(uow) == before


def keys(uow):
    """All match keys, as the large table and the small one tell them together."""
    held = {tuple(row) for row in uow._connection.exec_driver_sql("SELECT match_key, state_voter_id FROM voter_match_key")}
    for key, uid, is_held in uow._connection.exec_driver_sql("SELECT match_key, state_voter_id, held FROM voter_match_key_recent"):
        held = held | {(key, uid)} if is_held else held - {(key, uid)}
    return sorted(held)


@pytest.mark.requirement("DUP-01")
def test_a_pair_is_found_by_its_newest_round_and_by_either_voter(real_database, registry):
    with real_database() as uow:
        ann, bob, eve = (add_voter(uow, registry) for _ in range(3))
        usual = {"case_type": CaseType.DUPLICATE_VOTER, "other_state_voter_id": bob, "cause": "Likeness", "other_county": "34"}
        first = add_case(uow, registry, ann, **usual, round_number=1, state=CaseState.REJECTED)
        second = add_case(uow, registry, ann, **usual, round_number=2)
        assert uow.match_cases.latest_of_pairs([(ann, bob), (ann, eve)]) == {(ann, bob): second}
        assert uow.match_cases.of_voters([bob], [CaseState.OPEN]) == [second]
        assert uow.match_cases.of_voters([ann], CaseState) == [first, second]
        assert uow.match_cases.of_voters([eve], CaseState) == []
        assert [uow.match_cases.of_voter(uid, 9) for uid in (ann, bob, eve)] == [[second, first], [second, first], []]
        assert uow.match_cases.of_voter(bob, 1) == [second]
        assert uow.match_cases.open_by_cause("Likeness", 0, 5) == [second]
        assert [case.case_id for case in uow.match_cases.listed("34", states=CaseState, case_types=None, after_case_id=0, limit=9)] == [
            first.case_id,
            second.case_id,
        ]
        assert uow.match_cases.count("34", [CaseState.OPEN]) == 1
        with pytest.raises(Conflict):
            add_case(uow, registry, ann, **usual, round_number=2)


@pytest.mark.requirement("DLR-20")
def test_a_pair_is_changed_over_the_version_that_was_read_and_no_other(real_database, registry):
    with real_database() as uow:
        case = add_case(uow, registry, add_voter(uow, registry), due_on=date(2026, 3, 9))
        saved = uow.match_cases.save(case, case._replace(state=CaseState.REJECTED_BY_USER, asked_county="34", first_rejected_by="19", due_on=None))
        assert uow.match_cases.get(case.case_id) == saved
        assert (saved.version, saved.asked_county, saved.due_on) == (2, "34", None)
        with pytest.raises(Conflict) as refused:
            uow.match_cases.save(case, case)
        assert refused.value.code is ErrorCode.CASE_CHANGED


@pytest.mark.requirement("DUP-05")
def test_a_late_pair_counts_for_every_county_whose_word_is_awaited(real_database, registry):
    with real_database() as uow:
        pair = {"case_type": CaseType.DUPLICATE_VOTER, "cause": "Likeness", "other_county": "34", "due_on": date(2026, 3, 1)}
        both = add_case(uow, registry, add_voter(uow, registry), **pair)
        asked = add_case(uow, registry, add_voter(uow, registry), **pair, state=CaseState.REJECTED_BY_USER, asked_county="34")
        waits = add_case(uow, registry, add_voter(uow, registry), **pair, state=CaseState.PROVISIONAL, asked_county="19")
        add_case(uow, registry, add_voter(uow, registry), **{**pair, "due_on": None}, state=CaseState.REJECTED_BY_USER)
        add_case(uow, registry, add_voter(uow, registry), state=CaseState.PROVISIONAL, due_on=date(2026, 3, 1))
        assert uow.match_cases.overdue_counts(date(2026, 3, 2)) == {"19": 2, "34": 2}
        assert uow.match_cases.overdue(date(2026, 3, 2), 9) == [both, asked, waits]
