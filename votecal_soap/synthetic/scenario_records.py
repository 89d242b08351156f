"""Makes the records of a scenario for one voter (VRU-04)."""

from collections.abc import Callable
from random import Random
from typing import Final, NamedTuple

from votecal_soap.contract.batch_writer import WireHomePrecinct, WireMailingAddress, WireName, WireRecord, WireRegistration, WireResidenceAddress
from votecal_soap.domain.jobs import DataKind
from votecal_soap.domain.voters import VotingPrecinct
from votecal_soap.synthetic.county_codes import CountyCodes
from votecal_soap.synthetic.frequency_tables import Origin, load_names
from votecal_soap.synthetic.geography import CountyMap, precinct_code
from votecal_soap.synthetic.scenarios import SENDABLE_KINDS, Scenario

UNKNOWN_PRECINCT: Final = "NO-SUCH-PRECINCT"
UNKNOWN_ELECTION: Final = "NO-SUCH-ELECTION"
WRONG_PHONE: Final = "555"
NOT_A_DATE: Final = "yesterday"
FIRST_UNKNOWN_UID: Final = 999_000_000_001
"""Far above what the state will ever hand out."""


class KnownVoter(NamedTuple):
    """A voter as the county knows it: both ids and the version of the state's record."""

    state_voter_id: int
    ems_voter_id: str
    version: int


