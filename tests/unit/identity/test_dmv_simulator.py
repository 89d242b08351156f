from datetime import UTC, date, datetime

import pytest

from votecal_soap.contract.identity_file_reader import check_identity_file, read_answers
from votecal_soap.contract.identity_files import ANSWERS, REQUESTS, IdentityFileWriter, publish
from votecal_soap.domain.identity import IdentificationKind, IdentityCheck
from votecal_soap.domain.voters import VerificationStatus
from votecal_soap.synthetic.dmv_simulator import answer_requests

NOW = datetime(2026, 2, 1, tzinfo=UTC)
TODAY = date(2026, 2, 1)


def check(request_id, number, born=date(1980, 1, 1)):
    return IdentityCheck(request_id, IdentificationKind.DRIVERS_LICENSE, number, "ANA", None, "GARCIA", None, born, "ab" * 16)


@pytest.mark.requirement("IDV-01")
def test_the_simulator_answers_by_the_last_digit(tmp_path):
    requests, answers = tmp_path / "requests.xml", tmp_path / "answers.xml"
    with IdentityFileWriter(requests, REQUESTS, NOW) as file:
        file.write_requests([check(1, "A0000001"), check(2, "A0000009"), check(3, "A0000008"), check(4, "A0000001", None)])
        file.finish()
    publish(requests)
    assert answer_requests(requests, answers, NOW, TODAY) == check_identity_file(answers, ANSWERS) == 4
    found = {answer.request_id: answer.status for answer in read_answers(answers)}
    assert found == {
        1: VerificationStatus.VERIFIED,
        2: VerificationStatus.NOT_VERIFIED,
        3: VerificationStatus.PENDING,
        4: VerificationStatus.NOT_VERIFIED,
    }
    first = answers.read_bytes()
    answer_requests(requests, answers, NOW, TODAY)
    assert answers.read_bytes() == first
