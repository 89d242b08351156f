"""Plays DMV for the demo and the tests: answers a file of requests by a rule on the number (IDV-01).

===================== ============
Last digit of number  Answer
===================== ============
9                     NotVerified
8                     Pending
any other             Verified
===================== ============

A request without a date of birth is NotVerified: DMV compares it with its own.
"""

from collections.abc import Container
from datetime import date, datetime
from pathlib import Path
from typing import Final

from votecal_soap.contract.identity_file_reader import check_identity_file, read_requests
from votecal_soap.contract.identity_files import ANSWERS, REQUESTS, IdentityFileWriter, publish
from votecal_soap.domain.identity import IdentityAnswer, IdentityCheck
from votecal_soap.domain.voters import VerificationStatus

NOT_VERIFIED_DIGIT: Final = "9"
PENDING_DIGIT: Final = "8"


def answer_requests(requests: Path, answers: Path, now: datetime, answered_on: date, only: Container[int] | None = None) -> int:
    """Write the answers to a file of requests, or to `only` these of them: DMV does not answer all on one day. How many."""
    check_identity_file(requests, REQUESTS)
    with IdentityFileWriter(answers, ANSWERS, now) as file:
        for check in read_requests(requests):
            if only is None or check.request_id in only:
                file.write_answers([_answer(check, answered_on)])
        file.finish()
    publish(answers)
    return file.count


def _answer(check: IdentityCheck, answered_on: date) -> IdentityAnswer:
    return IdentityAnswer(check.request_id, check.kind, check.subject_digest, verdict(check), answered_on)


def verdict(check: IdentityCheck) -> VerificationStatus:
    """What DMV would say."""
    if check.date_of_birth is None or check.number.endswith(NOT_VERIFIED_DIGIT):
        return VerificationStatus.NOT_VERIFIED
    return VerificationStatus.PENDING if check.number.endswith(PENDING_DIGIT) else VerificationStatus.VERIFIED
