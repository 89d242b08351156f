"""The EMS's voters as the synchronization check compares them, and the two things that it may write: UIDs, and marks to send (2 CCR 19083)."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from votecal_soap.county.ems_database import ROWS_AT_ONCE, EmsDatabase
from votecal_soap.county.ems_schema import kind_mask
from votecal_soap.county.state_codes import CANCELLED, DECLINED
from votecal_soap.county.state_form import COMPARED_COLUMNS, compared_record
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.record_checksums import ComparedRecord
from votecal_soap.domain.synchronisation import UidRange

_FIRST: Final = 4
_WITHIN: Final = (
    f"SELECT voter_key, voter_num, changed_kinds, state_uid, {', '.join(COMPARED_COLUMNS)} "  # noqa: S608 - our own column names
    "FROM voters WHERE state_uid > ? AND state_uid <= ? ORDER BY state_uid"
)
_HIGHEST: Final = 2**63 - 1
_WITHOUT_UID: Final = "SELECT voter_num, changed_kinds FROM voters WHERE state_uid IS NULL AND coalesce(reg_stat, '') NOT IN (?, ?) ORDER BY voter_num"
_LINK: Final = "UPDATE voters SET state_uid = ? WHERE voter_num = ? AND state_uid IS NULL"
_MARK: Final = "UPDATE voters SET changed_kinds = changed_kinds | ?, change_no = ? WHERE voter_key = ?"


class ComparedVoter(NamedTuple):
    """A voter of the EMS; `unsent`: a change waits for the next batch."""

    key: int
    number: str
    unsent: bool
    record: ComparedRecord


class ComparedVoters:
    """Reads in short transactions of one group, so that clerks go on working."""

    def __init__(self, ems: EmsDatabase) -> None:
        """Read from this EMS."""
        self._ems = ems

    def within(self, uids: UidRange) -> Iterator[ComparedVoter]:
        """Voters with a UID in the range, by rising UID."""
        cursor = self._ems.connection.execute(_WITHIN, (uids.after or 0, _HIGHEST if uids.last is None else uids.last))
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for row in rows:
                yield ComparedVoter(row[0], row[1], bool(row[2]), compared_record(row[3], row[_FIRST:]))

    def without_uid(self) -> Iterator[tuple[str, bool]]:
        """(number, unsent) of voters in force whom the state has never told of."""
        for number, changed in self._ems.connection.execute(_WITHOUT_UID, (CANCELLED, DECLINED)):
            yield number, bool(changed)

    def link(self, pairs: Iterable[tuple[int, str | None]]) -> int:
        """Take over the state's UIDs (UID, number) of voters who have none here; how many."""
        with self._ems.transaction() as connection:
            return connection.executemany(_LINK, list(pairs)).rowcount

    def mark(self, voters: Iterable[tuple[int, frozenset[DataKind]]]) -> None:
        """Mark kinds of data (key, kinds) as changed, so that the next batch carries them (VRU-04)."""
        with self._ems.transaction() as connection:
            change_no = self._ems.next_change_no()
            connection.executemany(_MARK, [(kind_mask(kinds), change_no, key) for key, kinds in voters])
