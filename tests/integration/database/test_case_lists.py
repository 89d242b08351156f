"""What waits, counted without a scan and listed page by page; claims and notes (DLR-03)."""

from datetime import date, timedelta

import pytest
from integration.database.dmv_rows import add_case, add_items, add_voter
from sqlalchemy import func, select

from db.tables import match_case
from votecal_soap.domain.match_cases import CaseState, CaseType
from votecal_soap.domain.work_lists import CaseClaim, CaseListQuery, CaseNote, CaseOrder, CasePosition

DAYS = [date(2026, 3, day) for day in (9, 3, 9, 5)]


def counted(database):
    """What the counters say."""
    with database(read_only=True) as uow:
        return sorted(uow.match_cases.open_counts(None))


def recounted(database):
    """What counting all cases anew says."""
    by = (match_case.c.county_code, match_case.c.case_type, match_case.c.case_state, match_case.c.due_on)
    statement = select(*by, func.count()).where(match_case.c.case_state.in_(["Open", "Provisional"])).group_by(*by)
    with database(read_only=True) as uow:
        return sorted((*row, False) for row in uow._connection.execute(statement))


def cases(database, registry, *days, **values):
    with database() as uow:
        found = [add_case(uow, registry, add_voter(uow, registry), due_on=day, confidence=60 + number, **values) for number, day in enumerate(days)]
        uow.commit()
    return found


@pytest.mark.requirement("DLR-03", "COA-37")
def test_the_counters_follow_every_way_of_a_case(real_database, registry):
    first, second, third, fourth = cases(real_database, registry, *DAYS)
    assert counted(real_database) == recounted(real_database)
    assert [count.case_count for count in counted(real_database)] == [1, 1, 2]
    with real_database() as uow:
        move = {"at": registry.now, "by": "lee", "basis": "b"}
        uow.match_cases.move(first, CaseState.ACCEPTED, **move)
        uow.match_cases.move(second, CaseState.OPEN, county_code="34", due_on=date(2026, 3, 20), **move)
        provisional = uow.match_cases.move(third, CaseState.PROVISIONAL, **move)
        uow.commit()
    assert counted(real_database) == recounted(real_database)
    with real_database() as uow:
        uow.match_cases.move(provisional, CaseState.REJECTED, **move)
        (item,) = add_items(uow, registry)
        add_case(uow, registry, add_voter(uow, registry), item)
        uow.commit()
    assert counted(real_database) == recounted(real_database)
    with real_database() as uow:
        uow.match_cases.replace([item], registry.now)
        uow.match_cases.move(fourth, CaseState.REJECTED, **move)
        uow.commit()
    assert counted(real_database) == recounted(real_database)
    assert [(count.county_code, count.due_on, count.case_count) for count in counted(real_database)] == [("34", date(2026, 3, 20), 1)]


def test_what_is_rolled_back_is_not_counted(real_database, registry):
    cases(real_database, registry, DAYS[0])
    with real_database() as uow:
        add_case(uow, registry, add_voter(uow, registry), due_on=DAYS[0])
    assert [count.case_count for count in counted(real_database)] == [1]


@pytest.mark.requirement("DLR-03")
@pytest.mark.parametrize("order", CaseOrder)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_follow_one_another_in_each_order(real_database, registry, order, limit):
    made = cases(real_database, registry, *DAYS)
    keys = {
        CaseOrder.DUE: lambda case: (case.due_on, case.case_id),
        CaseOrder.CONFIDENCE: lambda case: (-case.confidence, -case.case_id),
        CaseOrder.OLDEST: lambda case: case.case_id,
    }
    values = {CaseOrder.DUE: "due_on", CaseOrder.CONFIDENCE: "confidence", CaseOrder.OLDEST: None}
    seen, after = [], None
    while True:
        query = CaseListQuery(case_types=(CaseType.DMV_COA,), states=(CaseState.OPEN,), order=order, limit=limit, after=after)
        with real_database(read_only=True) as uow:
            page = uow.match_cases.waiting(query)
        if not page:
            break
        seen += page
        after = CasePosition(values[order] and getattr(page[-1], values[order]), page[-1].case_id)
    assert [case.case_id for case in seen] == [case.case_id for case in sorted(made, key=keys[order])]


@pytest.mark.requirement("DLR-03")
def test_a_case_is_taken_by_one_at_a_time_and_given_up_when_it_is_decided(real_database, registry):
    (case,) = cases(real_database, registry, DAYS[0])
    now, lapsed = registry.now, registry.now - timedelta(hours=8)

    def claim(by, at=now, lapsed_before=lapsed):
        with real_database() as uow:
            taken = uow.match_cases.claim(case.case_id, by, at, lapsed_before=lapsed_before)
            uow.commit()
        return taken

    assert [claim("lee"), claim("cora"), claim("lee")] == [True, False, True]
    with real_database(read_only=True) as uow:
        assert uow.match_cases.claims([case.case_id, 99]) == {case.case_id: CaseClaim("lee", now)}
    assert claim("cora", now + timedelta(hours=9), now + timedelta(hours=1)) is True
    with real_database() as uow:
        assert uow.match_cases.release(case.case_id, "lee") is False
        uow.match_cases.move(case, CaseState.REJECTED, at=now, by="cora", basis="b")
        assert uow.match_cases.claim_of(case.case_id) is None
        uow.commit()


@pytest.mark.requirement("DLR-18")
def test_notes_come_in_the_order_in_which_they_were_written(real_database, registry):
    (case,) = cases(real_database, registry, DAYS[0])
    notes = [CaseNote(registry.now + timedelta(minutes=number), "lee", f"note {number}") for number in range(3)]
    with real_database() as uow:
        for note in notes:
            uow.match_cases.add_note(case.case_id, note)
        assert uow.match_cases.notes(case.case_id) == notes
