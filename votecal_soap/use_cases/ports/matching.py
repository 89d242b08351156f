"""Match keys, candidates, and the configuration of matching (COA-04 to COA-06, COA-11, COA-12, JOB-04)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple, Protocol

from votecal_soap.domain.counties import ZipCounty
from votecal_soap.domain.dmv_records import DmvRecord
from votecal_soap.domain.matching import CrossCountyMode, MatchingFunction, MatchingMode, MatchSettings
from votecal_soap.domain.voters import Voter
from votecal_soap.search.candidates import CandidateIndex, CappedKey

KEY_RANGES: Final = 256
"""Equal parts of all possible keys; old keys are deleted part by part."""


class Blackout(NamedTuple):
    """A time before an election in which nothing is cancelled (JOB-04); county and function None mean all."""

    blackout_id: int
    county_code: str | None
    function: MatchingFunction | None
    first_day: date
    last_day: date
    reason: str

    def covers(self, county_code: str, function: MatchingFunction, day: date) -> bool:
        """Whether nothing of this county may be cancelled by this function on this legal day."""
        mine = self.county_code in (None, county_code) and self.function in (None, function)
        return mine and self.first_day <= day <= self.last_day


class WeightsVersion(NamedTuple):
    """A fitted or shipped set of weights; at most one is active."""

    version: str
    active: bool
    created_at: datetime
    created_by: str
    report: str | None
    """The calibration check on the held-back part, as JSON."""
    weights: str
    """`MatchWeights` as JSON."""


class KeyRebuild(NamedTuple):
    """How far a rebuild of the keys has come."""

    last_state_voter_id: int
    done: bool


class KeyBuild(NamedTuple):
    """A rebuilding of all keys: first the old ones go, range by range, then each voter gets new ones, in UID order."""

    cleared_ranges: int
    last_state_voter_id: int
    done: bool


class KeyMerge(NamedTuple):
    """A step of a merge of recent keys into the large table."""

    last_key: int | None
    """Up to where it has come; None: nothing is left behind it."""
    merged: int


class CappedReport(NamedTuple):
    """A key that is too common to find anybody (COA-05), as last seen."""

    key: int
    voter_count: int
    reported_at: datetime


class RecentDmvRecord(NamedTuple):
    """A record that DMV has sent, and the voter as he was before it was applied to him; None if it was not."""

    record: DmvRecord
    before: Voter | None


class MatchingRepository(CandidateIndex, Protocol):
    """Stored persons and keys, candidates by one join, and configuration."""

    def roll_size(self) -> int:
        """About how many voters there are, without a scan: the UIDs given out so far."""
        ...

    def settings(self, function: MatchingFunction) -> MatchSettings:
        """The function's settings; the shipped defaults where nothing was set (COA-06)."""
        ...

    def save_settings(self, settings: MatchSettings, at: datetime, by: str) -> None:
        """Replace them."""
        ...

    def mode(self, county_code: str, function: MatchingFunction) -> MatchingMode:
        """What the county wants (COA-12)."""
        ...

    def modes(self) -> Mapping[tuple[str, MatchingFunction], MatchingMode]:
        """All that were set."""
        ...

    def save_mode(self, county_code: str, function: MatchingFunction, mode: MatchingMode, at: datetime, by: str) -> None:
        """Set it."""
        ...

    def cross_county(self) -> CrossCountyMode:
        """The statewide setting (COA-11)."""
        ...

    def save_cross_county(self, mode: CrossCountyMode, at: datetime, by: str) -> None:
        """Set it."""
        ...

    def merged_data_pull(self, county_code: str) -> bool:
        """Whether the county pulls what merges added to its records: its own setting, else the statewide one, else no (DLR-15)."""
        ...

    def merged_data_pulls(self) -> Mapping[str | None, bool]:
        """All that was set, by county; None is the whole state."""
        ...

    def save_merged_data_pull(self, county_code: str | None, allowed: bool | None, at: datetime, by: str) -> None:
        """Set it for a county, or statewide; None takes it back."""
        ...

    def blackouts(self) -> Sequence[Blackout]:
        """All."""
        ...

    def add_blackout(self, blackout: Blackout, at: datetime, by: str) -> int:
        """Insert; its id."""
        ...

    def remove_blackout(self, blackout_id: int) -> None:
        """Remove; NotFound when there is none."""
        ...

    def counties_of_zip(self, zip_codes: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Counties that a five-digit ZIP lies in (COA-11)."""
        ...

    def zip_counties(self) -> frozenset[ZipCounty]:
        """The whole table."""
        ...

    def replace_zip_counties(self, rows: Sequence[ZipCounty]) -> None:
        """Put another table in its place."""
        ...

    def save_holidays(self, holidays: Mapping[date, str]) -> None:
        """Insert or update holidays by day."""
        ...

    def remove_holidays(self, days: Sequence[date]) -> None:
        """They are holidays no more."""
        ...

    def named_holidays(self) -> Mapping[date, str]:
        """State holidays and what they are called."""
        ...

    def holidays(self) -> frozenset[date]:
        """State holidays (COA-37)."""
        ...

    def weights(self, version: str | None = None, *, function: MatchingFunction | None = None) -> WeightsVersion | None:
        """Those of a version, or the active ones: for a function alone, or for all that have none of their own; None means none were activated."""
        ...

    def weights_versions(self) -> Sequence[WeightsVersion]:
        """All, newest first."""
        ...

    def add_weights(self, weights: WeightsVersion) -> None:
        """Keep a version."""
        ...

    def activate_weights(self, version: str | None, at: datetime, by: str, *, function: MatchingFunction | None = None) -> None:
        """Use it from now on, for a function alone or for all others; None takes back what was activated."""
        ...

    def keys_built(self) -> bool:
        """Whether every voter has its keys; not so after an upgrade from a release without, until they are rebuilt."""
        ...

    def key_build(self) -> KeyBuild | None:
        """The last rebuilding; None when there was none."""
        ...

    def save_key_build(self, build: KeyBuild) -> None:
        """Keep how far it has come."""
        ...

    def clear_keys(self, number: int) -> None:
        """Delete the keys of one of KEY_RANGES ranges, from 0."""
        ...

    def rebuild_keys(self, after_state_voter_id: int, limit: int) -> KeyRebuild:
        """Write persons and keys of the next voters anew."""
        ...

    def merge_keys(self, after_key: int | None, limit: int) -> KeyMerge:
        """Take the next recent keys over into the large table, from the lowest if `after_key` is None."""
        ...

    def state_voter_id_span(self) -> tuple[int, int]:
        """The lowest and the highest UID; (0, -1) when there is no voter. Their distance is about the size of the roll."""
        ...

    def oversized_keys(self, cap: int) -> Sequence[CappedKey]:
        """Every key of more voters than the cap; reads all keys."""
        ...

    def report_capped(self, capped: Sequence[CappedKey], at: datetime) -> None:
        """Keep that these keys were found too common."""
        ...

    def forget_capped(self) -> None:
        """Empty the report, before all keys are looked at anew."""
        ...

    def capped_keys(self) -> Sequence[CappedReport]:
        """The report, the commonest first."""
        ...

    def recent_dmv_records(self, limit: int) -> Sequence[RecentDmvRecord]:
        """The last records from DMV that bear a DL/ID, the newest first: what weights are fitted on."""
        ...

    def verified_licences(self, state_voter_ids: Sequence[int]) -> frozenset[int]:
        """Of these voters, those whose DL/ID DMV has verified."""
        ...
