"""The Search Service with the weights in force (COA-05): what every use case that matches asks."""

from votecal_soap.domain.matching import MatchingFunction
from votecal_soap.search.service import SearchService
from votecal_soap.search.weights import MatchWeights, expert_weights
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.rebuild_match_keys import require_match_keys


def weights_in_force(uow: UnitOfWork, function: MatchingFunction | None = None) -> MatchWeights:
    """The weights that SOS activated for a function, else those for all, else the shipped ones."""
    active = (uow.matching.weights(function=function) if function else None) or uow.matching.weights()
    return expert_weights() if active is None else MatchWeights.from_json(active.weights)


def search_service(uow: UnitOfWork, function: MatchingFunction | None = None) -> SearchService:
    """The service, set for the roll as it is; Unavailable while voters have no match keys, for they would not be found."""
    require_match_keys(uow)
    return SearchService(weights_in_force(uow, function), roll_size=uow.matching.roll_size())
