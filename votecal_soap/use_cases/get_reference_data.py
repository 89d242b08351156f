"""EWS-12 A county asks for tables of codes, or whether they have changed."""

from collections.abc import Sequence

from votecal_soap.domain.counties import Caller
from votecal_soap.domain.reference_data import AskedTable, ReferenceKind, ReferenceQuery, answer_query
from votecal_soap.errors import ErrorCode, InvalidRequest
from votecal_soap.use_cases.ports import UnitOfWorkFactory
from votecal_soap.use_cases.reference_tables import reference_table


def get_reference_data(queries: Sequence[ReferenceQuery], caller: Caller, unit_of_work: UnitOfWorkFactory) -> list[AskedTable]:
    """The tables asked for, in that order; without a query the versions of all. Precincts are the caller's own (EWS-01)."""
    if len({query.kind for query in queries}) != len(queries):
        raise InvalidRequest(ErrorCode.VALUE_WRONG, "A table is asked for twice.", ref="ReferenceQueries")
    with unit_of_work(read_only=True) as uow:
        if not queries:
            return [AskedTable(reference_table(kind, caller, uow), None) for kind in ReferenceKind]
        return [answer_query(query, reference_table(query.kind, caller, uow)) for query in queries]
