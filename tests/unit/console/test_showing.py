"""Records side by side, times and charts, as pages show them."""

from datetime import UTC, date, datetime

import pytest
from fakes.dmv import a_record, a_voter

from votecal_soap.console import charts, formats
from votecal_soap.domain.dmv_files import by_bucket
from votecal_soap.domain.ems_messages import QueueHour
from votecal_soap.domain.matching import MatchField
from votecal_soap.domain.record_comparison import ON_FILE, compared, dmv_record, voter_record

HOURS = [QueueHour(datetime(2026, 3, 8, hour, tzinfo=UTC), hour, 23 - hour) for hour in range(24)]


def lines(voter, record):
    return {line.label: line for line in compared(voter_record(voter), dmv_record(record, "19"))}


@pytest.mark.requirement("DLR-03")
def test_what_differs_is_marked_and_what_one_lacks_is_not():
    found = lines(a_voter(), a_record(first_name="anna ", drivers_license=None))
    assert found["First name"].differs is True
    assert found["Last name"].differs is False
    assert found["DL/ID"].differs is None
    assert found["Residence"][1:3] == ("7 OLD AVE", "12 NEW ST")


def test_case_and_blanks_make_no_difference():
    assert lines(a_voter(), a_record(first_name=" ana"))["First name"].differs is False


@pytest.mark.requirement("OPS-03")
def test_an_ssn4_is_compared_and_never_shown():
    same, other = lines(a_voter(ssn4="1234"), a_record(ssn4="1234")), lines(a_voter(ssn4="1234"), a_record(ssn4="9999"))
    assert same["SSN4"][1:] == (ON_FILE, ON_FILE, False)
    assert other["SSN4"][1:] == (ON_FILE, ON_FILE, True)


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (datetime(2026, 1, 5, 8, 0, tzinfo=UTC), "Jan 5, 2026, 12:00 am PST"),
        (datetime(2026, 7, 5, 19, 5, tzinfo=UTC), "Jul 5, 2026, 12:05 pm PDT"),
        (datetime(2026, 3, 8, 10, 0, tzinfo=UTC), "Mar 8, 2026, 3:00 am PDT"),
    ],
)
def test_a_time_of_day_is_californias(instant, shown):
    assert f">{shown}</time>" in formats.instant(instant)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("PotentialMatch", "Potential match"), ("first_name", "First name"), ("dmv_coa", "DMV change of address"), (MatchField.DRIVERS_LICENSE, "DL/ID")],
)
def test_names_are_shown_as_words(name, shown):
    assert formats.words(name) == shown


def test_days_have_their_month_in_letters():
    assert (formats.day(date(2026, 3, 1)), formats.day(None), formats.number(1234567)) == ("Mar 1, 2026", "–", "1,234,567")


def test_a_contribution_points_its_way_and_says_so_in_words():
    assert 'aria-label="12.0 bits for"' in charts.contribution_bar(12.0)
    assert 'class="bar-against" x="40.0"' in charts.contribution_bar(-10.0)
    assert charts.contribution_bar(500.0) == charts.contribution_bar(500.0)
    assert 'width="80.0"' in charts.contribution_bar(500.0)


def test_a_day_of_a_queue_has_two_columns_an_hour_and_a_text():
    chart = charts.hour_chart(HOURS)
    assert (chart.count('class="added"'), chart.count('class="cleared"')) == (24, 24)
    assert "at most 23 in one hour" in chart
    assert 'height="0.0"' in charts.hour_chart([QueueHour(HOURS[0].start, 0, 0)])


def test_the_bands_of_a_histogram_follow_the_thresholds():
    chart = charts.score_chart({10: 1, 50: 2, 98: 3, 99: 4, 100: 5}, 50, 99)
    assert [chart.count(f'class="{band}"') for band in ("ignored", "potential", "automatic")] == [1, 2, 2]


def test_no_chart_has_a_style_that_the_content_policy_would_refuse():
    for chart in (charts.hour_chart(HOURS), charts.score_chart({1: 1}, 50, 99), charts.contribution_bar(1)):
        assert "style=" not in chart


def test_a_histogram_is_shown_by_tens_with_the_last_two_apart():
    assert by_bucket({0: 1, 9: 1, 50: 2, 98: 1, 99: 1, 100: 3}) == {0: 2, 50: 2, 90: 1, 99: 1, 100: 3}
