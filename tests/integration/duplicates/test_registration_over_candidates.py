"""A county registers a voter as new over candidates: their counties are asked, and on one number SOS in the end (DUP-04, S4.23)."""

import pytest

from votecal_soap.domain.match_cases import CaseState, Decision
from votecal_soap.domain.sos_work_items import SosItemType
from votecal_soap.use_cases.match_effects import MatchEffects
from votecal_soap.use_cases.pairs_of_registration import open_pairs_of_registration

from .pairs import DUE, LICENSE, NEW, NOW, OLD, TODAY, old_and_new, pair


def register(roll, **values):
    """San Diego has just registered the newer one."""
    with roll.factory() as uow:
        effects = MatchEffects(uow.voters.lock_by_state_id([OLD, NEW]), actor="county:ems-37", at=NOW, day=TODAY)
        cases = open_pairs_of_registration(uow, effects, NEW, [pair(**values)], weights_version="expert-1", due_on=DUE)
        effects.write(uow)
        uow.commit()
    return cases


@pytest.mark.requirement("DUP-04", "EWS-09")
@pytest.mark.parametrize("confidence", [30, 90])
def test_on_one_number_registering_is_the_first_rejection_whatever_the_confidence(roll, confidence):
    roll.add(*old_and_new(license_number=LICENSE))
    (case,) = register(roll, confidence=confidence, same_drivers_license=True, verified_license=True)
    assert (case.state, case.cause, case.asked_county, case.first_rejected_by) == (CaseState.REJECTED_BY_USER, "Registration", "19", "37")
    assert roll.case() == case
    assert roll.messages() == [("19", "PotentialDuplicate", OLD)]
    assert roll.open_items() == [SosItemType.VERIFIED_LICENSE_REJECTED]
    roll.decide("19", Decision.REJECT)
    assert roll.open_items() == [SosItemType.VERIFIED_LICENSE_REJECTED, SosItemType.REVIEW_REJECTED_DUPLICATE]


@pytest.mark.requirement("DUP-04")
def test_the_candidates_county_may_accept_and_so_merge(roll):
    roll.add(*old_and_new(license_number=LICENSE))
    register(roll, same_drivers_license=True)
    roll.decide("19")
    assert roll.voter(OLD).merged_into == NEW


@pytest.mark.requirement("EWS-09")
def test_with_another_number_the_candidates_county_alone_is_asked_and_its_rejection_ends_it(roll):
    roll.add(*old_and_new())
    (case,) = register(roll)
    assert (case.state, case.asked_county, case.due_on) == (CaseState.OPEN, "19", DUE)
    assert roll.decide("19", Decision.REJECT).state is CaseState.REJECTED
    assert roll.open_items() == []


@pytest.mark.requirement("DUP-04")
def test_in_one_county_only_one_number_makes_a_case_and_it_goes_to_sos(roll):
    roll.add(*old_and_new(counties=("37", "37")))
    assert register(roll) == []
    roll.change(OLD, drivers_license=LICENSE)
    roll.change(NEW, drivers_license=LICENSE)
    (case,) = register(roll, same_drivers_license=True)
    assert (case.state, case.asked_county, roll.messages()) == (CaseState.REJECTED_BY_USER, None, [])
    assert SosItemType.REVIEW_REJECTED_DUPLICATE in roll.open_items()
