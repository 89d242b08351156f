from datetime import date

import pytest
from fakes.dmv import a_voter

from votecal_soap.domain.confidentiality import as_seen_by, ends_on, is_confidential

TODAY = date(2026, 3, 10)


@pytest.mark.requirement("EWS-14")
def test_only_the_voters_own_county_sees_where_a_confidential_voter_lives():
    voter = a_voter(confidentiality="CourtOrder2166", phone="2135550100", email="a@b.org")
    assert as_seen_by(voter, "19", TODAY) == voter
    seen = as_seen_by(voter, "37", TODAY)
    assert (seen.house_number, seen.street_name, seen.residence_city, seen.residence_zip_code, seen.phone, seen.email) == (None,) * 6
    assert (seen.last_name, seen.date_of_birth, seen.state_voter_id) == ("GARCIA", date(1970, 1, 2), voter.state_voter_id)


@pytest.mark.requirement("EWS-14")
def test_anybody_elses_record_is_seen_whole():
    assert as_seen_by(a_voter(), "37", TODAY) == a_voter()


@pytest.mark.requirement("EWS-14")
@pytest.mark.parametrize(
    ("since", "day", "confidential"),
    [
        (date(2024, 3, 11), TODAY, True),
        (date(2024, 3, 10), TODAY, False),
        (date(2024, 2, 29), date(2026, 2, 28), True),
        (date(2024, 2, 29), date(2026, 3, 1), False),
        (None, TODAY, True),
    ],
)
def test_public_safety_status_ends_two_years_after_its_application(since, day, confidential):
    assert is_confidential(a_voter(confidentiality="PublicSafety2166_7", confidential_since=since), day) is confidential


@pytest.mark.requirement("EWS-14")
def test_other_kinds_do_not_end_by_themselves():
    voter = a_voter(confidentiality="SafeAtHome2166_5", confidential_since=date(1999, 1, 1))
    assert ends_on(voter) is None
    assert is_confidential(voter, TODAY)
