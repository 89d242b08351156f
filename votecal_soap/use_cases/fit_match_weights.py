"""COA-05 Learn the weights of the Search Service from what the state itself knows: DMV's records against the roll as it was.

Where both sides bear a verified DL/ID, its agreement says who is who; the learning does not see it. The new version is
kept with its check on records held back. It is not used before an administrator activates it: nothing changes silently.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.domain.voters import VerificationStatus, Voter
from votecal_soap.errors import Conflict, ErrorCode, InvalidRequest
from votecal_soap.search.candidates import CANDIDATE_COLUMNS, AskedKeys, CandidateRow, Candidates
from votecal_soap.search.fitting import Fit, fit_silver
from votecal_soap.search.fitting_duplicates import fit_duplicates
from votecal_soap.search.roll import Roll
from votecal_soap.search.standardising import standardise, voter_person
from votecal_soap.search.weights import expert_weights
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.find_duplicates import roll_pages
from votecal_soap.use_cases.ports import MatchingRepository, UnitOfWork, UnitOfWorkFactory, WeightsVersion
from votecal_soap.use_cases.rebuild_match_keys import require_match_keys
from votecal_soap.use_cases.search_for_drivers import driver
from votecal_soap.use_cases.search_service import weights_in_force

RECORDS: Final = 300_000
"""DMV records that are learned from, the newest, unless told otherwise: errors of one in some thousand are learned from some hundred thousand."""

MOST_RECORDS: Final = 1_000_000
VERSION_LENGTH: Final = 60
_LICENCE: Final = CANDIDATE_COLUMNS.index("drivers_license")


@dataclass(frozen=True, slots=True, kw_only=True)
class FitMatchWeights:
    """Under which name the weights are kept, from how many records at most, and by whom."""

    version: str
    acting_user: str
    records: int = RECORDS
    function: MatchingFunction | None = None
    """DUPLICATE_VOTER: learn from the roll itself; None: from DMV's records, for all functions."""


def fit_match_weights(command: FitMatchWeights, unit_of_work: UnitOfWorkFactory, clock: Clock) -> Fit:
    """Fit, check and keep a version; it stays inactive.

    Raises:
        Conflict: if the version exists, or if too few pairs bear two DL/ID numbers to learn from.
    """
    _check(command)
    with unit_of_work(read_only=True) as uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        _require_free(command.version, uow)
        fit = _fitted(command, uow)
    with unit_of_work() as uow:
        now = clock.now()
        report = json.dumps({key: value for key, value in asdict(fit).items() if key != "weights"}, sort_keys=True)
        uow.matching.add_weights(WeightsVersion(command.version, False, now, command.acting_user, report, fit.weights.to_json()))
        new = {"pairs": fit.pairs, "calibration_error": fit.calibration_error}
        record_change(uow, at=now, actor=command.acting_user, action="FitMatchWeights", subject=("match_weights", command.version), new=new)
        uow.commit()
    return fit


def _check(command: FitMatchWeights) -> None:
    if not 0 < len(command.version) <= VERSION_LENGTH or not command.version.isprintable():
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"A version has 1 to {VERSION_LENGTH} printable characters.", ref="version")
    if not 0 < command.records <= MOST_RECORDS:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, f"1 to {MOST_RECORDS} records can be learned from.", ref="records")
    if command.function not in (None, MatchingFunction.DUPLICATE_VOTER):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Weights are learned for all functions, or for duplicate_voter alone.", ref="function")


def _require_free(version: str, uow: UnitOfWork) -> None:
    if version == expert_weights().version or uow.matching.weights(version) is not None:
        raise Conflict(ErrorCode.ALREADY_EXISTS, f"There are weights {version} already.", ref="version")


def _fitted(command: FitMatchWeights, uow: UnitOfWork) -> Fit:
    require_match_keys(uow)
    roll_size = max(uow.matching.roll_size(), 1)
    start = weights_in_force(uow, command.function)
    if command.function is MatchingFunction.DUPLICATE_VOTER:
        return fit_duplicates(Roll.of_pages(roll_pages(uow)), uow.matching.verified_licences, start, version=command.version, roll_size=roll_size)
    recent = uow.matching.recent_dmv_records(command.records)
    index = _RollAsItWas(uow.matching, [item.before for item in recent])
    people = [driver(item.record) for item in recent]
    return fit_silver(people, index, start, version=command.version, roll_size=roll_size)


class _RollAsItWas:
    """The roll without numbers that DMV has not verified; a voter whom a record has changed meets that record as he was before."""

    def __init__(self, roll: MatchingRepository, before: Sequence[Voter | None]) -> None:
        self._roll: Final = roll
        self._before: Final = before

    def candidates(self, asked: AskedKeys, cap: int) -> Candidates:
        found = self._roll.candidates(asked, cap)
        verified = self._roll.verified_licences([int(str(row[0])) for row in found.rows])
        rows: list[CandidateRow] = [row if row[0] in verified else _without_licence(row) for row in found.rows]
        members = found.members.copy()
        for place, (query, member) in enumerate(zip(found.queries.tolist(), found.members.tolist(), strict=True)):
            then = self._before[query]
            if then is not None and then.state_voter_id == rows[member][0]:
                members[place] = len(rows)
                rows.append(_as_it_was(rows[member], then))
        return Candidates(queries=found.queries, members=members, rows=rows, capped=found.capped)


def _as_it_was(row: CandidateRow, then: Voter) -> CandidateRow:
    person = standardise(voter_person(then))
    restored: CandidateRow = (*row[: -len(person)], *person)
    return restored if then.drivers_license_status == VerificationStatus.VERIFIED else _without_licence(restored)


def _without_licence(row: CandidateRow) -> CandidateRow:
    return (*row[:_LICENCE], None, *row[_LICENCE + 1 :])
