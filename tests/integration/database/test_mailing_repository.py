"""Mailings, on SQLite and PostgreSQL alike."""

from datetime import date, timedelta

import pytest
from integration.database.dmv_rows import add_items, add_voter

from votecal_soap.domain.match_cases import MailingKind
from votecal_soap.domain.voters import Confidentiality
from votecal_soap.use_cases.ports import VoterChange

NOTICE, LETTER, CARD = MailingKind.NON_MATCH_NOTICE, MailingKind.UNPRECINCTABLE_FOLLOW_UP, MailingKind.VNC_DUE


def due(uow, kind, county=None):
    return [(row.state_voter_id, row.work_item_id, row.comment) for row in uow.mailings.due(kind, county, 0, 10)]


@pytest.mark.requirement("COA-35")
def test_a_letter_of_one_kind_is_due_once_to_one_person(real_database, registry):
    with real_database() as uow:
        ann = add_voter(uow, registry)
        first, second = (add_items(uow, registry)[0] for _ in range(2))
        uow.mailings.add([(NOTICE, "19", None, first, None), (NOTICE, "34", None, second, None), (LETTER, "19", ann, first, "which house?")], registry.now)
        uow.mailings.add([(NOTICE, "19", None, first, None), (LETTER, "19", ann, second, "which flat?")], registry.now)
        assert due(uow, NOTICE) == [(None, first, None), (None, second, None)]
        assert due(uow, NOTICE, "34") == [(None, second, None)]
        assert due(uow, LETTER) == [(ann, second, "which flat?")]
        assert [uow.mailings.due_count(NOTICE, county) for county in (None, "34", "01")] == [2, 1, 0]


@pytest.mark.requirement("COA-35")
def test_what_was_exported_is_due_no_more_and_found_by_its_file(real_database, registry):
    with real_database() as uow:
        first, second = (add_items(uow, registry)[0] for _ in range(2))
        uow.mailings.add([(NOTICE, "19", None, first, None), (NOTICE, "19", None, second, None)], registry.now)
        (row, _) = uow.mailings.due(NOTICE, None, 0, 10)
        uow.mailings.mark_exported([row.mailing_id], registry.now, "notices-1.csv")
        assert due(uow, NOTICE) == [(None, second, None)]
        assert uow.mailings.exported("notices-1.csv", 0, 10) == [row]
        assert uow.mailings.exported("notices-1.csv", row.mailing_id, 10) == uow.mailings.exported("notices-2.csv", 0, 10) == []
        later = registry.now + timedelta(days=30)
        uow.mailings.add([(NOTICE, "19", None, first, None)], later)
        assert [(again.work_item_id, again.due_at) for again in uow.mailings.due(NOTICE, None, 0, 10)] == [(second, registry.now), (first, later)]


@pytest.mark.requirement("COA-35")
def test_a_list_is_read_page_by_page(real_database, registry):
    with real_database() as uow:
        uow.mailings.add([(NOTICE, "19", None, item, None) for item in (add_items(uow, registry)[0] for _ in range(3))], registry.now)
        pages, after = [], 0
        while page := uow.mailings.due(NOTICE, "19", after, 2):
            pages.append(len(page))
            after = page[-1].mailing_id
        assert pages == [2, 1]


@pytest.mark.requirement("COA-34", "COA-35")
def test_a_letter_that_is_withdrawn_is_not_due(real_database, registry):
    with real_database() as uow:
        ann = add_voter(uow, registry)
        (item,) = add_items(uow, registry)
        uow.mailings.add([(NOTICE, "19", None, item, None), (LETTER, "19", ann, item, None)], registry.now)
        uow.mailings.withdraw(LETTER, state_voter_id=ann, at=registry.now)
        uow.mailings.withdraw(NOTICE, work_item_id=item + 1, at=registry.now)
        assert (due(uow, LETTER), due(uow, NOTICE)) == ([], [(None, item, None)])
        uow.mailings.withdraw(NOTICE, work_item_id=item, at=registry.now)
        assert due(uow, NOTICE) == []
        with pytest.raises(ValueError, match="voter or a work item"):
            uow.mailings.withdraw(NOTICE, at=registry.now)


