"""EWS-14 SOS makes a voter confidential, or ends it: a version, an activity, the audit trail, and a message to the voter's county."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.contract.match_payloads import render_confidentiality_changed
from votecal_soap.domain.confidentiality import is_confidential
from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.voters import Confidential, Confidentiality, Voter
from votecal_soap.errors import ErrorCode, InvalidRequest, NotFound
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.ports import UnitOfWork

SET_ACTIVITY: Final = "Confidentiality Set"
CLEARED_ACTIVITY: Final = "Confidentiality Ended"
ACTION: Final = "SetConfidentiality"

_LAW: Final = {
    Confidentiality.COURT_ORDER: "Elections Code 2166",
    Confidentiality.SAFE_AT_HOME: "Elections Code 2166.5",
    Confidentiality.PUBLIC_SAFETY: "Elections Code 2166.7",
}
_CHANGED: Final = ("confidentiality", "confidential_since")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetConfidentiality:
    """Which voter is confidential why and since when; None: no more."""

    state_voter_id: int
    confidential: Confidential | None
    acting_user: str


def set_confidentiality(command: SetConfidentiality, uow: UnitOfWork, clock: Clock) -> Voter:
    """The voter's record then; what is so already changes nothing and tells nobody.

    Raises:
        NotFound: VOTER_NOT_FOUND.
        InvalidRequest: VALUE_WRONG for a day to come, and for a public safety officer's application whose two years have passed.
    """
    now = clock.now()
    today = legal_date(now)
    with uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        effects = MatchEffects(uow.voters.lock_by_state_id([command.state_voter_id]), actor=command.acting_user, at=now, day=today)
        before = effects.voters.get(command.state_voter_id)
        if before is None:
            raise NotFound(ErrorCode.VOTER_NOT_FOUND, "There is no voter with this UID.", ref="state_voter_id")
        after = _after(before, command.confidential, today)
        _check(after, command.confidential, today)
        if all(getattr(after, name) == getattr(before, name) for name in _CHANGED):
            return before
        _apply(effects, after, command.confidential)
        effects.write(uow)
        uow.commit()
        return effects.voters[command.state_voter_id]


def _after(before: Voter, confidential: Confidential | None, today: date) -> Voter:
    return before._replace(
        version=before.version + 1,
        effective_date=max(before.effective_date, today),
        confidentiality=None if confidential is None else confidential.kind.value,
        confidential_since=None if confidential is None else confidential.since,
    )


def _check(after: Voter, confidential: Confidential | None, today: date) -> None:
    if confidential is None:
        return
    if confidential.since > today:
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A voter is not confidential since a day to come.", ref="since")
    if not is_confidential(after, today):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "Two years have passed since this application: the status has ended (Elections Code 2166.7).", ref="since")


def _apply(effects: MatchEffects, after: Voter, confidential: Confidential | None) -> None:
    uid = int(after.state_voter_id)
    effects.change(Change(after, _CHANGED), ACTION)
    effects.note(uid, CLEARED_ACTIVITY if confidential is None else SET_ACTIVITY, "by SOS" if confidential is None else _LAW[confidential.kind])
    effects.tell(
        after.county_code,
        MessageType.CONFIDENTIALITY_CHANGED,
        render_confidentiality_changed(after),
        dedup_key=f"CONFIDENTIALITY:{uid}:{after.version}",
        state_voter_id=uid,
        ems_voter_id=after.ems_voter_id,
        blocks_updates=True,
    )
