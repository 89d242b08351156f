"""A county reads a voter's record: sections, versions, days, and no more than it is entitled to (EWS-10, S2.27, S4.5, EWS-14, OPS-02)."""

import hashlib
from datetime import UTC, date, datetime

import pytest

from db.tables import audit_entry
from votecal_soap.domain.match_cases import MailingKind
from votecal_soap.domain.voter_children import Contact, CustomField, Document, DocumentKind, NewChild, Participation, PastAddress, VotingMethod
from votecal_soap.domain.voter_records import VoterSection
from votecal_soap.domain.voters import Confidentiality, VotingPrecinct
from votecal_soap.errors import ErrorCode, VoteCalError
from votecal_soap.use_cases.ports import DocumentContent

from ..duplicates.pairs import NEW, NOW, OLD, ONE_LICENSE, old_and_new, pair
from .records import EVERYTHING, ana, read, update

IMAGE = b"%PDF-1.4 made up"
DIGEST = hashlib.sha256(IMAGE).hexdigest()


def kinds(record):
    return [type(entry.content).__name__ for entry in record.entries]


def refusal(act, *arguments, **given):
    with pytest.raises(VoteCalError) as caught:
        act(*arguments, **given)
    return caught.value.code


def add_all(roll):
    """One of each thing that hangs on a record."""
    with roll.factory() as uow:
        uow.children.add_contents([DocumentContent(DIGEST, IMAGE)], NOW)
        uow.mailings.add([(MailingKind.UNPRECINCTABLE_FOLLOW_UP, "19", OLD, None, None)], NOW)
        uow.voters.save_voting_precincts([(OLD, 1, VotingPrecinct("2020-G", "000123", None))], NOW)
        uow.commit()
    roll.add_children(
        NewChild(OLD, Participation("19", "2020-G", VotingMethod.VOTE_BY_MAIL, True)),
        NewChild(OLD, Document(DocumentKind.AFFIDAVIT, "application/pdf", DIGEST, "Affidavit", date(2020, 5, 1))),
        NewChild(OLD, Contact("19", datetime(2021, 2, 3, 20, tzinfo=UTC), "Telephone", "cleo", "asked for large print")),
        NewChild(OLD, CustomField("19", "Sample ballot", "large print")),
    )


@pytest.mark.requirement("EWS-10", "S4.5")
def test_a_county_reads_all_sections_of_its_own_voter(roll):
    roll.add(ana())
    add_all(roll)
    update(roll, given={"house_number": "8", "street_name": "Old", "street_type": "AVE", "residence_city": "Burbank", "residence_zip_code": "91501"})
    record = read(roll, sections=EVERYTHING)
    assert (record.own, record.voter.version, record.current.version, record.merged_id, record.more) == (True, 2, 2, None, False)
    assert (record.voter.house_number, record.voter.drivers_license, record.voter.ems_voter_id) == ("8", "A0000001", "LA1")
    assert kinds(record) == ["PastAddress", "Activity", "Participation", "Document", "Contact", "CustomField", "Letter"]
    (past,) = [entry.content for entry in record.entries if isinstance(entry.content, PastAddress)]
    assert (past.residence.house_number, past.effective_from) == ("7", date(2020, 5, 1))
    (document,) = [entry for entry in record.entries if isinstance(entry.content, Document)]
    assert document.byte_count == len(IMAGE)
    assert record.voting_precincts == (VotingPrecinct("2020-G", "000123", None),)
    assert [row.action for row in roll.rows(audit_entry)] == ["UpdateVoter"]


@pytest.mark.requirement("EWS-10")
def test_only_the_sections_asked_for_come(sqlite_roll):
    sqlite_roll.add(ana(phone="2135550100"))
    add_all(sqlite_roll)
    usual = read(sqlite_roll)
    assert (usual.voter.last_name, usual.voter.phone, usual.entries, len(usual.voting_precincts)) == ("GARCIA", "2135550100", (), 1)
    bare = read(sqlite_roll, sections=frozenset({VoterSection.PARTICIPATION}))
    assert (bare.voter.last_name, bare.voter.date_of_birth, bare.voter.street_name, bare.voter.phone, bare.voting_precincts) == (None, None, None, None, ())
    assert (bare.voter.status, kinds(bare)) == ("Active", ["Participation"])


@pytest.mark.requirement("EWS-10")
def test_entries_come_page_by_page_in_one_order(sqlite_roll):
    sqlite_roll.add(ana())
    add_all(sqlite_roll)
    whole, after, pages = read(sqlite_roll, sections=EVERYTHING).entries, None, []
    while after is None or pages[-1].more:
        pages.append(read(sqlite_roll, sections=EVERYTHING, limit=2, after=after))
        after = pages[-1].entries[-1].entry_id
    assert [entry for page in pages for entry in page.entries] == list(whole)
    assert len(pages) == 3


