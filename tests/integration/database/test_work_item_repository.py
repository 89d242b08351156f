"""DMV work items, signatures and potential voters, on SQLite and PostgreSQL alike."""

from datetime import timedelta
from threading import Thread

import pytest
from integration.database.dmv_rows import HOME, add_case, add_items, add_voter, dmv_job, dmv_record, work_item

from votecal_soap.domain.dmv_records import MailingAddress, ResidenceAddress, SignatureImage
from votecal_soap.domain.dmv_repeats import keyed
from votecal_soap.domain.match_cases import CaseState, Disposition, WorkItemStatus
from votecal_soap.errors import Conflict, ErrorCode

IMAGE = SignatureImage("image/png", b"\x89PNG\x00\xff")


@pytest.mark.requirement("COA-03")
def test_a_work_item_keeps_everything_that_dmv_sent(real_database, registry):
    everything = dmv_record(
        ssn4="0042",
        middle_name="KING",
        suffix="JR",
        gender="F",
        old_address=HOME._replace(house_number="9", unit_type="APT", unit_number="4"),
        mailing_address=MailingAddress(mailing_line1="PO BOX 1", mailing_country="US"),
        county_code="57",
        phone="5305551234",
        email="ada@example.org",
        language="es",
        party="DEM",
    )
    with real_database() as uow:
        with_image, bare = (uow.work_items.reserve_ids(2) + number for number in range(2))
        uow.work_items.add_signatures([(with_image, IMAGE)], registry.now)
        nobody = dmv_record(drivers_license=None, first_name=None, date_of_birth=None, new_address=ResidenceAddress())
        items = [work_item(with_image, everything._replace(signature=IMAGE), signature_id=with_image), work_item(bare, nobody, status=WorkItemStatus.CLOSED)]
        uow.work_items.add(items, dmv_job(uow, registry), registry.now)
        uow.commit()
    with real_database(read_only=True) as uow:
        kept = uow.work_items.by_ids([with_image, bare, 99])
        assert set(kept) == {with_image, bare}
        assert kept[with_image].record == everything
        assert (kept[with_image].status, kept[with_image].disposition, kept[with_image].county_code) == ("Open", "PotentialMatch", "19")
        assert (kept[with_image].opened_at, kept[with_image].closed_at, kept[bare].closed_at) == (registry.now, None, registry.now)
        assert kept[bare].record == nobody
        assert uow.work_items.signature(kept[with_image].signature_id) == IMAGE
        assert uow.work_items.get(99) is None


@pytest.mark.requirement("COA-02")
def test_a_record_that_any_work_item_has_is_seen(real_database, registry):
    known = dmv_record(transaction_date=dmv_record().transaction_date)
    with real_database() as uow:
        add_items(uow, registry, record=known, status=WorkItemStatus.CLOSED, disposition=Disposition.NO_MATCH)
        same_transaction = dmv_record(transaction_id=known.transaction_id)
        same_said = dmv_record(drivers_license=known.drivers_license.lower(), new_address=HOME._replace(street_name="Oak"))
        other_day = dmv_record(drivers_license=known.drivers_license, transaction_date=known.transaction_date + timedelta(days=1))
        unknown_driver = dmv_record(drivers_license=None)
        asked = [same_transaction, same_said, other_day, unknown_driver]
        assert uow.work_items.seen([keyed(record) for record in asked]) == {same_transaction.sequence, same_said.sequence}


@pytest.mark.requirement("COA-02")
@pytest.mark.parametrize("same", ["transaction_id", "drivers_license"])
def test_the_database_refuses_a_second_work_item_of_a_record(real_database, registry, same):
    known = dmv_record()
    with real_database() as uow:
        add_items(uow, registry, record=known)
        uow.commit()
    with real_database() as uow, pytest.raises(Conflict) as refused:
        add_items(uow, registry, record=dmv_record(**{same: getattr(known, same)}))
    assert refused.value.code is ErrorCode.ALREADY_EXISTS


