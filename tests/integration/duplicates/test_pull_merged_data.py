"""The newer record's county pulls what a merge added, page by page, when SOS has set that it may (DLR-15, EWS-12)."""

import hashlib
from datetime import UTC, date, datetime

import pytest

from db.tables import audit_entry
from votecal_soap.domain.merged_data import MergedDataQuery
from votecal_soap.domain.voter_children import Contact, Document, DocumentKind, NewChild
from votecal_soap.errors import ErrorCode, InvalidRequest, NotAllowed, NotFound
from votecal_soap.use_cases.match_configuration import SetMergedDataPull, configuration, set_merged_data_pull
from votecal_soap.use_cases.ports import DocumentContent
from votecal_soap.use_cases.pull_merged_data import INLINE_BYTES, INLINE_BYTES_TOGETHER, pull_merged_data

from .pairs import NEW, NOW, OLD, caller, old_and_new, pair, some_children

SMALL, LARGE = b"\x89PNG small", b"\x89PNG" + bytes(INLINE_BYTES)


def digest(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def merged(roll):
    """Los Angeles' older record was merged into San Diego's newer one, with two images."""
    roll.add(*old_and_new())
    with roll.factory() as uow:
        uow.children.add_contents([DocumentContent(digest(content), content) for content in (SMALL, LARGE)], NOW)
        uow.commit()
    images = [Document(DocumentKind.AFFIDAVIT, "image/png", digest(content), "Affidavit", date(2010, 5, 1)) for content in (SMALL, LARGE)]
    spoken = Contact("19", datetime(2015, 1, 2, 3, 4, tzinfo=UTC), "Phone", "clerk", "asked")
    roll.add_children(*some_children(), *(NewChild(OLD, content) for content in (*images, spoken)))
    roll.detect(pair())
    roll.decide("37")
    return roll


def allow(roll, allowed=True, county=None, user="ada"):
    set_merged_data_pull(SetMergedDataPull(county_code=county, allowed=allowed, acting_user=user), roll.factory(), roll.clock)


def pull(roll, county="37", **query):
    return pull_merged_data(MergedDataQuery(**(query or {"case_id": 1})), caller(county), roll.factory, roll.clock)


def kinds(page):
    return [type(item.child.content).__name__ for item in page.items]


@pytest.mark.requirement("DLR-15", "EWS-12", "DLR-09", "OPS-02")
def test_all_that_was_copied_is_pulled_by_case_or_by_the_newer_record_and_audited(merged):
    allow(merged)
    page = pull(merged)
    assert sorted(set(kinds(page))) == ["Contact", "CustomField", "Document", "Participation", "PastAddress"]
    assert kinds(page).count("Document") == 2
    assert {(item.child.state_voter_id, item.child.merge_case_id, item.older_id) for item in page.items} == {(NEW, 1, OLD)}
    assert pull(merged, state_voter_id=NEW) == page
    assert [row.action for row in merged.rows(audit_entry)].count("PullMergedData") == 2


@pytest.mark.requirement("DLR-15")
def test_pages_hold_each_item_once_and_in_one_order(merged):
    allow(merged)
    whole, after, seen, more = pull(merged), None, [], True
    while more:
        page = pull(merged, case_id=1, after=after, limit=2)
        seen, after, more = seen + list(page.items), page.items[-1].child.source, page.more
    assert tuple(seen) == whole.items
    assert pull(merged, case_id=1, after=after).items == ()


@pytest.mark.requirement("EWS-12")
def test_images_come_by_size_and_digest_and_within_limits_with_their_bytes(merged):
    allow(merged)

    def documents(**query):
        return [(item.byte_count, item.content) for item in pull(merged, case_id=1, **query).items if isinstance(item.child.content, Document)]

    assert documents() == [(len(SMALL), None), (len(LARGE), None)]
    assert documents(with_content=True) == [(len(SMALL), SMALL), (len(LARGE), None)]


@pytest.mark.requirement("EWS-12")
def test_a_document_that_is_larger_than_a_page_stands_alone_on_one(merged):
    allow(merged)
    first, second = b"1" + bytes(INLINE_BYTES - 1), b"2" + bytes(INLINE_BYTES_TOGETHER)
    with merged.factory() as uow:
        uow.children.add_contents([DocumentContent(digest(content), content) for content in (first, second)], NOW)
        uow.commit()
    scans = [Document(DocumentKind.OTHER, "image/tiff", digest(content), "Scan", date(2010, 5, 1)) for content in (first, second)]
    merged.add_children(*(NewChild(NEW, content, f"Document:9{place}", 1) for place, content in enumerate(scans)))
    pages, after, more = [], None, True
    while more:
        page = pull(merged, case_id=1, after=after, with_content=True)
        pages.append([item.content for item in page.items if item.content])
        after, more = page.items[-1].child.source, page.more
    assert sorted(page for page in pages if {first, second} & set(page)) == [[first], [second]]
    assert sum(content == SMALL for page in pages for content in page) == 1


@pytest.mark.requirement("DLR-15")
def test_a_county_pulls_only_when_it_is_so_configured_and_its_own_setting_wins(merged):
    assert refused(merged) is ErrorCode.PULL_NOT_SET
    allow(merged)
    allow(merged, allowed=False, county="37")
    assert refused(merged) is ErrorCode.PULL_NOT_SET
    assert configuration(merged.factory(read_only=True)).merged_data_pulls == {None: True, "37": False}
    allow(merged, allowed=None, county="37")
    assert pull(merged).items
    with pytest.raises(NotAllowed):
        allow(merged, user="cleo")


@pytest.mark.requirement("EWS-01", "DLR-15")
def test_the_older_records_county_and_strangers_pull_nothing(merged):
    allow(merged)
    assert refused(merged, county="19") is ErrorCode.NOT_AUTHORISED
    for query in ({"case_id": 1}, {"case_id": 99}):
        with pytest.raises(NotFound) as caught:
            pull(merged, county="01", **query)
        assert caught.value.code is ErrorCode.CASE_NOT_FOUND
    for uid in (NEW, 999_999_999):
        with pytest.raises(NotFound):
            pull(merged, county="01", state_voter_id=uid)


@pytest.mark.requirement("DLR-19", "DLR-15")
def test_nothing_is_left_to_pull_of_a_merge_that_was_undone(merged):
    allow(merged)
    merged.undo("37")
    assert pull(merged).items == pull(merged, state_voter_id=NEW).items == ()


@pytest.mark.requirement("EWS-13")
@pytest.mark.parametrize(
    "query", [{"limit": 5}, {"case_id": 1, "state_voter_id": NEW}, {"case_id": 1, "limit": 201}, {"case_id": 1, "after": "Nothing:1"}], ids=str
)
def test_a_question_that_is_wrong_is_refused(merged, query):
    allow(merged)
    with pytest.raises(InvalidRequest):
        pull(merged, **query)


def refused(roll, **query):
    with pytest.raises(NotAllowed) as caught:
        pull(roll, **query)
    return caught.value.code
