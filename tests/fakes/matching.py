"""Matching over memory: keys are computed when they are asked for, so they are always right."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from fakes.state import FakeState, already_exists

from votecal_soap.domain.counties import ZipCounty
from votecal_soap.domain.matching import CrossCountyMode, MatchingFunction, MatchingMode, MatchSettings
from votecal_soap.domain.voters import VerificationStatus
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.search.candidates import AskedKeys, Candidates, CappedKey
from votecal_soap.search.memory_index import MemoryIndex
from votecal_soap.search.standardising import standardise, voter_person
from votecal_soap.use_cases.ports import Blackout, CappedReport, KeyBuild, KeyMerge, KeyRebuild, RecentDmvRecord, WeightsVersion


class FakeMatchingRepository:
    """See `ports.MatchingRepository`."""

    def __init__(self, state: FakeState) -> None:
        self._state = state

    def candidates(self, asked: AskedKeys, cap: int) -> Candidates:
        voters = sorted(self._state.voters.values())
        rows = [(item.state_voter_id, int(item.confidentiality is not None), item.county_code, *standardise(voter_person(item))) for item in voters]
        return MemoryIndex(rows).candidates(asked, cap)

    def roll_size(self) -> int:
        return len(self._state.voters)

    def settings(self, function: MatchingFunction) -> MatchSettings:
        return self._state.match_settings.get(function) or MatchSettings(function=function)

    def save_settings(self, settings: MatchSettings, at: datetime, by: str) -> None:
        self._state.match_settings[settings.function] = settings

    def mode(self, county_code: str, function: MatchingFunction) -> MatchingMode:
        shipped = MatchingMode.PROVISIONAL if function is MatchingFunction.DUPLICATE_VOTER else MatchingMode.APPLY
        return self._state.matching_modes.get((county_code, function), shipped)

    def modes(self) -> Mapping[tuple[str, MatchingFunction], MatchingMode]:
        return dict(self._state.matching_modes)

    def save_mode(self, county_code: str, function: MatchingFunction, mode: MatchingMode, at: datetime, by: str) -> None:
        self._state.matching_modes[county_code, function] = mode

    def cross_county(self) -> CrossCountyMode:
        return CrossCountyMode(self._state.statewide.get("coa_cross_county", CrossCountyMode.TRANSFER))

    def save_cross_county(self, mode: CrossCountyMode, at: datetime, by: str) -> None:
        self._state.statewide["coa_cross_county"] = mode

    def merged_data_pull(self, county_code: str) -> bool:
        return self._state.merged_data_pulls.get(county_code, self._state.merged_data_pulls.get(None, False))

    def merged_data_pulls(self) -> Mapping[str | None, bool]:
        return dict(self._state.merged_data_pulls)

    def save_merged_data_pull(self, county_code: str | None, allowed: bool | None, at: datetime, by: str) -> None:
        self._state.merged_data_pulls.pop(county_code, None)
        if allowed is not None:
            self._state.merged_data_pulls[county_code] = allowed

    def blackouts(self) -> Sequence[Blackout]:
        return sorted(self._state.blackouts.values(), key=lambda item: (item.first_day, item.blackout_id))

    def add_blackout(self, added: Blackout, at: datetime, by: str) -> int:
        number = self._state.next_number("blackout")
        self._state.blackouts[number] = added._replace(blackout_id=number)
        return number

    def remove_blackout(self, blackout_id: int) -> None:
        if self._state.blackouts.pop(blackout_id, None) is None:
            raise NotFound(ErrorCode.BLACKOUT_NOT_FOUND, "There is none.")

    def counties_of_zip(self, zip_codes: Sequence[str]) -> Mapping[str, frozenset[str]]:
        rows = self._state.zip_counties
        return {code: frozenset(row.county_code for row in rows if row.first_zip_code <= code <= row.last_zip_code) for code in zip_codes}

    def zip_counties(self) -> frozenset[ZipCounty]:
        return frozenset(self._state.zip_counties)

    def replace_zip_counties(self, rows: Sequence[ZipCounty]) -> None:
        self._state.zip_counties = list(rows)

    def holidays(self) -> frozenset[date]:
        return frozenset(self._state.holidays)

    def named_holidays(self) -> Mapping[date, str]:
        return dict(self._state.holidays)

    def save_holidays(self, holidays: Mapping[date, str]) -> None:
        self._state.holidays.update(holidays)

    def remove_holidays(self, days: Sequence[date]) -> None:
        for day in days:
            del self._state.holidays[day]

    def weights(self, version: str | None = None, *, function: MatchingFunction | None = None) -> WeightsVersion | None:
        return self._state.weights.get(version or self._state.statewide.get(f"match_weights_{function or ''}", ""))

    def weights_versions(self) -> Sequence[WeightsVersion]:
        return sorted(self._state.weights.values(), key=lambda item: item.created_at, reverse=True)

    def add_weights(self, weights: WeightsVersion) -> None:
        if weights.version in self._state.weights:
            raise already_exists()
        self._state.weights[weights.version] = weights._replace(active=False)

    def activate_weights(self, version: str | None, at: datetime, by: str, *, function: MatchingFunction | None = None) -> None:
        self._state.statewide[f"match_weights_{function or ''}"] = version or ""
        used = {name for setting, name in self._state.statewide.items() if setting.startswith("match_weights_")}
        self._state.weights = {name: item._replace(active=name in used) for name, item in self._state.weights.items()}

    def keys_built(self) -> bool:
        return True

    def key_build(self) -> KeyBuild | None:
        return self._state.key_build

    def save_key_build(self, build: KeyBuild) -> None:
        self._state.key_build = build

    def clear_keys(self, number: int) -> None:
        """There are none."""

    def rebuild_keys(self, after_state_voter_id: int, limit: int) -> KeyRebuild:
        later = sorted(number for number in self._state.voters if number > after_state_voter_id)[:limit]
        return KeyRebuild(later[-1] if later else after_state_voter_id, done=len(later) < limit)

    def merge_keys(self, after_key: int | None, limit: int) -> KeyMerge:
        """There are none."""
        return KeyMerge(last_key=None, merged=0)

    def state_voter_id_span(self) -> tuple[int, int]:
        return (min(self._state.voters), max(self._state.voters)) if self._state.voters else (0, -1)

    def oversized_keys(self, cap: int) -> Sequence[CappedKey]:
        return []

    def report_capped(self, capped: Sequence[CappedKey], at: datetime) -> None:
        self._state.capped.update({item.key: CappedReport(item.key, item.size, at) for item in capped})

    def forget_capped(self) -> None:
        self._state.capped.clear()

    def capped_keys(self) -> Sequence[CappedReport]:
        return sorted(self._state.capped.values(), key=lambda item: (-item.voter_count, item.key))

    def recent_dmv_records(self, limit: int) -> Sequence[RecentDmvRecord]:
        return []

    def verified_licences(self, state_voter_ids: Sequence[int]) -> frozenset[int]:
        verified = VerificationStatus.VERIFIED
        return frozenset(number for number in state_voter_ids if self._state.voters[number].drivers_license_status == verified)
