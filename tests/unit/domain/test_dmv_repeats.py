from datetime import date

import pytest

from votecal_soap.domain.dmv_files import SCORE_BUCKETS, score_bucket
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, ResidenceAddress
from votecal_soap.domain.dmv_repeats import repeat_key

HOME = ResidenceAddress(house_number="12", street_name="OAK", street_type="ST", residence_city="DAVIS", residence_state="CA", residence_zip_code="95616")
RECORD = DmvRecord(**dict.fromkeys(DmvRecord._fields))._replace(
    sequence=1,
    transaction_id="T1",
    kind=DmvRecordKind.CHANGE_OF_ADDRESS,
    transaction_date=date(2026, 2, 27),
    drivers_license="D1234567",
    new_address=HOME,
)


@pytest.mark.requirement("COA-02")
@pytest.mark.parametrize(
    "same",
    [
        {"transaction_id": "T2", "sequence": 2, "first_name": "ADA"},
        {"drivers_license": "d 123-4567"},
        {"new_address": HOME._replace(street_name="Oak.", residence_zip_code="95616-1234")},
    ],
)
def test_the_same_driver_to_the_same_address_on_the_same_day_is_a_repetition(same):
    assert repeat_key(RECORD._replace(**same)) == repeat_key(RECORD)


@pytest.mark.requirement("COA-02")
@pytest.mark.parametrize(
    "other",
    [
        {"drivers_license": "D1234568"},
        {"transaction_date": date(2026, 2, 28)},
        {"new_address": HOME._replace(unit_number="4")},
        {"new_address": HOME._replace(house_number="1", street_name="2OAK")},
        {"new_address": HOME._replace(street_name="橡树")},
    ],
)
def test_another_driver_day_or_address_is_no_repetition(other):
    assert repeat_key(RECORD._replace(**other)) not in {repeat_key(RECORD), None}


def test_addresses_in_another_alphabet_are_told_apart():
    first, second = (repeat_key(RECORD._replace(new_address=HOME._replace(street_name=name))) for name in ("橡树", "松树"))
    assert first != second


@pytest.mark.requirement("COA-02")
@pytest.mark.parametrize("missing", [{"drivers_license": None}, {"drivers_license": " - "}, {"new_address": ResidenceAddress()}])
def test_without_a_licence_or_an_address_only_the_transaction_tells(missing):
    assert repeat_key(RECORD._replace(**missing)) is None


def test_a_confidence_falls_in_the_bucket_below_it():
    assert [score_bucket(confidence) for confidence in (0, 9, 10, 50, 98, 99, 100)] == [0, 0, 10, 50, 90, 99, 100]
    assert {score_bucket(confidence) for confidence in range(101)} == set(SCORE_BUCKETS)
