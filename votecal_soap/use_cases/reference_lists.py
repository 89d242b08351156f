"""What forms let a person choose from: counties and elections."""

from votecal_soap.domain.counties import County, Election
from votecal_soap.use_cases.ports import UnitOfWork


def counties(uow: UnitOfWork) -> list[County]:
    """All counties, by their code."""
    with uow:
        return sorted(uow.reference.counties(), key=lambda county: county.county_code)


def elections(uow: UnitOfWork) -> list[Election]:
    """All elections, the latest first."""
    with uow:
        return sorted(uow.reference.elections(), key=lambda election: election.election_date, reverse=True)
