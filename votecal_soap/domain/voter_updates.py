"""A county updates one of its voters by a call (UC01.24.01, EWS-09): what is asked, and what a batch record cannot say. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from votecal_soap.domain.batches import BatchRecord, FieldError, Outcome, RecordOutcome, Severity
from votecal_soap.domain.judgement import Judgement
from votecal_soap.domain.new_voters import confidentiality_not_by_update
from votecal_soap.domain.translation import Translator
from votecal_soap.domain.voters import Voter, VoterStatus, VotingPrecinct

UPDATE: Final = "Update"
"""The `batch_types` of rules that hold for UpdateVoter alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateVoter:
    """What the county changed, in its own codes, and the version that it knew; a field that is not given keeps its value."""

    state_voter_id: int | None
    ems_voter_id: str | None
    base_version: int
    effective_date: date | None = None
    given: Mapping[str, str | None]
    """Texts by the voter's field."""
    voting_precinct: VotingPrecinct | None = None
    basis: str | None = None
    names_confidentiality: bool = False


class VoterUpdate(NamedTuple):
    """What became of it, and the record as it stands then; None of a voter who is not the county's."""

    outcome: RecordOutcome
    voter: Voter | None


def read_update(command: UpdateVoter, translator: Translator) -> BatchRecord:
    """The update as the record of a batch: translated by the same rules, and every broken one told (VRU-08, VRU-09)."""
    errors: list[FieldError] = []
    fields, values = translator.values(tuple(command.given), tuple(command.given.values()), errors)
    precinct = command.voting_precinct
    judged = None if precinct is None else translator.voting_precinct(precinct, precinct.election_id, errors)
    if command.names_confidentiality:
        errors.append(confidentiality_not_by_update())
    errors += _unexplained(dict(zip(fields, values, strict=True)))
    return BatchRecord(1, command.state_voter_id, command.ems_voter_id, command.base_version, command.effective_date, fields, values, judged, tuple(errors))


def _unexplained(values: Mapping[str, object]) -> list[FieldError]:
    if values.get("status") != VoterStatus.CANCELLED or values.get("status_reason"):
        return []
    return [
        FieldError("CancellationNeedsReason", "Registration/StatusReason", Severity.FATAL, "A registration is cancelled for a reason: send it with the status.")
    ]


def with_own_id(judgement: Judgement, voter: Voter, ems_voter_id: str | None, today: date) -> Judgement:
    """The county's own id is kept with a record that has none yet, as after a move into the county."""
    after = judgement.after
    if after is None or judgement.outcome.outcome is Outcome.FAILED or ems_voter_id is None or voter.ems_voter_id is not None:
        return judgement
    named = after._replace(ems_voter_id=ems_voter_id)
    if judgement.outcome.outcome is Outcome.UNCHANGED:
        named = named._replace(version=voter.version + 1, effective_date=max(voter.effective_date, today))
    outcome = judgement.outcome._replace(outcome=Outcome.APPLIED, ems_voter_id=ems_voter_id, version=named.version)
    return judgement._replace(outcome=outcome, after=named, changed=(*judgement.changed, "ems_voter_id"))


def own_id_taken() -> FieldError:
    """Another voter of the county bears it."""
    return FieldError("EmsVoterIdMismatch", "EmsVoterId", Severity.FATAL, "Another voter of the county bears this EmsVoterId.")
