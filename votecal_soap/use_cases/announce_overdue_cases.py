"""COA-37, DUP-05 Counties hear once of each open match case whose day has passed."""

from collections.abc import Callable
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.contract.match_payloads import render_overdue
from votecal_soap.domain.duplicate_cases import awaited
from votecal_soap.domain.ems_messages import MessageType
from votecal_soap.domain.match_cases import MatchCase
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.ports import UnitOfWorkFactory

CHUNK: Final = 500


def announce_overdue_cases(job_id: int, unit_of_work: UnitOfWorkFactory, clock: Clock, stop: Callable[[], bool] = lambda: False) -> int:
    """Announce chunk by chunk until none is left or `stop` says so; how many."""
    announced = 0
    while not stop():
        cases = _announce_chunk(job_id, unit_of_work, clock)
        announced += cases
        if cases < CHUNK:
            break
    return announced


def _announce_chunk(job_id: int, unit_of_work: UnitOfWorkFactory, clock: Clock) -> int:
    now = clock.now()
    with unit_of_work() as uow:
        cases = uow.match_cases.overdue(legal_date(now), CHUNK)
        uids = {uid for case in cases for uid in (case.state_voter_id, case.other_state_voter_id) if uid is not None}
        voters = uow.voters.lock_by_state_id(sorted(uids))
        effects = MatchEffects(voters, actor=f"job:{job_id}", at=now, day=legal_date(now), job_id=job_id)
        for case in cases:
            _tell(effects, case)
        uow.match_cases.mark_overdue_announced([case.case_id for case in cases], now)
        effects.write(uow)
        if cases:
            record_change(uow, at=now, actor=effects.actor, action="AnnounceOverdueCases", subject=("job", job_id), new={"cases": len(cases)})
        uow.commit()
    return len(cases)


def _tell(effects: MatchEffects, case: MatchCase) -> None:
    """Each county whose word is awaited, about its own voter if it has one of the case's."""
    for county_code in sorted(awaited(case.county_code, case.other_county, case.asked_county)):
        uids = [uid for uid in (case.state_voter_id, case.other_state_voter_id) if uid is not None]
        uid = next((uid for uid in uids if effects.voters[uid].county_code == county_code), case.state_voter_id)
        voter = effects.voters[uid]
        effects.tell(
            county_code,
            MessageType.MATCH_CASE_OVERDUE,
            render_overdue(case),
            dedup_key=_dedup_key(case, county_code),
            state_voter_id=uid,
            ems_voter_id=voter.ems_voter_id if voter.county_code == county_code else None,
        )


def _dedup_key(case: MatchCase, county_code: str) -> str:
    key = f"OVERDUE:{case.case_id}:{case.version}"
    return key if case.other_state_voter_id is None else f"{key}:{county_code}"
