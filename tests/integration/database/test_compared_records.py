"""A county's records as they are compared, on every database alike (2 CCR 19083)."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest
from sqlalchemy.engine import make_url

from votecal_soap.domain.record_checksums import COMPARED_FIELDS, record_checksum
from votecal_soap.domain.synchronisation import UidRange

from .conftest import NOW

pytestmark = pytest.mark.requirement("2-CCR-19083")


@pytest.fixture
def voters(database, registry):
    """Five of Los Angeles, one of Sacramento between them, and one of Los Angeles that was merged away."""
    made = [registry.voter(registration_date=date(2020, 10, number), party="DEM") for number in range(1, 6)]
    other = registry.voter(state_voter_id=made[1].state_voter_id + 100, county_code="34")
    merged = registry.voter(state_voter_id=made[1].state_voter_id + 200, merged_into=made[0].state_voter_id, status="Cancelled")
    with database() as uow:
        uow.voters.add_voters([*made, other, merged], NOW)
        uow.commit()
    return made


EVERY_UID = UidRange()


def compared(database, uids=EVERY_UID, limit=100):
    with database(read_only=True) as uow:
        return uow.voters.compared("19", uids, limit)


@pytest.mark.requirement("EWS-01", "DLR-12")
def test_a_countys_own_records_come_by_rising_uid_without_merged_ones(database, voters):
    found = compared(database)
    assert [item.record.state_voter_id for item in found] == [voter.state_voter_id for voter in voters]
    assert [(item.ems_voter_id, item.version, item.status) for item in found] == [(voter.ems_voter_id, 1, "Active") for voter in voters]


def test_the_values_are_texts_and_days_are_written_as_iso_has_them(database, voters):
    values = dict(zip(COMPARED_FIELDS, compared(database)[0].record.values, strict=True))
    assert values["date_of_birth"] == "1960-12-10"
    assert values["registration_date"] == "2020-10-01"
    assert values["party"] == "DEM"


def test_the_checksum_of_a_record_is_what_sha256sum_says_of_its_lines_on_every_database(database, voters):
    assert record_checksum(compared(database)[0].record) == "052cdcaab0c6b86f"


def test_a_range_leaves_out_its_lower_bound_and_takes_its_upper(database, voters):
    ids = [voter.state_voter_id for voter in voters]
    assert [item.record.state_voter_id for item in compared(database, UidRange(ids[0], ids[3]))] == ids[1:4]
    assert [item.record.state_voter_id for item in compared(database, UidRange(after=ids[2]), limit=1)] == ids[3:4]


def test_a_page_is_read_through_the_index_of_counties_and_uids(sqlite_url):
    where = "county_code = '19' AND merged_into IS NULL AND state_voter_id > 5"
    with closing(sqlite3.connect(make_url(sqlite_url).database)) as connection:
        rows = connection.execute(f"EXPLAIN QUERY PLAN SELECT email FROM voter WHERE {where} ORDER BY state_voter_id LIMIT 9").fetchall()
    plan = " ".join(row[-1] for row in rows)
    assert "ix_voter_county" in plan
    assert "TEMP B-TREE" not in plan
