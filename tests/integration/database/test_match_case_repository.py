"""Match cases and transfers, on SQLite and PostgreSQL alike."""

from datetime import date, timedelta

import pytest
from integration.database.dmv_rows import CRITERIA, add_case, add_items, add_voter

from votecal_soap.domain.match_cases import CaseState, CaseType, PotentialReason, TransferOut, TransferState
from votecal_soap.errors import Conflict, ErrorCode

OPEN = [CaseState.OPEN]


def transfer(uow, registry, state_voter_id, case_id=None, **values):
    """A move from Los Angeles to Sacramento that waits."""
    usual = {"losing_county": "19", "gaining_county": "34", "state": TransferState.OPEN, "provisional": True, "opened_at": registry.now}
    rest = {"pending_until": registry.now + timedelta(days=10), "decided_at": None, "decided_by": None}
    key = {"transfer_id": uow.match_cases.reserve_ids(1), "state_voter_id": state_voter_id, "case_id": case_id}
    added = TransferOut(**{**key, **usual, **rest, **values})
    uow.match_cases.add_transfers([added])
    return added


@pytest.mark.requirement("COA-30")
def test_a_case_keeps_what_made_it(real_database, registry):
    with real_database() as uow:
        ann = add_voter(uow, registry)
        (item,) = add_items(uow, registry)
        waiting = add_case(uow, registry, ann, item)
        applied = add_case(uow, registry, ann, state=CaseState.ACCEPTED, automatic=True, same_drivers_license=True, before_version=1, applied_version=2)
        uow.commit()
    with real_database(read_only=True) as uow:
        assert uow.match_cases.get(waiting.case_id) == waiting
        assert (waiting.criteria, waiting.cap, waiting.potential_reason) == (CRITERIA, "common_name", PotentialReason.BELOW_AUTOMATIC)
        assert (waiting.version, waiting.opened_at, waiting.decided_at, waiting.automatic) == (1, registry.now, None, False)
        assert (applied.automatic, applied.same_drivers_license, applied.before_version, applied.applied_version) == (True, True, 1, 2)
        assert applied.decided_at == registry.now
        assert uow.match_cases.of_work_items([item, 99]) == [waiting]
        assert uow.match_cases.get(99) is None


@pytest.mark.requirement("COA-33")
def test_a_decision_is_written_over_the_version_that_was_read_and_no_other(real_database, registry):
    later = registry.now + timedelta(hours=1)
    with real_database() as uow:
        case = add_case(uow, registry, add_voter(uow, registry))
        accepted = uow.match_cases.move(case, CaseState.ACCEPTED, at=later, by="county:la", basis="same person", before_version=1, applied_version=2)
        assert uow.match_cases.get(case.case_id, lock=True) == accepted
        assert (accepted.version, accepted.decided_by, accepted.decided_at, accepted.basis) == (2, "county:la", later, "same person")
        with pytest.raises(Conflict) as refused:
            uow.match_cases.move(case, CaseState.REJECTED, at=later, by="county:la", basis="another person")
        assert refused.value.code is ErrorCode.CASE_CHANGED
        assert uow.match_cases.get(case.case_id).state is CaseState.ACCEPTED


@pytest.mark.requirement("COA-33")
def test_of_the_longest_basis_that_the_contract_takes_the_case_keeps_the_beginning(real_database, registry):
    with real_database() as uow:
        case = add_case(uow, registry, add_voter(uow, registry))
        uow.match_cases.move(case, CaseState.ACCEPTED, at=registry.now, by="county:la", basis="é" * 1000, before_version=1, applied_version=2)
        assert uow.match_cases.get(case.case_id).basis == "é" * 400


@pytest.mark.requirement("COA-37")
def test_a_case_that_goes_to_another_county_has_a_new_day_and_is_announced_anew(real_database, registry):
    with real_database() as uow:
        case = add_case(uow, registry, add_voter(uow, registry), due_on=date(2026, 3, 9))
        uow.match_cases.mark_overdue_announced([case.case_id], registry.now)
        announced = uow.match_cases.get(case.case_id)
        assert (announced.version, announced.overdue_announced_at) == (case.version, registry.now)
        new_day = date(2026, 3, 20)
        moved = uow.match_cases.move(announced, CaseState.OPEN, at=registry.now, by="county:la", basis="moved", county_code="34", due_on=new_day)
        assert uow.match_cases.get(case.case_id) == moved
        assert (moved.county_code, moved.due_on, moved.overdue_announced_at, moved.decided_by) == ("34", new_day, None, None)


@pytest.mark.requirement("EWS-11")
def test_a_county_lists_cases_that_it_decides_and_those_by_which_it_loses_a_voter(real_database, registry):
    with real_database() as uow:
        ann = add_voter(uow, registry)
        mine, others, lost = add_case(uow, registry, ann), add_case(uow, registry, ann, county_code="34"), add_case(uow, registry, ann, county_code="34")
        duplicate = add_case(uow, registry, ann, case_type=CaseType.DUPLICATE_VOTER)
        closed = add_case(uow, registry, ann, state=CaseState.REJECTED)
        transfer(uow, registry, ann, lost.case_id)
        transfer(uow, registry, ann)
        listed = {"states": OPEN, "case_types": None, "after_case_id": 0, "limit": 10}
        assert [case.case_id for case in uow.match_cases.listed("19", **listed)] == [mine.case_id, lost.case_id, duplicate.case_id]
        assert [case.case_id for case in uow.match_cases.listed("34", **listed)] == [others.case_id, lost.case_id]
        assert [case.case_id for case in uow.match_cases.listed("19", **{**listed, "limit": 2})] == [mine.case_id, lost.case_id]
        assert [case.case_id for case in uow.match_cases.listed("19", **{**listed, "after_case_id": lost.case_id})] == [duplicate.case_id]
        assert [case.case_id for case in uow.match_cases.listed("19", **{**listed, "case_types": [CaseType.DMV_COA]})] == [mine.case_id, lost.case_id]
        assert [uow.match_cases.count(county, OPEN) for county in ("19", "34")] == [3, 2]
        assert uow.match_cases.count("19", list(CaseState)) == 4
        assert uow.match_cases.listed("19", **{**listed, "states": [CaseState.REJECTED]}) == [closed]


