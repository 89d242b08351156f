import pytest

from votecal_soap.county.retry import Retry
from votecal_soap.errors import Conflict, ErrorCode, Unavailable


def failing(*errors):
    rest = list(errors)

    def action():
        if rest:
            raise rest.pop(0)
        return "answer"

    return action


def unavailable(hint=None):
    return Unavailable(ErrorCode.BUSY, "Later.", retry_after_seconds=hint)


def test_pauses_grow_and_differ_between_counties(pauses):
    retry = Retry(sleep=pauses.append, attempts=8, first_seconds=1.0, longest_seconds=8.0)
    assert retry.call(failing(*[unavailable()] * 6)) == "answer"
    assert all(ceiling / 2 <= pause <= ceiling for pause, ceiling in zip(pauses, [1, 2, 4, 8, 8, 8], strict=True))


def test_the_state_s_hint_is_heeded(pauses):
    Retry(sleep=pauses.append).call(failing(unavailable(hint=30)))
    assert pauses == [30.0]


def test_the_last_error_is_told(pauses):
    with pytest.raises(Unavailable):
        Retry(sleep=pauses.append, attempts=2).call(failing(unavailable(), unavailable()))
    assert len(pauses) == 1


def test_an_error_that_stays_is_not_tried_again(pauses):
    with pytest.raises(Conflict):
        Retry(sleep=pauses.append).call(failing(Conflict(ErrorCode.JOB_NOT_OPEN, "Closed.")))
    assert pauses == []
