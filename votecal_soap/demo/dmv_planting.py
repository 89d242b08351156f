"""Puts voters and strangers into the situations of DMV's file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any, Final, NamedTuple

from votecal_soap.demo.dmv_situations import EXPECTED, DmvSituation
from votecal_soap.demo.population import COUNTY, OTHER_COUNTY
from votecal_soap.domain.dmv_records import DmvRecord, DmvRecordKind, ResidenceAddress
from votecal_soap.domain.voters import Voter
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.synthetic.coa_records import SIGNATURE

PROVISIONAL_COUNTY: Final = "37"
BLACKED_OUT_COUNTY: Final = "36"
LONG_AGO: Final = date(1980, 1, 1)
SIGNED_OFF: Final = "213555010101010101010101010101"
_GENERATION: Final = timedelta(days=27 * 365 + 71)
_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    COUNTY: ("LOS ANGELES", "90012"),
    OTHER_COUNTY: ("DOWNIEVILLE", "95936"),
    PROVISIONAL_COUNTY: ("SAN DIEGO", "92101"),
    BLACKED_OUT_COUNTY: ("SAN BERNARDINO", "92401"),
}


class Planted(NamedTuple):
    """A record with its situation, and the voters that it is about as they were before: none for a stranger."""

    situation: DmvSituation
    record: DmvRecord
    voters: tuple[Voter, ...]
    gaining_county: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who plays: voters of both counties with a licence and nothing odd, and those of special situations."""

    ours: Sequence[Voter]
    theirs: Sequence[Voter]
    special: Mapping[DmvSituation, tuple[Voter, ...]]
    today: date


def plant(cast: Cast) -> list[Planted]:
    """All records, in the order of the file, numbered from 1."""
    planting = _Planting(cast)
    planted = [planting.one(situation) for situation, expected in EXPECTED.items() for _ in range(expected.records)]
    return [item._replace(record=item.record._replace(sequence=number)) for number, item in enumerate(planted, 1)]