@pytest.mark.requirement("COA-31")
def test_only_open_cases_of_a_work_item_are_replaced(real_database, registry):
    with real_database() as uow:
        ann = add_voter(uow, registry)
        first, second, other = (add_items(uow, registry)[0] for _ in range(3))
        waiting, rejected = add_case(uow, registry, ann, first), add_case(uow, registry, ann, first, state=CaseState.REJECTED)
        also, kept = add_case(uow, registry, ann, second), add_case(uow, registry, ann, other)
        replaced = uow.match_cases.replace([second, first], registry.now)
        assert replaced == [uow.match_cases.get(key) for key in (waiting.case_id, also.case_id)]
        assert {(case.state, case.version) for case in replaced} == {(CaseState.REPLACED, 2)}
        assert [uow.match_cases.get(case.case_id).state for case in (rejected, kept)] == [CaseState.REJECTED, CaseState.OPEN]
        with pytest.raises(Conflict):
            uow.match_cases.move(waiting, CaseState.ACCEPTED, at=registry.now, by="county:la", basis="too late")


@pytest.mark.requirement("COA-34")
def test_a_confirmed_non_match_is_remembered_for_its_record_alone(real_database, registry):
    with real_database() as uow:
        ann, bob = add_voter(uow, registry), add_voter(uow, registry)
        first, second = add_items(uow, registry)[0], add_items(uow, registry)[0]
        add_case(uow, registry, ann, first, state=CaseState.REJECTED)
        add_case(uow, registry, bob, first)
        assert uow.match_cases.rejected_pairs(first) == {ann}
        assert uow.match_cases.rejected_pairs(second) == set()


@pytest.mark.requirement("COA-37")
def test_a_case_is_overdue_from_the_day_after_its_last_and_announced_once(real_database, registry):
    day = date(2026, 3, 9)
    with real_database() as uow:
        ann = add_voter(uow, registry)
        late, today, decided, never = (
            add_case(uow, registry, ann, **values)
            for values in ({"due_on": day - timedelta(days=1)}, {"due_on": day}, {"due_on": date(2026, 1, 5), "state": CaseState.ACCEPTED}, {"due_on": None})
        )
        assert [case.case_id for case in uow.match_cases.overdue(day, 10)] == [late.case_id]
        assert [case.case_id for case in uow.match_cases.overdue(day + timedelta(days=1), 10)] == [late.case_id, today.case_id]
        uow.match_cases.mark_overdue_announced([late.case_id], registry.now)
        assert uow.match_cases.overdue(day, 10) == []
        assert uow.match_cases.overdue_counts(day) == {"19": 1}
        assert {decided.case_id, never.case_id}.isdisjoint(case.case_id for case in uow.match_cases.overdue(date(2030, 1, 1), 10))


@pytest.mark.requirement("EWS-11")
def test_a_transfer_is_decided_once(real_database, registry):
    with real_database() as uow:
        ann = add_voter(uow, registry)
        case = add_case(uow, registry, ann)
        waiting = transfer(uow, registry, ann, case.case_id)
        assert uow.match_cases.transfer(waiting.transfer_id, lock=True) == uow.match_cases.open_transfer_of_case(case.case_id) == waiting
        uow.match_cases.decide_transfer(waiting.transfer_id, TransferState.ACCEPTED, registry.now, "county:la")
        assert uow.match_cases.open_transfer_of_case(case.case_id) is None
        decided = uow.match_cases.transfer_of_case(case.case_id)
        assert (decided.state, decided.decided_at, decided.decided_by) == (TransferState.ACCEPTED, registry.now, "county:la")
        with pytest.raises(Conflict) as refused:
            uow.match_cases.decide_transfer(waiting.transfer_id, TransferState.REVERSED, registry.now, "county:la")
        assert refused.value.code is ErrorCode.CASE_DECIDED
        uow.match_cases.decide_transfer(waiting.transfer_id, TransferState.REVERSED, registry.now, "county:la", expected=TransferState.ACCEPTED)
        assert uow.match_cases.transfer(waiting.transfer_id).state is TransferState.REVERSED
        assert uow.match_cases.transfer(99) is None


@pytest.mark.requirement("VRU-15")
def test_a_provisional_transfer_is_past_when_its_time_has_come(real_database, registry):
    with real_database() as uow:
        ann = add_voter(uow, registry)
        due = transfer(uow, registry, ann, pending_until=registry.now)
        transfer(uow, registry, ann, pending_until=registry.now + timedelta(microseconds=1))
        transfer(uow, registry, ann, pending_until=registry.now, provisional=False)
        transfer(uow, registry, ann, pending_until=registry.now, state=TransferState.REVERSED)
        assert uow.match_cases.transfers_past(registry.now, 10) == [due]
