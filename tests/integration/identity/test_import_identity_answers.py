import json
from datetime import date

import pytest

from votecal_soap.domain.identity import AnswerOutcome
from votecal_soap.errors import InvalidRequest
from votecal_soap.use_cases import import_identity_answers as use_case


@pytest.mark.requirement("IDV-01", "EWS-06")
def test_an_answer_updates_the_voter_and_tells_the_county(exchange, make_voter, rows):
    exchange.add(make_voter(1))
    [export] = exchange.export()
    report = exchange.import_(exchange.answered(export))
    assert report.counts == {AnswerOutcome.APPLIED: 1}
    voter = exchange.voter(1)
    assert (voter.version, voter.effective_date) == (2, date(2026, 2, 2))
    assert (voter.drivers_license_status, voter.drivers_license_verified_on) == ("Verified", date(2026, 2, 1))
    [message] = exchange.messages()
    assert (message.message_type, message.state_voter_id, message.voter_sequence, message.record_version) == ("IdvResult", voter.state_voter_id, 1, 2)
    assert message.payload == (
        "<IdvResult><IdentificationKind>DriversLicense</IdentificationKind>"
        "<VerificationStatus>Verified</VerificationStatus><VerifiedOn>2026-02-01</VerifiedOn></IdvResult>"
    )
    [activity] = rows("activity")
    assert (activity.activity_date, activity.record_version) == (date(2026, 2, 1), 2)
    assert "DriversLicense Verified" in activity.basis


@pytest.mark.requirement("IDV-01", "VRU-10")
def test_the_version_before_the_answer_is_kept(exchange, make_voter):
    exchange.add(make_voter(1))
    [export] = exchange.export()
    exchange.import_(exchange.answered(export))
    with exchange.unit_of_work(read_only=True) as uow:
        uid = exchange.voter(1).state_voter_id
        assert uow.voters.version_as_of(uid, date(2026, 2, 1)).drivers_license_status == "Pending"
        assert uow.voters.version_as_of(uid, date(2026, 2, 2)).drivers_license_status == "Verified"


@pytest.mark.requirement("VRU-13")
def test_until_the_county_takes_the_result_its_updates_wait(exchange, make_voter):
    exchange.add(make_voter(1), make_voter(2, drivers_license_status="Verified"))
    [export] = exchange.export()
    exchange.import_(exchange.answered(export))
    uids = [exchange.voter(1).state_voter_id, exchange.voter(2).state_voter_id]
    with exchange.unit_of_work(read_only=True) as uow:
        assert uow.messages.voters_with_blocking("19", uids) == {uids[0]}


@pytest.mark.requirement("IDV-01")
def test_both_numbers_of_a_voter_are_answered_in_sequence(exchange, make_voter):
    exchange.add(make_voter(1, ssn4="4329", ssn4_status="Pending"))
    [export] = exchange.export()
    assert exchange.import_(exchange.answered(export)).counts == {AnswerOutcome.APPLIED: 2}
    voter = exchange.voter(1)
    assert (voter.version, voter.drivers_license_status, voter.ssn4_status) == (3, "Verified", "NotVerified")
    assert [(message.voter_sequence, message.record_version) for message in exchange.messages()] == [(1, 2), (2, 3)]


@pytest.mark.requirement("IDV-01")
def test_a_file_imported_twice_changes_nothing_twice(exchange, make_voter):
    exchange.add(make_voter(1), make_voter(2))
    [export] = exchange.export()
    file = exchange.answered(export)
    exchange.import_(file)
    before = exchange.voter(1), exchange.voter(2), exchange.messages()
    report = exchange.import_(file)
    assert report.counts == {AnswerOutcome.ALREADY_ANSWERED: 2}
    assert [outcome for _, outcome in report.not_applied] == [AnswerOutcome.ALREADY_ANSWERED] * 2
    assert (exchange.voter(1), exchange.voter(2), exchange.messages()) == before


@pytest.mark.requirement("IDV-01")
def test_a_request_answered_twice_in_one_file_counts_once(exchange, make_voter):
    exchange.add(make_voter(1))
    [export] = exchange.export()

    def doubled(text):
        answer = text[text.index("<Answer>") : text.index("</Answer>") + len("</Answer>")]
        return text.replace(answer, answer * 2).replace("<RecordCount>1", "<RecordCount>2")

    report = exchange.import_(exchange.answered(export, doubled))
    assert report.counts == {AnswerOutcome.APPLIED: 1, AnswerOutcome.ALREADY_ANSWERED: 1}
    assert len(exchange.messages()) == 1