class _Planting:
    """Takes voters one after the other, and gives each record an address and a transaction of its own."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._ours = iter(cast.ours)
        self._theirs = iter(cast.theirs)
        self._number = count(1)
        self._last: Planted | None = None
        self._makers: Mapping[DmvSituation, Callable[[DmvSituation], Planted]] = {
            DmvSituation.MOVED_OUT: lambda situation: self._mover(situation, gaining=OTHER_COUNTY),
            DmvSituation.MOVED_IN: lambda situation: self._mover(situation, voter=self._next(self._theirs)),
            DmvSituation.MOVED_PROVISIONALLY: lambda situation: self._mover(situation, gaining=PROVISIONAL_COUNTY),
            DmvSituation.BLACKED_OUT: lambda situation: self._mover(situation, gaining=BLACKED_OUT_COUNTY),
            DmvSituation.REGISTERED_AGAIN: lambda situation: self._mover(situation, kind=DmvRecordKind.NEW_REGISTRATION, party="NPP", signature=SIGNATURE),
            DmvSituation.LIVES_THERE: self._staying,
            DmvSituation.OTHER_MIDDLE_NAME: self._middle_name,
            DmvSituation.RELATIVES_LICENCE: self._relative,
            DmvSituation.FATHER_OR_SON: self._other_generation,
            DmvSituation.LEFT_THE_STATE: lambda situation: self._mover(situation, new_address=self._nevada()),
            DmvSituation.OLD_NEWS: lambda situation: self._mover(situation, transaction_date=LONG_AGO),
            DmvSituation.COUNTY_UNCLEAR: lambda situation: self._mover(situation, county_code=OTHER_COUNTY),
            DmvSituation.BOX_AS_HOME: self._boxed,
            DmvSituation.OVERTAKEN: self._boxed,
            DmvSituation.OVERTAKING: self._overtaking,
            DmvSituation.STRANGER: self._stranger,
            DmvSituation.STRANGER_ELSEWHERE: lambda situation: self._stranger(situation, gaining=OTHER_COUNTY),
            DmvSituation.STRANGER_NOWHERE: lambda situation: self._stranger(situation, county_code=OTHER_COUNTY),
            DmvSituation.STRANGER_OUT_OF_STATE: lambda situation: self._stranger(situation, new_address=self._nevada()),
            DmvSituation.NEW_VOTER: lambda situation: self._stranger(situation, kind=DmvRecordKind.NEW_REGISTRATION, party="NPP", signature=SIGNATURE),
            DmvSituation.SENT_TWICE: lambda situation: self._again(situation),
            DmvSituation.SAID_TWICE: lambda situation: self._again(situation, transaction_id=self._transaction()),
            DmvSituation.UNREADABLE: lambda situation: self._stranger(situation, phone=SIGNED_OFF),
        }

    def one(self, situation: DmvSituation) -> Planted:
        """A record in a situation."""
        make = self._makers.get(situation, self._mover)
        special = self._cast.special.get(situation)
        planted = self._mover(situation, voter=special[0])._replace(voters=special) if special else make(situation)
        self._last = planted
        return planted

    def _next(self, voters: Iterator[Voter]) -> Voter:
        voter = next(voters, None)
        if voter is None:
            raise InvalidRequest(ErrorCode.VALUE_WRONG, "Every situation needs voters: take at least 1,000.", ref="voters")
        return voter

    def _transaction(self) -> str:
        return f"DEMO-{next(self._number):04d}"

    def _address(self, county_code: str) -> ResidenceAddress:
        city, zip_code = _PLACES[county_code]
        number = str(20_000 + next(self._number))
        return ResidenceAddress(
            house_number=number, street_name="FLOWER", street_type="ST", residence_city=city, residence_state="CA", residence_zip_code=zip_code
        )

    def _nevada(self) -> ResidenceAddress:
        return self._address(COUNTY)._replace(residence_city="RENO", residence_state="NV", residence_zip_code="89501")

    def _mover(self, situation: DmvSituation, *, voter: Voter | None = None, gaining: str = COUNTY, **changes: Any) -> Planted:  # noqa: ANN401 - fields of the record
        """A voter whose licence, name, birth and old home DMV has rightly."""
        voter = voter or self._next(self._ours)
        record = DmvRecord(
            sequence=0,
            transaction_id=self._transaction(),
            kind=DmvRecordKind.CHANGE_OF_ADDRESS,
            transaction_date=self._cast.today,
            drivers_license=voter.drivers_license,
            ssn4=voter.ssn4,
            first_name=voter.first_name,
            middle_name=voter.middle_name,
            last_name=voter.last_name,
            suffix=voter.suffix,
            date_of_birth=voter.date_of_birth,
            gender=None,
            new_address=self._address(gaining),
            old_address=_home_of(voter),
            mailing_address=None,
            county_code=None,
            phone=None,
            email=None,
            language=None,
            party=None,
            signature=None,
        )
        return Planted(situation, record._replace(**changes), (voter,), gaining)

    def _staying(self, situation: DmvSituation) -> Planted:
        planted = self._mover(situation)
        return planted._replace(record=planted.record._replace(new_address=_home_of(planted.voters[0])))

    def _with_ssn4(self) -> Voter:
        return next(voter for voter in iter(lambda: self._next(self._ours), None) if voter.ssn4)

    def _middle_name(self, situation: DmvSituation) -> Planted:
        voter = next(voter for voter in iter(lambda: self._next(self._ours), None) if len(voter.middle_name or "") > 1)
        other = "QUENTIN" if voter.middle_name != "QUENTIN" else "ISOLDE"
        return self._mover(situation, voter=voter, drivers_license=None, ssn4=None, middle_name=other)

    def _relative(self, situation: DmvSituation) -> Planted:
        voter = self._with_ssn4()
        return self._mover(situation, voter=voter, first_name="XOCHIQUETZAL", middle_name=None, date_of_birth=_another_birth(voter))

    def _other_generation(self, situation: DmvSituation) -> Planted:
        voter = self._next(self._ours)
        return self._mover(situation, voter=voter, middle_name=None, suffix=None, date_of_birth=_born(voter) - _GENERATION)

    def _boxed(self, situation: DmvSituation) -> Planted:
        return self._mover(situation, new_address=self._address(COUNTY)._replace(house_number=None, street_name="PO BOX 7", street_type=None))

    def _overtaking(self, situation: DmvSituation) -> Planted:
        return self._mover(situation, voter=None if self._last is None else self._last.voters[0])

    def _stranger(self, situation: DmvSituation, *, gaining: str = COUNTY, **changes: Any) -> Planted:  # noqa: ANN401 - fields of the record
        number = next(self._number)
        blank = DmvRecord(*(None,) * len(DmvRecord._fields))  # type: ignore[arg-type] # filled below
        record = blank._replace(
            sequence=0,
            transaction_id=self._transaction(),
            kind=DmvRecordKind.CHANGE_OF_ADDRESS,
            transaction_date=self._cast.today,
            drivers_license=f"Z{9_999_000 + number}",
            first_name="ZEBULON",
            last_name="QUACKENBUSH",
            date_of_birth=date(1933, 7, 8) + timedelta(days=number),
            new_address=self._address(gaining),
        )
        return Planted(situation, record._replace(**changes), (), gaining)

    def _again(self, situation: DmvSituation, **changes: Any) -> Planted:  # noqa: ANN401 - fields of the record
        """The record before once more."""
        before = self._last or self._stranger(situation)
        return Planted(situation, before.record._replace(**changes), (), before.gaining_county)


def _home_of(voter: Voter) -> ResidenceAddress:
    return ResidenceAddress(*(getattr(voter, name) for name in ResidenceAddress._fields))


def _born(voter: Voter) -> date:
    return voter.date_of_birth or LONG_AGO


def _another_birth(voter: Voter) -> date:
    """Another year, month and day, less than a generation apart."""
    born = _born(voter)
    return date(born.year + 7, (born.month + 5) % 12 + 1, (born.day + 13) % 28 + 1)
