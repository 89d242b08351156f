"""What becomes of one record: the order of reasons, severity, after-steps, versions."""

from datetime import UTC, date, datetime, timedelta

import pytest

from votecal_soap.domain.batches import BatchRecord, FailureReason, FieldError, Outcome, Severity
from votecal_soap.domain.judgement import AfterSteps, Circumstances, Judgement, judge, judge_elsewhere
from votecal_soap.domain.rules import rule_book
from votecal_soap.domain.statewide import shipped_rules
from votecal_soap.domain.voters import Voter, VotingPrecinct

NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)
TODAY = date(2026, 11, 21)
CIRCUMSTANCES = Circumstances(county_code="19", after_steps=AfterSteps(rule_book(shipped_rules(), None)), now=NOW, today=TODAY)
BLANK = Voter(**dict.fromkeys(Voter._fields))  # type: ignore[arg-type]
VOTER = BLANK._replace(
    state_voter_id=100000001,  # type: ignore[arg-type]
    county_code="19",
    ems_voter_id="LA1",
    version=3,
    effective_date=date(2026, 1, 1),
    first_name="ANA",
    last_name="LEE",
    date_of_birth=date(1980, 2, 29),
    drivers_license="A1234567",
    drivers_license_status="Verified",
    drivers_license_verified_on=date(2020, 1, 1),
    ssn4="1234",
    ssn4_status="Verified",
    party="DEM",
    home_precinct="000123",
    status="Active",
    vnc_due=0,
    message_sequence=7,
)


def record(values: dict[str, object] | None = None, **given: object) -> BatchRecord:
    blank = BatchRecord(1, 100000001, None, None, None, tuple(values or ()), tuple((values or {}).values()), None, ())
    return blank._replace(**given)


def judged(given: BatchRecord, voter: Voter | None = VOTER, *, pending: bool = False, precinct: VotingPrecinct | None = None) -> Judgement:
    return judge(given, voter, CIRCUMSTANCES, update_pending=pending, voting_precinct=precinct)


def fatal(code: str, reason: FailureReason = FailureReason.FAILED_VALIDATION) -> FieldError:
    return FieldError(code, None, Severity.FATAL, "Mend it.", reason)


@pytest.mark.requirement("VRU-10")
def test_a_detected_change_makes_the_next_version():
    result = judged(record(values={"home_precinct": "000456", "party": "DEM"}))
    assert (result.outcome.outcome, result.outcome.version, result.changed) == (Outcome.APPLIED, 4, ("home_precinct",))
    assert result.after is not None
    assert (result.after.home_precinct, result.after.version, result.after.effective_date) == ("000456", 4, TODAY)


@pytest.mark.requirement("VRU-11")
def test_a_record_that_says_what_the_state_has_is_unchanged_and_makes_no_version():
    result = judged(record(values={"party": "DEM"}))
    assert (result.outcome.outcome, result.outcome.version, result.changed) == (Outcome.UNCHANGED, 3, ())
    assert result.after == VOTER._replace(message_sequence=8)


@pytest.mark.requirement("VRU-10")
def test_a_voting_precinct_is_kept_apart_from_the_home_precinct():
    new = VotingPrecinct("2026G", "000456", None)
    result = judged(record(voting_precinct=new))
    assert (result.outcome.outcome, result.voting_precinct) == (Outcome.APPLIED, new)
    assert result.after is not None and result.after.home_precinct == "000123"
    assert judged(record(voting_precinct=new), precinct=new).outcome.outcome is Outcome.UNCHANGED


@pytest.mark.requirement("VRU-13", "VRU-15", "VRU-17")
def test_reasons_block_in_the_order_of_the_requirement_and_the_rest_are_details():
    moving = VOTER._replace(transfer_pending_until=NOW + timedelta(days=1))
    errors = (fatal("X"), fatal("P", FailureReason.PRECINCT_NOT_FOUND), fatal("E", FailureReason.ELECTION_NOT_FOUND))
    outcome = judged(record(errors=errors), moving, pending=True).outcome
    assert outcome.reason is FailureReason.VOTER_PENDING_TRANSFER
    assert outcome.further_reasons == (
        FailureReason.STATE_UPDATE_PENDING,
        FailureReason.FAILED_VALIDATION,
        FailureReason.ELECTION_NOT_FOUND,
        FailureReason.PRECINCT_NOT_FOUND,
    )
    assert outcome.errors == errors


