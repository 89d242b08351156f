"""Puts voters and strangers into the situations of DMV's files."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from itertools import count
from typing import Any, Final

from votecal_soap.demo.dmv_expected import EXPECTED
from votecal_soap.demo.dmv_making import BLACKED_OUT_COUNTY, LONG_AGO, PROVISIONAL_COUNTY, Cast, Planted, RecordMaker, home_of
from votecal_soap.demo.dmv_situations import DmvFileNumber, DmvSituation
from votecal_soap.demo.population import COUNTY, OTHER_COUNTY
from votecal_soap.domain.dmv_records import DmvRecordKind, ResidenceAddress
from votecal_soap.domain.voters import Voter
from votecal_soap.synthetic.coa_records import SIGNATURE

SIGNED_OFF: Final = "213555010101010101010101010101"
NO_ZIP_CODE: Final = "99999"
_GENERATION: Final = timedelta(days=27 * 365 + 71)
_REGISTRATION: Final[Mapping[str, Any]] = {"kind": DmvRecordKind.NEW_REGISTRATION, "party": "NPP", "signature": SIGNATURE}
_NO_NUMBER: Final[Mapping[str, Any]] = {"drivers_license": None, "ssn4": None}


def plant(cast: Cast) -> list[Planted]:
    """All records, in the order of the files, numbered from 1 in each."""
    planting = _Planting(cast)
    planted = [planting.one(situation) for situation, expected in EXPECTED.items() for _ in range(expected.records)]
    numbers = {file: count(1) for file in DmvFileNumber}
    return [item._replace(record=item.record._replace(sequence=next(numbers[item.file]))) for item in planted]


class _Planting:
    """How each situation comes about."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._make = RecordMaker(cast)
        self._planted: list[Planted] = []
        mover, stranger = self._make.mover, self._make.stranger
        self._makers: Mapping[DmvSituation, Callable[[DmvSituation], Planted]] = {
            DmvSituation.MOVED_OUT: partial(mover, gaining=OTHER_COUNTY),
            DmvSituation.MOVED_IN: lambda situation: mover(situation, voter=self._make.their_voter()),
            DmvSituation.MOVED_PROVISIONALLY: partial(mover, gaining=PROVISIONAL_COUNTY),
            DmvSituation.BLACKED_OUT: partial(mover, gaining=BLACKED_OUT_COUNTY),
            DmvSituation.JUST_CERTAIN: partial(mover, **_NO_NUMBER),
            DmvSituation.REGISTERED_AGAIN: partial(mover, **_REGISTRATION),
            DmvSituation.LIVES_THERE: self._staying,
            DmvSituation.OTHER_MIDDLE_NAME: self._middle_name,
            DmvSituation.REGISTRATION_UNSURE: partial(mover, **_REGISTRATION, **_NO_NUMBER),
            DmvSituation.RELATIVES_LICENCE: self._relative,
            DmvSituation.LEFT_THE_STATE: lambda situation: mover(situation, new_address=self._nevada()),
            DmvSituation.REVERSED: partial(mover, gaining=OTHER_COUNTY),
            DmvSituation.COUNTY_UNCLEAR: lambda situation: mover(situation, county_code=OTHER_COUNTY)._replace(gaining_county=OTHER_COUNTY),
            DmvSituation.BOX_AS_HOME: self._boxed,
            DmvSituation.MARRIED: self._married,
            DmvSituation.FATHER_OR_SON: self._other_generation,
            DmvSituation.OLD_NEWS: partial(mover, transaction_date=LONG_AGO),
            DmvSituation.COUNTY_UNKNOWN: lambda situation: mover(situation, new_address=self._make.address(COUNTY)._replace(residence_zip_code=NO_ZIP_CODE)),
            DmvSituation.OVERTAKEN: self._boxed,
            DmvSituation.OVERTAKING: lambda situation: mover(situation, voter=self._voter_of(DmvSituation.OVERTAKEN)),
            DmvSituation.WAITED: self._boxed,
            DmvSituation.STRANGER_ELSEWHERE: partial(stranger, gaining=OTHER_COUNTY),
            DmvSituation.STRANGER: stranger,
            DmvSituation.STRANGER_NOWHERE: partial(stranger, county_code=OTHER_COUNTY),
            DmvSituation.STRANGER_OUT_OF_STATE: lambda situation: stranger(situation, new_address=self._nevada()),
            DmvSituation.NEW_VOTER: partial(stranger, **_REGISTRATION),
            DmvSituation.SENT_TWICE: lambda situation: self._again(situation, self._planted[-1]),
            DmvSituation.SAID_TWICE: lambda situation: self._again(situation, self._planted[-1], transaction_id=self._make.transaction()),
            DmvSituation.UNREADABLE: partial(stranger, phone=SIGNED_OFF),
            DmvSituation.MOVED_ON: lambda situation: mover(situation, voter=self._voter_of(DmvSituation.WAITED)),
            DmvSituation.SENT_LATER: lambda situation: self._again(situation, self._planted[0]),
            DmvSituation.SAID_LATER: lambda situation: self._again(situation, self._planted[0], transaction_id=self._make.transaction()),
            DmvSituation.UNANSWERED: lambda situation: mover(situation, voter=self._make.their_voter(), gaining=PROVISIONAL_COUNTY),
            DmvSituation.UNANSWERED_IN_BLACKOUT: lambda situation: mover(situation, voter=self._make.their_voter(), gaining=BLACKED_OUT_COUNTY),
            DmvSituation.INVITED: partial(mover, gaining=OTHER_COUNTY),
            DmvSituation.INVITED_PROVISIONALLY: partial(mover, gaining=PROVISIONAL_COUNTY),
            DmvSituation.KILLED_OVER: lambda situation: mover(situation, voter=self._make.their_voter(), gaining=OTHER_COUNTY),
        }

    def one(self, situation: DmvSituation) -> Planted:
        """A record in a situation."""
        make = self._makers.get(situation, self._make.mover)
        special = self._cast.special.get(situation)
        planted = self._make.mover(situation, voter=special[0])._replace(voters=special) if special else make(situation)
        self._planted.append(planted)
        return planted

    def _voter_of(self, situation: DmvSituation) -> Voter:
        return next(item.voters[0] for item in self._planted if item.situation is situation)

    def _nevada(self) -> ResidenceAddress:
        return self._make.address(COUNTY)._replace(residence_city="RENO", residence_state="NV", residence_zip_code="89501")

    def _staying(self, situation: DmvSituation) -> Planted:
        planted = self._make.mover(situation)
        return planted._replace(record=planted.record._replace(new_address=home_of(planted.voters[0])))

    def _middle_name(self, situation: DmvSituation) -> Planted:
        voter = self._make.voter_with(middle_name=True)
        other = "QUENTIN" if voter.middle_name != "QUENTIN" else "ISOLDE"
        return self._make.mover(situation, voter=voter, **_NO_NUMBER, middle_name=other)

    def _relative(self, situation: DmvSituation) -> Planted:
        voter = self._make.voter_with(ssn4=True)
        return self._make.mover(situation, voter=voter, first_name="XOCHIQUETZAL", middle_name=None, date_of_birth=_another_birth(voter))

    def _other_generation(self, situation: DmvSituation) -> Planted:
        voter = self._make.our_voter()
        return self._make.mover(situation, voter=voter, middle_name=None, suffix=None, date_of_birth=_born(voter) - _GENERATION)

    def _married(self, situation: DmvSituation) -> Planted:
        """Of what the roll has, DMV has the first name and the birth alone: she bears other names and has moved twice."""
        voter = self._make.voter_with(middle_name=True)
        other = "QUENTIN" if voter.middle_name != "QUENTIN" else "ISOLDE"
        names = {"last_name": "QUACKENBUSH", "middle_name": other}
        return self._make.mover(situation, voter=voter, **_NO_NUMBER, **names, old_address=self._make.address(COUNTY))

    def _boxed(self, situation: DmvSituation) -> Planted:
        return self._make.mover(situation, new_address=self._make.address(COUNTY)._replace(house_number=None, street_name="PO BOX 7", street_type=None))

    def _again(self, situation: DmvSituation, before: Planted, **changes: Any) -> Planted:  # noqa: ANN401 - fields of the record
        return Planted(situation, before.record._replace(**changes), (), before.gaining_county)


def _born(voter: Voter) -> date:
    return voter.date_of_birth or LONG_AGO


def _another_birth(voter: Voter) -> date:
    """Another year, month and day, less than a generation apart."""
    born = _born(voter)
    return date(born.year + 7, (born.month + 5) % 12 + 1, (born.day + 13) % 28 + 1)
