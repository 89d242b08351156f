"""How matching is set, kept on memory, SQLite and PostgreSQL alike."""

from datetime import date, timedelta

import pytest

from votecal_soap.domain.counties import ZipCounty
from votecal_soap.domain.matching import Ceiling, CrossCountyMode, MatchField, MatchingFunction, MatchingMode, MatchSettings
from votecal_soap.errors import Conflict, ErrorCode, NotFound
from votecal_soap.search.candidates import CappedKey
from votecal_soap.use_cases.ports import Blackout, CappedReport, WeightsVersion

COA = MatchingFunction.DMV_COA
DUPLICATES = MatchingFunction.DUPLICATE_VOTER


@pytest.mark.requirement("COA-06")
def test_what_nobody_has_set_is_as_shipped(database):
    with database(read_only=True) as uow:
        found = uow.matching.settings(COA)
        assert (found.automatic, found.manual, found.fields, dict(found.ceilings)) == (99, 50, frozenset(MatchField), {})
        assert uow.matching.mode("19", COA) is MatchingMode.APPLY
        assert uow.matching.mode("19", DUPLICATES) is MatchingMode.PROVISIONAL
        assert uow.matching.modes() == {}
        assert uow.matching.cross_county() is CrossCountyMode.TRANSFER
        assert uow.matching.weights() is None


@pytest.mark.requirement("COA-06")
def test_settings_are_kept_for_each_function_apart(database, registry):
    fields = frozenset({MatchField.LAST_NAME, MatchField.DATE_OF_BIRTH})
    first = MatchSettings(function=COA, fields=fields, automatic=97, manual=60, ceilings={"twins": Ceiling.BELOW_MANUAL})
    with database() as uow:
        uow.matching.save_settings(MatchSettings(function=COA, automatic=90), registry.now, "ada")
        uow.matching.save_settings(first, registry.now, "ada")
        uow.commit()
    with database(read_only=True) as uow:
        assert uow.matching.settings(COA) == first
        assert uow.matching.settings(DUPLICATES) == MatchSettings(function=DUPLICATES)


@pytest.mark.requirement("COA-11", "COA-12")
def test_modes_and_the_statewide_setting_are_kept_and_changed(database, registry):
    for mode, cross in ((MatchingMode.PROVISIONAL, CrossCountyMode.CANCEL_AND_INVITE), (MatchingMode.APPLY, CrossCountyMode.TRANSFER)):
        with database() as uow:
            uow.matching.save_mode("19", COA, mode, registry.now, "lee")
            uow.matching.save_cross_county(cross, registry.now, "ada")
            uow.commit()
        with database(read_only=True) as uow:
            assert uow.matching.mode("19", COA) is mode
            assert uow.matching.modes() == {("19", COA): mode}
            assert uow.matching.cross_county() is cross


@pytest.mark.requirement("JOB-04")
def test_blackouts_are_added_listed_and_removed(database, registry):
    november = Blackout(0, None, None, date(2026, 10, 5), date(2026, 11, 3), "General")
    june = Blackout(0, "19", COA, date(2026, 5, 1), date(2026, 6, 2), "Primary")
    with database() as uow:
        ids = [uow.matching.add_blackout(item, registry.now, "ada") for item in (november, june)]
        uow.commit()
    with database() as uow:
        assert uow.matching.blackouts() == [june._replace(blackout_id=ids[1]), november._replace(blackout_id=ids[0])]
        uow.matching.remove_blackout(ids[0])
        uow.commit()
    with database() as uow:
        assert [item.reason for item in uow.matching.blackouts()] == ["Primary"]
        with pytest.raises(NotFound) as refused:
            uow.matching.remove_blackout(ids[0])
    assert refused.value.code is ErrorCode.BLACKOUT_NOT_FOUND


@pytest.mark.requirement("COA-11")
def test_a_zip_code_lies_in_the_counties_of_every_row_that_holds_it(database):
    rows = [ZipCounty("90001", "90599", "19"), ZipCounty("95811", "95899", "34"), ZipCounty("90210", "90210", "34")]
    with database() as uow:
        uow.matching.replace_zip_counties([ZipCounty("00001", "99999", "19")])
        uow.matching.replace_zip_counties(rows)
        uow.commit()
    with database(read_only=True) as uow:
        assert uow.matching.zip_counties() == set(rows)
        found = uow.matching.counties_of_zip(["90001", "90210", "90600", "95811"])
        assert found == {"90001": {"19"}, "90210": {"19", "34"}, "90600": frozenset(), "95811": {"34"}}
        assert uow.matching.counties_of_zip([]) == {}


@pytest.mark.requirement("COA-37")
def test_holidays_are_kept_by_day(database):
    day = date(2026, 7, 3)
    with database() as uow:
        uow.matching.save_holidays({day: "Before", date(2026, 12, 25): "Christmas Day"})
        uow.matching.save_holidays({day: "Extra"})
        uow.commit()
    with database(read_only=True) as uow:
        assert uow.matching.holidays() == {day, date(2026, 12, 25)}
        assert uow.matching.named_holidays()[day] == "Extra"


@pytest.mark.requirement("COA-05")
def test_a_version_of_the_weights_is_in_force_only_once_it_is_activated(database, registry):
    older = WeightsVersion("spring", False, registry.now, "ada", None, "{}")
    newer = WeightsVersion("autumn", False, registry.now + timedelta(days=90), "ada", '{"f1": 1}', "{}")
    with database() as uow:
        for version in (older, newer):
            uow.matching.add_weights(version)
        uow.commit()
    with database() as uow:
        assert uow.matching.weights() is None
        assert uow.matching.weights("spring") == older
        uow.matching.activate_weights("spring", registry.now, "ada")
        uow.commit()
    with database() as uow:
        assert uow.matching.weights() == older._replace(active=True)
        assert uow.matching.weights_versions() == [newer, older._replace(active=True)]
        uow.matching.activate_weights(None, registry.now, "ada")
        uow.commit()
    with database() as uow:
        assert uow.matching.weights() is None
        with pytest.raises(Conflict):
            uow.matching.add_weights(older)


@pytest.mark.requirement("COA-05")
def test_keys_that_are_too_common_are_reported_as_last_seen(database, registry):
    later = registry.now + timedelta(hours=1)
    with database() as uow:
        uow.matching.report_capped([CappedKey(-5, 1_200), CappedKey(7, 2_000)], registry.now)
        uow.matching.report_capped([CappedKey(-5, 3_000)], later)
        uow.commit()
    with database() as uow:
        assert uow.matching.capped_keys() == [CappedReport(-5, 3_000, later), CappedReport(7, 2_000, registry.now)]
        uow.matching.forget_capped()
        assert uow.matching.capped_keys() == []


@pytest.mark.requirement("JOB-04")
@pytest.mark.parametrize(
    ("county_code", "function", "covered"), [(None, None, True), ("19", None, True), ("34", None, False), (None, COA, True), (None, DUPLICATES, False)]
)
def test_a_blackout_covers_its_counties_functions_and_days(county_code, function, covered):
    item = Blackout(1, county_code, function, date(2026, 10, 5), date(2026, 11, 3), "General")
    assert item.covers("19", COA, date(2026, 10, 5)) is covered
    assert item.covers("19", COA, date(2026, 11, 3)) is covered
    assert not item.covers("19", COA, date(2026, 10, 4))
    assert not item.covers("19", COA, date(2026, 11, 4))
