from datetime import date, timedelta

import pytest

from votecal_soap.domain.confidentiality import ends_on, is_confidential
from votecal_soap.domain.due_dates import applied_by
from votecal_soap.domain.voters import Confidentiality, Voter

NOBODY = Voter(*(None,) * len(Voter._fields))


def officer(since):
    return NOBODY._replace(confidentiality=Confidentiality.PUBLIC_SAFETY.value, confidential_since=since)


@pytest.mark.requirement("EWS-14")
def test_those_who_applied_by_a_day_are_those_whose_status_has_ended():
    for days in range(1_500):
        day = date(2024, 1, 1) + timedelta(days=days)
        latest = applied_by(day)
        assert not is_confidential(officer(latest), day)
        assert is_confidential(officer(latest + timedelta(days=1)), day)


@pytest.mark.requirement("EWS-14")
def test_a_status_of_the_leap_day_ends_on_the_first_of_march():
    assert ends_on(officer(date(2024, 2, 29))) == date(2026, 3, 1)
    assert applied_by(date(2026, 3, 1)) == date(2024, 3, 1)
