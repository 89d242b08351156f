"""What weights are fitted on: DMV's records, and voters as they were before a record changed them."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, literal, select

from db.key_sets import Among, fetch_among, select_among
from db.repositories.dmv_records import record_of
from db.tables import dmv_work_item, match_case, voter, voter_version
from votecal_soap.domain.voters import VERSION_FIELDS, VerificationStatus, Voter
from votecal_soap.use_cases.ports import RecentDmvRecord

_NOT_VERSIONED: Final = (literal(0), literal(None))
"""A version has no message sequence and no pending transfer."""


def recent_dmv_records(connection: Connection, limit: int) -> list[RecentDmvRecord]:
    """The last records that bear a DL/ID, the newest first."""
    newest = select(dmv_work_item).where(dmv_work_item.c.drivers_license.is_not(None)).order_by(dmv_work_item.c.work_item_id.desc()).limit(limit)
    items = connection.execute(newest).all()
    before = {row.work_item_id: _voter(row) for row in select_among(connection, _before, sorted(item.work_item_id for item in items))}
    return [RecentDmvRecord(record_of(item), before.get(item.work_item_id)) for item in items]


def verified_licences(connection: Connection, state_voter_ids: Sequence[int]) -> frozenset[int]:
    """Of these voters, those whose DL/ID DMV has verified."""
    return frozenset(row[0] for row in fetch_among(connection, _verified, state_voter_ids))


def _before(among: Among) -> Select[Any]:
    """The versions that stood before a case was applied."""
    same = (voter_version.c.state_voter_id == match_case.c.state_voter_id) & (voter_version.c.version == match_case.c.before_version)
    versions = (voter_version.c[name] for name in VERSION_FIELDS)
    return select(match_case.c.work_item_id, *versions, *_NOT_VERSIONED).join(voter_version, same).where(among(match_case.c.work_item_id))


def _verified(among: Among) -> Select[Any]:
    return select(voter.c.state_voter_id).where(among(voter.c.state_voter_id), voter.c.drivers_license_status == str(VerificationStatus.VERIFIED))


def _voter(row: Row[Any]) -> Voter:
    return Voter._make(row[1:])
