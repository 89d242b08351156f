import stat
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from lxml import etree

from votecal_soap.contract.identity_file_reader import check_identity_file, read_answers, read_requests
from votecal_soap.contract.identity_files import ANSWERS, REQUESTS, IdentityFileWriter, publish, unfinished
from votecal_soap.domain.identity import IdentificationKind, IdentityAnswer, IdentityCheck
from votecal_soap.domain.voters import VerificationStatus
from votecal_soap.errors import ErrorCode, InvalidRequest

CREATED = datetime(2026, 2, 1, tzinfo=UTC)
DIGEST = "0123456789abcdef" * 2
CHECK = IdentityCheck(1, IdentificationKind.DRIVERS_LICENSE, "B7654321", "MARÍA", None, "O'NEIL & <SONS>", "JR", date(1980, 2, 29), DIGEST)
ANSWER = IdentityAnswer(1, IdentificationKind.SSN4, DIGEST, VerificationStatus.VERIFIED, date(2026, 2, 1))


def written(path, root, records):
    with IdentityFileWriter(path, root, CREATED) as file:
        (file.write_requests if root == REQUESTS else file.write_answers)(records)
        file.finish()
    publish(path)
    return path


def schema():
    return etree.XMLSchema(etree.parse(str(files("xsd").joinpath("identity-verification.xsd"))))


@pytest.mark.requirement("IDV-01")
def test_requests_come_back_as_they_were_written(tmp_path):
    bare = CHECK._replace(request_id=2, kind=IdentificationKind.SSN4, number="1234", first_name=None, last_name=None, suffix=None, date_of_birth=None)
    path = written(tmp_path / "requests.xml", REQUESTS, [CHECK, bare])
    schema().assertValid(etree.parse(str(path)))
    assert check_identity_file(path, REQUESTS) == 2
    assert list(read_requests(path)) == [CHECK, bare]


@pytest.mark.requirement("IDV-01")
def test_answers_come_back_as_they_were_written(tmp_path):
    answers = [ANSWER._replace(request_id=number, status=status) for number, status in enumerate(VerificationStatus, 1)]
    path = written(tmp_path / "answers.xml", ANSWERS, answers)
    schema().assertValid(etree.parse(str(path)))
    assert check_identity_file(path, ANSWERS) == 3
    assert list(read_answers(path)) == answers


def test_a_file_without_records_is_a_file(tmp_path):
    assert check_identity_file(written(tmp_path / "answers.xml", ANSWERS, []), ANSWERS) == 0


@pytest.mark.requirement("OPS-05")
def test_a_file_is_readable_by_its_owner_alone_from_its_first_byte(tmp_path):
    path = tmp_path / "export" / "requests.xml"
    with IdentityFileWriter(path, REQUESTS, CREATED) as file:
        assert stat.S_IMODE(unfinished(path).stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        file.finish()
    publish(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.requirement("OPS-05")
def test_a_file_that_was_not_finished_is_gone(tmp_path):
    with pytest.raises(RuntimeError), IdentityFileWriter(tmp_path / "requests.xml", REQUESTS, CREATED) as file:
        file.write_requests([CHECK])
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def valid_text(tmp_path):
    return written(tmp_path / "valid.xml", ANSWERS, [ANSWER, ANSWER._replace(request_id=2)]).read_text()


def first_answer(text):
    return text[text.index("<Answer>") : text.index("</Answer>") + len("</Answer>")]


REFUSALS = {
    "truncated": (lambda text: text[:-40], ErrorCode.FILE_NOT_WELL_FORMED),
    "empty": (lambda text: "", ErrorCode.FILE_NOT_WELL_FORMED),
    "not XML": (lambda text: "request_id,status\n1,Verified\n", ErrorCode.FILE_NOT_WELL_FORMED),
    "undeclared bytes": (lambda text: text.replace("UTF-8", "US-ASCII").replace("<FileId>valid", "<FileId>válid"), ErrorCode.FILE_NOT_WELL_FORMED),
    "DOCTYPE": (lambda text: text.replace("?>\n", '?>\n<!DOCTYPE x [<!ENTITY a "b">]>\n', 1), ErrorCode.FILE_DOCTYPE_FORBIDDEN),
    "external DOCTYPE": (lambda text: text.replace("?>\n", '?>\n<!DOCTYPE x SYSTEM "file:///etc/passwd">\n', 1), ErrorCode.FILE_DOCTYPE_FORBIDDEN),
    "other root": (lambda text: text.replace(ANSWERS, REQUESTS), ErrorCode.FILE_HEADER_WRONG),
    "other namespace": (lambda text: text.replace(":v1", ":v2"), ErrorCode.FILE_HEADER_WRONG),
    "other schema version": (lambda text: text.replace("<SchemaVersion>1.0", "<SchemaVersion>2.0"), ErrorCode.SCHEMA_VIOLATION),
    "no header": (lambda text: text.replace(text[text.index("<Header") : text.index("<Answer>")], ""), ErrorCode.SCHEMA_VIOLATION),
    "no trailer": (lambda text: text.replace("<Trailer><RecordCount>2</RecordCount></Trailer>", ""), ErrorCode.FILE_HEADER_WRONG),
    "answer after the trailer": (lambda text: text.replace("</Trailer>", f"</Trailer>{first_answer(text)}"), ErrorCode.SCHEMA_VIOLATION),
    "wrong count": (lambda text: text.replace("<RecordCount>2", "<RecordCount>3"), ErrorCode.FILE_COUNT_WRONG),
    "unknown status": (lambda text: text.replace(">Verified<", ">Maybe<"), ErrorCode.SCHEMA_VIOLATION),
    "impossible day": (lambda text: text.replace("2026-02-01</AnsweredOn>", "2026-02-30</AnsweredOn>"), ErrorCode.SCHEMA_VIOLATION),
    "day with a zone": (lambda text: text.replace("2026-02-01</AnsweredOn>", "2026-02-01Z</AnsweredOn>"), ErrorCode.SCHEMA_VIOLATION),
    "strange element": (lambda text: text.replace("<Answer>", "<Answer><Ssn>123456789</Ssn>", 1), ErrorCode.SCHEMA_VIOLATION),
    "strange record": (lambda text: text.replace("<Answer>", "<Reply/><Answer>", 1), ErrorCode.SCHEMA_VIOLATION),
}


@pytest.mark.requirement("IDV-01")
@pytest.mark.parametrize("case", REFUSALS)
def test_a_wrong_file_is_refused_with_its_code(tmp_path, case):
    change, code = REFUSALS[case]
    path = tmp_path / "answers.xml"
    path.write_text(change(valid_text(tmp_path)))
    with pytest.raises(InvalidRequest) as refusal:
        check_identity_file(path, ANSWERS)
    assert refusal.value.code == code


@pytest.mark.requirement("OPS-03")
def test_a_refusal_says_where_and_never_repeats_a_value(tmp_path):
    path = tmp_path / "answers.xml"
    path.write_text(valid_text(tmp_path).replace("Ssn4", "S3CR3T-1234", 1))
    with pytest.raises(InvalidRequest) as refusal:
        check_identity_file(path, ANSWERS)
    assert refusal.value.ref == "/IdentityVerificationAnswers/Answer[1]/IdentificationKind"
    assert "S3CR3T" not in str(refusal.value)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(InvalidRequest, match=r"missing\.xml"):
        check_identity_file(tmp_path / "missing.xml", ANSWERS)
