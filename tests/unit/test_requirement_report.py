"""The report of proved requirements, and the fixtures' own promises."""

import socket

import pytest
from fixtures.requirement_report import RequirementReport, as_table


def report(outcome, when="call", properties=(("requirement", "EWS-02"),)):
    return pytest.TestReport("tests/unit/test_x.py::test_a", ("", 0, ""), {}, outcome, None, when, user_properties=properties)


def test_only_tests_that_passed_prove_a_requirement(tmp_path):
    listener = RequirementReport(tmp_path / "test-report")
    for item in (report("failed"), report("skipped"), report("passed", when="setup"), report("passed", properties=[("other", "EWS-03")])):
        listener.pytest_runtest_logreport(item)
    listener.pytest_sessionfinish()
    assert not (tmp_path / "test-report").exists()
    listener.pytest_runtest_logreport(report("passed"))
    listener.pytest_sessionfinish()
    assert '"EWS-02": [\n    "tests/unit/test_x.py::test_a"' in (tmp_path / "test-report" / "requirements.json").read_text()


def test_the_table_counts_tests_and_names_files():
    assert as_table({"EWS-02": ["tests/unit/test_x.py::a", "tests/unit/test_x.py::b"]}).endswith("| EWS-02 | 2 | unit/test_x.py |\n")


def test_a_unit_test_cannot_open_a_socket():
    with socket.socket() as opened, pytest.raises(AssertionError, match="socket"):
        opened.connect(("127.0.0.1", 9))