@pytest.mark.requirement("VRU-14", "VRU-17", "EWS-01")
def test_nothing_is_told_of_another_countys_voter_and_nothing_of_it_is_touched():
    given = record(base_version=99, ems_voter_id="LA7", values={"status": "Active"}, errors=(fatal("X"),))
    result = judge_elsewhere(given)
    assert (result.outcome.reason, result.outcome.further_reasons) == (FailureReason.VOTER_DOES_NOT_BELONG, (FailureReason.FAILED_VALIDATION,))
    assert (result.outcome.ems_voter_id, result.outcome.version, result.outcome.errors, result.after) == ("LA7", None, (fatal("X"),), None)


@pytest.mark.requirement("VRU-15")
def test_a_transfer_that_is_past_its_time_no_longer_blocks():
    assert judged(record(values={"party": "REP"}), VOTER._replace(transfer_pending_until=NOW)).outcome.outcome is Outcome.APPLIED


@pytest.mark.requirement("VRU-17")
@pytest.mark.parametrize(
    ("errors", "reason"),
    [((), FailureReason.VOTER_NOT_FOUND), ((fatal("S", FailureReason.RECORD_UNREADABLE),), FailureReason.RECORD_UNREADABLE)],
)
def test_a_record_without_a_known_voter_says_whether_it_could_be_read(errors: tuple[FieldError, ...], reason: FailureReason):
    result = judged(record(errors=errors), None)
    assert (result.outcome.reason, result.after) == (reason, None)


@pytest.mark.requirement("VRU-09")
def test_a_rejected_update_changes_nothing_of_the_voter():
    result = judged(record(values={"status": "Inactive", "party": "REP"}, errors=(fatal("X"),)))
    assert (result.outcome.outcome, result.changed, result.after) == (Outcome.FAILED, (), VOTER._replace(message_sequence=8))


@pytest.mark.requirement("VRU-09")
def test_a_warning_travels_with_the_applied_record():
    warning = FieldError("PartyUnknown", None, Severity.NON_FATAL, "Unknown.")
    result = judged(record(values={"home_precinct": "000456"}, errors=(warning,)))
    assert (result.outcome.outcome, result.outcome.errors) == (Outcome.APPLIED, (warning,))


@pytest.mark.requirement("VRU-19")
@pytest.mark.parametrize("field", ["last_name", "date_of_birth", "drivers_license", "ssn4"])
def test_a_changed_identity_waits_for_verification(field: str):
    value = date(1981, 1, 1) if field == "date_of_birth" else "B7654321"
    after = judged(record(values={field: value})).after
    assert after is not None
    assert after.drivers_license_status == ("Verified" if field == "ssn4" else "Pending")
    assert after.ssn4_status == ("Verified" if field == "drivers_license" else "Pending")


@pytest.mark.requirement("VRU-19")
def test_a_pure_re_precincting_sends_no_card_and_a_new_name_does():
    precinct, name = judged(record(values={"home_precinct": "000456"})).after, judged(record(values={"home_precinct": "000456", "last_name": "LI"})).after
    assert precinct is not None and name is not None
    assert (precinct.vnc_due, name.vnc_due) == (0, 1)


@pytest.mark.requirement("VRU-19")
def test_a_batch_never_registers_a_voter_and_never_reassigns_a_uid():
    closed = judged(record(values={"status": "Active"}), VOTER._replace(status="Cancelled")).outcome
    other = judged(record(ems_voter_id="LA2")).outcome
    assert [error.code for error in closed.errors + other.errors] == ["RegistrationClosed", "EmsVoterIdMismatch"]


@pytest.mark.requirement("VRU-10")
@pytest.mark.parametrize(
    ("day", "kept", "warnings"),
    [
        (None, TODAY, []),
        (date(2026, 6, 1), date(2026, 6, 1), []),
        (date(2025, 1, 1), date(2026, 1, 1), ["EffectiveDateTooEarly"]),
        (date(2027, 1, 1), TODAY, ["EffectiveDateInFuture"]),
    ],
)
def test_effective_dates_never_go_back_and_never_into_the_future(day: date | None, kept: date, warnings: list[str]):
    result = judged(record(values={"party": "REP"}, effective_date=day))
    assert result.after is not None and result.after.effective_date == kept
    assert [error.code for error in result.outcome.errors] == warnings


@pytest.mark.requirement("VRU-13")
def test_a_base_version_that_the_state_never_had_is_an_error_of_the_county():
    assert [error.code for error in judged(record(base_version=9)).outcome.errors] == ["BaseVersionUnknown"]


@pytest.mark.requirement("VRU-13", "DLR-12")
def test_a_record_about_a_merged_voter_waits_for_the_county_to_take_the_merge():
    outcome = judged(record(), VOTER._replace(merged_into=100000009, status="Cancelled")).outcome
    assert (outcome.reason, [error.code for error in outcome.errors]) == (FailureReason.STATE_UPDATE_PENDING, ["RecordMerged"])
    assert "100000009" in outcome.errors[0].text