@pytest.mark.requirement("IDV-01")
def test_an_unknown_request_is_reported_and_the_rest_applied(exchange, make_voter):
    exchange.add(make_voter(1), make_voter(2))
    [export] = exchange.export()
    report = exchange.import_(exchange.answered(export, lambda text: text.replace("<RequestId>1<", "<RequestId>4711<", 1)))
    assert report.counts == {AnswerOutcome.REQUEST_UNKNOWN: 1, AnswerOutcome.APPLIED: 1}
    assert report.not_applied == [(4711, AnswerOutcome.REQUEST_UNKNOWN)]
    assert exchange.voter(1).version == 1


@pytest.mark.requirement("IDV-01")
def test_an_answer_of_the_wrong_kind_is_unknown(exchange, make_voter):
    exchange.add(make_voter(1, ssn4="1234", ssn4_status="Pending"))
    [export] = exchange.export()
    report = exchange.import_(exchange.answered(export, lambda text: text.replace(">DriversLicense<", ">Ssn4<")))
    assert report.counts == {AnswerOutcome.REQUEST_UNKNOWN: 1, AnswerOutcome.APPLIED: 1}


@pytest.mark.requirement("IDV-01")
def test_an_answer_about_a_number_that_changed_since_is_reported_and_the_new_one_asked(exchange, make_voter):
    exchange.add(make_voter(1))
    [export] = exchange.export()
    exchange.change(1, drivers_license="B7777777")
    report = exchange.import_(exchange.answered(export))
    assert report.counts == {AnswerOutcome.SUBJECT_CHANGED: 1}
    assert exchange.voter(1).drivers_license_status == "Pending"
    assert not exchange.messages()
    [anew] = exchange.export()
    assert "B7777777" in anew.path.read_text()


@pytest.mark.requirement("IDV-01")
def test_pending_leaves_the_request_open_for_another_answer(exchange, make_voter):
    exchange.add(make_voter(1, drivers_license="A0000008"))
    [export] = exchange.export()
    file = exchange.answered(export)
    assert exchange.import_(file).counts == {AnswerOutcome.STILL_PENDING: 1}
    assert exchange.voter(1).version == 1
    assert exchange.export() == []
    file.write_text(file.read_text().replace(">Pending<", ">NotVerified<"))
    assert exchange.import_(file).counts == {AnswerOutcome.APPLIED: 1}
    assert exchange.voter(1).drivers_license_status == "NotVerified"


@pytest.mark.requirement("IDV-01")
def test_a_file_with_one_wrong_answer_changes_nothing(exchange, make_voter):
    exchange.add(make_voter(1), make_voter(2))
    [export] = exchange.export()

    def spoil_the_second(text):
        before, second, after = text.partition("<RequestId>2<")
        return before + second + after.replace(">Verified<", ">Maybe<")

    with pytest.raises(InvalidRequest, match=r"Answer\[2\]/VerificationStatus"):
        exchange.import_(exchange.answered(export, spoil_the_second))
    assert exchange.voter(1).version == exchange.voter(2).version == 1
    assert not exchange.messages()


@pytest.mark.requirement("OPS-04", "EWS-06")
def test_an_import_that_fails_in_a_chunk_keeps_whole_chunks_only(exchange, make_voter, monkeypatch):
    exchange.add(*(make_voter(number) for number in range(1, 6)))
    [export] = exchange.export()
    file = exchange.answered(export)
    monkeypatch.setattr(use_case, "CHUNK", 2)
    real, calls = use_case.record_change, []

    def fail_in_the_second_chunk(*arguments, **fields):
        calls.append(fields["action"])
        if len(calls) == 5:
            raise RuntimeError("the machine dies")
        real(*arguments, **fields)

    with monkeypatch.context() as broken:
        broken.setattr(use_case, "record_change", fail_in_the_second_chunk)
        with pytest.raises(RuntimeError):
            exchange.import_(file)
    assert [exchange.voter(number).version for number in range(1, 6)] == [2, 2, 1, 1, 1]
    assert len(exchange.messages()) == 2
    report = exchange.import_(file)
    assert report.counts == {AnswerOutcome.ALREADY_ANSWERED: 2, AnswerOutcome.APPLIED: 3}
    assert len(exchange.messages()) == 5


@pytest.mark.requirement("OPS-02", "OPS-03")
def test_an_import_is_audited_with_old_and_new_status_and_neither_audit_nor_log_holds_the_number(exchange, make_voter, rows, caplog):
    caplog.set_level("DEBUG")
    exchange.add(make_voter(1))
    [export] = exchange.export()
    exchange.import_(exchange.answered(export))
    entries = [entry for entry in rows("audit") if entry.action == "IdentityVerificationAnswered"]
    assert [(entry.actor, entry.subject_id, entry.county_code) for entry in entries] == [("ada", "100000001", "19")]
    detail = json.loads(entries[0].detail)
    assert (detail["old"]["drivers_license_status"], detail["new"]["drivers_license_status"]) == ("Pending", "Verified")
    written = caplog.text + "".join(str(row) for name in ("audit", "activity") for row in rows(name))
    for value in ("A0000011", "GARCIA", "1970-01-01"):
        assert value not in written
