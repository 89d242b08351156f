"""OPS-04: what the database undid is run again, and nothing else is."""

import pytest

from votecal_soap.errors import ErrorCode, OutcomeUnknown, Unavailable, Undone
from votecal_soap.retrying import RUNS, note_commit, retry_undone

UNDONE = Undone(ErrorCode.BUSY, "busy")


class Work:
    """Raises these errors, one a run, then answers; commits before that where it should."""

    def __init__(self, *errors, committing=False):
        self.errors, self.committing, self.runs = list(errors), committing, 0

    def __call__(self):
        self.runs += 1
        if self.committing:
            note_commit()
        if self.errors:
            raise self.errors.pop(0)
        return "done"


@pytest.fixture
def pauses():
    return []


@pytest.mark.requirement("OPS-04")
def test_what_was_undone_is_run_again_after_longer_and_longer_pauses(pauses):
    work = Work(UNDONE, UNDONE, UNDONE)
    assert retry_undone(work, sleep=pauses.append) == "done"
    assert work.runs == 4
    assert [0.025 * 2**n <= pause <= 0.05 * 2**n for n, pause in enumerate(pauses)] == [True] * 3


@pytest.mark.requirement("OPS-04")
def test_at_last_whoever_asked_is_told(pauses):
    work = Work(*[UNDONE] * (RUNS + 1))
    with pytest.raises(Undone):
        retry_undone(work, sleep=pauses.append)
    assert (work.runs, len(pauses)) == (RUNS, RUNS - 1)


@pytest.mark.requirement("OPS-04")
@pytest.mark.parametrize("error", [Unavailable(ErrorCode.BUSY, "busy"), OutcomeUnknown(ErrorCode.OUTCOME_UNKNOWN, "lost"), ValueError("x")])
def test_any_other_error_is_told_at_once(error, pauses):
    work = Work(error)
    with pytest.raises(type(error)):
        retry_undone(work, sleep=pauses.append)
    assert (work.runs, pauses) == (1, [])


@pytest.mark.requirement("OPS-04")
def test_what_has_sent_a_commit_is_never_run_again(pauses):
    work = Work(UNDONE, committing=True)
    with pytest.raises(Undone):
        retry_undone(work, sleep=pauses.append)
    assert (work.runs, pauses) == (1, [])


@pytest.mark.requirement("OPS-04")
def test_a_commit_within_counts_for_whoever_is_around_it(pauses):
    outer, inner = Work(UNDONE), Work(committing=True)

    def both():
        retry_undone(inner, sleep=pauses.append)
        return outer()

    with pytest.raises(Undone):
        retry_undone(both, sleep=pauses.append)
    assert (inner.runs, outer.runs) == (1, 1)


@pytest.mark.requirement("OPS-04")
def test_a_commit_before_does_not_count_for_what_comes_after(pauses):
    retry_undone(Work(committing=True), sleep=pauses.append)
    note_commit()
    assert retry_undone(Work(UNDONE), sleep=pauses.append) == "done"
