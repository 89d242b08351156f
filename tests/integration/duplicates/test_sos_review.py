"""What an SOS user decides of a pair that the counties rejected (DLR-07, DLR-18)."""

import pytest

from db.tables import merge_record
from votecal_soap.domain.duplicate_cases import LicenseAction, LicenseCorrection, RejectionCause
from votecal_soap.domain.match_cases import CaseState, Decision, WorkItemStatus
from votecal_soap.domain.sos_work_items import SosItemOutcome, SosItemType
from votecal_soap.errors import ErrorCode, InvalidRequest, NotAllowed
from votecal_soap.use_cases.open_duplicate_cases import PairOutcome

from .pairs import LICENSE, NEW, OLD, ONE_LICENSE, THIRD, old_and_new, pair


@pytest.mark.requirement("DUP-03")
def test_one_rejection_of_a_pair_of_one_county_on_one_number_goes_to_sos(roll):
    roll.add(*old_and_new(license_number=LICENSE, counties=("19", "19")))
    roll.detect(pair(**ONE_LICENSE))
    assert roll.messages() == [("19", "PotentialDuplicate", OLD)]
    roll.decide("19", Decision.REJECT)
    assert roll.open_items() == [SosItemType.VERIFIED_LICENSE_REJECTED, SosItemType.REVIEW_REJECTED_DUPLICATE]


def at_sos(roll):
    """A pair that both counties rejected."""
    roll.add(*old_and_new(license_number=LICENSE))
    roll.detect(pair(**ONE_LICENSE))
    roll.decide("19", Decision.REJECT)
    roll.decide("37", Decision.REJECT)


@pytest.mark.requirement("DLR-07", "DLR-14")
def test_sos_accepts_a_rejected_pair_and_it_is_merged(roll):
    at_sos(roll)
    assert roll.review(same_person=True, cause=RejectionCause.MISTAKEN_REJECTION).state is CaseState.ACCEPTED
    assert roll.voter(OLD).merged_into == NEW
    assert roll.messages()[-2:] == [("19", "MergedIntoNewer", OLD), ("37", "MergeReceived", NEW)]
    (review,) = [item for item in roll.items() if item.item_type is SosItemType.REVIEW_REJECTED_DUPLICATE]
    assert (review.status, review.outcome, review.cause) == (WorkItemStatus.CLOSED, SosItemOutcome.ACCEPTED, "MistakenRejection")
    assert [row.case_id for row in roll.rows(merge_record)] == [1]


@pytest.mark.requirement("DLR-18")
@pytest.mark.parametrize(
    ("correction", "number", "status"),
    [
        (LicenseCorrection(OLD, LicenseAction.NOT_VERIFIED), LICENSE, "NotVerified"),
        (LicenseCorrection(OLD, LicenseAction.CHANGE, "D1111111"), "D1111111", "Pending"),
        (LicenseCorrection(OLD, LicenseAction.REMOVE), None, None),
    ],
)
def test_sos_rejects_with_a_cause_and_corrects_a_number(roll, correction, number, status):
    at_sos(roll)
    decided = roll.review(same_person=False, cause=RejectionCause.ASSIGNED_TWICE, corrections=(correction,))
    assert decided.state is CaseState.REJECTED
    corrected = roll.voter(OLD)
    assert (corrected.drivers_license, corrected.drivers_license_status, corrected.drivers_license_verified_on) == (number, status, None)
    assert roll.voter(NEW).drivers_license == LICENSE
    assert roll.messages()[-2:] == [("19", "DuplicateCaseDecided", OLD), ("37", "DuplicateCaseDecided", NEW)]
    assert roll.open_items() == [SosItemType.VERIFIED_LICENSE_REJECTED]
    assert "DL/ID Corrected By SOS" in roll.activities(OLD)
    assert roll.detect(pair(**ONE_LICENSE)) == {PairOutcome.KNOWN: 1}


@pytest.mark.requirement("DLR-18")
def test_numbers_are_corrected_on_acceptance_too(roll):
    at_sos(roll)
    roll.review(same_person=True, corrections=(LicenseCorrection(NEW, LicenseAction.CHANGE, "D1111111"),))
    assert (roll.voter(NEW).drivers_license, roll.voter(OLD).merged_into) == ("D1111111", NEW)


@pytest.mark.requirement("DLR-18")
def test_what_sos_cannot_decide_so_is_refused_and_changes_nothing(roll):
    at_sos(roll)
    wrong = [
        {"same_person": False},
        {"same_person": True, "corrections": (LicenseCorrection(THIRD, LicenseAction.REMOVE),)},
        {"same_person": True, "corrections": (LicenseCorrection(OLD, LicenseAction.CHANGE),)},
        {"same_person": True, "corrections": (LicenseCorrection(OLD, LicenseAction.REMOVE, "D1111111"),)},
        {"same_person": True, "corrections": (LicenseCorrection(OLD, LicenseAction.REMOVE),) * 2},
    ]
    for given in wrong:
        with pytest.raises(InvalidRequest):
            roll.review(**given)
    with pytest.raises(NotAllowed):
        roll.review(same_person=True, user="cleo")
    assert roll.voter(OLD).version == 1


@pytest.mark.requirement("DLR-18")
@pytest.mark.parametrize("number", ["12", "d7654321", "D765432", "D7654321 ", "DD654321", None])
def test_a_corrected_number_that_is_none_is_refused_whoever_asks(roll, number):
    roll.add(*old_and_new(license_number=LICENSE))
    roll.detect(pair(**ONE_LICENSE))
    with pytest.raises(InvalidRequest) as refused:
        roll.review(same_person=False, cause=RejectionCause.FRAUD, corrections=(LicenseCorrection(OLD, LicenseAction.CHANGE, number),))
    assert refused.value.code is ErrorCode.VALUE_WRONG
    assert roll.voter(OLD).drivers_license == LICENSE
