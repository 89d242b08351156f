"""How many match cases wait: counted up and down in memory, written once, at the end of the transaction.

The counters' rows are few: locked early, they would make every writer wait for the whole of another's transaction.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Final, Protocol

from sqlalchemy import Connection, delete, insert, select, update

from db.tables import open_case_count
from votecal_soap.domain.duplicate_cases import WITH_COUNTIES, awaited
from votecal_soap.domain.match_cases import CaseState, CaseType
from votecal_soap.use_cases.ports import OpenCaseCount

NO_DAY: Final = date(9999, 12, 31)

_Key = tuple[str, str, str, date, int]
_COUNTER: Final = open_case_count.c


class Countable(Protocol):
    """A case, new or known."""

    @property
    def county_code(self) -> str:
        """The county that decides."""
        ...

    @property
    def case_type(self) -> CaseType:
        """What was matched."""
        ...

    @property
    def state(self) -> CaseState:
        """Where it stands."""
        ...

    @property
    def due_on(self) -> date | None:
        """The county's last day."""
        ...

    @property
    def other_county(self) -> str | None:
        """The other record's county, if another."""
        ...

    @property
    def asked_county(self) -> str | None:
        """The one county whose word is awaited."""
        ...


class CaseCounts:
    """What this transaction adds to and takes from the cases that wait."""

    def __init__(self, connection: Connection) -> None:
        """Begin with no change."""
        self._connection = connection
        self._changes: Counter[_Key] = Counter()

    def add(self, cases: Iterable[Countable]) -> None:
        """Remember that these wait."""
        self._change(cases, 1)

    def take(self, cases: Iterable[Countable]) -> None:
        """Remember that these, as they were, wait no more."""
        self._change(cases, -1)

    def all(self, county_code: str | None) -> list[OpenCaseCount]:
        """What waits, of one county or of all, as last committed; where all are added up, what is counted a second time is left out."""
        rows = select(open_case_count).where(_COUNTER.case_count > 0)
        rows = rows if county_code is None else rows.where(_COUNTER.county_code == county_code)
        found = self._connection.execute(rows.order_by(*open_case_count.primary_key.columns))
        return [
            OpenCaseCount(
                row.county_code,
                CaseType(row.case_type),
                CaseState(row.case_state),
                None if row.due_on == NO_DAY else row.due_on,
                row.case_count,
                bool(row.is_second),
            )
            for row in found
        ]

    def write(self) -> None:
        """Apply the changes in order, so that two transactions cannot hold what the other needs."""
        for key, by in sorted(self._changes.items()):
            if by:
                self._write(key, by)
        self._changes.clear()

    def _change(self, cases: Iterable[Countable], by: int) -> None:
        for case in cases:
            for place, county_code in enumerate(counted_for(case)):
                self._changes[county_code, str(case.case_type), str(case.state), case.due_on or NO_DAY, min(place, 1)] += by

    def _write(self, key: _Key, by: int) -> None:
        names = [column.name for column in open_case_count.primary_key.columns]
        mine = [_COUNTER[name] == value for name, value in zip(names, key, strict=True)]
        if self._connection.execute(update(open_case_count).where(*mine).values(case_count=_COUNTER.case_count + by)).rowcount == 0:
            self._connection.execute(insert(open_case_count).values(**dict(zip(names, key, strict=True)), case_count=by))
        elif by < 0:
            # Days pass: a counter of a day gone by would never be used again.
            self._connection.execute(delete(open_case_count).where(*mine, _COUNTER.case_count == 0))


def counted_for(case: Countable) -> list[str]:
    """The counties that a case waits for, its own first; none when it is decided, or with SOS."""
    if case.state not in WITH_COUNTIES or (case.state is CaseState.REJECTED_BY_USER and case.asked_county is None):
        return []
    return sorted(awaited(case.county_code, case.other_county, case.asked_county), key=lambda county_code: (county_code != case.county_code, county_code))