@pytest.mark.requirement("COA-02")
def test_two_runs_with_one_record_at_a_time_make_one_work_item(real_database, registry):
    record, refused = dmv_record(), []

    def insert(first):
        try:
            with real_database() as uow:
                uow.work_items.seen([keyed(record)])
                uow.work_items.add([work_item(first, record)], job_id, registry.now)
                uow.commit()
        except Conflict as error:
            refused.append(error.code)

    with real_database() as uow:
        job_id = dmv_job(uow, registry)
        uow.commit()
    both = [Thread(target=insert, args=(first,)) for first in (101, 202)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    with real_database(read_only=True) as uow:
        assert len(uow.work_items.by_ids([101, 202])) == 1
    assert refused == [ErrorCode.ALREADY_EXISTS]


def test_records_without_a_licence_are_told_apart_by_their_transaction(real_database, registry):
    with real_database() as uow:
        assert len(add_items(uow, registry, record=dmv_record(drivers_license=None))) == 1
        assert len(add_items(uow, registry, record=dmv_record(drivers_license=None))) == 1


@pytest.mark.requirement("COA-10")
def test_only_what_is_open_is_closed(real_database, registry):
    later = registry.now + timedelta(hours=1)
    with real_database() as uow:
        waiting, done = add_items(uow, registry)[0], add_items(uow, registry, status=WorkItemStatus.CLOSED, disposition=Disposition.NO_MATCH)[0]
        uow.work_items.close([waiting, done], Disposition.REPLACED, later)
        kept = uow.work_items.by_ids([waiting, done])
        assert (kept[waiting].status, kept[waiting].disposition, kept[waiting].closed_at) == ("Closed", "Replaced", later)
        assert (kept[done].disposition, kept[done].closed_at) == ("NoMatch", registry.now)
        uow.work_items.set_disposition(done, WorkItemStatus.OPEN, Disposition.VOTER_NAMED, later, county_code="34")
        again = uow.work_items.get(done, lock=True)
        assert (again.status, again.disposition, again.county_code, again.closed_at) == ("Open", "VoterNamed", "34", None)
        uow.work_items.set_disposition(done, WorkItemStatus.CLOSED, Disposition.ACCEPTED, later)
        assert (uow.work_items.get(done).county_code, uow.work_items.get(done).closed_at) == ("34", later)


@pytest.mark.requirement("COA-31")
def test_earlier_open_items_of_a_voter_are_those_with_an_open_case(real_database, registry):
    with real_database() as uow:
        ann, bob = add_voter(uow, registry), add_voter(uow, registry)
        first, rejected, closed, second = (add_items(uow, registry)[0] for _ in range(4))
        for item in (first, closed, second):
            add_case(uow, registry, ann, item)
        add_case(uow, registry, ann, rejected, state=CaseState.REJECTED)
        add_case(uow, registry, bob, second)
        uow.work_items.close([closed], Disposition.UNRESOLVED, registry.now)
        assert uow.work_items.earlier_open([ann, bob, 1]) == {ann: [first, second], bob: [second]}
        uow.work_items.close([second], Disposition.REPLACED, registry.now)
        assert uow.work_items.earlier_open([bob]) == {}


@pytest.mark.requirement("COA-38")
def test_a_voters_signature_is_the_newest_that_was_not_withdrawn(real_database, registry):
    with real_database() as uow:
        ann = add_voter(uow, registry)
        older, newer = (uow.work_items.reserve_ids(2) + number for number in range(2))
        uow.work_items.add_signatures([(older, IMAGE), (newer, IMAGE)], registry.now)
        assert uow.work_items.signature_of(ann) is None
        uow.work_items.keep_signature_of([(ann, older)], registry.now)
        uow.work_items.keep_signature_of([(ann, newer)], registry.now)
        assert uow.work_items.signature_of(ann) == newer
        uow.work_items.withdraw_signature_of(ann, newer, registry.now)
        assert uow.work_items.signature_of(ann) == older


@pytest.mark.requirement("OPS-05")
def test_a_signature_goes_unless_it_is_a_voters_or_an_open_item_needs_it(real_database, registry):
    with real_database() as uow:
        ann = add_voter(uow, registry)
        voters, waiting, undone, orphan, young = (uow.work_items.reserve_ids(5) + number for number in range(5))
        uow.work_items.add_signatures([(key, IMAGE) for key in (voters, waiting, undone, orphan)], registry.now - timedelta(days=2))
        uow.work_items.add_signatures([(young, IMAGE)], registry.now)
        uow.work_items.keep_signature_of([(ann, voters), (ann, undone)], registry.now)
        uow.work_items.withdraw_signature_of(ann, undone, registry.now)
        add_items(uow, registry, signature_id=waiting)
        add_items(uow, registry, signature_id=orphan, status=WorkItemStatus.CLOSED, disposition=Disposition.NO_MATCH)
        assert uow.work_items.purge_signatures(registry.now - timedelta(days=1), 1) == 1
        assert uow.work_items.purge_signatures(registry.now - timedelta(days=1), 10) == 1
        assert [key for key in (voters, waiting, undone, orphan, young) if uow.work_items.signature(key)] == [voters, waiting, young]


@pytest.mark.requirement("COA-20")
def test_a_potential_voter_stays_until_a_county_names_the_voter(real_database, registry):
    with real_database() as uow:
        first, second = add_items(uow, registry)[0], add_items(uow, registry)[0]
        uow.work_items.add_potential_voters([first, second], registry.now)
        uow.work_items.withdraw_potential_voter(first, registry.now)
        assert [uow.work_items.is_potential_voter(item) for item in (first, second, 99)] == [False, True, False]
        uow.work_items.add_potential_voters([first, second], registry.now)
        assert uow.work_items.is_potential_voter(first)


@pytest.mark.requirement("COA-21")
def test_a_record_without_match_and_county_is_a_work_item_of_sos(real_database, registry):
    closed = {"status": WorkItemStatus.CLOSED, "disposition": Disposition.NO_MATCH}
    with real_database() as uow:
        (mine,) = add_items(uow, registry, **closed, county_code=None)
        add_items(uow, registry, **closed)
        add_items(uow, registry, **closed, county_code=None, record=dmv_record(new_address=HOME._replace(residence_state="NV")))
        add_items(uow, registry, county_code=None)
        assert [item.work_item_id for item in uow.work_items.unresolved_of_sos(10)] == [mine]
        assert uow.work_items.counts() == {
            (None, WorkItemStatus.CLOSED, Disposition.NO_MATCH): 2,
            ("19", WorkItemStatus.CLOSED, Disposition.NO_MATCH): 1,
            (None, WorkItemStatus.OPEN, Disposition.POTENTIAL_MATCH): 1,
        }
