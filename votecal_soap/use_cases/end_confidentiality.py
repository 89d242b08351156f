"""EWS-14 A public safety officer's confidentiality ends two years after the application; the county hears of it beforehand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from votecal_soap.clock import Clock, legal_date
from votecal_soap.contract.match_payloads import render_confidentiality_ending
from votecal_soap.domain.confidentiality import ends_on, is_confidential
from votecal_soap.domain.dmv_application import Change
from votecal_soap.domain.due_dates import applied_by
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.voters import Confidentiality, Voter
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.ports import UnitOfWork, UnitOfWorkFactory

CHUNK: Final = 500
ACTIVITY: Final = "Confidentiality Ended"
BASIS: Final = "Elections Code 2166.7: two years after the application"
_CHANGED: Final = ("confidentiality", "confidential_since")


@dataclass(frozen=True, slots=True, kw_only=True)
class EndConfidentiality:
    """For which job, and how long beforehand counties are told."""

    job_id: int
    notice: timedelta


class EndedConfidentiality(NamedTuple):
    """How many ends were announced, and how many statuses were removed."""

    announced: int
    ended: int


_Take = Callable[[UnitOfWork, MatchEffects, Sequence[Voter]], int]


def end_confidentiality(
    command: EndConfidentiality, unit_of_work: UnitOfWorkFactory, clock: Clock, stop: Callable[[], bool] = lambda: False
) -> EndedConfidentiality:
    """Remove what has ended, then tell of what ends soon, until nothing is left or `stop` says so."""
    ended = _each_chunk(command, timedelta(), _end, unit_of_work, clock, stop)
    return EndedConfidentiality(_each_chunk(command, command.notice, _announce, unit_of_work, clock, stop), ended)


def _each_chunk(command: EndConfidentiality, ahead: timedelta, take: _Take, unit_of_work: UnitOfWorkFactory, clock: Clock, stop: Callable[[], bool]) -> int:
    """Take the officers whose status has ended by so long ahead, chunk by chunk in UID order."""
    taken, last = 0, 0
    while not stop():
        now = clock.now()
        today = legal_date(now)
        with unit_of_work() as uow:
            uids = uow.voters.confidential_since(Confidentiality.PUBLIC_SAFETY, applied_by(today + ahead), last, CHUNK)
            if not uids:
                break
            voters = uow.voters.lock_by_state_id(uids)
            effects = MatchEffects(voters, actor=f"job:{command.job_id}", at=now, day=today, job_id=command.job_id)
            taken += take(uow, effects, voters)
            effects.write(uow)
            uow.commit()
        last = uids[-1]
    return taken


def _announce(uow: UnitOfWork, effects: MatchEffects, voters: Sequence[Voter]) -> int:
    """Each county once for each application; the one to which the voter has moved since is told too."""
    keys = {f"CONFIDENTIAL:{voter.state_voter_id}:{voter.confidential_since}:{voter.county_code}": voter for voter in voters}
    told = uow.messages.known_keys(list(keys))
    new = {key: voter for key, voter in keys.items() if key not in told}
    for key, voter in new.items():
        _tell(effects, voter, key, blocks_updates=False)
    return len(new)


def _end(_: UnitOfWork, effects: MatchEffects, voters: Sequence[Voter]) -> int:
    today = legal_date(effects.at)
    ended = [voter for voter in voters if voter.confidentiality == Confidentiality.PUBLIC_SAFETY and not is_confidential(voter, today)]
    for voter in ended:
        after = voter._replace(version=voter.version + 1, effective_date=max(voter.effective_date, today), confidentiality=None, confidential_since=None)
        effects.change(Change(after, _CHANGED), "EndConfidentiality")
        effects.note(int(voter.state_voter_id), ACTIVITY, BASIS)
        _tell(effects, voter, f"CONFIDENTIALITY-ENDED:{voter.state_voter_id}:{voter.confidential_since}", blocks_updates=True)
    return len(ended)


def _tell(effects: MatchEffects, voter: Voter, dedup_key: str, *, blocks_updates: bool) -> None:
    last_day = ends_on(voter)
    if last_day is None:
        return
    effects.tell(
        voter.county_code,
        MessageType.CONFIDENTIALITY_ENDING,
        render_confidentiality_ending(voter, last_day),
        dedup_key=dedup_key,
        state_voter_id=int(voter.state_voter_id),
        ems_voter_id=voter.ems_voter_id,
        blocks_updates=blocks_updates,
    )
