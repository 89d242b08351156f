"""The made-up people of the demonstration, and who of them is put into which situation."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from votecal_soap.demo.situations import EXPECTED, Situation
from votecal_soap.domain.voters import VoterStatus
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.synthetic.dmv_simulator import PENDING_DIGIT
from votecal_soap.synthetic.geography import precinct_code
from votecal_soap.synthetic.voters import AS_OF, SyntheticVoter, generate_voters

COUNTY: Final = "19"
COUNTY_NAME: Final = "Los Angeles"
OTHER_COUNTY: Final = "46"
OTHER_COUNTY_NAME: Final = "Sierra"
OTHER_COUNTYS_VOTERS: Final = 1_000
SEED: Final = 1

PRECINCTS: Final = 100
DISSOLVED: Final = 40
"""Precincts 1 to 40 are joined two by two into new ones; the others keep their lines."""

WITHOUT_UID_EVERY: Final = 10
"""Every tenth voter's UID is not yet in the EMS: the state finds the voter by the county's id, and the answer brings the UID."""

_REGISTERED: Final = frozenset({VoterStatus.ACTIVE.value, VoterStatus.INACTIVE.value})
_BY_COUNTYS_ID: Final = (Situation.UID_MISTYPED, Situation.OTHER_COUNTYS_UID, Situation.DMV_ANSWER_WAITING)
_BY_UID: Final = (
    *(Situation.EMS_RESTORED, Situation.NAME_CHANGED, Situation.CONTACT_CHANGED, Situation.PHONE_TOO_SHORT, Situation.PHONE_TOO_LONG),
    *(Situation.TRANSFER_PENDING, Situation.LAST_NAME_LOST, Situation.PARTY_UNASKED, Situation.ELECTION_MISTAKEN, Situation.PRECINCT_NOT_SENT),
)


class Resident(NamedTuple):
    """What planting needs to know of a voter. `decided`: DMV would answer on a number of this one at once."""

    number: int
    ems_voter_id: str
    precinct_number: int
    precinct_part: str | None
    is_registered: bool
    decided: bool

    @property
    def has_uid(self) -> bool:
        """Whether the EMS holds this voter's UID."""
        return self.number % WITHOUT_UID_EVERY != 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """The county's people: the first `loaded` are known to the state, the others came later."""

    loaded: int
    as_of: date

    def voters(self) -> Iterator[SyntheticVoter]:
        """Everybody whom the county knows."""
        return generate_voters(self.loaded + EXPECTED[Situation.NOT_AT_THE_STATE].voters, SEED, COUNTY, precinct_count=PRECINCTS, as_of=self.as_of)

    def loaded_voters(self) -> Iterator[SyntheticVoter]:
        """Those of the initial load."""
        return generate_voters(self.loaded, SEED, COUNTY, precinct_count=PRECINCTS, as_of=self.as_of)

    def other_countys_voters(self) -> Iterator[SyntheticVoter]:
        """The smaller county's."""
        return generate_voters(OTHER_COUNTYS_VOTERS, SEED, OTHER_COUNTY, precinct_count=PRECINCTS, as_of=self.as_of)

    def situations(self) -> dict[str, Situation]:
        """Each voter's situation by the county's id, in the order of the EMS."""
        residents = list(map(resident, self.voters()))
        chosen = _chosen(residents[: self.loaded])
        return {each.ems_voter_id: chosen.get(each.ems_voter_id) or self._ordinary(each) for each in residents}

    def busiest_precinct(self) -> str:
        """The precinct whose undivided part has the most voters among those that kept their lines."""
        undivided = (voter.precinct_number for voter in map(resident, self.loaded_voters()) if voter.precinct_part is None)
        return precinct_code(COUNTY, Counter(number for number in undivided if number > DISSOLVED).most_common(1)[0][0])

    def _ordinary(self, voter: Resident) -> Situation:
        if voter.number > self.loaded:
            return Situation.NOT_AT_THE_STATE
        if voter.precinct_number <= DISSOLVED:
            return Situation.REDRAWN
        return Situation.KEPT if voter.is_registered else Situation.NOTHING_NEW


def population(loaded: int, today: date) -> Population:
    """People who are old enough today, whatever the machine's clock says."""
    return Population(loaded=loaded, as_of=min(AS_OF, today))


def resident(voter: SyntheticVoter) -> Resident:
    """What planting needs to know of a made-up voter."""
    registration = voter.registration
    home = registration.home_precinct
    code = (home.precinct_code if home else None) or precinct_code(COUNTY, 0)
    numbers = (registration.drivers_license, registration.ssn4)
    return Resident(
        number=voter.number,
        ems_voter_id=voter.ems_voter_id,
        precinct_number=int(code[len(COUNTY) :]),
        precinct_part=home.precinct_part if home else None,
        is_registered=registration.status in _REGISTERED,
        # A refusal is an answer too; only Pending is none.
        decided=any(number is not None and not number.endswith(PENDING_DIGIT) for number in numbers),
    )


def _chosen(residents: list[Resident]) -> dict[str, Situation]:
    pools = {
        True: iter([voter for voter in residents if voter.is_registered and voter.decided and voter.has_uid]),
        False: iter([voter for voter in residents if voter.is_registered and voter.decided and not voter.has_uid]),
    }
    chosen: dict[str, Situation] = {}
    for situation in (*_BY_UID, *_BY_COUNTYS_ID):
        for _ in range(EXPECTED[situation].voters):
            voter = next(pools[situation in _BY_UID], None)
            if voter is None:
                raise InvalidRequest(ErrorCode.VALUE_WRONG, "Every situation needs voters: take at least 1,000.", ref="voters")
            chosen[voter.ems_voter_id] = situation
    return chosen


def of_situation(situations: Mapping[str, Situation], wanted: Situation) -> list[str]:
    """The county's ids of the voters in a situation."""
    return [voter for voter, situation in situations.items() if situation is wanted]
