"""What DMV tells of a sandbox's voters and of strangers, so that every kind of match and move is there (UC03.21.01)."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Final

from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, ResidenceAddress
from votecal_soap.sandbox.people import COPIES, CountyPeople, Situation
from votecal_soap.synthetic.coa_records import SIGNATURE
from votecal_soap.synthetic.geography import CountyMap, county_map
from votecal_soap.synthetic.voters import SyntheticVoter

_STRANGER_BORN: Final = date(1933, 7, 8)
_MARRIED_NAME: Final = "Quackenbush"
"""One person for a clerk who looks closely, and too little for the state."""

_FIRST_STRANGER: Final = 9_990_000


def records_of(people: CountyPeople, neighbour: CountyPeople, day: date) -> Iterator[DmvRecord]:
    """DMV's records about a county's people and about strangers in the county."""
    maker = _RecordMaker(people.county_code, day)
    cast, home, away = people.cast, county_map(people.county_code), county_map(neighbour.county_code)
    for voter in cast[Situation.WAITING_CASE]:
        yield maker.mover(voter, home)._replace(drivers_license=None, ssn4=None, last_name=_MARRIED_NAME)
    for voter in cast[Situation.APPLIED_MATCH]:
        yield maker.mover(voter, home)
    for voter in cast[Situation.MOVED_AWAY]:
        yield maker.mover(voter, away)
    for _ in range(COPIES):
        yield maker.stranger(home)
    for _ in range(COPIES):
        yield maker.stranger(home)._replace(kind=DmvRecordKind.NEW_REGISTRATION, party="NPP", signature=SIGNATURE)


class _RecordMaker:
    """Each record has a transaction and an address of its own."""

    def __init__(self, county_code: str, day: date) -> None:
        self._county_code = county_code
        self._day = day
        self._numbers = count(int(county_code) * 100)
        self._chance = Random(f"sandbox {county_code}")  # noqa: S311 - made-up data, not secrets

    def mover(self, voter: SyntheticVoter, to: CountyMap) -> DmvRecord:
        """A voter whose licence, name and birth DMV has rightly."""
        registration = voter.registration
        name = registration.name
        assert name is not None and isinstance(registration.date_of_birth, date)  # noqa: S101 - made-up voters have both
        return self._blank(to)._replace(
            drivers_license=registration.drivers_license,
            ssn4=registration.ssn4,
            first_name=name.first_name,
            middle_name=name.middle_name,
            last_name=name.last_name,
            date_of_birth=registration.date_of_birth,
        )

    def stranger(self, to: CountyMap) -> DmvRecord:
        """Somebody whom nobody knows."""
        blank = self._blank(to)
        number = next(self._numbers)
        return blank._replace(
            drivers_license=f"Z{_FIRST_STRANGER + number}",
            first_name="Zebulon",
            last_name="Quackenbush",
            date_of_birth=_STRANGER_BORN + timedelta(days=number),
        )

    def _blank(self, to: CountyMap) -> DmvRecord:
        home = to.draw_home(self._chance).residence_address
        address = ResidenceAddress(*home._replace(zip_code=(home.zip_code or "")[:5]))
        blank = DmvRecord(*(None,) * len(DmvRecord._fields))  # type: ignore[arg-type] # filled below and by the callers
        return blank._replace(
            sequence=0,
            transaction_id=f"SANDBOX-{next(self._numbers)}",
            kind=DmvRecordKind.CHANGE_OF_ADDRESS,
            transaction_date=self._day,
            new_address=address,
            county_code=to.county_code,
        )
