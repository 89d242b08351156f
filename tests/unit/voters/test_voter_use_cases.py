"""The use cases on one voter's record without a database: what they decide, and what one transaction holds (EWS-09, EWS-10, EWS-12)."""

import hashlib
from datetime import UTC, date, datetime, timedelta

import pytest
from fakes.dmv import a_voter
from fakes.unit_of_work import FakeDatabase

from votecal_soap.clock import FixedClock
from votecal_soap.domain.batches import FailureReason, Outcome
from votecal_soap.domain.counties import Caller
from votecal_soap.domain.county_activities import AddVoterActivity, CountyActivity
from votecal_soap.domain.images import AttachImage, ImageQuery
from votecal_soap.domain.match_cases import MailingKind
from votecal_soap.domain.rules import RuleBooks
from votecal_soap.domain.voter_children import DocumentKind
from votecal_soap.domain.voter_records import VoterQuery, VoterSection
from votecal_soap.domain.voter_updates import UpdateVoter
from votecal_soap.errors import Conflict, ErrorCode
from votecal_soap.use_cases.add_voter_activity import add_voter_activity
from votecal_soap.use_cases.attach_image import attach_image
from votecal_soap.use_cases.get_image import get_image
from votecal_soap.use_cases.get_voter import get_voter
from votecal_soap.use_cases.update_voter import update_voter

NOW = datetime(2026, 3, 10, 20, tzinfo=UTC)
CLOCK = FixedClock(NOW)
UID = 100_000_001
LOS_ANGELES, SAN_DIEGO = (Caller(username=f"ems-{code}", county_code=code, credential_expires_at=None) for code in ("19", "37"))
PDF = b"%PDF-1.4 made up"


@pytest.fixture
def database():
    """One voter of Los Angeles, who is due a letter."""
    database = FakeDatabase()
    with database() as uow:
        uow.voters.add_voters([a_voter(UID, message_sequence=0)], NOW)
        uow.mailings.add([(MailingKind.UNPRECINCTABLE_FOLLOW_UP, "19", UID, None, None)], NOW)
        uow.commit()
    return database


def update(database, caller=LOS_ANGELES, *, commit=True, **command):
    usual = {"state_voter_id": UID, "ems_voter_id": None, "base_version": 1, "given": {"first_name": "Anne"}}
    with database() as uow:
        result = update_voter(UpdateVoter(**{**usual, **command}), caller, uow, CLOCK, RuleBooks())
        if commit:
            uow.commit()
    return result


def attach(database, offset, part):
    image = AttachImage(
        state_voter_id=UID,
        kind=DocumentKind.AFFIDAVIT,
        media_type="application/pdf",
        title=None,
        received_on=date(2026, 3, 9),
        byte_count=len(PDF),
        sha256=hashlib.sha256(PDF).hexdigest(),
        offset=offset,
        content=part,
    )
    with database() as uow:
        progress = attach_image(image, LOS_ANGELES, uow, CLOCK)
        uow.commit()
    return progress


@pytest.mark.requirement("EWS-09", "OPS-04")
def test_an_update_is_all_there_or_nothing_is(database):
    assert update(database, commit=False).outcome.outcome is Outcome.APPLIED
    assert (database.committed.voters[UID].first_name, database.committed.activities, database.committed.audit) == ("ANA", [], [])
    update(database)
    kept = database.committed
    assert (kept.voters[UID].first_name, len(kept.activities), len(kept.audit), kept.messages) == ("ANNE", 1, 1, {})


@pytest.mark.requirement("EWS-09", "VRU-17")
@pytest.mark.parametrize(
    ("caller", "command", "reason"),
    [
        (SAN_DIEGO, {}, FailureReason.VOTER_DOES_NOT_BELONG),
        (SAN_DIEGO, {"state_voter_id": UID + 1}, FailureReason.VOTER_NOT_FOUND),
        (LOS_ANGELES, {"base_version": 2}, FailureReason.FAILED_VALIDATION),
        (LOS_ANGELES, {"given": {"home_precinct": "NOWHERE"}}, FailureReason.PRECINCT_NOT_FOUND),
        (LOS_ANGELES, {"ems_voter_id": "OTHER"}, FailureReason.FAILED_VALIDATION),
    ],
)
def test_each_reason_is_the_batchs_own(database, caller, command, reason):
    result = update(database, caller, **command)
    assert (result.outcome.outcome, result.outcome.reason) == (Outcome.FAILED, reason)
    assert database.committed.voters[UID].version == 1


@pytest.mark.requirement("EWS-10", "S2.27", "OPS-02")
def test_a_record_is_read_with_its_letters_and_only_a_look_elsewhere_is_audited(database):
    query = VoterQuery(state_voter_id=UID, sections=frozenset(VoterSection))
    own = get_voter(query, LOS_ANGELES, database, CLOCK)
    assert [entry.content.kind for entry in own.entries] == [MailingKind.UNPRECINCTABLE_FOLLOW_UP]
    assert database.committed.audit == []
    assert get_voter(query, SAN_DIEGO, database, CLOCK).entries == ()
    assert [entry.action for entry in database.committed.audit] == ["ViewVoter"]


@pytest.mark.requirement("EWS-12")
def test_an_image_in_parts_is_kept_whole_or_not_at_all(database):
    assert attach(database, 0, PDF[:6]).entry_id is None
    assert database.committed.contents == {}
    with pytest.raises(Conflict) as caught:
        attach(database, 8, PDF[8:])
    assert caught.value.code is ErrorCode.UPLOAD_GAP
    done = attach(database, 6, PDF[6:])
    part = get_image(ImageQuery(state_voter_id=UID, entry_id=done.entry_id, offset=4, limit=5), LOS_ANGELES, database, CLOCK)
    assert (part.content, part.next_offset, part.byte_count) == (PDF[4:9], 9, len(PDF))
    assert database.committed.document_parts == {}


@pytest.mark.requirement("EWS-12")
def test_activity_is_noted_on_its_own_day(database):
    command = AddVoterActivity(state_voter_id=UID, activity=CountyActivity.MAIL_RETURNED, activity_date=(NOW - timedelta(days=9)).date())
    with database() as uow:
        add_voter_activity(command, LOS_ANGELES, uow, CLOCK)
        uow.commit()
    (entry,) = database.committed.activities
    assert (entry.activity_type, entry.activity_date, entry.basis) == ("Mail Returned", date(2026, 3, 1), "Entered by county 19")