@pytest.mark.requirement("S2.27", "VRU-10")
def test_the_record_is_read_as_it_was_on_a_day_and_in_a_version(roll):
    roll.add(ana(first_name="ANNE"))
    add_all(roll)
    update(roll, given={"first_name": "Ana"}, effective_date=date(2026, 3, 1))
    then = read(roll, sections=EVERYTHING, as_of=date(2020, 6, 1))
    assert (then.voter.first_name, then.voter.version, then.current.version) == ("ANNE", 1, 2)
    assert kinds(then) == ["Document"]
    assert kinds(read(roll, sections=EVERYTHING, as_of=date(2021, 2, 3))) == ["Participation", "Document", "Contact"]
    assert read(roll, version=2).voter.first_name == "ANA"
    assert refusal(read, roll, as_of=date(2019, 1, 1)) is ErrorCode.VOTER_NOT_FOUND
    assert refusal(read, roll, version=7) is ErrorCode.VOTER_NOT_FOUND
    assert refusal(read, roll, version=1, as_of=date(2020, 6, 1)) is ErrorCode.VALUE_WRONG


@pytest.mark.requirement("S2.27", "EWS-10")
def test_an_address_is_told_with_its_last_day_and_is_not_past_before_that_day_is_over(roll):
    roll.add(ana())
    update(roll, given={"house_number": "8"}, effective_date=date(2026, 3, 1))
    (past,) = read(roll).entries
    assert (past.content.residence.house_number, past.content.effective_to) == ("7", date(2026, 2, 28))
    assert [len(read(roll, as_of=day).entries) for day in (date(2026, 2, 28), date(2026, 3, 1))] == [0, 1]


@pytest.mark.requirement("EWS-01", "EWS-10", "OPS-02")
def test_of_another_countys_voter_it_gets_what_a_search_shows_and_that_is_audited(roll):
    roll.add(ana(phone="2135550100"))
    add_all(roll)
    record = read(roll, "37", sections=EVERYTHING)
    assert (record.own, record.voter.last_name, record.voter.street_name, record.entries, record.voting_precincts) == (False, "GARCIA", "OLD", (), ())
    (entry,) = roll.rows(audit_entry)
    assert (entry.action, entry.subject_id, entry.county_code, "GARCIA" in entry.detail) == ("ViewVoter", str(OLD), "37", False)
    assert refusal(read, roll, "37", version=1) is ErrorCode.NOT_AUTHORISED
    for day in (date(2021, 1, 1), date(2019, 1, 1)):
        assert refusal(read, roll, "37", as_of=day) is ErrorCode.NOT_AUTHORISED
    assert refusal(read, roll, "37", version=7) is ErrorCode.NOT_AUTHORISED
    assert refusal(read, roll, "37", ems_voter_id="LA1") is ErrorCode.VOTER_NOT_FOUND


@pytest.mark.requirement("EWS-14", "OPS-02")
def test_a_confidential_voters_home_is_her_own_countys_to_know_and_each_look_is_audited(sqlite_roll):
    sqlite_roll.add(ana(confidentiality=str(Confidentiality.SAFE_AT_HOME), confidential_since=date(2024, 1, 1)))
    assert read(sqlite_roll).voter.street_name == "OLD"
    assert read(sqlite_roll, "37").voter.street_name is None
    assert [(row.action, row.county_code) for row in sqlite_roll.rows(audit_entry)] == [("ViewVoter", "19"), ("ViewVoter", "37")]


@pytest.mark.requirement("DLR-12", "S2.27")
def test_the_old_uid_of_a_merged_record_resolves_and_the_answer_says_so(roll):
    roll.add(*old_and_new(license_number="D7654321"))
    roll.add_children(NewChild(OLD, CustomField("19", "Sample ballot", "large print")))
    roll.detect(pair(**ONE_LICENSE))
    roll.decide("19")
    record = read(roll, "37", sections=EVERYTHING)
    assert (record.voter.state_voter_id, record.merged_id, record.own) == (NEW, OLD, True)
    (copy,) = [entry for entry in record.entries if isinstance(entry.content, CustomField)]
    assert copy.merged_by == 1
    before = read(roll, "19", sections=EVERYTHING, as_of=date(2022, 1, 1))
    assert (before.voter.state_voter_id, before.merged_id, before.own) == (OLD, None, True)
    assert read(roll, "19").own is False


@pytest.mark.requirement("EWS-10")
def test_a_call_that_names_nobody_or_too_much_is_refused(sqlite_roll):
    sqlite_roll.add(ana())
    assert refusal(read, sqlite_roll, state_voter_id=None) is ErrorCode.VALUE_WRONG
    assert refusal(read, sqlite_roll, ems_voter_id="LA1", state_voter_id=OLD) is ErrorCode.VALUE_WRONG
    assert refusal(read, sqlite_roll, state_voter_id=999_999_999) is ErrorCode.VOTER_NOT_FOUND
    assert refusal(read, sqlite_roll, limit=0) is ErrorCode.LIMIT_EXCEEDED
    assert refusal(read, sqlite_roll, after="Nothing:1") is ErrorCode.VALUE_WRONG
