"""`docs/contract-ws-i.md` has one row a rule of WS-I Basic Profile, and the tests that it names are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "contract-ws-i.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (R\d{4}) \| [^|]+ \| ([^|]+) \|$", DOCUMENT, re.MULTILINE)
TESTS = {
    name
    for path in ("contract/test_ws_i_description.py", "integration/soap/test_ws_i_messages.py")
    for name in re.findall(r"^def (test_\w+)", (ROOT / "tests" / path).read_text(encoding="utf-8"), re.MULTILINE)
}


def test_every_rule_has_one_row_with_a_test_or_a_reason():
    rules = [rule for rule, _ in ROWS]
    assert len(rules) > 100
    assert len(rules) == len(set(rules))
    assert all(re.match(r"`test_\w+`|not checked: \w|not as it stands: \w", cell) for _, cell in ROWS)


def test_every_test_that_is_named_is_there_and_every_test_of_a_rule_is_named():
    assert set(re.findall(r"`(test_\w{8,})`", DOCUMENT)) == TESTS


def test_a_test_that_names_a_rule_stands_in_that_rules_row():
    cells = dict(ROWS)
    for name in TESTS:
        for rule in re.findall(r"(?<=_)r(\d{4})(?=_)", name):
            assert f"`{name}`" in cells[f"R{rule}"], (name, rule)
