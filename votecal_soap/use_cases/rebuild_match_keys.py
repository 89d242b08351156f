"""COA-05 Make every voter's match keys anew: after an upgrade to the first release with keys, or to one that makes them otherwise.

Old keys go first, range by range, then each voter gets new ones, in UID order; each step is a transaction that keeps how
far it came, so that a kill costs one step. Voters who are written meanwhile are right at every moment. Until the end
nothing is matched: half the keys would find half the voters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from votecal_soap.clock import Clock
from votecal_soap.errors import ErrorCode, Unavailable
from votecal_soap.search.candidates import DEFAULT_CAP
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import KEY_RANGES, KeyBuild, UnitOfWork, UnitOfWorkFactory

CHUNK_VOTERS: Final = 50_000
"""Voters in one transaction: keys lie everywhere in their table, so a chunk writes most of its pages once, whatever its size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRebuildReport:
    """What the rebuilding ended with."""

    voters: int
    """About: the distance of the UIDs gone through."""
    resumed: bool
    capped: int
    """Keys of more voters than the cap: they find nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildMatchKeys:
    """By whom; progress (steps done, of) is told as it comes."""

    acting_user: str
    on_progress: Callable[[int, int], None]
    cap: int = DEFAULT_CAP


def require_match_keys(uow: UnitOfWork) -> None:
    """Refuse to match while voters have no keys: they would not be found.

    Raises:
        Unavailable: SCHEMA_OUTDATED, saying what to run.
    """
    if not uow.matching.keys_built():
        raise Unavailable(ErrorCode.SCHEMA_OUTDATED, "Voters have no match keys yet: run `votecal match rebuild-keys`.")


def rebuild_match_keys(command: RebuildMatchKeys, unit_of_work: UnitOfWorkFactory, clock: Clock) -> KeyRebuildReport:
    """Rebuild all keys; killed and started again, it goes on after the last committed step."""
    build, resumed = _begin(command, unit_of_work, clock)
    with unit_of_work(read_only=True) as uow:
        first, last = uow.matching.state_voter_id_span()
    while not build.done:
        command.on_progress(max(build.last_state_voter_id - first + 1, 0), last - first + 1)
        build = _step(build, unit_of_work)
    return KeyRebuildReport(voters=last - first + 1, resumed=resumed, capped=_report_capped(command, unit_of_work, clock))


def _begin(command: RebuildMatchKeys, unit_of_work: UnitOfWorkFactory, clock: Clock) -> tuple[KeyBuild, bool]:
    with unit_of_work() as uow:
        require_role(uow, command.acting_user, ADMINISTRATORS)
        before = uow.matching.key_build()
        resumed = before is not None and not before.done
        # Before the first rebuilding there are no keys but those of new voters, which their turn replaces.
        build = before if before is not None and resumed else KeyBuild(0 if before else KEY_RANGES, 0, done=False)
        uow.matching.save_key_build(build)
        subject = ("match_keys", "all")
        record_change(uow, at=clock.now(), actor=command.acting_user, action="RebuildMatchKeys", subject=subject, new=build._asdict())
        uow.commit()
    return build, resumed


def _step(build: KeyBuild, unit_of_work: UnitOfWorkFactory) -> KeyBuild:
    with unit_of_work() as uow:
        if build.cleared_ranges < KEY_RANGES:
            uow.matching.clear_keys(build.cleared_ranges)
            build = build._replace(cleared_ranges=build.cleared_ranges + 1)
        else:
            rebuilt = uow.matching.rebuild_keys(build.last_state_voter_id, CHUNK_VOTERS)
            build = build._replace(last_state_voter_id=rebuilt.last_state_voter_id, done=rebuilt.done)
        uow.matching.save_key_build(build)
        uow.commit()
    return build


def _report_capped(command: RebuildMatchKeys, unit_of_work: UnitOfWorkFactory, clock: Clock) -> int:
    with unit_of_work(read_only=True) as uow:
        oversized = uow.matching.oversized_keys(command.cap)
    with unit_of_work() as uow:
        uow.matching.forget_capped()
        uow.matching.report_capped(oversized, clock.now())
        uow.commit()
    return len(oversized)
