"""Lists of values for IN."""

from db.in_lists import in_lists


def test_lists_have_few_sizes_and_no_value_is_lost():
    for count in (1, 10, 11, 50, 51, 200, 201, 900, 901, 1_800, 2_000):
        lists = list(in_lists(range(count)))
        assert {len(part) for part in lists} <= {10, 50, 200, 900}
        assert {value for part in lists for value in part} == set(range(count))


def test_the_last_value_fills_its_list():
    assert list(in_lists([3, 1, 3])) == [[3, 1, 1, 1, 1, 1, 1, 1, 1, 1]]


def test_no_values_make_no_list():
    assert list(in_lists([])) == []
