"""SOS users find, claim, write about and close their work items (DLR-03, DLR-05, DLR-18, DUP-06, COA-21)."""

from datetime import date

import pytest

from votecal_soap.domain.match_cases import Decision, WorkItemStatus
from votecal_soap.domain.sos_work_items import SosItemOutcome, SosItemType
from votecal_soap.domain.work_lists import WorkItemKind
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest, NotAllowed, NotFound
from votecal_soap.use_cases.review_list import ListReviews, list_reviews
from votecal_soap.use_cases.sos_work_items import (
    acknowledge_work_item,
    claim_work_item,
    note_on_work_item,
    read_work_item,
    release_work_item,
)
from votecal_soap.use_cases.work_item_summary import summary

from .pairs import LICENSE, NOW, ONE_LICENSE, old_and_new, pair

REVIEW, NOTICE = 2, 1
"""Ids: the notice to administrators comes with the first rejection, the review with the second."""


@pytest.fixture
def at_sos(roll):
    """A pair that both counties rejected."""
    roll.add(*old_and_new(license_number=LICENSE))
    roll.detect(pair(**ONE_LICENSE))
    roll.decide("19", Decision.REJECT)
    roll.decide("37", Decision.REJECT)
    return roll


def done(roll, use_case, *given):
    with roll.factory() as uow:
        result = use_case(*given, uow, roll.clock)
        uow.commit()
    return result


def open_items_by_kind(roll, user_name):
    return {line.kind: line.open_items for line in summary(user_name, roll.factory(), roll.clock).lines if line.kind.sos_item_type}


def listed(roll, item_type, user_name="sam"):
    return list_reviews(ListReviews(item_type=item_type, acting_user=user_name), roll.factory(), roll.clock).items


@pytest.mark.requirement("DLR-03", "DLR-05")
def test_the_summary_counts_open_items_of_every_type_and_a_list_holds_them(at_sos):
    assert open_items_by_kind(at_sos, "sam") == {WorkItemKind.REJECTED_DUPLICATE: 1, WorkItemKind.REJECTED_VERIFIED: 1}
    (item,) = listed(at_sos, SosItemType.REVIEW_REJECTED_DUPLICATE)
    assert (item.item_id, item.case_id, item.due_on, item.opened_at) == (REVIEW, 1, date(2026, 3, 17), NOW)
    assert listed(at_sos, SosItemType.UNRESOLVED_DMV_COA) == []
    read = read_work_item(REVIEW, "sam", at_sos.factory)
    assert (read.item, read.case, read.notes) == (item, at_sos.case(), [])


@pytest.mark.requirement("DLR-20")
def test_an_item_that_one_works_on_is_no_one_elses_until_it_is_given_back(at_sos):
    claimed = done(at_sos, claim_work_item, REVIEW, 1, "sam")
    assert (claimed.claimed_by, claimed.version) == ("sam", 2)
    assert done(at_sos, claim_work_item, REVIEW, 1, "sam") == claimed
    with pytest.raises(Conflict, match="sam works") as refused:
        done(at_sos, claim_work_item, REVIEW, 2, "ada")
    assert refused.value.code is ErrorCode.WORK_ITEM_CHANGED
    released = done(at_sos, release_work_item, REVIEW, 2, "ada")
    assert (released.claimed_by, released.claimed_at) == (None, None)
    assert done(at_sos, release_work_item, REVIEW, 3, "sam") == released
    done(at_sos, claim_work_item, REVIEW, 3, "ada")
    with pytest.raises(NotAllowed):
        done(at_sos, release_work_item, REVIEW, 4, "sam")


@pytest.mark.requirement("DLR-18")
def test_an_unresolved_item_stays_open_with_its_notes(at_sos):
    done(at_sos, note_on_work_item, REVIEW, " asked DMV ", "sam")
    read = read_work_item(REVIEW, "sam", at_sos.factory)
    assert [(note.noted_by, note.text) for note in read.notes] == [("sam", "asked DMV")]
    assert read.item.status is WorkItemStatus.OPEN
    for text in ("  ", "x" * 1001):
        with pytest.raises(InvalidRequest):
            done(at_sos, note_on_work_item, REVIEW, text, "sam")


@pytest.mark.requirement("DUP-06")
def test_an_administrator_acknowledges_a_rejection_on_a_verified_number_and_nobody_a_review(at_sos):
    with pytest.raises(NotAllowed):
        done(at_sos, acknowledge_work_item, NOTICE, 1, "sam")
    with pytest.raises(InvalidRequest):
        done(at_sos, acknowledge_work_item, REVIEW, 1, "ada")
    closed = done(at_sos, acknowledge_work_item, NOTICE, 1, "ada")
    assert (closed.status, closed.outcome, closed.closed_by) == (WorkItemStatus.CLOSED, SosItemOutcome.ACKNOWLEDGED, "ada")
    with pytest.raises(Conflict):
        done(at_sos, acknowledge_work_item, NOTICE, 2, "ada")
    assert open_items_by_kind(at_sos, "ada") == {WorkItemKind.REJECTED_DUPLICATE: 1, WorkItemKind.REJECTED_VERIFIED: 0}


@pytest.mark.requirement("EWS-14", "JOB-01")
def test_work_items_are_for_sos_alone(at_sos):
    assert open_items_by_kind(at_sos, "cleo") == {}
    for act in (
        lambda: listed(at_sos, SosItemType.REVIEW_REJECTED_DUPLICATE, "cleo"),
        lambda: read_work_item(REVIEW, "cleo", at_sos.factory),
        lambda: done(at_sos, claim_work_item, REVIEW, 1, "cleo"),
        lambda: done(at_sos, note_on_work_item, REVIEW, "x", "cleo"),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(NotFound):
        read_work_item(99, "sam", at_sos.factory)
