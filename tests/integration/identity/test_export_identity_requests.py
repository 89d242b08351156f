import json
import stat

import pytest

from votecal_soap.contract.identity_file_reader import check_identity_file, read_requests
from votecal_soap.contract.identity_files import REQUESTS
from votecal_soap.domain.identity import IdentificationKind
from votecal_soap.use_cases import export_identity_requests as use_case


def requests(export):
    assert check_identity_file(export.path, REQUESTS) == export.request_count
    return list(read_requests(export.path))


@pytest.mark.requirement("IDV-01")
def test_every_pending_number_goes_out_with_name_and_date_of_birth(exchange, make_voter):
    exchange.add(
        make_voter(1),
        make_voter(2, drivers_license_status="Verified"),
        make_voter(3, drivers_license=None, drivers_license_status=None),
        make_voter(4, ssn4="4321", ssn4_status="Pending"),
    )
    [export] = exchange.export()
    found = [(check.kind, check.number, check.first_name, check.last_name, check.date_of_birth.year) for check in requests(export)]
    assert found == [
        (IdentificationKind.DRIVERS_LICENSE, "A0000011", "ANA", "GARCIA", 1970),
        (IdentificationKind.DRIVERS_LICENSE, "A0000041", "ANA", "GARCIA", 1970),
        (IdentificationKind.SSN4, "4321", "ANA", "GARCIA", 1970),
    ]


@pytest.mark.requirement("IDV-01")
def test_what_waits_for_an_answer_is_not_asked_again(exchange, make_voter):
    exchange.add(make_voter(1))
    assert exchange.export()
    assert exchange.export() == []
    exchange.add(make_voter(2))
    [export] = exchange.export()
    assert [check.number for check in requests(export)] == ["A0000021"]


def test_nothing_pending_makes_no_file(exchange, make_voter):
    exchange.add(make_voter(1, drivers_license_status="Verified"))
    assert exchange.export() == []
    assert not list((exchange.directory / "export").glob("*"))


def test_many_requests_go_into_several_files(exchange, make_voter, monkeypatch):
    monkeypatch.setattr(use_case, "PAGE", 4)
    exchange.add(*(make_voter(number) for number in range(1, 12)))
    exports = exchange.export(requests_per_file=5)
    assert [export.request_count for export in exports] == [8, 3]
    assert len({check.request_id for export in exports for check in requests(export)}) == 11


@pytest.mark.requirement("OPS-05")
def test_the_file_is_readable_by_the_service_alone_and_the_export_is_audited_without_values(exchange, make_voter, rows, caplog):
    caplog.set_level("DEBUG")
    exchange.add(make_voter(1))
    [export] = exchange.export()
    assert stat.S_IMODE(export.path.stat().st_mode) == 0o600
    [audit] = rows("audit")
    assert (audit.actor, audit.action, audit.subject_id) == ("ada", "ExportIdentityRequests", export.path.stem)
    assert json.loads(audit.detail)["new"] == {"requests": 1}
    assert "A0000011" not in caplog.text


@pytest.mark.requirement("OPS-04")
def test_an_export_that_fails_opens_no_request_and_leaves_no_file(exchange, make_voter, monkeypatch):
    exchange.add(make_voter(1))

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(use_case, "record_change", fail)
        with pytest.raises(OSError, match="No space"):
            exchange.export()
    assert not list((exchange.directory / "export").iterdir())
    assert len(exchange.export()) == 1


@pytest.mark.requirement("IDV-01")
def test_an_export_killed_between_commit_and_name_is_completed_by_the_next(exchange, make_voter, monkeypatch):
    exchange.add(make_voter(1))

    class Killed(BaseException):
        pass

    def kill(_):
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(use_case, "publish", kill)
        with pytest.raises(Killed):
            exchange.export()
    [export] = exchange.export()
    assert [check.number for check in requests(export)] == ["A0000011"]
    assert exchange.export() == []


def test_a_file_that_another_process_is_writing_is_left_alone(exchange, make_voter):
    exchange.add(make_voter(1))
    directory = exchange.directory / "export"
    directory.mkdir()
    part = directory / "identity-requests-20260202T000000Z-cafe.xml.part"
    part.write_text("<?xml version='1.0'?><Identity")
    assert len(exchange.export()) == 1
    assert part.exists()
