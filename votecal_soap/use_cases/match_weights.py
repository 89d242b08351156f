"""COA-05, COA-06: the versions of the Search Service's weights, and which of them is in force; SOS activates one, nothing changes silently."""

from votecal_soap.clock import Clock
from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.errors import ErrorCode, NotFound
from votecal_soap.search.weights import MatchWeights, expert_weights
from votecal_soap.use_cases.acting_user import ADMINISTRATORS, require_role
from votecal_soap.use_cases.audit_trail import record_change
from votecal_soap.use_cases.ports import UnitOfWork, WeightsVersion


def weights_versions(uow: UnitOfWork) -> tuple[list[WeightsVersion], bool]:
    """Those that were fitted, newest first, and whether the shipped ones are in force for functions that have none of their own."""
    with uow:
        return list(uow.matching.weights_versions()), uow.matching.weights() is None


def weights_version(version: str, uow: UnitOfWork) -> tuple[MatchWeights, WeightsVersion | None]:
    """The weights of a version, and what is kept about it; nothing is kept about the shipped ones.

    Raises:
        NotFound: WEIGHTS_NOT_FOUND.
    """
    shipped = expert_weights()
    if version == shipped.version:
        return shipped, None
    with uow:
        kept = _kept(version, uow)
    return MatchWeights.from_json(kept.weights), kept


def activate_weights(version: str, acting_user: str, uow: UnitOfWork, clock: Clock, function: MatchingFunction | None = None) -> None:
    """Use a version for searches and runs that begin later, for a function alone or for all that have none of their own.

    Cases keep the version that made them. The shipped version takes back what was activated.

    Raises:
        NotFound: WEIGHTS_NOT_FOUND.
        InvalidRequest: if the kept weights are not those of this release's comparisons.
    """
    shipped = expert_weights().version
    with uow:
        require_role(uow, acting_user, ADMINISTRATORS)
        if version != shipped:
            MatchWeights.from_json(_kept(version, uow).weights)
        old = uow.matching.weights(function=function)
        now = clock.now()
        uow.matching.activate_weights(None if version == shipped else version, now, acting_user, function=function)
        record_change(
            uow,
            at=now,
            actor=acting_user,
            action="ActivateMatchWeights",
            subject=("match_weights", version),
            old={"version": shipped if old is None else old.version},
            new={"version": version} if function is None else {"version": version, "function": function},
        )
        uow.commit()


def _kept(version: str, uow: UnitOfWork) -> WeightsVersion:
    kept = uow.matching.weights(version)
    if kept is None:
        raise NotFound(ErrorCode.WEIGHTS_NOT_FOUND, f"There are no weights {version}.", ref="version")
    return kept
