"""GetReferenceData (EWS-12): the tables that the code works with, with versions that tell whether they have changed."""

import ast
from datetime import date
from pathlib import Path

import pytest
import zeep

from votecal_soap.domain.batches import FailureReason
from votecal_soap.domain.counties import Election, Precinct
from votecal_soap.domain.reference_data import ReferenceKind
from votecal_soap.errors import ErrorCode
from votecal_soap.use_cases.load_reference_data import load_reference
from votecal_soap.use_cases.reference_tables import ACTIVITY_TYPES, STATUS_REASONS

from .match_situations import AnswersKeepTheSchema

pytestmark = pytest.mark.requirement("EWS-12")
EMS = "ems-integration"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def service(state, connect, schemas):
    load_reference("test", state.application.unit_of_work(), state.clock)
    with state.application.unit_of_work() as uow:
        uow.reference.save_precincts(
            [Precinct(county_code="19", precinct_code="19-1", name="Downtown"), Precinct(county_code="34", precinct_code="34-1", name=None)]
        )
        uow.commit()
    client = connect(EMS)
    client.plugins.append(AnswersKeepTheSchema(schemas[EMS]))
    return client.service


def tables(service, *kinds, **more):
    queries = [{"ReferenceKind": kind, **more} for kind in kinds]
    found = service.GetReferenceData(ReferenceQueries={"ReferenceQuery": queries} if queries else None)
    return {table.ReferenceKind: table for table in found}


def codes(table):
    return [item.Code for item in table.ReferenceItems.ReferenceItem]


def test_without_a_question_every_table_tells_its_version_and_none_its_items(service):
    found = tables(service)
    assert list(found) == list(ReferenceKind)
    assert all(table.ReferenceItems is None and table.MoreItems is False for table in found.values())
    assert found["County"].ItemCount == 58


def test_the_items_are_those_that_the_code_works_with(service):
    found = tables(service, "County", "Party", "Status", "StatusReason", "ActivityType", "ErrorCode", "FailureReason", "Election")
    assert codes(found["County"]) == [f"{number:02}" for number in range(1, 59)]
    los_angeles = found["County"].ReferenceItems.ReferenceItem[18]
    assert (los_angeles.Name, los_angeles.Fips) == ("Los Angeles", "06037")
    assert {"DEM", "REP", "NPP"} <= set(codes(found["Party"]))
    assert codes(found["Status"]) == ["Active", "Cancelled", "Declined", "Inactive", "Pending"]
    assert codes(found["StatusReason"]) == sorted(STATUS_REASONS)
    assert codes(found["ActivityType"]) == sorted(ACTIVITY_TYPES)
    assert codes(found["ErrorCode"]) == sorted(ErrorCode)
    assert codes(found["FailureReason"]) == sorted(FailureReason)
    (election,) = found["Election"].ReferenceItems.ReferenceItem
    assert (election.Code, election.ElectionDate, election.Federal) == ("E-2026-06", date(2026, 6, 2), False)


@pytest.mark.requirement("EWS-01")
def test_precincts_are_the_callers_own(service):
    assert codes(tables(service, "Precinct")["Precinct"]) == ["19-1"]


def test_a_table_that_has_not_changed_comes_without_items_and_one_that_has_comes_whole(state, service):
    known = tables(service, "Election")["Election"].Version
    unchanged = tables(service, "Election", KnownVersion=known)["Election"]
    assert (unchanged.ReferenceItems, unchanged.MoreItems, unchanged.Version) == (None, False, known)
    with state.application.unit_of_work() as uow:
        uow.reference.save_elections([Election(election_id="E-2026-11", name="General", election_date=date(2026, 11, 3), federal=True)])
        uow.commit()
    changed = tables(service, "Election", KnownVersion=known)["Election"]
    assert codes(changed) == ["E-2026-06", "E-2026-11"]
    assert changed.Version != known


def test_what_is_too_large_for_one_answer_comes_in_pages_and_tables_behind_it_wait(state, service):
    with state.application.unit_of_work() as uow:
        uow.reference.save_precincts([Precinct(county_code="19", precinct_code=f"P{number:05}", name=f"Precinct {number}") for number in range(900)])
        uow.commit()
    first = tables(service, "Precinct", "Party")
    assert (first["Precinct"].MoreItems, first["Party"].MoreItems, first["Party"].ReferenceItems) == (True, True, None)
    found = codes(first["Precinct"])
    while first["Precinct"].MoreItems:
        first = tables(service, "Precinct", AfterCode=found[-1])
        found += codes(first["Precinct"])
    assert found == ["19-1", *(f"P{number:05}" for number in range(900))]
    assert len(found) == first["Precinct"].ItemCount


def test_a_table_that_is_asked_for_twice_is_refused(service):
    with pytest.raises(zeep.exceptions.Fault) as caught:
        tables(service, "Party", "Party")
    assert caught.value.detail.find("{*}VoteCalFault").findtext("{*}Code") == "VC-1010"


def constants_written_as_activity_types():
    """Names of the use cases' constants that are given to `note` or to a NewActivity as the activity's type."""
    for path in (ROOT / "votecal_soap" / "use_cases").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", None))
            place = {"note": 1, "NewActivity": 2}.get(name)
            given = node.args[place] if place is not None and len(node.args) > 2 else None
            yield from ((path.stem, item.id) for item in ast.walk(given) if isinstance(item, ast.Name)) if given is not None else ()


def test_every_activity_that_a_use_case_writes_is_in_the_table():
    import importlib

    seen = set()
    for module, name in constants_written_as_activity_types():
        value = getattr(importlib.import_module(f"votecal_soap.use_cases.{module}"), name, None)
        seen |= {value} if isinstance(value, str) else set(value.values()) if isinstance(value, dict) else set()
    assert len(seen) > 10
    assert seen <= ACTIVITY_TYPES
