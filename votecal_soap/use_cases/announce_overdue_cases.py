"""COA-37 Counties hear once of each open match case whose day has passed."""

from collections.abc import Callable
from typing import Final

from votecal_soap.clock import Clock, legal_date
from votecal_soap.contract.match_payloads import render_overdue
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
        voters = uow.voters.lock_by_state_id(sorted({case.state_voter_id for case in cases}))
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
    voter = effects.voters[case.state_voter_id]
    effects.tell(
        case.county_code,
        MessageType.MATCH_CASE_OVERDUE,
        render_overdue(case),
        dedup_key=f"OVERDUE:{case.case_id}:{case.version}",
        state_voter_id=case.state_voter_id,
        ems_voter_id=voter.ems_voter_id if voter.county_code == case.county_code else None,
    )
