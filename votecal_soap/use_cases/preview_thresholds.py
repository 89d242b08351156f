"""COA-06 What other thresholds would have done to DMV's last file: counted from its histogram of confidences, nothing is matched again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from votecal_soap.domain.matching import Band, MatchingFunction, MatchSettings, band
from votecal_soap.use_cases.acting_user import SOS_ROLES, require_role
from votecal_soap.use_cases.ports import UnitOfWork

_OF_DMV = frozenset({MatchingFunction.DMV_COA, MatchingFunction.DMV_REGISTRATION})


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewThresholds:
    """Which function, with which thresholds, for whom."""

    function: MatchingFunction
    automatic: int
    manual: int
    acting_user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """Records of the file by band, with the thresholds in force and with those tried; a file holds both of DMV's kinds."""

    finished_at: datetime | None
    scores: Mapping[int, int]
    now: Mapping[Band, int]
    tried: Mapping[Band, int]


def preview_thresholds(command: PreviewThresholds, uow: UnitOfWork) -> Preview | None:
    """None when no file was completed yet, or the function is not DMV's."""
    with uow:
        require_role(uow, command.acting_user, SOS_ROLES)
        file = uow.dmv_files.last_completed() if command.function in _OF_DMV else None
        if file is None:
            return None
        scores = uow.dmv_files.scores(file.file_id)
        settings = uow.matching.settings(command.function)
    tried = MatchSettings(function=command.function, automatic=command.automatic, manual=command.manual)
    return Preview(finished_at=file.finished_at, scores=scores, now=_by_band(scores, settings), tried=_by_band(scores, tried))


def _by_band(scores: Mapping[int, int], settings: MatchSettings) -> dict[Band, int]:
    counted = dict.fromkeys(Band, 0)
    for confidence, count in scores.items():
        counted[band(confidence, settings)] += count
    return counted
