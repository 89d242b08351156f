"""The Search Service with the weights in force (COA-05): what every use case that matches asks."""

from votecal_soap.search.service import SearchService
from votecal_soap.search.weights import MatchWeights, expert_weights
from votecal_soap.use_cases.ports import UnitOfWork
from votecal_soap.use_cases.rebuild_match_keys import require_match_keys


def weights_in_force(uow: UnitOfWork) -> MatchWeights:
    """The weights that SOS activated, else the shipped ones."""
    active = uow.matching.weights()
    return expert_weights() if active is None else MatchWeights.from_json(active.weights)


def search_service(uow: UnitOfWork) -> SearchService:
    """The service, set for the roll as it is; Unavailable while voters have no match keys, for they would not be found."""
    require_match_keys(uow)
    return SearchService(weights_in_force(uow), roll_size=uow.matching.roll_size())
