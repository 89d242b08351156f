"""The report of proved requirements, and the fixtures' own promises."""

import socket

import pytest
from fixtures.requirement_report import CLAIMED, RequirementReport, as_table


def report(outcome, when="call", properties=(("requirement", "EWS-02"),)):
    return pytest.TestReport("tests/unit/test_x.py::test_a", ("", 0, ""), {}, outcome, None, when, user_properties=properties)


class Session:
    """What a listener sees of a session that went well."""

    exitstatus = pytest.ExitCode.OK


def test_only_tests_that_passed_prove_a_requirement(tmp_path):
    listener = RequirementReport(tmp_path / "test-report")
    for item in (report("failed"), report("skipped"), report("passed", when="setup"), report("passed", properties=[("other", "EWS-03")])):
        listener.pytest_runtest_logreport(item)
    listener.pytest_sessionfinish(Session())
    assert not (tmp_path / "test-report").exists()
    listener.pytest_runtest_logreport(report("passed"))
    listener.pytest_sessionfinish(Session())
    assert '"EWS-02": [\n    "tests/unit/test_x.py::test_a"' in (tmp_path / "test-report" / "requirements.json").read_text()


def test_a_claim_without_a_proof_fails_the_session(tmp_path):
    listener, session = RequirementReport(tmp_path, ("EWS-02", "EWS-03")), Session()
    listener.pytest_runtest_logreport(report("passed"))
    listener.pytest_sessionfinish(session)
    assert (listener.unproved(), session.exitstatus) == (["EWS-03"], pytest.ExitCode.TESTS_FAILED)
    listener.pytest_runtest_logreport(report("passed", properties=[("requirement", "EWS-03")]))
    session = Session()
    listener.pytest_sessionfinish(session)
    assert (listener.unproved(), session.exitstatus) == ([], pytest.ExitCode.OK)


def test_the_release_claims_what_it_is_to_do():
    assert len(CLAIMED) == len(set(CLAIMED)) == 89
    assert {"VRU-01", "VRU-21", "COA-01", "COA-38", "EWS-07", "EWS-14", "DUP-07", "DLR-20", "IDV-01", "JOB-04", "OPS-05"} <= set(CLAIMED)


def test_the_table_counts_tests_and_names_files():
    assert as_table({"EWS-02": ["tests/unit/test_x.py::a", "tests/unit/test_x.py::b"]}).endswith("| EWS-02 | 2 | unit/test_x.py |\n")


def test_a_unit_test_cannot_open_a_socket():
    with socket.socket() as opened, pytest.raises(AssertionError, match="socket"):
        opened.connect(("127.0.0.1", 9))