class RecordMaker:
    """Makes records for a county's voters, for one election and the kinds of data that were authorised."""

    def __init__(self, county: CountyMap, election_id: str, authorised: frozenset[DataKind], codes: CountyCodes | None, rng: Random) -> None:
        """With `codes`, values are in the county's codes."""
        self._county = county
        self._election_id = election_id
        self._authorised = authorised
        self._forbidden = next((kind for kind in SENDABLE_KINDS if kind not in authorised), None)
        self._codes = codes
        self._rng = rng
        self._surnames = load_names().surnames[Origin.WHITE]
        self._unknown_uids = FIRST_UNKNOWN_UID - 1
        self._changes: dict[Scenario, Callable[[WireRegistration, str], WireRegistration]] = {
            Scenario.RESIDENCE_ADDRESS: self._moved,
            Scenario.NAME: self._renamed,
            Scenario.CONTACT: self._reached_elsewhere,
            Scenario.PARTY: self._other_party,
            Scenario.MAILING_ADDRESS: self._mail_elsewhere,
            Scenario.WARNING: self._wrong_phone,
            Scenario.UNCHANGED: self._same,
            Scenario.LAST_NAME_MISSING: self._without_last_name,
            Scenario.KIND_NOT_AUTHORISED: self._forbidden_kind,
            Scenario.PRECINCT_UNKNOWN: self._unknown_precinct,
        }

    def records(self, scenario: Scenario, voter: KnownVoter, registration: WireRegistration) -> tuple[WireRecord, ...]:
        """One record, or two for Twice."""
        ids = self._ids(scenario, voter)
        match scenario:
            case Scenario.VOTING_PRECINCT:
                return (ids._replace(voting_precinct=self._voting_precinct(registration, self._election_id)),)
            case Scenario.ELECTION_UNKNOWN:
                return (ids._replace(voting_precinct=self._voting_precinct(registration, UNKNOWN_ELECTION)),)
            case Scenario.BOTH_PRECINCTS:
                moved = self._other_precinct(registration)
                return (ids._replace(registration=moved, voting_precinct=self._voting_precinct(moved, self._election_id)),)
            case Scenario.TWICE:
                first = self._other_precinct(registration)
                ids = ids._replace(base_version=voter.version)
                return ids._replace(registration=first), ids._replace(registration=self._other_precinct(first))
            case Scenario.RECORD_BREAKS_SCHEMA:
                return (ids._replace(registration=self._coded(self._same(registration, "")), effective_date=NOT_A_DATE),)
            case _:
                change = self._changes.get(scenario)
                changed = self._other_precinct(registration) if change is None else change(registration, voter.ems_voter_id)
                return (ids._replace(registration=self._coded(changed)),)

    def unknown_voter(self) -> WireRecord:
        """A record for a UID that nobody has."""
        self._unknown_uids += 1
        return self._for_uid(self._unknown_uids)

    def other_countys_voter(self, state_voter_id: int) -> WireRecord:
        """A record for another county's voter."""
        return self._for_uid(state_voter_id)

    def _for_uid(self, state_voter_id: int) -> WireRecord:
        return WireRecord(state_voter_id=state_voter_id, registration=WireRegistration(home_precinct=self._precinct(1)))

    def _ids(self, scenario: Scenario, voter: KnownVoter) -> WireRecord:
        """By UID, by the county's id, or by both; mostly with the version that the county last knew."""
        chance = self._rng.random()
        knows_version = scenario is Scenario.OLD_BASE_VERSION or (scenario is not Scenario.MESSAGE_OPEN and self._rng.random() < 0.7)
        return WireRecord(
            state_voter_id=voter.state_voter_id if chance < 0.8 else None,
            ems_voter_id=voter.ems_voter_id if chance >= 0.2 else None,
            base_version=voter.version if knows_version else None,
        )

    def _coded(self, registration: WireRegistration) -> WireRegistration:
        return registration if self._codes is None else self._codes.registration(registration)

    def _precinct(self, number: int) -> WireHomePrecinct:
        return WireHomePrecinct(precinct_code(self._county.county_code, number))

    def _other_precinct(self, registration: WireRegistration) -> WireRegistration:
        """The next precinct of the county, as when lines are drawn anew."""
        code = registration.home_precinct.precinct_code if registration.home_precinct else None
        number = int((code or "")[len(self._county.county_code) :] or 0)
        return WireRegistration(home_precinct=self._precinct(number % self._county.precinct_count + 1))

    def _voting_precinct(self, registration: WireRegistration, election_id: str) -> VotingPrecinct:
        home = registration.home_precinct or self._precinct(1)
        return VotingPrecinct(election_id, home.precinct_code or "", home.precinct_part)

    def _moved(self, registration: WireRegistration, _: str) -> WireRegistration:
        home = self._county.draw_home(self._rng)
        while home.residence_address == registration.residence_address:
            home = self._county.draw_home(self._rng)
        return WireRegistration(residence_address=home.residence_address, home_precinct=home.home_precinct)

    def _renamed(self, registration: WireRegistration, _: str) -> WireRegistration:
        name = registration.name or WireName()
        last_name = self._surnames.draw(self._rng)
        while last_name.upper() == (name.last_name or "").upper():
            last_name = self._surnames.draw(self._rng)
        return WireRegistration(name=name._replace(last_name=last_name))

    def _reached_elsewhere(self, _: WireRegistration, ems_voter_id: str) -> WireRegistration:
        return WireRegistration(phone="9165550199", email=f"voter.{ems_voter_id}@example.org")

    def _other_party(self, registration: WireRegistration, _: str) -> WireRegistration:
        return WireRegistration(party="NPP" if registration.party != "NPP" else "DEM")

    def _mail_elsewhere(self, registration: WireRegistration, _: str) -> WireRegistration:
        home = registration.residence_address or WireResidenceAddress()
        return WireRegistration(mailing_address=WireMailingAddress("General Delivery", None, None, home.city, "CA", home.zip_code))

    def _wrong_phone(self, registration: WireRegistration, _: str) -> WireRegistration:
        return WireRegistration(phone=WRONG_PHONE, language="es" if registration.language != "es" else "en")

    def _same(self, registration: WireRegistration, _: str) -> WireRegistration:
        return only_kinds(registration, self._authorised)

    def _without_last_name(self, registration: WireRegistration, _: str) -> WireRegistration:
        return WireRegistration(name=(registration.name or WireName())._replace(last_name=None))

    def _forbidden_kind(self, registration: WireRegistration, _: str) -> WireRegistration:
        return only_kinds(registration, frozenset({self._forbidden} if self._forbidden else ()))

    def _unknown_precinct(self, _: WireRegistration, __: str) -> WireRegistration:
        return WireRegistration(home_precinct=WireHomePrecinct(UNKNOWN_PRECINCT))


def only_kinds(registration: WireRegistration, kinds: frozenset[DataKind]) -> WireRegistration:
    """What a registration holds of these kinds; the status is never sent, because a batch may set only two of them."""
    kept = {name: getattr(registration, name) for kind in kinds for name in _FIELDS.get(kind, ())}
    return WireRegistration(**kept)


_FIELDS: Final = {
    DataKind.CONTACT: ("language", "phone", "email"),
    DataKind.HOME_PRECINCT: ("home_precinct",),
    DataKind.IDENTITY: ("date_of_birth", "drivers_license", "ssn4", "gender"),
    DataKind.MAILING_ADDRESS: ("mailing_address",),
    DataKind.NAME: ("name",),
    DataKind.PARTY: ("party",),
    DataKind.REGISTRATION: ("registration_date",),
    DataKind.RESIDENCE_ADDRESS: ("residence_address",),
}
