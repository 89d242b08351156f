"""What each level is worth: the one thing that fitting changes, stored by version with every case (COA-05)."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final

from votecal_soap.domain.matching import MatchField
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.search.comparisons import COMPARISONS
from votecal_soap.search.evidence import INTERACTIONS

EXPERT_WEIGHTS: Final = "expert_weights.json"
Knot = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchWeights:
    """Additive weights in bits: log2 of how much likelier a level is for one person than for two."""

    version: str
    origin: str
    """How they came about: expert, silver labels, EM, labels."""
    roll_size: int
    """Voters for which the intercept holds; on a larger roll coincidences are more frequent."""
    intercept: float
    """Log2 odds that two people who share a match key are one, before anything is compared."""
    levels: Mapping[str, Mapping[str, float]]
    """By field, then by the name of the level."""
    interactions: Mapping[str, float]
    calibration: tuple[Knot, ...]
    """(score, observed log2 odds), rising; straight lines between, flat beyond. Empty: the score is right as it is."""
    calibration_without_licence: tuple[Knot, ...] = ()
    """The same for pairs that lack a DL/ID although it is compared: in doubt are then rather second registrations. Empty: as the others."""

    def to_json(self) -> str:
        """As text, for a file or a column."""
        return json.dumps(asdict(self), indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "MatchWeights":
        """From such a text.

        Raises:
            InvalidRequest: if it is no set of weights, or knows other fields, levels or interactions than this version.
        """
        try:
            return cls._checked(json.loads(text))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InvalidRequest(ErrorCode.VALUE_WRONG, "these are not match weights of this version") from error

    @classmethod
    def _checked(cls, values: Mapping[str, Any]) -> "MatchWeights":
        levels: dict[str, dict[str, float]] = {
            MatchField(field): {name: float(bits) for name, bits in known.items()} for field, known in values["levels"].items()
        }
        for field, comparison in COMPARISONS.items():
            if set(levels[field]) != {level.name for level in comparison.levels}:
                raise ValueError(field)
        interactions = {name: float(values["interactions"].get(name, 0.0)) for name in INTERACTIONS}
        return cls(
            version=str(values["version"]),
            origin=str(values["origin"]),
            roll_size=int(values["roll_size"]),
            intercept=float(values["intercept"]),
            levels=levels,
            interactions=interactions,
            calibration=_knots(values["calibration"]),
            calibration_without_licence=_knots(values.get("calibration_without_licence", ())),
        )

    def named(self, version: str) -> "MatchWeights":
        """The same weights under another version."""
        return replace(self, version=version)


def _knots(values: Iterable[Iterable[Any]]) -> tuple[Knot, ...]:
    knots = tuple((float(score), float(odds)) for score, odds in values)
    if any(after <= before for (before, _), (after, _) in pairwise(knots)):
        raise ValueError("knots")
    return knots


def expert_weights() -> MatchWeights:
    """The weights that are shipped: they work on the first day (docs/matching.md says where each comes from)."""
    return MatchWeights.from_json(files("votecal_soap.search").joinpath("data", EXPERT_WEIGHTS).read_text(encoding="utf-8"))