@pytest.mark.requirement("DLR-19", "COA-35")
def test_letters_that_were_withdrawn_at_one_instant_are_due_again(real_database, registry):
    earlier = registry.now - timedelta(days=1)
    with real_database() as uow:
        ann, bob = add_voter(uow, registry), add_voter(uow, registry)
        (item,) = add_items(uow, registry)
        uow.mailings.add([(LETTER, "19", ann, item, "first"), (LETTER, "19", bob, item, None), (NOTICE, "19", ann, None, None)], earlier)
        uow.mailings.withdraw(NOTICE, state_voter_id=ann, at=earlier)
        for uid in (ann, bob):
            uow.mailings.withdraw(LETTER, state_voter_id=uid, at=registry.now)
        uow.mailings.restore(ann, registry.now)
        assert (due(uow, LETTER), due(uow, NOTICE)) == ([(ann, item, "first")], [])
        uow.mailings.withdraw(LETTER, state_voter_id=ann, at=registry.now)
        uow.mailings.add([(LETTER, "19", ann, item, "since")], registry.now)
        uow.mailings.restore(ann, registry.now)
        assert due(uow, LETTER) == [(ann, item, "since")]


@pytest.mark.requirement("COA-35")
def test_cards_that_were_listed_are_found_by_their_file(real_database, registry):
    with real_database() as uow:
        ann = add_voter(uow, registry)
        uow.mailings.add_exported([(CARD, "19", ann, None, None)], registry.now, "cards-1.csv")
        assert due(uow, CARD) == []
        assert [row.state_voter_id for row in uow.mailings.exported("cards-1.csv", 0, 10)] == [ann]


@pytest.mark.requirement("COA-35")
def test_registered_voters_who_are_due_a_card_are_found_in_uid_order(real_database, registry):
    with real_database() as uow:
        ann, bob, eve = (add_voter(uow, registry, vnc_due=1, **values) for values in ({}, {"status": "Inactive"}, {"county_code": "34"}))
        add_voter(uow, registry, vnc_due=1, status="Pending")
        add_voter(uow, registry)
        assert uow.voters.with_card_due(None, 0, 10) == [ann, bob, eve]
        assert uow.voters.with_card_due("19", ann, 10) == [bob]
        assert uow.voters.with_card_due(None, 0, 2) == [ann, bob]
        assert [uow.voters.count_with_card_due(county) for county in (None, "19", "34")] == [3, 2, 1]


@pytest.mark.requirement("EWS-14")
def test_voters_of_a_status_are_found_by_the_day_of_their_application(real_database, registry):
    day = date(2024, 5, 4)
    officer = {"confidentiality": Confidentiality.PUBLIC_SAFETY, "confidential_since": day}
    with real_database() as uow:
        ann, bob = add_voter(uow, registry, **officer), add_voter(uow, registry, **officer)
        add_voter(uow, registry, **{**officer, "confidential_since": day + timedelta(days=1)})
        add_voter(uow, registry, **{**officer, "confidentiality": Confidentiality.COURT_ORDER})
        add_voter(uow, registry)
        assert uow.voters.confidential_since(Confidentiality.PUBLIC_SAFETY, day, 0, 10) == [ann, bob]
        assert uow.voters.confidential_since(Confidentiality.PUBLIC_SAFETY, day, ann, 10) == [bob]


@pytest.mark.requirement("EWS-14")
def test_confidentiality_is_versioned(real_database, registry):
    with real_database() as uow:
        before = registry.voter()
        uow.voters.add_voters([before], registry.now)
        hidden = {"confidentiality": "SafeAtHome2166_5", "confidential_since": date(2026, 3, 1)}
        after = before._replace(version=2, effective_date=date(2026, 3, 2), **hidden)
        uow.voters.save_changes([VoterChange(before, after, tuple(hidden))], registry.now)
        assert uow.voters.get(before.state_voter_id) == after
        assert uow.voters.version_as_of(before.state_voter_id, date(2026, 3, 1)).confidentiality is None
        assert uow.voters.version_as_of(before.state_voter_id, date(2026, 3, 2)).confidential_since == date(2026, 3, 1)


@pytest.mark.requirement("COA-20", "COA-35")
def test_a_potential_voter_is_due_a_letter_until_listed(real_database, registry):
    with real_database() as uow:
        here, there, named = (add_items(uow, registry, county_code=county)[0] for county in ("19", "34", "19"))
        uow.work_items.add_potential_voters([here, there, named], registry.now)
        uow.work_items.withdraw_potential_voter(named, registry.now)
        assert uow.work_items.potential_voters_due(None, 0, 10) == [here, there]
        assert uow.work_items.potential_voters_due(None, here, 10) == uow.work_items.potential_voters_due("34", 0, 10) == [there]
        assert [uow.work_items.count_potential_voters_due(county) for county in (None, "19")] == [2, 1]
        uow.work_items.mark_potential_voters_listed([here], registry.now)
        uow.work_items.add_potential_voters([here], registry.now)
        assert uow.work_items.potential_voters_due(None, 0, 10) == [there]
