"""The canonical form of a record: two sides that write alike things differently come to one checksum, and nothing else does (2 CCR 19083)."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.record_checksums import (
    COMPARED_FIELDS,
    FIELDS_OF_KIND,
    ComparedRecord,
    canonical_form,
    canonical_value,
    group_checksum,
    kind_checksums,
    kinds_that_differ,
    record_checksum,
    status_checksum,
)
from votecal_soap.domain.translation import KIND_OF_FIELD
from votecal_soap.domain.voters import REGISTRATION_FIELDS

pytestmark = pytest.mark.requirement("2-CCR-19083")
UID = 100_000_101


def record(**fields):
    return ComparedRecord(UID, [fields.get(name) for name in COMPARED_FIELDS])


def test_every_field_that_a_county_sends_is_compared_with_its_kind_but_for_the_reason_of_the_status():
    assert set(COMPARED_FIELDS) == set(REGISTRATION_FIELDS) - {"status_reason"}
    assert {name: kind for kind, names in FIELDS_OF_KIND.items() for name in names} == {name: KIND_OF_FIELD[name] for name in COMPARED_FIELDS}


def test_a_record_is_a_line_for_each_kind_of_data_with_tabs_between_the_fields():
    lines = canonical_form(record(first_name="Ana", last_name="de la Cruz", party="DEM", status="Active").values)
    assert lines == "ANA\tDE LA CRUZ\t\t\t\n\t\t\t\n\t\t\nDEM\n" + "\t" * 10 + "\n" + "\t" * 6 + "\n\t\n\tACTIVE\n"


def test_a_checksum_is_the_first_sixteen_digits_of_the_sha_256_of_uid_and_lines():
    ana = record(first_name="ANA", status="Active")
    assert record_checksum(ana) == hashlib.sha256(f"{UID}\n{canonical_form(ana.values)}".encode()).hexdigest()[:16]
    assert status_checksum(ana) == hashlib.sha256(f"{UID}\nACTIVE\n".encode()).hexdigest()[:16]
    assert group_checksum([(UID, "0" * 16)]) == hashlib.sha256(f"{UID} {'0' * 16}\n".encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("written", "alike"),
    [
        ("María", "MARÍA"),
        ("Mari\u0301a", "MARÍA"),
        ("  Mary   Ann ", "MARY ANN"),
        ("Mary\u00a0Ann", "MARY ANN"),
        ("Mary\tAnn\n", "MARY ANN"),
        ("Groß", "GROß"),
        ("nguyễn", "NGUYỄN"),
        (" ", ""),
    ],
)
def test_blanks_case_and_the_way_an_accent_is_written_make_no_difference(written, alike):
    assert canonical_value(written) == alike
    assert record_checksum(record(first_name=written)) == record_checksum(record(first_name=alike))


@given(st.lists(st.one_of(st.none(), st.text(max_size=12)), min_size=len(COMPARED_FIELDS), max_size=len(COMPARED_FIELDS)))
def test_the_quick_way_comes_to_what_looking_at_each_value_comes_to(values):
    rows, width = canonical_form(values).split("\n"), [len(names) for names in FIELDS_OF_KIND.values()]
    cells = [cell for row in rows[:-1] for cell in row.split("\t")]
    assert [len(row.split("\t")) for row in rows[:-1]] == width
    assert cells == [canonical_value(value or "") for value in values]
    assert canonical_form(cells) == canonical_form(values)


@pytest.mark.parametrize("field", COMPARED_FIELDS)
def test_a_change_of_any_field_changes_the_checksum_and_names_its_kind(field):
    before, after = record(status="Active"), record(**{"status": "Active", field: "X"})
    assert record_checksum(before) != record_checksum(after)
    assert kinds_that_differ(kind_checksums(before.values), kind_checksums(after.values)) == (KIND_OF_FIELD[field],)


def test_a_value_does_not_pass_for_one_of_the_field_beside_it():
    assert record_checksum(record(first_name="ANA")) != record_checksum(record(last_name="ANA"))
    assert kinds_that_differ(kind_checksums(record().values), kind_checksums(record().values)) == ()
    assert DataKind.VOTING_PRECINCT not in FIELDS_OF_KIND
