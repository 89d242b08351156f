"""What must come of each record of a made-up batch: one JSON object a line, without a voter's data."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from votecal_soap.domain.batches import FailureReason, Outcome
from votecal_soap.synthetic.scenarios import EXPECTED, Scenario


class Truth(NamedTuple):
    """One record's outcome as planted; `base_version` is the version that the record was made for."""

    sequence: int
    scenario: Scenario
    outcome: Outcome
    reason: FailureReason | None
    state_voter_id: int | None
    ems_voter_id: str | None
    base_version: int | None

    def to_json(self) -> str:
        """One line."""
        return json.dumps(self._asdict())

    @classmethod
    def from_json(cls, line: str) -> "Truth":
        """The truth on a line."""
        fields = json.loads(line)
        reason = fields.pop("reason")
        return cls(
            scenario=Scenario(fields.pop("scenario")),
            outcome=Outcome(fields.pop("outcome")),
            reason=FailureReason(reason) if reason else None,
            **fields,
        )


def truth_of(sequence: int, scenario: Scenario, state_voter_id: int | None, ems_voter_id: str | None, base_version: int | None) -> Truth:
    """The truth that a scenario implies."""
    expected = EXPECTED[scenario]
    return Truth(sequence, scenario, expected.outcome, expected.reason, state_voter_id, ems_voter_id, base_version)


def read_truth(path: Path) -> Iterator[Truth]:
    """The truths of a file, in the batch's order."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield Truth.from_json(line)


def count_outcomes(truths: Iterable[Truth]) -> Counter[tuple[Outcome, FailureReason | None]]:
    """How many records come to each outcome and reason, as a job's status counts them (VRU-21)."""
    return Counter((truth.outcome, truth.reason) for truth in truths)
