"""Makes DMV's records about voters and strangers, each with an address and a transaction of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any, Final, NamedTuple

from votecal_soap.demo.dmv_expected import EXPECTED
from votecal_soap.demo.dmv_situations import DmvFileNumber, DmvSituation
from votecal_soap.demo.population import COUNTY, OTHER_COUNTY
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, ResidenceAddress
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, InvalidRequest

PROVISIONAL_COUNTY: Final = "37"
BLACKED_OUT_COUNTY: Final = "36"
LONG_AGO: Final = date(1980, 1, 1)
_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    COUNTY: ("LOS ANGELES", "90012"),
    OTHER_COUNTY: ("DOWNIEVILLE", "95936"),
    PROVISIONAL_COUNTY: ("SAN DIEGO", "92101"),
    BLACKED_OUT_COUNTY: ("SAN BERNARDINO", "92401"),
}


class Planted(NamedTuple):
    """A record with its situation, and the voters that it is about as they were before, the one who moves first: none for a stranger."""

    situation: DmvSituation
    record: DmvRecord
    voters: tuple[Voter, ...]
    gaining_county: str

    @property
    def file(self) -> DmvFileNumber:
        """The file that it stands in."""
        return EXPECTED[self.situation].file


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who plays: voters of both counties with a licence and nothing odd, and those of special situations; the day of each file."""

    ours: Sequence[Voter]
    theirs: Sequence[Voter]
    special: Mapping[DmvSituation, tuple[Voter, ...]]
    days: Mapping[DmvFileNumber, date]


class RecordMaker:
    """Takes voters one after the other."""

    def __init__(self, cast: Cast) -> None:
        """Take from this cast."""
        self._cast = cast
        self._ours = iter(cast.ours)
        self._theirs = iter(cast.theirs)
        self._number = count(1)

    def our_voter(self) -> Voter:
        """One more of Los Angeles."""
        return _next(self._ours)

    def their_voter(self) -> Voter:
        """One more of Sierra."""
        return _next(self._theirs)

    def voter_with(self, *, ssn4: bool = False, middle_name: bool = False) -> Voter:
        """One more of Los Angeles who has these."""
        while True:
            voter = self.our_voter()
            if (voter.ssn4 or not ssn4) and (len(voter.middle_name or "") > 1 or not middle_name):
                return voter

    def transaction(self) -> str:
        """One more transaction of DMV's."""
        return f"DEMO-{next(self._number):04d}"

    def address(self, county_code: str) -> ResidenceAddress:
        """One more address there."""
        city, zip_code = _PLACES[county_code]
        number = str(20_000 + next(self._number))
        return ResidenceAddress(
            house_number=number, street_name="FLOWER", street_type="ST", residence_city=city, residence_state="CA", residence_zip_code=zip_code
        )

    def mover(self, situation: DmvSituation, *, voter: Voter | None = None, gaining: str = COUNTY, **changes: Any) -> Planted:  # noqa: ANN401 - fields of the record
        """A voter whose licence, name, birth and old home DMV has rightly."""
        voter = voter or self.our_voter()
        known = {name: getattr(voter, name) for name in ("drivers_license", "ssn4", "first_name", "middle_name", "last_name", "suffix", "date_of_birth")}
        record = self._blank(situation)._replace(**known, new_address=self.address(gaining), old_address=home_of(voter))
        return Planted(situation, record._replace(**changes), (voter,), gaining)

    def stranger(self, situation: DmvSituation, *, gaining: str = COUNTY, **changes: Any) -> Planted:  # noqa: ANN401 - fields of the record
        """Somebody whom nobody knows."""
        number = next(self._number)
        record = self._blank(situation)._replace(
            drivers_license=f"Z{9_999_000 + number}",
            first_name="ZEBULON",
            last_name="QUACKENBUSH",
            date_of_birth=date(1933, 7, 8) + timedelta(days=number),
            new_address=self.address(gaining),
        )
        return Planted(situation, record._replace(**changes), (), gaining)

    def _blank(self, situation: DmvSituation) -> DmvRecord:
        blank = DmvRecord(*(None,) * len(DmvRecord._fields))  # type: ignore[arg-type] # filled by the callers
        day = self._cast.days[EXPECTED[situation].file]
        return blank._replace(sequence=0, transaction_id=self.transaction(), kind=DmvRecordKind.CHANGE_OF_ADDRESS, transaction_date=day)


def home_of(voter: Voter) -> ResidenceAddress:
    """Where a voter lives."""
    return ResidenceAddress(*(getattr(voter, name) for name in ResidenceAddress._fields))


def _next(voters: Iterator[Voter]) -> Voter:
    voter = next(voters, None)
    if voter is None:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Every situation needs voters: take at least 1,000.", ref="voters")
    return voter
