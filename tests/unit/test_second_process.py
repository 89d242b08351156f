"""OPS-03, OPS-04: a process that works ahead gives everything in order, and tells when it cannot without telling what it read."""

import os
import signal
from collections.abc import Iterator

import pytest

from votecal_soap.errors import ErrorCode, Unavailable
from votecal_soap.second_process import made_ahead


def squares(count: int) -> Iterator[int]:
    """Known by name to the other process."""
    yield from (number**2 for number in range(count))


def breaking(secret: str) -> Iterator[int]:
    yield 1
    raise ValueError(secret)


def own_number(_: None) -> Iterator[int]:
    while True:
        yield os.getpid()


@pytest.mark.requirement("OPS-04")
@pytest.mark.parametrize("waiting", [0, 3])
def test_everything_comes_in_order(waiting):
    with made_ahead(squares, 7, waiting=waiting) as made:
        assert list(made) == [0, 1, 4, 9, 16, 25, 36]


@pytest.mark.requirement("OPS-03")
def test_what_breaks_is_told_by_type_and_place(capfd):
    with made_ahead(breaking, "Smith", waiting=0) as made, pytest.raises(Unavailable) as caught:
        list(made)
    assert caught.value.code is ErrorCode.BUSY
    assert "ValueError at " in caught.value.text
    assert "Smith" not in caught.value.text + "".join(capfd.readouterr())


@pytest.mark.requirement("OPS-04")
def test_a_process_that_is_killed_is_noticed():
    with made_ahead(own_number, None, waiting=0) as made, pytest.raises(Unavailable):
        for number in made:
            os.kill(number, signal.SIGKILL)


@pytest.mark.requirement("OPS-04")
def test_it_ends_with_whoever_takes():
    with made_ahead(own_number, None, waiting=2) as made:
        number = next(made)
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)
